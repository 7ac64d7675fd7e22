"""The entities of a run: the stored ones updated if they were made with the same knowledge, else all built again."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.corpus_steps.corpus_knowledge import load_versioned_corpus_knowledge
from flows.pipeline.stored_rows import (
    add_stored_rows,
    get_doc_ids,
    make_document_filter,
    read_rows_of,
    read_rows_of_others,
)
from tasks.corpus.entities_table import build_entities_table, find_spelling_variants
from tasks.corpus.entity_changes import StoredEntities
from tasks.corpus.entity_occurrences import EncodedColumn, find_stored_joins
from tasks.corpus.entity_renaming import EntityRenaming, fill_local_ids, find_outdated_ids, rename_entities
from tasks.corpus.entity_update import EntityUpdate
from tasks.corpus.key_lists import find_holders
from tasks.corpus.publication_dates import PublicationDates, get_publication_dates
from tasks.entities.reference_loader import ReferenceTables
from warehouse.storage.store import Store
from warehouse.tables import ENTITIES

MENTION_COLUMNS = ["doc_id", "entity_id", "local_entity_id", "label", "text", "pronoun"]
ENCODED_COLUMNS = MENTION_COLUMNS[:3]
DATE_COLUMNS = ["doc_id", "published_at"]
NAME_COLUMNS = ["entity_id", "entity_type", "name"]
CHANGED_ENTITIES = "changed entities"
"""name of the rows of ``entities`` that a part of a run changes, beside its tables"""


def join_entities(
    store: Store, tables: dict[str, pa.Table], removed: frozenset[str], version: str
) -> dict[str, pa.Table]:
    """Return the tables with the entities of this run and the stored documents that stay.

    They are the complete table ``entities``, or only its changed rows as :data:`CHANGED_ENTITIES`. If spelling variants
    are found to be one entity, its id replaces theirs, in stored rows too. If the documents that supported this are
    gone, the former ids are restored.
    """
    # Changed reference tables or user entities may change entities that no document of this run mentions.
    is_update = store.read_resolving_version() == version
    name, work = (CHANGED_ENTITIES, update_entities) if is_update else ("entities", rebuild_entities)
    renaming, entities = work(store, tables, removed, load_versioned_corpus_knowledge(version).reference)
    tables = add_stored_rows(store, tables, {doc_id for doc_id, _ in renaming} - get_doc_ids(tables))
    return {**{table: rename_entities(rows, renaming) for table, rows in tables.items()}, name: entities}


def rebuild_entities(
    store: Store, tables: dict[str, pa.Table], removed: frozenset[str], reference: ReferenceTables
) -> tuple[EntityRenaming, pa.Table]:
    """Return the entity ids that change in documents, and ``entities``, from the mentions of all documents."""
    gone = get_doc_ids(tables) | removed
    stored = read_rows_of_others(store, "mentions", gone, MENTION_COLUMNS)
    mentions = fill_local_ids(pa.concat_tables([stored, tables["mentions"].select(MENTION_COLUMNS)]))
    documents = pa.concat_tables(
        [
            read_rows_of_others(store, "documents", gone, DATE_COLUMNS),
            tables["documents"].select(DATE_COLUMNS),
        ]
    )
    renaming = find_outdated_ids(mentions, find_spelling_variants(mentions, documents, reference))
    return renaming, build_entities_table(mentions, documents, reference)


def update_entities(
    store: Store, tables: dict[str, pa.Table], removed: frozenset[str], reference: ReferenceTables
) -> tuple[EntityRenaming, pa.Table]:
    """Return the entity ids that change in documents, and the changed rows of ``entities``.

    They are found from the stored entities and the mentions of changed documents.
    """
    coming = fill_local_ids(tables["mentions"].select(MENTION_COLUMNS))
    stored = _open_stored_entities(store, get_doc_ids(tables) | removed)
    update = EntityUpdate(
        stored=stored,
        added_mentions=coming,
        added_dates=get_publication_dates(tables["documents"]),
        reference=reference,
    )
    return update.get_renaming(), update.build_changed_rows()


def _open_stored_entities(store: Store, gone: set[str]) -> StoredEntities:
    """Return what is read of the stored entities and mentions, with those of the documents in ``gone`` kept apart."""
    leaving = _read_mentions(store, gone)
    stored_gone = {*leaving["doc_id"].to_pylist()}

    def read_mentions_of(documents: set[str], local_ids: set[str]) -> pa.Table:
        rows = _read_mentions(store, documents)
        return rows.filter(pc.is_in(rows["local_entity_id"], pa.array(sorted(local_ids), pa.string())))

    def read_dates(documents: set[str]) -> PublicationDates:
        return (
            get_publication_dates(store.read("documents", DATE_COLUMNS, make_document_filter(documents)))
            if documents
            else {}
        )

    pairs = StoredPairs(store, stored_gone)
    return StoredEntities(
        read_entities=lambda ids: store.read("entities", None, _make_entity_filter("entity_id", ids)),
        read_names=lambda keys: _read_names(store, keys),
        joins=pairs.find_joins(),
        read_pairs=pairs.read,
        removed_mentions=leaving,
        removed_dates=read_dates(stored_gone),
        read_mentions=read_mentions_of,
        read_dates=read_dates,
    )


def _read_names(store: Store, keys: set[str]) -> pa.Table:
    """Return id, type and name of the stored entities that have one of these spelling keys."""
    wanted = pa.array(sorted(keys), pa.string())
    found = [
        rows.filter(find_holders(rows["spelling_keys"], wanted)).select(NAME_COLUMNS)
        for rows in store.iterate("entities", [*NAME_COLUMNS, "spelling_keys"])
    ]
    return pa.Table.from_batches(found, ENTITIES.schema.empty_table().select(NAME_COLUMNS).schema)


def _make_entity_filter(column: str, values: Iterable[str]) -> pc.Expression:
    """Return the condition that a column has one of these values."""
    return pc.field(column).isin(pa.array(sorted(values), pa.string()))


@dataclass(frozen=True)
class StoredPairs:
    """Document, entity and local id of all stored mentions: read once, some twenty bytes a mention."""

    store: Store
    gone: set[str]
    """documents that are left out"""

    @cached_property
    def files(self) -> list[pa.Table]:
        """The pairs, dictionary-encoded, file by file."""
        return [_fill_local_ids(codes) for codes in self.store.iterate_coded("mentions", ENCODED_COLUMNS)]

    def find_joins(self) -> dict[str, str]:
        """Return the entity of each local id that was joined to another, in any document."""
        return {local: entity for rows in self.files for local, entity in find_stored_joins(rows).items()}

    def read(self, column: str, values: set[str]) -> pa.Table:
        """Return the pairs with one of these values in a column."""
        schema = pa.schema([(name, pa.string()) for name in ENCODED_COLUMNS])
        parts = [schema.empty_table()]
        gone = pa.array(sorted(self.gone), pa.string())
        for rows in self.files:
            is_wanted = EncodedColumn.from_column(rows[column]).get_row_mask(values)
            found = rows.filter(pa.array(is_wanted)).cast(schema)
            parts.append(found.filter(pc.invert(pc.is_in(found["doc_id"], gone))))
        return pa.concat_tables(parts)


def _fill_local_ids(mentions: pa.Table) -> pa.Table:
    """Return the mentions that have an entity, each with a local id, as dictionary columns, in any order."""
    local, entity = mentions["local_entity_id"], mentions["entity_id"]
    # Rows older than the column have no local id: their entity id is their local id.
    older = mentions.filter(pc.and_(local.is_null(), entity.is_valid()))
    place = mentions.schema.get_field_index("local_entity_id")
    older = older.set_column(place, mentions.schema.field(place), older["entity_id"])
    # With one dictionary per column, later steps compare numbers and not texts.
    return pa.concat_tables([mentions.filter(local.is_valid()), older]).unify_dictionaries().combine_chunks()


def _read_mentions(store: Store, documents: set[str]) -> pa.Table:
    """Return the stored mentions of documents."""
    return fill_local_ids(read_rows_of(store, "mentions", documents, MENTION_COLUMNS))
