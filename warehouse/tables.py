"""The contract of every table: each column named, typed and described once.

``to_arrow`` is the one gate through which rows reach a table; it raises :class:`ContractError` with the
table, the column and the row that break the contract. The README's data dictionary is made from here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.errors import FailureError

SCHEMA_VERSION = 2
PARTITION = "published_month"
UNKNOWN = "unknown"
"""the month of documents without a date"""
CONTENT_SEPARATOR = " … "
"""what stands between the spans of a content in ``content_text``"""
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])|unknown")

text, number, flag, score, day = pa.string(), pa.int32(), pa.bool_(), pa.float32(), pa.date32()
instant = pa.timestamp("us", tz="UTC")
span = pa.struct([pa.field("start", number), pa.field("end", number)])
quantity = pa.struct(
    [
        pa.field("start", number),
        pa.field("end", number),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
        pa.field("unit", text),
        pa.field("text", text),
    ]
)


class ContractError(FailureError, ValueError):
    """Rows do not fit the declared table."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Arrow type, what it means, and whether it may be null."""

    name: str
    type: pa.DataType
    meaning: str
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """One table: its key, its columns and whether it is partitioned by ``published_month``."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    partitioned: bool = True
    sort: tuple[str, ...] = ()

    @cached_property
    def schema(self) -> pa.Schema:
        """The Arrow schema, with each column's description as field metadata."""
        return pa.schema(
            [pa.field(c.name, c.type, c.nullable, {"description": c.meaning}) for c in self.columns],
            {"description": self.meaning, "schema_version": str(SCHEMA_VERSION)},
        )


def optional(name: str, kind: pa.DataType, meaning: str) -> Column:
    """Declare a column that may be null."""
    return Column(name, kind, meaning, nullable=True)


COMMON = (
    Column("doc_id", text, "document the row was extracted from"),
    Column(PARTITION, text, "month of publication, YYYY-MM, or unknown; the partition"),
    Column("extractor_version", text, "version of the extractor that made the row"),
)

DOCUMENTS = Table(
    "documents",
    "One row a document, with the exact text that every span points into",
    ("doc_id",),
    (
        *COMMON,
        Column("source_uri", text, "where the document was read: path, or path#id for a corpus line"),
        optional("publisher", text, "outlet that published it"),
        optional("url", text, "address of the article"),
        optional("title", text, "headline"),
        optional("author", text, "byline"),
        optional("published_at", day, "date of publication"),
        Column("language", text, "ISO 639-1 code, or und where it cannot be told"),
        Column("language_score", score, "confidence of the language, 0 to 1"),
        Column("encoding", text, "encoding the bytes were decoded with"),
        Column("content_sha256", text, "SHA-256 of the payload as read"),
        Column("text", text, "decoded text, never rewritten; spans count its code points"),
        Column("n_chars", number, "length of the text in code points"),
        Column("n_tokens", number, "number of tokens"),
        optional("duplicate_of", text, "doc_id of the earliest near-duplicate; null if it is the first"),
        Column("near_keys", pa.list_(pa.int64()), "MinHash band keys; near-duplicates share at least one"),
        Column("ingested_run", text, "run that first stored the document"),
    ),
    sort=("publisher", "published_at", "doc_id"),
)

MENTIONS = Table(
    "mentions",
    "One row a mention of an entity, as written",
    ("mention_id",),
    (
        Column("mention_id", text, "hash of document and span"),
        *COMMON,
        Column("start", number, "first code point"),
        Column("end", number, "one past the last code point"),
        Column("text", text, "the characters from start to end"),
        Column("label", text, "person, organisation, country, place, weapon, nationality, event or other"),
        optional("entity_id", text, "entity it refers to; null where unresolved or ambiguous"),
        optional(
            "local_entity_id",
            text,
            "entity by its document alone; differs where entity_id joins it to a spelling in other documents",
        ),
        Column("resolution", text, "method that resolved it, or the reason it is unresolved"),
        Column("confidence", score, "confidence of the resolution, 0 to 1"),
        Column("pronoun", flag, "the mention is a pronoun"),
    ),
    sort=("doc_id", "start", "end"),
)

