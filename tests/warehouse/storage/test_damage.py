"""Damage is not laundered: all code that rewrites rows checks the files that it reads them from."""

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.sample_rows import PublishDocuments, make_document_rows, make_row
from warehouse.maintenance.compaction import compact_tables
from warehouse.maintenance.integrity import verify_deep
from warehouse.maintenance.migration import migrate_tables
from warehouse.maintenance.restoration import list_versions, restore_version
from warehouse.maintenance.verification import verify_tables
from warehouse.queries.connection import UnreadableTableError
from warehouse.reviews import store_verdicts
from warehouse.storage.delta_tables import list_files, open_table
from warehouse.storage.file_damage import DamagedFileError
from warehouse.storage.store import Store
from warehouse.tables import TABLES, Column, Table

EDITED = {
    "documents": "title",
    "mentions": "confidence",
    "claims": "confidence",
    "denials": "hedged",
    "denial_links": "method",
    "claim_groups": "method",
    "entities": "name",
    "near_duplicates": "duplicate_of",
    "reviews": "note",
    "rejects": "detail",
    "runs": "versions",
}
"""a column of each table that no rule connects with another column"""


def true_files(store: Store, table: str) -> list[Path]:
    """Return the Delta files of a table."""
    found = list_files(open_table(store.location, table))
    return [Path(store.location.get_table_path(table)) / file.path for file in found]


def edit(path: Path, column: str) -> None:
    """Rewrite a file with another value in the last row of a column, as an editor of tables does."""
    table = pq.read_table(path, partitioning=None)
    values = table[column].to_pylist()
    kind = table.schema.field(column).type
    values[-1] = (
        not values[-1] if pa.types.is_boolean(kind) else 0.5 if pa.types.is_floating(kind) else "falsified"
    )
    at = table.schema.get_field_index(column)
    fresh = table.set_column(at, table.schema.field(at), pa.array(values, kind))
    path.chmod(0o644)
    pq.write_table(fresh, path)


def flip(path: Path, _: str) -> None:
    """Change one byte somewhere in the pages of a file."""
    content = bytearray(path.read_bytes())
    content[random.Random(path.stat().st_size).randrange(8, len(content) // 2)] ^= 0x10
    path.chmod(0o644)
    path.write_bytes(content)


def cut(path: Path, _: str) -> None:
    """Cut the end off a file."""
    os.truncate(path, path.stat().st_size // 2)


def remove(path: Path, _: str) -> None:
    """Remove a file."""
    path.unlink()


DAMAGES = (edit, flip, cut, remove)


def reject(source: str) -> dict[str, Any]:
    """Return the row of a reject."""
    return make_row("rejects", source_uri=source, stage="read", reason="empty", detail="d", run_id="r")


def fill(put: PublishDocuments) -> None:
    """Publish documents of one month, twice, so that each table has several small files or a row to replace."""
    copies = [make_row("near_duplicates", doc_id="b", duplicate_of="a")]
    put(make_document_rows("a"), make_document_rows("b"), rejects=[reject("x")], near_duplicates=copies)
    put(
        make_document_rows("c"),
        run="r2",
        rejects=[reject("y")],
        entities=[make_row("entities", entity_id="Q1", name="H")],
    )


def review(store: Store, verdict: str = "accepted") -> None:
    """Store a verdict on a row."""
    store_verdicts(store.root, [make_row("reviews", statement_id="c1", reviewer="Ada", verdict=verdict)])


def republish(store: Store, put: PublishDocuments) -> None:
    """Publish a change of every document and of the rows that belong to it."""
    del store
    rows = [make_document_rows(name, version="2") for name in "abc"]
    other = [make_row("entities", entity_id="Q1", name="Haftar the younger")]
    put(*rows, run="r3", rejects=[reject("z")], entities=other)


def merge(store: Store, put: PublishDocuments) -> None:
    """Compact the tables."""
    del put
    compact_tables(store.root)


def state(store: Store) -> tuple[int, dict[str, list[str]]]:
    """Return the published version and the files of every table."""
    return store.read_version(), {name: sorted(map(str, true_files(store, name))) for name in TABLES}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda function: function.__name__)
@pytest.mark.parametrize("table", [name for name in TABLES if name != "reviews"])
def test_a_publication_stops_at_damage(
    table: str, damage: Callable[[Path, str], None], store: Store, put: PublishDocuments
) -> None:
    fill(put)
    path = true_files(store, table)[-1]
    damage(path, EDITED[table])
    before = state(store)
    with pytest.raises(Exception, match=path.name) as raised:
        republish(store, put)
    assert "Free space" not in str(raised.value)
    assert "counterclaim" in str(raised.value)
    assert state(store) == before
    assert any(path.name in str(problem) for problem in verify_deep(store.root))


def flip_a_footer(path: Path) -> None:
    """Change a byte of the footer of a file so that pyarrow still reads the file and DuckDB does not."""
    content = path.read_bytes()
    footer_size = int.from_bytes(content[-8:-4], "little")
    path.chmod(0o644)
    for at in range(len(content) - 8 - footer_size, len(content) - 8):
        changed = bytearray(content)
        changed[at] ^= 0x10
        path.write_bytes(changed)
        if is_readable(lambda: pq.ParquetFile(path).read()) and not is_readable(
            lambda: duckdb.read_parquet(str(path))
        ):
            return
    raise AssertionError("no byte of the footer makes this difference")


def is_readable(read: Callable[[], object]) -> bool:
    """Return False if reading a file fails."""
    try:
        read()
    except (pa.ArrowException, OSError, duckdb.Error):
        return False
    return True


def test_deep_verification_names_a_file_that_only_duckdb_cannot_read(
    store: Store, put: PublishDocuments
) -> None:
    fill(put)
    path = true_files(store, "runs")[-1]
    flip_a_footer(path)
    assert [path.name in str(problem) for problem in verify_deep(store.root)] == [True]
    with pytest.raises(UnreadableTableError, match=path.name):
        verify_tables(store.root)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda function: function.__name__)
def test_verdicts_are_not_stored_over_damaged_ones(
    damage: Callable[[Path, str], None], store: Store, put: PublishDocuments
) -> None:
    fill(put)
    review(store)
    path = true_files(store, "reviews")[-1]
    damage(path, EDITED["reviews"])
    before = state(store)
    with pytest.raises(Exception, match="counterclaim verify --deep"):
        review(store, "rejected")
    assert state(store) == before
    assert any(path.name in str(problem) for problem in verify_deep(store.root))


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda function: function.__name__)
def test_compaction_stops_at_damage(
    damage: Callable[[Path, str], None], store: Store, put: PublishDocuments
) -> None:
    put(*(make_document_rows(f"a{i}") for i in range(30)))
    put(make_document_rows("z"), run="r2")
    path = true_files(store, "claims")[0]
    damage(path, "confidence")
    before = state(store)
    with pytest.raises(DamagedFileError, match=path.name):
        merge(store, put)
    assert state(store) == before


