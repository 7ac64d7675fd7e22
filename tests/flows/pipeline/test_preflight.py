"""Before a direct run it is known whether anything is new, without a change of the warehouse."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.pipeline.intake import IntakeRequest, take_in_documents
from flows.pipeline.preflight import REQUEST_PARAMETERS, has_news
from flows.pipeline.stage import Stage
from flows.pipeline.stored_documents import StoredDocuments
from flows.runtime.settings import DEFAULT_MODEL
from tasks.version import compute_extractor_version
from tests.sample_rows import make_change, make_document_rows
from warehouse.storage.store import Store


@pytest.fixture
def given(tmp_path: Path) -> dict[str, Any]:
    """Return the parameters of a run over two articles."""
    news = tmp_path / "news"
    news.mkdir()
    for name in ("a", "b"):
        (news / f"{name}.txt").write_text(f"The mayor denied report {name}.", encoding="utf-8")
    return {
        **dict.fromkeys(REQUEST_PARAMETERS),
        "paths": [str(news)],
        "forget": [],
        "warehouse": str(tmp_path / "tables"),
        "model": DEFAULT_MODEL,
    }


def publish_as_run(given: dict[str, Any], folder: Path, owed: frozenset[str] = frozenset()) -> None:
    """Store the documents of a run as if this version had extracted them."""
    version = compute_extractor_version(given["model"])
    request = IntakeRequest(extractor_version=version, **{name: given[name] for name in REQUEST_PARAMETERS})
    (folder / "stage").mkdir()
    intake = take_in_documents(
        request, StoredDocuments.from_records([]), Stage(str(folder / "stage")), lambda _: None
    )
    documents = []
    for reading in intake.readings.table.to_pylist():
        rows = make_document_rows(reading["doc_id"], version=version)
        rows["documents"][0] |= {name: reading[name] for name in ("source_uri", "content_sha256")}
        documents.append(rows)
    with Store(given["warehouse"]).open_writer() as writer:
        writer.publish(replace(make_change(documents), owed_steps=owed))


def test_everything_is_news_to_an_empty_warehouse(given: dict[str, Any]) -> None:
    assert has_news(given)
    assert not Path(given["warehouse"]).exists()


def test_what_is_stored_is_no_news(given: dict[str, Any], tmp_path: Path) -> None:
    publish_as_run(given, tmp_path)
    version = Store(given["warehouse"]).read_version()
    assert not has_news(given)
    assert Store(given["warehouse"]).read_version() == version


@pytest.mark.parametrize("name", ["a", "c"])
def test_a_changed_or_further_document_is_news(given: dict[str, Any], tmp_path: Path, name: str) -> None:
    publish_as_run(given, tmp_path)
    Path(given["paths"][0], f"{name}.txt").write_text("The mayor accused the union.", encoding="utf-8")
    assert has_news(given)


def test_what_an_earlier_run_owes_is_news(given: dict[str, Any], tmp_path: Path) -> None:
    publish_as_run(given, tmp_path, owed=frozenset({"links"}))
    assert has_news(given)
