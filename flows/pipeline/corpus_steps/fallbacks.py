"""What is published when a corpus step fails: valid rows without the result of that step.

A step that fails is owed: the next run repeats it over all documents. See
:func:`flows.pipeline.resolution.resolve_part`.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.corpus_steps.entity_joining import CHANGED_ENTITIES
from flows.pipeline.corpus_steps.near_duplicate_marks import read_marks, to_mark_rows
from flows.pipeline.stored_rows import add_stored_rows, get_doc_ids, make_document_filter, read_rows_of
from warehouse.storage.store import Store
from warehouse.tables import DENIAL_LINKS, ENTITIES, to_arrow

Tables = dict[str, pa.Table]


def keep_valid_marks(store: Store, tables: Tables, removed: frozenset[str]) -> Tables:
    """Return the tables with the stored marks of near-duplicates, without those that concern a changed document."""
    gone = get_doc_ids(tables) | removed
    kept = {d: first for d, first in read_marks(store).items() if d not in gone and first not in removed}
    return {**tables, "near_duplicates": to_mark_rows(kept)}


def add_local_entities(store: Store, tables: Tables) -> Tables:
    """Return the tables with a row for each entity that is not stored, as its own document describes it."""
    ids = tables["mentions"]["entity_id"].unique()
    stored = store.read("entities", ["entity_id"], pc.field("entity_id").isin(ids))
    known = {*stored["entity_id"].to_pylist()}
    new: dict[str, dict[str, Any]] = {}
    for row in tables["mentions"].to_pylist():
        if row["entity_id"] is not None and row["entity_id"] not in known:
            entity = new.setdefault(row["entity_id"], _make_empty_entity(row["entity_id"]))
            entity["n_mentions"] += 1
            if not row["pronoun"]:
                entity["name"], entity["entity_type"] = row["text"], row["label"]
                entity["aliases"] = sorted({*entity["aliases"], row["text"]})
    return {**tables, CHANGED_ENTITIES: to_arrow(new.values(), ENTITIES)}


def _make_empty_entity(entity_id: str) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(ENTITIES.schema.names)
    counted = {"aliases": [], "n_documents": 1, "n_mentions": 0}
    return row | counted | {"entity_id": entity_id, "name": entity_id, "entity_type": "other"}


def keep_links_within_documents(store: Store, tables: Tables, removed: frozenset[str]) -> Tables:
    """Return the tables with links within documents only, and without stored links to claims that are removed."""
    gone = read_rows_of(store, "claims", get_doc_ids(tables) | removed, ["claim_id"])["claim_id"]
    stays = tables["claims"]["claim_id"]
    dangling = gone.filter(pc.invert(pc.is_in(gone, stays.combine_chunks())))
    orphaned = pc.field("claim_id").isin(dangling.combine_chunks()) & ~make_document_filter(removed)
    orphans = {*store.read("denial_links", ["doc_id"], orphaned)["doc_id"].to_pylist()}
    tables = add_stored_rows(store, tables, orphans - get_doc_ids(tables))
    links = tables["denial_links"]
    kept = links.filter(pc.invert(pc.is_in(links["claim_id"], dangling.combine_chunks())))
    return {**tables, "denial_links": _renumber_ranks(kept)}


def dissolve_changed_groups(store: Store, tables: Tables, removed: frozenset[str]) -> Tables:
    """Return the tables without the stored groups of claims that a changed or removed document belongs to."""
    gone = get_doc_ids(tables) | removed
    ids = read_rows_of(store, "claim_groups", gone, ["group_id"])["group_id"].combine_chunks()
    concerned = store.read("claim_groups", ["doc_id"], pc.field("group_id").isin(ids))
    tables = add_stored_rows(store, tables, {*concerned["doc_id"].to_pylist()} - gone)
    groups = tables["claim_groups"]
    return {**tables, "claim_groups": groups.filter(pc.invert(pc.is_in(groups["group_id"], ids)))}


def _renumber_ranks(links: pa.Table) -> pa.Table:
    """Return links in their present order, with ranks counted from 1 for each denial."""
    rows = links.sort_by([("denial_id", "ascending"), ("rank", "ascending")]).to_pylist()
    ranks: dict[str, int] = {}
    for row in rows:
        row["rank"] = ranks[row["denial_id"]] = ranks.get(row["denial_id"], 0) + 1
    return to_arrow(rows, DENIAL_LINKS)
