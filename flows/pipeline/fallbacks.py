"""What is published where a step over all documents fails: sound rows without that step's result.

A step that fails is owed: the next run makes it good, over all documents. See
:func:`flows.pipeline.resolution.resolve`.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.stored_rows import ids_of, named, rows_of, with_stored
from warehouse.storage.store import Store
from warehouse.tables import DENIAL_LINKS, ENTITIES, to_arrow

Tables = dict[str, pa.Table]


def without_marks(store: Store, tables: Tables, removed: frozenset[str]) -> Tables:
    """Return the tables without new marks of near-duplicates; no stored mark names a document that goes."""
    marked = pc.field("duplicate_of").isin(pa.array(sorted(removed), pa.string()))
    orphans = {*store.read("documents", ["doc_id"], marked)["doc_id"].to_pylist()} - removed
    tables = with_stored(store, tables, orphans - ids_of(tables))
    documents = tables["documents"]
    place = documents.schema.get_field_index("duplicate_of")
    kept = [
        None if doc_id in orphans or mark in removed else mark
        for doc_id, mark in zip(
            documents["doc_id"].to_pylist(), documents["duplicate_of"].to_pylist(), strict=True
        )
    ]
    column = pa.array(kept, pa.string())
    return {**tables, "documents": documents.set_column(place, documents.schema.field(place), column)}


def with_local_entities(store: Store, tables: Tables) -> Tables:
    """Return the tables with the stored entities and a row for each new one, by its own document alone."""
    stored = store.read("entities")
    known = {*stored["entity_id"].to_pylist()}
    new: dict[str, dict[str, Any]] = {}
    for row in tables["mentions"].to_pylist():
        if row["entity_id"] is not None and row["entity_id"] not in known:
            entity = new.setdefault(row["entity_id"], _empty_entity(row["entity_id"]))
            entity["n_mentions"] += 1
            if not row["pronoun"]:
                entity["name"], entity["entity_type"] = row["text"], row["label"]
                entity["aliases"] = sorted({*entity["aliases"], row["text"]})
    return {**tables, "entities": pa.concat_tables([stored, to_arrow(new.values(), ENTITIES)])}


def _empty_entity(entity_id: str) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(ENTITIES.schema.names)
    counted = {"aliases": [], "n_documents": 1, "n_mentions": 0}
    return row | counted | {"entity_id": entity_id, "name": entity_id, "entity_type": "other"}


def without_links_across(store: Store, tables: Tables, removed: frozenset[str]) -> Tables:
    """Return the tables with the links within documents alone, and without stored links to claims that go."""
    gone = rows_of(store, "claims", ids_of(tables) | removed, ["claim_id"])["claim_id"]
    stays = tables["claims"]["claim_id"]
    dangling = gone.filter(pc.invert(pc.is_in(gone, stays.combine_chunks())))
    orphaned = pc.field("claim_id").isin(dangling.combine_chunks()) & ~named(removed)
    orphans = {*store.read("denial_links", ["doc_id"], orphaned)["doc_id"].to_pylist()}
    tables = with_stored(store, tables, orphans - ids_of(tables))
    links = tables["denial_links"]
    kept = links.filter(pc.invert(pc.is_in(links["claim_id"], dangling.combine_chunks())))
    return {**tables, "denial_links": _with_ranks(kept)}


def _with_ranks(links: pa.Table) -> pa.Table:
    """Return links with ranks counted from 1 for each denial, in the order that they have."""
    rows = links.sort_by([("denial_id", "ascending"), ("rank", "ascending")]).to_pylist()
    ranks: dict[str, int] = {}
    for row in rows:
        row["rank"] = ranks[row["denial_id"]] = ranks.get(row["denial_id"], 0) + 1
    return to_arrow(rows, DENIAL_LINKS)
