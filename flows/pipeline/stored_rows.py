"""Rows of the documents of a run, and rows of stored documents."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.storage.store import Store
from warehouse.tables import PARTITION_COLUMN, TABLES, UNKNOWN_MONTH

DOCUMENT_TABLES = ("documents", "mentions", "claims", "denials", "denial_links", "claim_groups")


@dataclass(frozen=True, slots=True)
class AffectedDocuments:
    """The stored documents that the corpus steps have to look at beside the new rows."""

    removed: frozenset[str]
    """stored documents that are removed"""
    replaced: frozenset[str]
    """stored documents whose rows are replaced"""
    owed_steps: frozenset[str]
    """steps that failed in an earlier run: they are repeated over all documents"""


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


def _find_stored_months(store: Store, documents: set[str]) -> set[str]:
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
    if not documents:
        return TABLES[name].schema.empty_table().select(columns or TABLES[name].schema.names)
    months = pc.field(PARTITION_COLUMN).isin(
        pa.array(sorted(_find_stored_months(store, documents)), pa.string())
    )
    return store.read(name, columns, months & make_document_filter(documents))


def find_affected_months(store: Store, tables: dict[str, pa.Table], replaced: set[str]) -> set[str]:
    """Return the months of the documents that a run stores, replaces or removes."""
    return {*tables["documents"][PARTITION_COLUMN].to_pylist(), *_find_stored_months(store, replaced)}


def list_months_around(months: Iterable[str], reach: int) -> set[str]:
    """Return the months and those up to ``reach`` months before and after; ``unknown`` has no neighbours."""
    found = set()
    for month in months:
        if month == UNKNOWN_MONTH:
            found.add(month)
            continue
        number = int(month[:4]) * 12 + int(month[5:]) - 1
        found |= {f"{n // 12:04}-{n % 12 + 1:02}" for n in range(number - reach, number + reach + 1)}
    return found


def add_stored_rows(store: Store, tables: dict[str, pa.Table], doc_ids: set[str]) -> dict[str, pa.Table]:
    """Return the tables with all rows of these stored documents added."""
    if not doc_ids:
        return tables
    more = {
        name: pa.concat_tables([tables[name], read_rows_of(store, name, doc_ids)]) for name in DOCUMENT_TABLES
    }
    return {**tables, **more}