ENTITIES = Table(
    "entities",
    "One row an entity, over all documents",
    ("entity_id",),
    (
        Column("entity_id", text, "Wikidata QID where known, else a hash of type and normalised name"),
        Column("name", text, "name by which it is best known here"),
        Column(
            "entity_type", text, "person, organisation, country, place, weapon, nationality, event or other"
        ),
        Column("aliases", pa.list_(text), "every form it was mentioned by, pronouns aside, sorted"),
        optional("alias_counts", pa.list_(number), "mentions by each of the aliases, in their order"),
        optional("wikidata_id", text, "Wikidata QID"),
        optional("country_code", pa.string(), "ISO 3166-1 alpha-2 code of the country it is or belongs to"),
        optional("latitude", pa.float64(), "degrees north, for places"),
        optional("longitude", pa.float64(), "degrees east, for places"),
        Column("n_documents", number, "documents that mention it"),
        Column("n_mentions", number, "mentions of it"),
        optional("first_seen", day, "date of the earliest dated document that mentions it"),
        optional("last_seen", day, "date of the latest dated document that mentions it"),
    ),
    partitioned=False,
    sort=("entity_id",),
)


def statement_columns(key: str, kind: Column) -> tuple[Column, ...]:
    """Return the columns that claims and denials share, with their own key and kind."""
    return (
        Column(key, text, "hash of document and spans"),
        *COMMON,
        optional("source_start", number, "first code point of the source"),
        optional("source_end", number, "one past the last code point of the source"),
        optional("source_text", text, "who says it, as written; null where nobody is named"),
        Column("source_type", text, "named, pronoun, unnamed, hearsay or author"),
        optional("speaker_id", text, "entity of the source; of several who speak as one, the first"),
        optional(
            "speaker_ids",
            pa.list_(text),
            "entities of all who speak as one ('A and B said'), as far as known; null unless several do",
        ),
        Column("speaker_resolution", text, "method that resolved the speaker, or why it is null"),
        Column("speaker_confidence", score, "confidence of the speaker, 0 to 1"),
        optional("speaker_role", text, "office or role given with the source, as written"),
        optional("speaker_affiliation_id", text, "entity the speaker speaks for"),
        optional("cue_start", number, "first code point of the cue"),
        optional("cue_end", number, "one past the last code point of the cue"),
        optional("cue_text", text, "the reporting or denying words, as written"),
        Column("cue_lemma", text, "dictionary form of the cue; empty where there is none"),
        Column("content_spans", pa.list_(span), "where the content stands; may be discontinuous"),
        Column("content_text", text, f"the content's spans, joined by '{CONTENT_SEPARATOR}'"),
        Column("manner", text, "direct, mixed or indirect, by how much stands in quotation marks"),
        kind,
        Column("target_ids", pa.list_(text), "entities accused or spoken about"),
        optional("addressee_id", text, "entity spoken to"),
        Column("negated", flag, "the cue itself is negated"),
        Column("hedged", flag, "the cue or content is hedged"),
        optional("evidence_text", text, "evidence named with the statement, as written"),
        optional("event_start", day, "first day of the event spoken of"),
        optional("event_end", day, "last day of the event spoken of"),
        optional("event_grain", text, "day, week, month, season, year, decade or range"),
        optional("event_phrase", text, "the words that date the event, as written"),
        optional("event_timex", text, "TIMEX3 value of these words, counted from the day of publication"),
        optional(
            "event_resolution",
            text,
            "resolved, or why the event has no days: no publication date, open-ended; null without a date",
        ),
        optional("said_on", day, "day on which it was said"),
        Column("quantities", pa.list_(quantity), "numbers with their unit or counted noun"),
        optional("parent_id", text, "claim or denial this one is nested in"),
        Column("paragraph", number, "paragraph of the cue, counted from 0"),
        Column("sentence", number, "sentence of the cue, counted from 0"),
        Column("rule", text, "rule that found it"),
        Column("confidence", score, "share of such rows expected to be right, 0 to 1"),
    )


CLAIMS = Table(
    "claims",
    "One row a claim: who says, believes, wants or asks what",
    ("claim_id",),
    (
        *statement_columns(
            "claim_id",
            Column("claim_type", text, "accusation, statement, belief, intention, question or doubt"),
        ),
        optional(
            "polarity", text, "not_denied: the source did not deny it; neither: nor confirm it; else null"
        ),
        Column("no_comment", flag, "the source declines to comment or to answer"),
    ),
    sort=("doc_id", "sentence", "claim_id"),
)

DENIALS = Table(
    "denials",
    "One row a denial: who disputes the truth of what",
    ("denial_id",),
    statement_columns(
        "denial_id",
        Column(
            "denial_type",
            text,
            "explicit, negated_assertion, lack_of_knowledge, labelling or counter",
        ),
    ),
    sort=("doc_id", "sentence", "denial_id"),
)

