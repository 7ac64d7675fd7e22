"""Replacement of entity ids in stored rows when the joins between entities change.

A mention keeps the entity id that is computed from its own document (``local_entity_id``). The entity that this id is
joined to depends on all documents, so it is recomputed from the local ids whenever documents change: a join lasts
only as long as the documents that support it.
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
    "victim_ids",
)
EntityRenaming = dict[tuple[str, str], str]
"""the new id by (doc_id, old id)"""


def fill_local_ids(mentions: pa.Table) -> pa.Table:
    """Return the mentions with null local ids replaced by the entity id: rows written before the column existed."""
    place = mentions.schema.get_field_index("local_entity_id")
    local = pc.coalesce(mentions["local_entity_id"], mentions["entity_id"])
    return mentions.set_column(place, mentions.schema.field(place), local)


def find_outdated_ids(mentions: pa.Table, joined: Mapping[str, str]) -> EntityRenaming:
    """Return the ids that must change: those of mentions whose entity is no longer what their local id is joined to.

    Args:
        mentions: ``doc_id``, ``entity_id`` and ``local_entity_id`` of all mentions.
        joined: the spelling variants as :func:`tasks.corpus.entities_table.find_spelling_variants` returns them.
    """
    is_affected = pc.or_(
        pc.is_in(mentions["local_entity_id"], pa.array(sorted(joined), pa.string())),
        pc.not_equal(mentions["local_entity_id"], mentions["entity_id"]),
    )
    rows = mentions.filter(is_affected)
    columns = (rows[name].to_pylist() for name in ("doc_id", "entity_id", "local_entity_id"))
    wanted = {(doc, now): joined.get(local, local) for doc, now, local in zip(*columns, strict=True)}
    return {key: new for key, new in wanted.items() if key[1] != new}


def rename_entities(rows: pa.Table, renaming: EntityRenaming) -> pa.Table:
    """Return the rows of one table with ids replaced in every column of :data:`ENTITY_COLUMNS`."""
    if not renaming:
        return rows
    documents = rows["doc_id"].to_pylist() if "doc_id" in rows.column_names else []
    for name in ENTITY_COLUMNS:
        if name not in rows.column_names:
            continue
        place = rows.schema.get_field_index(name)
        values = [
            _replace_id(doc, value, renaming)
            for doc, value in zip(documents, rows[name].to_pylist(), strict=True)
        ]
        field = rows.schema.field(place)
        rows = rows.set_column(place, field, pa.array(values, field.type))
    return rows


def _replace_id(doc: str, value: str | list[str] | None, renaming: EntityRenaming) -> str | list[str] | None:
    """Return the new id of an id, or of each id in a list."""
    if isinstance(value, list):
        return [renaming.get((doc, one), one) for one in value]
    return renaming.get((doc, value), value) if value is not None else None
