"""The intake of a run, and the preflight that reuses it for documents that are stored already."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from flows.pipeline.batches import Batch
from flows.pipeline.intake import (
    Intake,
    IntakeRequest,
    RejectKey,
    take_in_documents,
    take_in_stored_documents,
)
from flows.pipeline.intake_plan import IntakePlan, StoredDocument, plan_intake
from flows.pipeline.run_ledger import RunLedger
from flows.pipeline.run_parts import RunPart
from flows.pipeline.stage import Stage
from flows.pipeline.staging import (
    DOCUMENTS_PER_RECORD_BATCH,
    DocumentSpool,
    read_spooled_documents,
    read_spooled_readings,
    share_documents,
)
from flows.pipeline.stored_documents import StoredDocuments
from tasks.document.records import Document, RawDocument, Rejected
from tasks.read.cleaning import clean_document

VERSION = "1"
TEXTS = {"a": "The mayor denied it.", "b": "The union accused the mayor.", "c": "It rained."}


@pytest.fixture
def request_of_news(tmp_path: Path) -> IntakeRequest:
    """Return the request to read a folder of three articles."""
    folder = tmp_path / "news"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return IntakeRequest(
        paths=[str(folder)],
        publisher="Gazette",
        published=None,
        columns=None,
        forget=["published"],
        extractor_version=VERSION,
    )


def batch_of(stage: Stage, numbers: Iterable[int]) -> Batch:
    """Return the batch of the spooled documents of these numbers."""
    return Batch(1, 1, tuple(numbers), stage.address, "run", "")


def store(request: IntakeRequest, folder: Path) -> StoredDocuments:
    """Return the documents of a request as if they were stored."""
    folder.mkdir()
    stage = Stage(str(folder))
    intake = take_in_documents(request, StoredDocuments.from_records([]), stage, lambda _: None)
    readings = intake.readings.table
    assert [d.text for d in read_spooled_documents(stage, batch_of(stage, range(3)))] == [*TEXTS.values()]
    assert readings["number"].to_pylist() == [0, 1, 2]
    assert readings["n_chars"].to_pylist() == [*map(len, TEXTS.values())]
    return StoredDocuments.from_records(
        StoredDocument(row["source_uri"], row["content_sha256"], row["doc_id"], VERSION)
        for row in readings.to_pylist()
    )


def is_equal(one: Intake | None, other: Intake) -> bool:
    """Return True if two intakes read and reject the same."""
    return one is not None and one.readings.table == other.readings.table and one.rejected == other.rejected


def test_a_request_names_metadata_by_the_parameters_of_a_run(request_of_news: IntakeRequest) -> None:
    assert request_of_news.defaults.publisher == "Gazette"
    assert request_of_news.forgotten_fields == {"published_at"}


def test_stored_documents_are_taken_in_without_spooling(
    request_of_news: IntakeRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = store(request_of_news, tmp_path / "first")
    monkeypatch.setattr("flows.pipeline.intake.clean_document", lambda _: pytest.fail("decoded again"))
    (tmp_path / "second").mkdir()
    read: list[int] = []
    whole = take_in_documents(request_of_news, known, Stage(str(tmp_path / "second")), read.append)
    assert (whole.readings.table["number"].null_count, read) == (3, [1, 2, 3])
    assert is_equal(take_in_stored_documents(request_of_news, known), whole)


def test_the_preflight_stops_at_the_first_new_document(
    request_of_news: IntakeRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = store(request_of_news, tmp_path / "first")
    for name in "bc":
        Path(request_of_news.paths[0], f"{name}.txt").write_text(f"New text {name}.", encoding="utf-8")
    cleaned: list[RawDocument] = []

    def clean_and_record(raw: RawDocument) -> Document | Rejected:
        cleaned.append(raw)
        return clean_document(raw)

    monkeypatch.setattr("flows.pipeline.intake.clean_document", clean_and_record)
    assert take_in_stored_documents(request_of_news, known) is None
    assert [Path(raw.source_uri).name for raw in cleaned] == ["b.txt"]


def test_a_copy_of_a_stored_document_is_not_new(request_of_news: IntakeRequest, tmp_path: Path) -> None:
    known = store(request_of_news, tmp_path / "first")
    Path(request_of_news.paths[0], "copy.txt").write_text(TEXTS["a"], encoding="utf-8")
    found = take_in_stored_documents(request_of_news, known)
    assert found is not None
    assert len(found.readings) == len(TEXTS) + 1


def test_a_document_that_was_rejected_before_is_not_new(
    request_of_news: IntakeRequest, tmp_path: Path
) -> None:
    known = store(request_of_news, tmp_path / "first")
    empty = Path(request_of_news.paths[0], "empty.txt")
    empty.write_bytes(b"")
    (tmp_path / "second").mkdir()
    whole = take_in_documents(request_of_news, known, Stage(str(tmp_path / "second")), lambda _: None)
    rejects = {RejectKey.from_rejected(rejected) for rejected in whole.rejected}
    assert take_in_stored_documents(request_of_news, known) is None
    assert is_equal(take_in_stored_documents(request_of_news, known, rejects), whole)
    empty.write_bytes(b" \n")
    assert take_in_stored_documents(request_of_news, known, rejects) is None


def test_a_run_is_planned_once_unless_documents_fail(
    request_of_news: IntakeRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans: list[Any] = []

    def plan_and_record(*given: Any) -> IntakePlan:
        plans.append(given)
        return plan_intake(*given)

    monkeypatch.setattr("flows.pipeline.run_ledger.plan_intake", plan_and_record)
    nothing = StoredDocuments.from_records([])
    intake = take_in_documents(request_of_news, nothing, Stage(str(tmp_path)), lambda _: None)
    ledger = RunLedger(intake, nothing.rows)
    part = RunPart("run", pa.array(range(len(intake.readings)), pa.int64()))
    assert ledger.plan.stored == len(TEXTS)
    changes = [ledger.plan_part_changes(part, frozenset(), is_last) for is_last in (False, True)]
    assert [one.counts["stored"] for one in changes] == [3, 3]
    assert len(plans) == 1
    refused = frozenset([intake.readings.table["source_uri"][0].as_py()])
    assert ledger.plan_part_changes(part, refused, is_last=True).counts["stored"] == len(TEXTS) - 1
    assert len(plans) == 1 + 1


def test_a_spool_gives_each_document_by_its_number(tmp_path: Path) -> None:
    texts = [f"Article {n}." for n in range(2 * DOCUMENTS_PER_RECORD_BATCH + 3)]
    made = [Document(f"doc_{n}", f"uri {n}", text, f"sha {n}", "utf-8") for n, text in enumerate(texts)]
    stage = Stage(str(tmp_path))
    with DocumentSpool(stage) as spool:
        for document in made[:70]:
            spool.append(document)
        with pytest.raises(UnicodeEncodeError):
            spool.append(replace(made[70], text="half a pair: \ud83d"))
        assert [spool.append(document) for document in made[70:]] == [*range(70, len(made))]
    chosen = [len(made) - 1, 0, 63, 64, 128, 70]
    batch = batch_of(stage, chosen)
    assert read_spooled_documents(stage, batch) == [made[n] for n in chosen]
    (tmp_path / "shared").mkdir()
    shared = Stage(str(tmp_path / "shared"))
    copy = share_documents(batch, stage, shared)
    assert (copy.stage, copy.documents) == (shared.address, tuple(range(len(chosen))))
    assert read_spooled_documents(shared, copy) == [made[n] for n in chosen]
    halves = [read_spooled_documents(shared, half) for half in copy.split()]
    assert [*chain(*halves)] == [made[n] for n in chosen]
    assert [reading.doc_id for reading in read_spooled_readings(stage, batch)] == [
        made[n].doc_id for n in chosen
    ]