@pytest.mark.parametrize("damage", [edit, flip], ids=lambda function: function.__name__)
def test_migration_stops_at_damage(
    damage: Callable[[Path, str], None], store: Store, put: PublishDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(put)
    path = true_files(store, "claims")[0]
    damage(path, "confidence")
    old = TABLES["claims"]
    wider = (*old.columns, Column("note", pa.string(), "a note", nullable=True))
    monkeypatch.setitem(TABLES, "claims", Table(old.name, old.meaning, old.key, wider, True, old.sort))
    before = state(store)
    with pytest.raises(DamagedFileError, match=path.name):
        migrate_tables(store.root)
    assert state(store) == before


def test_the_row_is_named_where_an_older_file_has_it_otherwise(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"), make_document_rows("b"))
    put(make_document_rows("c"), run="r2")
    (path,) = true_files(store, "claims")
    edit(path, "confidence")
    false = pq.read_table(path, partitioning=None)
    keys = false.filter(pc.equal(false["confidence"], pa.scalar(0.5, pa.float32())))["claim_id"].to_pylist()
    assert keys == ["c-c"]
    with pytest.raises(DamagedFileError, match=r"it holds the rows c-a, c-b, c-c\."):
        republish(store, put)


def test_an_older_file_shows_which_row_was_edited(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"), make_document_rows("z"))
    put(make_document_rows("b"), run="r2")
    (path,) = true_files(store, "claims")
    edit(path, "confidence")  # the last row is z's, which the first file holds as well
    with pytest.raises(DamagedFileError, match=r"an older file has other values in the rows c-z\."):
        republish(store, put)


def test_restoring_an_intact_version_repairs_the_warehouse(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"), make_document_rows("b"))
    put(make_document_rows("c"), run="r2")
    (path,) = true_files(store, "claims")
    edit(path, "confidence")
    with pytest.raises(DamagedFileError, match="--version 1"):
        republish(store, put)
    restore_version(store.root, 1)
    assert verify_deep(store.root) == []
    republish(store, put)
    assert verify_deep(store.root) == []
    assert list_versions(store.root)[0].version == 4
    with pytest.raises(DamagedFileError, match=path.name):
        restore_version(store.root, 2)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda function: function.__name__)
def test_verify_finds_in_depth_what_it_finds_without(
    damage: Callable[[Path, str], None], store: Store, put: PublishDocuments
) -> None:
    fill(put)
    review(store)
    for table in TABLES:
        damage(true_files(store, table)[0], EDITED[table])
        plain, deep = verify_tables(store.root), verify_deep(store.root)
        assert deep
        assert {problem.table for problem in plain} <= {problem.table for problem in deep}
        assert (
            plain or damage is flip
        )  # a flipped byte does not change the size: only reading every byte finds it
