"""The groups of claims of a run: those that a changed document can reach are found again."""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.corpus_steps.entity_joining import CHANGED_ENTITIES
from flows.pipeline.stored_rows import (
    find_stored_months,
    get_doc_ids,
    keep_changed_rows,
    read_rows_of_others,
)
from tasks.corpus.claims.claim_groups import GROUP_REACH_DAYS, group_claims
from tasks.corpus.claims.claim_pairs import SameClaimRules
from tasks.corpus.claims.claim_propositions import CLAIM_COLUMNS
from tasks.document.records import SHARED_COLUMNS
from warehouse.storage.store import Store
from warehouse.tables import PARTITION_COLUMN, UNKNOWN_MONTH, UNNAMED_TYPE

CLAIM_GROUP_STEP = "claim-groups"
SHORTEST_MONTH = 28
CHANGED_MONTHS = GROUP_REACH_DAYS // SHORTEST_MONTH + 1
"""months before and after a document in which it can change groups"""
READ_MONTHS = 2 * GROUP_REACH_DAYS // SHORTEST_MONTH + 1
"""months before and after a document whose claims decide the groups in these months"""
READ_COLUMNS = {
    "claims": [*dict.fromkeys((*CLAIM_COLUMNS, *SHARED_COLUMNS))],
    "documents": ["doc_id", "published_at"],
}


def update_claim_groups(
    store: Store, tables: dict[str, pa.Table], removed: frozenset[str], is_owed: bool, rules: SameClaimRules
) -> dict[str, pa.Table]:
    """Return the tables with the rows of ``claim_groups`` of every document whose groups changed.

    Only the months that a changed document can reach are read, so that the cost does not grow with the history. If
    the step is owed, all months are read.
    """
    gone = get_doc_ids(tables) | removed
    months = {*tables["documents"][PARTITION_COLUMN].to_pylist()} | find_stored_months(store, gone)
    if is_owed:
        months |= {*store.read("documents", [PARTITION_COLUMN])[PARTITION_COLUMN].to_pylist()}
    near = _list_months_around(months, CHANGED_MONTHS)
    rows = _read_claims_of(store, tables, gone, _list_months_around(months, READ_MONTHS))
    unnamed = _find_unnamed_entities(store, tables, rows["claims"])
    grouped = group_claims(rows["claims"], rows["documents"], unnamed, rules)
    stored = read_rows_of_others(store, "claim_groups", gone, where=_is_within(near))
    return keep_changed_rows(store, tables, "claim_groups", stored, grouped.filter(_is_within(near)))


def _read_claims_of(
    store: Store, tables: dict[str, pa.Table], gone: set[str], months: set[str]
) -> dict[str, pa.Table]:
    """Return the claims and documents of a run, and of the stored documents of some months that stay."""
    return {
        name: pa.concat_tables(
            [
                read_rows_of_others(store, name, gone, columns, _is_within(months)),
                tables[name].select(columns),
            ]
        )
        for name, columns in READ_COLUMNS.items()
    }


def _find_unnamed_entities(store: Store, tables: dict[str, pa.Table], claims: pa.Table) -> frozenset[str]:
    """Return the ids of the entities without a name among the speakers and targets of some claims."""
    parts = (claims["speaker_id"], *(pc.list_flatten(claims[name]) for name in ("speaker_ids", "target_ids")))
    ids = pa.chunked_array([chunk for part in parts for chunk in part.chunks], pa.string()).unique()
    is_unnamed = (pc.field("entity_type") == UNNAMED_TYPE) & pc.field("entity_id").isin(ids)
    new = (tables[name].filter(is_unnamed) for name in ("entities", CHANGED_ENTITIES) if name in tables)
    found = (store.read("entities", ["entity_id"], is_unnamed), *new)
    return frozenset(entity_id for rows in found for entity_id in rows["entity_id"].to_pylist())


def _list_months_around(months: Iterable[str], reach: int) -> set[str]:
    """Return the months and those up to ``reach`` months before and after; ``unknown`` has no neighbours."""
    found = set()
    for month in months:
        if month == UNKNOWN_MONTH:
            found.add(month)
            continue
        number = int(month[:4]) * 12 + int(month[5:]) - 1
        found |= {f"{n // 12:04}-{n % 12 + 1:02}" for n in range(number - reach, number + reach + 1)}
    return found


def _is_within(months: set[str]) -> pc.Expression:
    """Return the condition that a row belongs to one of some months."""
    return pc.field(PARTITION_COLUMN).isin(pa.array(sorted(months), pa.string()))
