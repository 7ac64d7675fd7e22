"""Rows of the documents of a run, and of those that are stored."""

from collections.abc import Iterable, Set

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.storage.store import Store
from warehouse.tables import PARTITION, TABLES

BY_DOCUMENT = ("documents", "mentions", "claims", "denials", "denial_links")


def only(rows: pa.Table, doc_ids: Set[str]) -> pa.Table:
    """Return the rows of these documents."""
    return rows.filter(pc.is_in(rows["doc_id"], pa.array(sorted(doc_ids), pa.string())))


def others(
    store: Store,
    name: str,
    doc_ids: set[str],
    columns: list[str] | None = None,
    where: pc.Expression | None = None,
) -> pa.Table:
    """Return the stored rows of every document but these, or of those among them that a condition holds for."""
    kept = ~named(doc_ids)
    return store.read(name, columns, kept if where is None else kept & where)


def ids_of(tables: dict[str, pa.Table]) -> set[str]:
    """Return the documents that the tables hold."""
    return {*tables["documents"]["doc_id"].to_pylist()}


def named(documents: Iterable[str]) -> pc.Expression:
    """Return the condition that a row is of one of these documents."""
    return pc.field("doc_id").isin(pa.array(sorted(documents), pa.string()))


def months_of(store: Store, documents: set[str]) -> set[str]:
    """Return the months in which the rows of these documents lie, as far as they are stored."""
    if not documents:
        return set()
    return {*store.read("documents", [PARTITION], named(documents))[PARTITION].to_pylist()}


def rows_of(store: Store, name: str, documents: set[str], columns: list[str] | None = None) -> pa.Table:
    """Return the stored rows of these documents: only their months are read, whole rows of a history are many."""
    if not documents:
        return TABLES[name].schema.empty_table().select(columns or TABLES[name].schema.names)
    months = pc.field(PARTITION).isin(pa.array(sorted(months_of(store, documents)), pa.string()))
    return store.read(name, columns, months & named(documents))


def touched_months(store: Store, tables: dict[str, pa.Table], replaced: set[str]) -> set[str]:
    """Return the months of the documents that a run stores, and of those that are replaced or removed."""
    return {*tables["documents"][PARTITION].to_pylist(), *months_of(store, replaced)}


def with_stored(store: Store, tables: dict[str, pa.Table], doc_ids: set[str]) -> dict[str, pa.Table]:
    """Return the tables with all rows of these stored documents besides."""
    if not doc_ids:
        return tables
    more = {name: pa.concat_tables([tables[name], rows_of(store, name, doc_ids)]) for name in BY_DOCUMENT}
    return {**tables, **more}
