"""A few hundred damaged inputs of every format give only documents and rejects; `make fuzz` tries more."""

from datetime import date
from pathlib import Path

import pytest

from tasks.document.records import Document, Metadata, RawDocument, Rejected
from tasks.read.cleaning import clean_document
from tasks.read.readers import read_documents
from tests.benchmarks.fuzz import fuzz_readers
from warehouse.tables import MONTH_PATTERN


def test_bad_inputs_give_documents_and_rejects(tmp_path: Path) -> None:
    report = fuzz_readers(52 * 5, 1, tmp_path)
    assert report["failures"] == []
    assert len(report["kinds"]) >= 12
    # Of the kinds that take damage well, a few tries may all be documents.
    assert all(kind["rejects"] for kind in report["kinds"].values() if kind["inputs"] >= 20)
    assert list(tmp_path.iterdir()) == []


def test_what_a_library_fails_on_is_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "a.rss"
    path.write_bytes(b"<rss version='2.0'><channel><item><description>&#xd800;</description></item>")
    (found,) = read_documents([path], Metadata())
    assert isinstance(found, Rejected)
    assert (found.reason, "surrogates not allowed" in found.detail) == ("broken", True)


def test_a_failure_while_cleaning_is_a_reject(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise RecursionError("too deep: \ud800")

    monkeypatch.setattr("tasks.read.cleaning.read_html_page", fail)
    found = clean_document(RawDocument("a.html", "<p>x</p>", "html"))
    assert isinstance(found, Rejected)
    assert found.reason == "broken"
    found.detail.encode()


@pytest.mark.parametrize("year", [1, 202, 1999])
def test_the_month_of_a_year_before_1000_has_its_zeros(year: int) -> None:
    found = clean_document(
        RawDocument("a.txt", "Some words.", "text", Metadata(published_at=date(year, 3, 5)))
    )
    assert isinstance(found, Document)
    assert found.published_month == f"{year:04}-03"
    assert MONTH_PATTERN.fullmatch(found.published_month)
