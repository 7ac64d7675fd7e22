"""Compaction: fewer files, the same rows, again nothing; and only what no kept version needs is removed."""

from datetime import date
from pathlib import Path

import warehouse
from tests.sample_rows import change, document_rows
from tests.warehouse.conftest import Put
from warehouse.maintenance.compaction import compact
from warehouse.maintenance.restoration import history, restore
from warehouse.maintenance.verification import verify
from warehouse.storage.delta_tables import files, log_folder, open_table
from warehouse.storage.store import Store
from warehouse.tables import TABLES

MONTHS = (date(2026, 10, 1), date(2026, 11, 1), None)


def growing(put: Put) -> None:
    """Publish batches that shrink, so that none absorbs the one before."""
    for i, size in enumerate((30, 6, 1)):
        put(
            *(document_rows(f"{i}-{j}", day) for j in range(size) for day in MONTHS[j % 3 : j % 3 + 1]),
            run=f"r{i}",
        )


def test_compaction_merges_and_keeps_the_rows(store: Store, put: Put) -> None:
    growing(put)
    before = store.read("claims").sort_by("claim_id")
    assert len(files(open_table(store.place, "claims"))) > 3
    report = compact(store.root, hours=0)
    assert report.files_after < report.files_before
    assert len(files(open_table(store.place, "claims"))) == 3
    assert store.read("claims").sort_by("claim_id").equals(before)
    assert verify(store.root) == []


def test_compaction_again_changes_nothing(store: Store, put: Put) -> None:
    growing(put)
    first = compact(store.root, hours=0)
    logs = {str(p) for p in Path(store.root).rglob("*") if "_delta" in p.parts}
    again = compact(store.root, hours=0)
    assert (again.version, again.removed, again.files_before) == (first.version, 0, first.files_after)
    assert {str(p) for p in Path(store.root).rglob("*") if "_delta" in p.parts} == logs


def test_old_files_stay_for_their_time(store: Store, put: Put) -> None:
    put(document_rows("a"))
    put(document_rows("a", version="2"), run="r2")
    assert compact(store.root).removed == 0
    assert compact(store.root, hours=0).removed > 0
    assert store.read("claims")["extractor_version"].to_pylist() == ["2"]


def test_waiting_runs_are_taken_up(store: Store, put: Put) -> None:
    put(document_rows("a"))
    assert put(document_rows("a"), run="r2") is None
    compact(store.root)
    assert store.read("runs")["run_id"].to_pylist() == ["r1", "r2"]


def test_a_pinned_reader_reads_on_while_files_are_removed(store: Store, put: Put) -> None:
    growing(put)
    with warehouse.open(store.root) as snapshot:
        assert compact(store.root, hours=0).removed > 0
        assert snapshot.to_pandas("claims").shape[0] == 37


def test_a_writer_goes_on_after_many_compactions(store: Store, put: Put) -> None:
    for i in range(8):
        put(document_rows("a", version=str(i)), run=f"r{i}")
        compact(store.root, hours=0)
    with store.writing() as writer:
        assert writer.publish(change([document_rows("b")], "last"))
    assert sorted(store.read("claims")["doc_id"].to_pylist()) == ["a", "b"]
    assert len(list(Path(store.root).rglob("*.parquet"))) < 4 * 3 * len(TABLES)


def test_a_log_is_cut_where_no_kept_version_begins(store: Store, put: Put) -> None:
    for i in range(45):
        put(document_rows("a", version=str(i)), run=f"r{i}")
    before = len(log_of(store, "documents"))
    compact(store.root)
    assert len(log_of(store, "documents")) >= before, "a week's versions can be restored"
    oldest = min(version.version for version in history(store.root))
    assert oldest == 1
    compact(store.root, hours=0)
    assert all(len(log_of(store, name)) < 30 for name in ("documents", "claims", "runs"))
    assert store.read("claims")["extractor_version"].to_pylist() == ["44"]
    put(document_rows("a", version="45"), run="r45")
    put(document_rows("a", version="46"), run="r46")
    restore(store.root, history(store.root)[1].version)
    assert store.read("claims")["extractor_version"].to_pylist() == ["45"]
    assert verify(store.root) == []


def log_of(store: Store, name: str) -> list[Path]:
    """Return the commits and checkpoints of a table."""
    return [path for path in Path(log_folder(store.place, name)).iterdir() if path.name[0].isdigit()]


def test_a_reader_that_opened_a_table_before_its_log_was_cut_sees_what_is_new(store: Store, put: Put) -> None:
    put(document_rows("a", version="first"))
    reader = Store(store.root)
    assert reader.read("claims")["extractor_version"].to_pylist() == ["first"]
    for i in range(45):
        put(document_rows("a", version=str(i)), run=f"r{i}")
    compact(store.root, hours=0)
    assert reader.read("claims")["extractor_version"].to_pylist() == ["44"]
