"""Rows of the documents of a run, and rows of stored documents."""

from collections.abc import Iterable, Mapping, Set

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.storage.store import Store
from warehouse.tables import PARTITION_COLUMN, TABLES

DOCUMENT_TABLES = ("documents", "mentions", "claims", "denials", "denial_links", "claim_groups")


def keep_rows_of(rows: pa.Table, doc_ids: Set[str]) -> pa.Table:
    """Return those rows that belong to these documents."""
    return rows.filter(pc.is_in(rows["doc_id"], pa.array(sorted(doc_ids), pa.string())))


def read_rows_of_others(
    store: Store,
    name: str,
    doc_ids: set[str],
    columns: list[str] | None = None,
    where: pc.Expression | None = None,
) -> pa.Table:
    """Return the stored rows of all other documents, or those of them that satisfy a condition."""
    kept = ~make_document_filter(doc_ids)
    return store.read(name, columns, kept if where is None else kept & where)


def get_doc_ids(tables: dict[str, pa.Table]) -> set[str]:
    """Return the ids of the documents in the tables."""
    return {*tables["documents"]["doc_id"].to_pylist()}


def make_document_filter(documents: Iterable[str]) -> pc.Expression:
    """Return the condition that a row belongs to one of these documents."""
    return pc.field("doc_id").isin(pa.array(sorted(documents), pa.string()))


def find_stored_months(store: Store, documents: set[str]) -> set[str]:
    """Return the months of those of these documents that are stored."""
    if not documents:
        return set()
    return {
        *store.read("documents", [PARTITION_COLUMN], make_document_filter(documents))[
            PARTITION_COLUMN
        ].to_pylist()
    }


def read_rows_of(store: Store, name: str, documents: set[str], columns: list[str] | None = None) -> pa.Table:
    """Return the stored rows of these documents; only their months are read, since a history may have many."""
    return read_tables_of(store, documents, {name: columns or TABLES[name].schema.names})[name]


def read_tables_of(
    store: Store, documents: set[str], columns: Mapping[str, list[str]]
) -> dict[str, pa.Table]:
    """Return the stored rows of these documents in several tables, given the columns of each to read."""
    months = find_stored_months(store, documents)
    if not months:
        return {name: TABLES[name].schema.empty_table().select(read) for name, read in columns.items()}
    of_months = pc.field(PARTITION_COLUMN).isin(pa.array(sorted(months), pa.string()))
    where = of_months & make_document_filter(documents)
    return {name: store.read(name, read, where) for name, read in columns.items()}


def keep_changed_rows(
    store: Store, tables: dict[str, pa.Table], name: str, stored: pa.Table, computed: pa.Table
) -> dict[str, pa.Table]:
    """Return the tables with the computed rows of one table: those of the run's documents, and those that changed.

    A document that has lost all its rows in that table would keep its stored ones: all its rows are written again.

    Args:
        store: the warehouse.
        tables: the rows of the documents of the run.
        name: the table whose rows were computed.
        stored: its rows before the run, of the documents that were computed.
        computed: its rows after the run.
    """
    was, now = ({*rows["doc_id"].to_pylist()} for rows in (stored, computed))
    tables = add_stored_rows(store, tables, was - now - get_doc_ids(tables))
    changed = _find_changed_documents(stored, computed) & now
    return {**tables, name: keep_rows_of(computed, changed | get_doc_ids(tables))}


def _find_changed_documents(was: pa.Table, now: pa.Table) -> set[str]:
    """Return the documents with a row that is in only one of two tables; no table has a row twice."""
    rows = pa.concat_tables([was, now.select(was.column_names)])
    counts = rows.group_by(rows.column_names).aggregate([([], "count_all")])
    return {*counts.filter(pc.equal(counts["count_all"], 1))["doc_id"].to_pylist()}


def add_stored_rows(store: Store, tables: dict[str, pa.Table], doc_ids: set[str]) -> dict[str, pa.Table]:
    """Return the tables with all rows of these stored documents added.

    A table that has rows of a document keeps them: an earlier step computed them again.
    """
    if not doc_ids:
        return tables
    stored = read_tables_of(store, doc_ids, {name: TABLES[name].schema.names for name in DOCUMENT_TABLES})
    return {
        **tables,
        **{
            name: pa.concat_tables([tables[name], _drop_rows_of(rows, tables[name]["doc_id"].unique())])
            for name, rows in stored.items()
        },
    }


def _drop_rows_of(rows: pa.Table, doc_ids: pa.Array) -> pa.Table:
    """Return those rows that do not belong to these documents."""
    return rows.filter(pc.invert(pc.is_in(rows["doc_id"], doc_ids)))
