"""Of a real store, a run reads the documents of its sources and finds the others by id."""

from pathlib import Path

import pytest

from flows.pipeline.intake_plan import SourceReading, StoredDocument
from flows.pipeline.stored_documents import StoredDocuments
from tests.flows.pipeline.sample_readings import make_readings
from tests.sample_rows import make_change, make_document_rows
from warehouse.storage.store import Store

SOURCES = {
    "d1": "news/a.txt",
    "d2": "news/a.jsonl#1",
    "d3": "news/a.jsonl#2",
    "d4": "news/a#b.jsonl#7",
    "d5": "news/a b.jsonl#1",
    "d6": "other/z.txt",
    "d7": "/var/news/a.txt",
    "d8": "news/é.txt",
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return a warehouse with a document for each of several sources."""
    documents = []
    for doc_id, uri in SOURCES.items():
        rows = make_document_rows(doc_id)
        rows["documents"][0] |= {"source_uri": uri, "content_sha256": f"sha-{doc_id}"}
        documents.append(rows)
    store = Store(tmp_path_factory.mktemp("filled"))
    with store.open_writer() as writer:
        writer.publish(make_change(documents))
    return store


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["news/a.txt"], {"d1"}),
        (["news/a.jsonl"], {"d2", "d3"}),
        (["news/a#b.jsonl"], {"d4"}),
        (["news/a b.jsonl", "news/a.txt"], {"d1", "d5"}),
        (["news/é.txt", "news/a.jsonl"], {"d2", "d3", "d8"}),
        (["/var/news/a.txt", "other/z.txt"], {"d6", "d7"}),
        (["news/missing.txt"], set()),
        ([], set()),
    ],
)
def test_the_documents_of_the_files_are_read(filled: Store, files: list[str], expected: set[str]) -> None:
    rows = StoredDocuments.from_store(filled, files).rows
    assert {*rows["doc_id"].to_pylist()} == expected


@pytest.mark.parametrize("read", [["d1"], ["d1", "d6"], ["d2", "new"], [], ["new"]])
def test_what_a_run_concerns_does_not_depend_on_what_was_read_at_first(
    filled: Store, read: list[str]
) -> None:
    documents = filled.read("documents")
    names = StoredDocument._fields
    everything = [
        StoredDocument(*(row[name] for name in names)) for row in documents.select(names).to_pylist()
    ]
    readings = make_readings(SourceReading(SOURCES["d1"], "changed", doc_id) for doc_id in read)
    known = StoredDocuments.from_store(filled, [SOURCES["d1"]])
    of_all = StoredDocuments.from_records(everything).find_concerned(readings)
    assert known.find_concerned(readings).sort_by("doc_id") == of_all.sort_by("doc_id")


def test_ids_are_looked_up_in_all_sources(filled: Store) -> None:
    known = StoredDocuments.from_store(filled, [SOURCES["d1"]])
    assert known.has_all({"d6", "d8"}, "1")
    assert not known.has_all({"d6", "new"}, "1")
    assert not known.has_all({"d6"}, "another version")
    assert known.has_all(set(), "1")


def test_nothing_is_known_of_no_warehouse(tmp_path: Path) -> None:
    known = StoredDocuments.from_store(Store(tmp_path / "none"), ["a.txt"])
    assert known.rows.num_rows == 0
    assert known.find_concerned(make_readings([SourceReading("a.txt", "sha", "d1")])).num_rows == 0
    assert not known.has_all({"d1"}, "1")
