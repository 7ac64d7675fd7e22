"""The entities of a run: carried forward from those stored where they rest on the same knowledge, else made anew."""

from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.stored_rows import ids_of, named, others, rows_of, with_stored
from tasks.corpus.entities_table import resolve_across_documents, variants
from tasks.corpus.entity_changes import Dates, Stored
from tasks.corpus.entity_occurrences import Coded
from tasks.corpus.entity_renaming import Renaming, outdated, renamed, with_local
from tasks.corpus.entity_update import Update
from tasks.entities.reference_loader import Reference, load_reference
from warehouse.storage.store import Store

MENTIONED = ["doc_id", "entity_id", "local_entity_id", "label", "text", "pronoun"]
CODED = MENTIONED[:3]
DATED = ["doc_id", "published_at"]


def join_entities(
    store: Store, tables: dict[str, pa.Table], removed: frozenset[str], version: str
) -> dict[str, pa.Table]:
    """Return the tables with the whole of ``entities``, over this run and what stays stored.

    Where spelling variants turn out to be one entity, its id takes the place of theirs, in stored rows too;
    where the documents that spoke for it are gone, the ids of before come back.
    """
    # Other tables of names, or lists of the user's, may join otherwise what no document of this run mentions.
    work = carried if store.resolved_by() == version else anew
    renaming, entities = work(store, tables, removed, reference_of(version))
    tables = with_stored(store, tables, {doc_id for doc_id, _ in renaming} - ids_of(tables))
    return {**{name: renamed(rows, renaming) for name, rows in tables.items()}, "entities": entities}


@lru_cache(1)
def reference_of(_: str) -> Reference:
    """Return the reference tables, which a version of the extractor names: read once for all parts of a run."""
    return load_reference()


def anew(
    store: Store, tables: dict[str, pa.Table], removed: frozenset[str], reference: Reference
) -> tuple[Renaming, pa.Table]:
    """Return the ids that change in documents, and ``entities``, from the mentions of all documents."""
    gone = ids_of(tables) | removed
    stored = others(store, "mentions", gone, MENTIONED)
    mentions = with_local(pa.concat_tables([stored, tables["mentions"].select(MENTIONED)]))
    documents = pa.concat_tables([others(store, "documents", gone, DATED), tables["documents"].select(DATED)])
    renaming = outdated(mentions, variants(mentions, reference))
    return renaming, resolve_across_documents(mentions, documents, reference)


def carried(
    store: Store, tables: dict[str, pa.Table], removed: frozenset[str], reference: Reference
) -> tuple[Renaming, pa.Table]:
    """Return the same from the stored entities, and the mentions of the documents that change."""
    coming = with_local(tables["mentions"].select(MENTIONED))
    stored = stored_entities(store, ids_of(tables) | removed)
    update = Update(stored, coming, dates(tables["documents"]), reference)
    return update.renaming(), update.entities()


def stored_entities(store: Store, gone: set[str]) -> Stored:
    """Return what is stored, less what the documents that go say."""
    codes = with_codes(store.coded("mentions", CODED))
    goes = Coded.of(codes["doc_id"]).holds(gone)
    leaving = mentions_of(store, gone if goes.any() else set())

    def recall(documents: set[str], local_ids: set[str]) -> pa.Table:
        rows = mentions_of(store, documents)
        return rows.filter(pc.is_in(rows["local_entity_id"], pa.array(sorted(local_ids), pa.string())))

    def days(documents: set[str]) -> Dates:
        return dates(store.read("documents", DATED, named(documents))) if documents else {}

    left = days({*leaving["doc_id"].to_pylist()})
    staying = codes.filter(pa.array(~goes)) if goes.any() else codes
    return Stored(store.read("entities"), staying, leaving, left, recall, days)


def with_codes(mentions: pa.Table) -> pa.Table:
    """Return the mentions that have an entity, with a local id each, all columns dictionaries, in any order."""
    local, entity = mentions["local_entity_id"], mentions["entity_id"]
    # Those written before there was the column have their entity for it.
    older = mentions.filter(pc.and_(local.is_null(), entity.is_valid()))
    place = mentions.schema.get_field_index("local_entity_id")
    older = older.set_column(place, mentions.schema.field(place), older["entity_id"])
    # One dictionary a column, made once: whoever looks at the numbers need not look at the texts again.
    return pa.concat_tables([mentions.filter(local.is_valid()), older]).unify_dictionaries().combine_chunks()


def mentions_of(store: Store, documents: set[str]) -> pa.Table:
    """Return the stored mentions of documents."""
    return with_local(rows_of(store, "mentions", documents, MENTIONED))


def dates(documents: pa.Table) -> Dates:
    """Return the day of publication of each document."""
    return dict(zip(*(documents[name].to_pylist() for name in DATED), strict=True))
