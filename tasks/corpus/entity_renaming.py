"""Ids of entities in stored rows: what is joined over all documents today, and no longer what was yesterday.

A mention keeps the entity that its own document makes of it (``local_entity_id``). What that is joined to
depends on all the documents there are, so it is worked out anew from the local ids whenever they change: a
join lasts as long as the documents that speak for it.
"""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

ENTITY_COLUMNS = (
    "entity_id",
    "speaker_id",
    "speaker_ids",
    "speaker_affiliation_id",
    "addressee_id",
    "target_ids",
)
Renaming = dict[tuple[str, str], str]
"""what an id of a document becomes, by document and id"""


def with_local(mentions: pa.Table) -> pa.Table:
    """Return the mentions with a local id each: those written before there was the column had it for their entity."""
    place = mentions.schema.get_field_index("local_entity_id")
    local = pc.coalesce(mentions["local_entity_id"], mentions["entity_id"])
    return mentions.set_column(place, mentions.schema.field(place), local)


def outdated(mentions: pa.Table, joined: Mapping[str, str]) -> Renaming:
    """Return the ids that have to change: of mentions whose entity is not what their local id is joined to now.

    Args:
        mentions: ``doc_id``, ``entity_id`` and ``local_entity_id`` of all mentions.
        joined: which local id is a spelling variant of which, from :func:`tasks.corpus.entities_table.variants`.
    """
    concerned = pc.or_(
        pc.is_in(mentions["local_entity_id"], pa.array(sorted(joined), pa.string())),
        pc.not_equal(mentions["local_entity_id"], mentions["entity_id"]),
    )
    rows = mentions.filter(concerned)
    columns = (rows[name].to_pylist() for name in ("doc_id", "entity_id", "local_entity_id"))
    wanted = {(doc, now): joined.get(local, local) for doc, now, local in zip(*columns, strict=True)}
    return {key: new for key, new in wanted.items() if key[1] != new}


def renamed(rows: pa.Table, renaming: Renaming) -> pa.Table:
    """Return the rows of one table with these ids replaced in every column that holds entities."""
    if not renaming:
        return rows
    documents = rows["doc_id"].to_pylist() if "doc_id" in rows.column_names else []
    for name in ENTITY_COLUMNS:
        if name not in rows.column_names:
            continue
        place = rows.schema.get_field_index(name)
        values = [
            replaced(doc, value, renaming)
            for doc, value in zip(documents, rows[name].to_pylist(), strict=True)
        ]
        field = rows.schema.field(place)
        rows = rows.set_column(place, field, pa.array(values, field.type))
    return rows


def replaced(doc: str, value: str | list[str] | None, renaming: Renaming) -> str | list[str] | None:
    """Return an id, or each of a list, as it is called now."""
    if isinstance(value, list):
        return [renaming.get((doc, one), one) for one in value]
    return renaming.get((doc, value), value) if value is not None else None
