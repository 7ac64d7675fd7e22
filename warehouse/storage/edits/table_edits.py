"""The change of a warehouse in one publication, and the edits of the tables that make it.

Rows equal to the stored ones give an empty edit, so that a run without news changes no byte. New rows absorb the
small files of their month: a partition keeps few files even if every run writes few rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable
from deltalake.transaction import AddAction

from warehouse.storage.data_files import DataFile, make_dataset, write_data_files
from warehouse.storage.delta_tables import TableEdit, list_files
from warehouse.storage.edits.entity_edits import plan_entity_edit, write_entity_files
from warehouse.storage.edits.row_comparison import choose_files_to_absorb, has_same_rows
from warehouse.storage.file_damage import check_files_intact, read_intact_rows
from warehouse.storage.location import WarehouseLocation
from warehouse.tables import (
    DOCUMENTS,
    ENTITIES,
    NEAR_DUPLICATES,
    PARTITION_COLUMN,
    REJECTS,
    REVIEWS,
    RUNS,
    TABLES,
    Table,
    to_arrow,
)


@dataclass(frozen=True)
class WarehouseChange:
    """The change of a warehouse in one publication."""

    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    """by table name: all rows of the documents that are added or replaced, all of ``entities``, ``near_duplicates`` and
    ``reviews``, new ``rejects``, one row of ``runs``; a table that is not named keeps its rows, except those of
    replaced or removed documents"""
    removed: frozenset[str] = frozenset()
    """ids of documents whose rows are removed"""
    resolved_rejects: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    """source URIs that are no longer rejected"""
    resolved_by: str | None = None
    """version of the extractor that made ``entities`` from all mentions: its later runs may start from them"""
    entity_changes: pa.Table | None = None
    """rows of ``entities`` that replace those with their ids, if ``tables`` does not have them all; one without
    mentions is removed"""
    owed_steps: frozenset[str] | None = None
    """steps over all documents that are still to be done; None leaves them as they are"""

    def get_rows(self, table: Table) -> pa.Table:
        """Return the new rows of a table; no rows if the table is not named."""
        return self.tables.get(table.name, table.schema.empty_table())


def plan_edits(
    location: WarehouseLocation, heads: Mapping[str, DeltaTable], change: WarehouseChange
) -> dict[str, TableEdit]:
    """Return the edit of every table but ``runs``."""
    stored = {name: list_files(head) for name, head in heads.items()}
    replaced = set(change.get_rows(DOCUMENTS)["doc_id"].to_pylist()) | change.removed
    partitioned = [table for table in TABLES.values() if table.partitioned]
    concerned = {t.name: replaced | set(change.get_rows(t)["doc_id"].to_pylist()) for t in partitioned}
    months = _find_stored_months(location, stored["documents"], set[str]().union(*concerned.values()))
    edits = {}
    for table in partitioned:
        months_of_documents = {doc_id: months.get(doc_id) for doc_id in concerned[table.name]}
        rows = change.get_rows(table)
        edits[table.name] = plan_document_edit(location, table, stored[table.name], months_of_documents, rows)
    edits["rejects"] = _plan_reject_edit(location, stored["rejects"], change)
    edits["near_duplicates"] = _plan_mark_edit(location, stored["near_duplicates"], change, replaced)
    for table in (ENTITIES, REVIEWS):
        if table.name in change.tables:
            rows = change.get_rows(table)
            edits[table.name] = plan_whole_table_edit(location, table, stored[table.name], rows)
    if change.entity_changes is not None:
        edits["entities"] = plan_entity_edit(location, stored["entities"], change.entity_changes)
    return edits


def plan_document_edit(
    location: WarehouseLocation,
    table: Table,
    stored: Sequence[DataFile],
    documents: Mapping[str, str | None],
    rows: pa.Table,
) -> TableEdit:
    """Return the edit that puts ``rows`` in place of all rows of some documents.

    Args:
        location: the warehouse.
        table: a partitioned table.
        stored: the files of its newest version.
        documents: the ids of the documents, each with the month that holds its old rows, None if it is new.
        rows: the new rows.
    """
    ids, months = pa.array(sorted(documents), pa.string()), set(documents.values()) - {None}
    touched = [f for f in stored if f.month in months and _has_documents(location, table, f, ids)]
    files = _group_by_month(touched)
    add, remove = list[AddAction](), list[DataFile]()
    for month in sorted(files.keys() | {*rows[PARTITION_COLUMN].unique().to_pylist()}):
        new = rows.filter(pc.equal(rows[PARTITION_COLUMN], month))
        old = read_intact_rows(location, table, files.get(month, []))
        is_replaced = pc.is_in(old["doc_id"], ids)
        # Most documents of other months are given with one table changed: the others keep their files.
        if has_same_rows(table, old.filter(is_replaced), new):
            continue
        kept = old.filter(pc.invert(is_replaced))
        others = [f for f in stored if f.month == month and f not in touched]
        small = choose_files_to_absorb(others, new.num_rows + kept.num_rows)
        rows_of_month = pa.concat_tables([new, kept, read_intact_rows(location, table, small)])
        add += write_data_files(location, table, rows_of_month, month)
        remove += [*files.get(month, []), *small]
    return TableEdit(add, remove)


def plan_whole_table_edit(
    location: WarehouseLocation, table: Table, stored: Sequence[DataFile], rows: pa.Table
) -> TableEdit:
    """Return the edit that replaces all rows of an unpartitioned table."""
    if has_same_rows(table, read_intact_rows(location, table, stored), rows):
        return TableEdit()
    is_split = table.name == ENTITIES.name
    add = write_entity_files(location, rows) if is_split else write_data_files(location, table, rows, None)
    return TableEdit(add, stored)


def plan_run_edit(location: WarehouseLocation, head: DeltaTable, runs: pa.Table) -> TableEdit:
    """Return the edit that adds those rows of ``runs`` that are not stored yet, rewriting only small files."""
    stored = list_files(head)
    known = make_dataset(location, RUNS, stored).to_table(columns=["run_id"])
    fresh = runs.filter(pc.invert(pc.is_in(runs["run_id"], known["run_id"].combine_chunks())))
    if not fresh.num_rows:
        return TableEdit()
    small = choose_files_to_absorb(stored, fresh.num_rows)
    rows = pa.concat_tables([fresh, read_intact_rows(location, RUNS, small)])
    return TableEdit(write_data_files(location, RUNS, rows, None), small)


def deduplicate_rejects(rejects: pa.Table) -> pa.Table:
    """Return one row for each source and stage: of several, the same one in whatever order they come."""
    rows = sorted(rejects.to_pylist(), key=lambda row: [str(row[name]) for name in REJECTS.schema.names])
    return to_arrow({(row["source_uri"], row["stage"]): row for row in rows}.values(), REJECTS)


def _plan_reject_edit(
    location: WarehouseLocation, stored: Sequence[DataFile], change: WarehouseChange
) -> TableEdit:
    """Return the edit of ``rejects``: new rows replace those of their source; rows of resolved sources are removed."""
    new = change.get_rows(REJECTS)
    sources = pa.concat_arrays([change.resolved_rejects, *new["source_uri"].chunks])
    known = make_dataset(location, REJECTS, stored)
    if not new.num_rows and not known.count_rows(filter=pc.field("source_uri").isin(sources)):
        return TableEdit()
    kept = read_intact_rows(location, REJECTS, stored).filter(~pc.field("source_uri").isin(sources))
    return plan_whole_table_edit(location, REJECTS, stored, pa.concat_tables([kept, new]))


def _plan_mark_edit(
    location: WarehouseLocation, stored: Sequence[DataFile], change: WarehouseChange, replaced: set[str]
) -> TableEdit:
    """Return the edit of ``near_duplicates``; by default, only rows about replaced documents are removed."""
    if NEAR_DUPLICATES.name in change.tables:
        rows = change.get_rows(NEAR_DUPLICATES)
        return plan_whole_table_edit(location, NEAR_DUPLICATES, stored, rows)
    if not replaced or not stored:
        return TableEdit()
    gone = pa.array(sorted(replaced), pa.string())
    rows = read_intact_rows(location, NEAR_DUPLICATES, stored)
    kept = rows.filter(~(pc.field("doc_id").isin(gone) | pc.field("duplicate_of").isin(gone)))
    return plan_whole_table_edit(location, NEAR_DUPLICATES, stored, kept)


def _find_stored_months(
    location: WarehouseLocation, stored: Sequence[DataFile], documents: set[str]
) -> dict[str, str]:
    """Return the month that holds the rows of each of these documents, for those that are stored."""
    wanted = pc.field("doc_id").isin(pa.array(sorted(documents), pa.string()))
    found = make_dataset(location, DOCUMENTS, stored).to_table(
        columns=["doc_id", PARTITION_COLUMN], filter=wanted
    )
    return dict(zip(found["doc_id"].to_pylist(), found[PARTITION_COLUMN].to_pylist(), strict=True))


def _group_by_month(files: Iterable[DataFile]) -> dict[str, list[DataFile]]:
    """Return the files of each month of a partitioned table."""
    months: dict[str, list[DataFile]] = {}
    for file in files:
        months.setdefault(str(file.month), []).append(file)
    return months


def _has_documents(location: WarehouseLocation, table: Table, file: DataFile, documents: pa.Array) -> bool:
    """Return True if a file has rows of any of these documents."""
    try:
        ids = make_dataset(location, table, [file]).to_table(columns=["doc_id"])["doc_id"]
    except (pa.ArrowException, OSError):
        # Say which file is damaged; Arrow does not.
        check_files_intact(location, table, [file])
        raise
    return bool(pc.any(pc.is_in(ids, documents)).as_py())