DENIAL_LINKS = Table(
    "denial_links",
    "One row a pair of a denial and a claim it answers, best first",
    ("denial_id", "rank"),
    (
        Column("denial_id", text, "the denial"),
        Column("rank", number, "1 is the best"),
        *COMMON,
        optional("claim_id", text, "the claim denied; null where no row states it"),
        Column("score", score, "strength of the link, 0 to 1"),
        Column("method", text, "evidence that made the link"),
        Column("same_document", flag, "claim and denial stand in one document"),
        optional("implicit_claim_text", text, "the denied claim, where no row states it"),
    ),
    sort=("doc_id", "denial_id", "rank"),
)

REJECTS = Table(
    "rejects",
    "One row a document that could not be used",
    ("source_uri", "stage"),
    (
        Column("source_uri", text, "where it was read"),
        Column("stage", text, "read, clean or extract"),
        Column("reason", text, "short reason, the same for all of its kind"),
        Column("detail", text, "what was found and what to do"),
        optional("content_sha256", text, "SHA-256 of the payload, if it could be read"),
        Column("run_id", text, "run that rejected it last"),
    ),
    partitioned=False,
    sort=("source_uri", "stage"),
)

counts = pa.struct(
    [
        pa.field(name, pa.int64())
        for name in (
            "read",
            "stored",
            "unchanged",
            "duplicate",
            "rejected",
            "claims",
            "denials",
        )
    ]
)

RUNS = Table(
    "runs",
    "One row a run",
    ("run_id",),
    (
        Column("run_id", text, "id of the run"),
        Column("started_at", instant, "when it started"),
        Column("finished_at", instant, "when it published"),
        Column("parameters", text, "its parameters, as JSON"),
        Column("counts", counts, "documents read = stored + unchanged + duplicate + rejected; rows written"),
        Column("versions", text, "versions of the extractor, the model and the libraries, as JSON"),
    ),
    partitioned=False,
    sort=("started_at", "run_id"),
)

TABLES: dict[str, Table] = {
    t.name: t for t in (DOCUMENTS, MENTIONS, ENTITIES, CLAIMS, DENIALS, DENIAL_LINKS, REJECTS, RUNS)
}


def to_arrow(rows: Iterable[Mapping[str, Any]], table: Table) -> pa.Table:
    """Return the rows as an Arrow table of the declared schema, sorted; ContractError if they differ."""
    rows = list(rows)
    names = set(table.schema.names)
    for i, row in enumerate(rows):
        if row.keys() != names:
            missing, extra = sorted(names - row.keys()), sorted(row.keys() - names)
            raise ContractError(f"{table.name}: row {i} lacks {missing} and has unknown {extra}")
        empty = [c.name for c in table.columns if not c.nullable and row[c.name] is None]
        if empty:
            raise ContractError(f"{table.name}: row {i} is null in {empty}: {dict(row)!r:.300}")
    try:
        arrow = pa.Table.from_pylist([dict(r) for r in rows], table.schema)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise ContractError(f"{table.name}: {error}") from error
    return arrow.sort_by([(name, "ascending") for name in table.sort]) if table.sort else arrow


def check(rows: pa.Table, table: Table) -> None:
    """Raise ContractError unless an Arrow table fits the declared one.

    Its schema, no null where none may be, no number that is none or infinite, its key, its partition.
    """
    if not rows.schema.equals(table.schema):
        raise ContractError(f"{table.name}: expected the columns {table.schema}, found {rows.schema}")
    empty = [c.name for c in table.columns if not c.nullable and rows[c.name].null_count]
    if empty:
        raise ContractError(f"{table.name}: null in {empty}")
    endless = [name for name in rows.column_names if not all(map(_is_finite, _leaves(rows[name])))]
    if endless:
        raise ContractError(f"{table.name}: expected numbers, found NaN or infinity in {endless}")
    keys = rows.select(table.key)
    if keys.num_rows != keys.group_by(list(table.key)).aggregate([]).num_rows:
        raise ContractError(f"{table.name}: two rows have the same {' and '.join(table.key)}")
    if table.partitioned:
        wrong = [m for m in rows[PARTITION].unique().to_pylist() if not MONTH.fullmatch(m)]
        if wrong:
            raise ContractError(f"{table.name}: expected a {PARTITION} YYYY-MM or unknown, found {wrong}")


def _leaves(column: pa.ChunkedArray) -> Iterator[pa.ChunkedArray]:
    """Yield a column, or what its lists and structs hold."""
    if pa.types.is_list(column.type):
        yield from _leaves(pc.list_flatten(column))
    elif pa.types.is_struct(column.type):
        for i in range(column.type.num_fields):
            yield from _leaves(pc.struct_field(column, i))
    else:
        yield column


def _is_finite(column: pa.ChunkedArray) -> bool:
    """Tell whether every number of a column is one; a null says that it is not known, which is true."""
    return not pa.types.is_floating(column.type) or bool(pc.all(pc.is_finite(column)).as_py() is not False)
