"""Migration: announced, published as one version, and read by every plain reader without options."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from tests.sample_rows import PublishDocuments, make_document_rows, make_row
from tests.warehouse.file_hashes import hash_files_and_links
from warehouse.errors import WarehouseError
from warehouse.maintenance.migration import migrate_tables, plan_migration
from warehouse.maintenance.restoration import restore_version
from warehouse.maintenance.verification import verify_tables
from warehouse.queries.connection import connect_to_warehouse
from warehouse.storage.edits.table_edits import WarehouseChange
from warehouse.storage.store import Store
from warehouse.tables import SCHEMA_VERSION, TABLES, Column, Table, to_arrow


def with_columns(*new: Column) -> Table:
    """Return the declaration of claims with columns added, or replaced by name."""
    names = {column.name for column in new}
    kept = tuple(column for column in TABLES["claims"].columns if column.name not in names)
    return replace(TABLES["claims"], columns=(*kept, *new))


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch, put: PublishDocuments) -> None:
    """Create a warehouse, then declare claims with a new column and a wider one."""
    put(make_document_rows("a"), make_document_rows("b", None))
    table = with_columns(
        Column("note", pa.string(), "a note", nullable=True), Column("paragraph", pa.int64(), "paragraph")
    )
    monkeypatch.setitem(TABLES, "claims", table)
    monkeypatch.setattr("warehouse.storage.version_pins.SCHEMA_VERSION", SCHEMA_VERSION + 1)


@pytest.mark.usefixtures("newer")
def test_an_older_warehouse_is_read_and_not_written(store: Store) -> None:
    assert store.read("claims")["note"].to_pylist() == [None, None]
    with pytest.raises(WarehouseError, match="counterclaim migrate"), store.open_writer():
        pass


@pytest.mark.usefixtures("newer")
def test_a_query_of_an_older_warehouse_says_what_to_do(store: Store) -> None:
    with pytest.raises(WarehouseError, match="counterclaim migrate --warehouse"):
        connect_to_warehouse(store.root)
    migrate_tables(store.root)
    assert connect_to_warehouse(store.root).sql("SELECT DISTINCT note FROM claims").fetchall() == [(None,)]


def test_columns_that_are_not_declared_are_not_written_beside_others(
    store: Store, put: PublishDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(make_document_rows("a"))
    note = Column("note", pa.string(), "a note", nullable=True)
    monkeypatch.setitem(TABLES, "claims", with_columns(note))
    with pytest.raises(WarehouseError, match="counterclaim migrate"), store.open_writer():
        pass
    assert len(migrate_tables(store.root)) == 1
    with store.open_writer():
        pass


@pytest.mark.usefixtures("newer")
def test_the_plan_says_what_changes_and_changes_nothing(store: Store) -> None:
    before = hash_files_and_links(Path(store.root))
    said = [str(step) for step in plan_migration(store.root)]
    assert [line.partition(" (")[0] for line in said] == [
        "claims.note: is new: string, null in the rows there are",
        "claims.paragraph: widens from int32 to int64",
    ]
    assert hash_files_and_links(Path(store.root)) == before


@pytest.mark.usefixtures("newer")
def test_old_and_new_rows_are_read_together_without_options(store: Store, put: PublishDocuments) -> None:
    assert len(migrate_tables(store.root)) == 2
    row = make_document_rows("c")
    row["claims"][0] |= {"note": "seen", "paragraph": 2**40}
    put(
        row,
        make_document_rows("a") | {"claims": [make_document_rows("a")["claims"][0] | {"note": None}]},
        run="r2",
        claims=[r | {"note": r.get("note")} for r in [*row["claims"], *make_document_rows("a")["claims"]]],
    )
    path = str(Path(store.root) / "claims")
    frames = (
        pd.read_parquet(path),
        ds.dataset(path, partitioning="hive").to_table().to_pandas(),
        pl.scan_parquet(path).collect().to_pandas(),
        duckdb.execute(f"FROM read_parquet('{path}/**/*.parquet')").df(),
    )
    for frame in frames:
        notes = {
            doc: note or None for doc, note in zip(frame["doc_id"], frame["note"].fillna(""), strict=True)
        }
        assert notes == {"a": None, "b": None, "c": "seen"}
        assert frame["paragraph"].max() == 2**40
    assert verify_tables(store.root) == []


def test_marks_of_near_duplicates_move_to_their_table(
    store: Store, put: PublishDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = TABLES["documents"]
    mark = Column("duplicate_of", pa.string(), "doc_id of the earliest near-duplicate", nullable=True)
    before = replace(now, columns=(*now.columns, mark))
    with monkeypatch.context() as older:
        older.setitem(TABLES, "documents", before)
        older.setattr("warehouse.tables.DOCUMENTS", before)
        older.setattr("warehouse.storage.edits.table_edits.DOCUMENTS", before)
        older.setattr("warehouse.storage.writer.DOCUMENTS", before)
        older.setattr("warehouse.storage.version_pins.SCHEMA_VERSION", SCHEMA_VERSION - 1)
        rows = [make_document_rows(name, day) for name, day in (("a", date(2026, 9, 1)), ("b", None))]
        rows[1]["documents"][0]["duplicate_of"] = "a"
        put(*rows)
    assert [str(step).partition(" (")[0] for step in plan_migration(store.root)] == [
        "documents.duplicate_of: moves to the table near_duplicates"
    ]
    migrate_tables(store.root)
    assert store.read("near_duplicates").to_pylist() == [{"doc_id": "b", "duplicate_of": "a"}]
    assert "duplicate_of" not in store.read("documents").column_names
    assert verify_tables(store.root) == []
    assert plan_migration(store.root) == []


@pytest.mark.usefixtures("newer")
def test_migrating_again_does_nothing_and_old_versions_stay_behind(store: Store) -> None:
    migrate_tables(store.root)
    before = hash_files_and_links(Path(store.root))
    assert migrate_tables(store.root) == plan_migration(store.root) == []
    assert hash_files_and_links(Path(store.root)) == before
    with pytest.raises(WarehouseError, match=f"schema version {SCHEMA_VERSION}"):
        restore_version(store.root, 1)


@pytest.mark.usefixtures("newer")
def test_a_killed_migration_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    rows = store.read("claims")
    with monkeypatch.context() as patch:
        patch.setattr("warehouse.maintenance.migration.commit_tables", die)
        with pytest.raises(KeyboardInterrupt):
            migrate_tables(store.root)
    assert store.read("claims").equals(rows)
    assert len(migrate_tables(store.root)) == 2
    assert store.read("claims").equals(rows)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (Column("note", pa.string(), "a note"), "may not be null"),
        (Column("paragraph", pa.string(), "paragraph"), "cannot go from int32 to string"),
    ],
)
def test_what_cannot_fit_is_refused(
    column: Column, message: str, store: Store, put: PublishDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(make_document_rows("a"))
    monkeypatch.setitem(TABLES, "claims", with_columns(column))
    with pytest.raises(WarehouseError, match=message):
        plan_migration(store.root)


def test_a_table_that_is_new_owes_the_step_that_fills_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = {name: found for name, found in make_document_rows("a").items() if name != "claim_groups"}
    rows["entities"] = [make_row("entities", entity_id="Q1")]
    tables = {name: to_arrow(found, TABLES[name]) for name, found in rows.items()}
    with monkeypatch.context() as older:
        older.delitem(TABLES, "claim_groups")
        older.setattr("warehouse.storage.version_pins.SCHEMA_VERSION", SCHEMA_VERSION - 1)
        with store.open_writer() as writer:
            writer.publish(WarehouseChange(tables))
    with pytest.raises(WarehouseError, match="counterclaim migrate"), store.open_writer():
        pass
    migrate_tables(store.root)
    assert store.read_owed_steps() == {"claim-groups"}
    assert store.read("claim_groups").num_rows == 0
    assert verify_tables(store.root) == []
    with store.open_writer():
        pass
