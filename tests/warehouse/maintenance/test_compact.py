"""Compaction: fewer files and the same rows; only files that no kept version needs are removed."""

from datetime import date
from pathlib import Path

import pytest

import warehouse
from tests.sample_rows import PublishDocuments, make_change, make_document_rows
from warehouse.maintenance.compaction import compact_tables
from warehouse.maintenance.restoration import list_versions, restore_version
from warehouse.maintenance.verification import verify_tables
from warehouse.storage.delta_tables import get_log_folder, list_files, open_table
from warehouse.storage.store import Store
from warehouse.tables import TABLES

MONTHS = (date(2026, 10, 1), date(2026, 11, 1), None)


def growing(put: PublishDocuments) -> None:
    """Publish ever smaller batches, so that none absorbs the files of an earlier one."""
    for i, size in enumerate((30, 6, 1)):
        put(
            *(make_document_rows(f"{i}-{j}", day) for j in range(size) for day in MONTHS[j % 3 : j % 3 + 1]),
            run=f"r{i}",
        )


def test_compaction_merges_and_keeps_the_rows(store: Store, put: PublishDocuments) -> None:
    growing(put)
    before = store.read("claims").sort_by("claim_id")
    assert len(list_files(open_table(store.location, "claims"))) > 3
    report = compact_tables(store.root, hours=0)
    assert report.files_after < report.files_before
    assert len(list_files(open_table(store.location, "claims"))) == 3
    assert store.read("claims").sort_by("claim_id").equals(before)
    assert verify_tables(store.root) == []


def test_compaction_again_changes_nothing(store: Store, put: PublishDocuments) -> None:
    growing(put)
    first = compact_tables(store.root, hours=0)
    logs = {str(p) for p in Path(store.root).rglob("*") if "_delta" in p.parts}
    again = compact_tables(store.root, hours=0)
    assert (again.version, again.removed, again.files_before) == (first.version, 0, first.files_after)
    assert {str(p) for p in Path(store.root).rglob("*") if "_delta" in p.parts} == logs


def test_old_files_stay_for_their_time(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"))
    put(make_document_rows("a", version="2"), run="r2")
    assert compact_tables(store.root).removed == 0
    assert compact_tables(store.root, hours=0).removed > 0
    assert store.read("claims")["extractor_version"].to_pylist() == ["2"]


def test_waiting_runs_are_taken_up(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"))
    assert put(make_document_rows("a"), run="r2") is None
    compact_tables(store.root)
    assert store.read("runs")["run_id"].to_pylist() == ["r1", "r2"]


def test_a_pinned_reader_reads_on_while_files_are_removed(store: Store, put: PublishDocuments) -> None:
    growing(put)
    with warehouse.open(store.root) as snapshot:
        assert compact_tables(store.root, hours=0).removed > 0
        assert snapshot.to_pandas("claims").shape[0] == 37


def test_a_writer_goes_on_after_many_compactions(store: Store, put: PublishDocuments) -> None:
    for i in range(8):
        put(make_document_rows("a", version=str(i)), run=f"r{i}")
        compact_tables(store.root, hours=0)
    with store.open_writer() as writer:
        assert writer.publish(make_change([make_document_rows("b")], "last"))
    assert sorted(store.read("claims")["doc_id"].to_pylist()) == ["a", "b"]
    assert len(list(Path(store.root).rglob("*.parquet"))) < 4 * 3 * len(TABLES)


@pytest.fixture
def _checkpoint_each_fifth_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let new tables have a checkpoint in their log every 5 commits: the default takes many publications."""
    monkeypatch.setattr("warehouse.storage.delta_tables.CHECKPOINT_INTERVAL", "5")


@pytest.mark.usefixtures("_checkpoint_each_fifth_commit")
def test_a_log_is_cut_where_no_kept_version_begins(store: Store, put: PublishDocuments) -> None:
    for i in range(12):
        put(make_document_rows("a", version=str(i)), run=f"r{i}")
    before = len(log_of(store, "documents"))
    compact_tables(store.root)
    assert len(log_of(store, "documents")) >= before, "a week's versions can be restored"
    oldest = min(version.version for version in list_versions(store.root))
    assert oldest == 1
    compact_tables(store.root, hours=0)
    assert all(len(log_of(store, name)) < 9 for name in ("documents", "claims", "runs"))
    assert store.read("claims")["extractor_version"].to_pylist() == ["11"]
    put(make_document_rows("a", version="12"), run="r12")
    put(make_document_rows("a", version="13"), run="r13")
    restore_version(store.root, list_versions(store.root)[1].version)
    assert store.read("claims")["extractor_version"].to_pylist() == ["12"]
    assert verify_tables(store.root) == []


def log_of(store: Store, name: str) -> list[Path]:
    """Return the commits and checkpoints of a table."""
    return [path for path in Path(get_log_folder(store.location, name)).iterdir() if path.name[0].isdigit()]


@pytest.mark.usefixtures("_checkpoint_each_fifth_commit")
def test_a_reader_that_opened_a_table_before_its_log_was_cut_sees_what_is_new(
    store: Store, put: PublishDocuments
) -> None:
    put(make_document_rows("a", version="first"))
    reader = Store(store.root)
    assert reader.read("claims")["extractor_version"].to_pylist() == ["first"]
    for i in range(12):
        put(make_document_rows("a", version=str(i)), run=f"r{i}")
    compact_tables(store.root, hours=0)
    assert reader.read("claims")["extractor_version"].to_pylist() == ["11"]
