"""The contract of every table: each column named, typed and described once.

``to_arrow`` makes tables of rows; it raises :class:`ContractError` with the table, the column and the row that break
the contract. The README's data dictionary is generated from the descriptions.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.errors import FailureError

SCHEMA_VERSION = 7
PARTITION_COLUMN = "published_month"
UNNAMED_TYPE = "unnamed"
"""``entity_type`` of a participant without a name, who belongs to one document"""
UNKNOWN_MONTH = "unknown"
"""the month of documents without a date"""
CONTENT_SEPARATOR = " … "
"""what joins the spans of a content in ``content_text``"""
MONTH_PATTERN = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])|unknown")

TEXT_TYPE, INTEGER_TYPE, FLAG_TYPE, SCORE_TYPE, DAY_TYPE = (
    pa.string(),
    pa.int32(),
    pa.bool_(),
    pa.float32(),
    pa.date32(),
)
TEXT_LIST_TYPE = pa.list_(TEXT_TYPE)
INSTANT_TYPE = pa.timestamp("us", tz="UTC")
SPAN_TYPE = pa.struct([pa.field("start", INTEGER_TYPE), pa.field("end", INTEGER_TYPE)])
PHRASE_TYPE = pa.struct([*SPAN_TYPE, pa.field("text", TEXT_TYPE)])
QUANTITY_TYPE = pa.struct(
    [
        pa.field("start", INTEGER_TYPE),
        pa.field("end", INTEGER_TYPE),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
        pa.field("unit", TEXT_TYPE),
        pa.field("text", TEXT_TYPE),
    ]
)


class ContractError(FailureError, ValueError):
    """Rows do not fit the declared table."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Arrow type, its description, and whether it may be null."""

    name: str
    type: pa.DataType
    meaning: str
    nullable: bool = False
    references: str | None = None
    """the table whose ids the column holds, one or a list of them; ``statements`` are claims and denials"""


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

    def format_key(self, row: Mapping[str, Any]) -> str:
        """Return the key of a row as messages show it."""
        return " ".join(str(row.get(name)) for name in self.key)


def _make_nullable_column(
    name: str, kind: pa.DataType, meaning: str, references: str | None = None
) -> Column:
    """Return a column that may be null."""
    return Column(name, kind, meaning, nullable=True, references=references)


MONTH_COLUMN = Column(
    PARTITION_COLUMN,
    TEXT_TYPE,
    "month in which the document was published, YYYY-MM, or unknown; the partition",
)
VERSION_COLUMN = Column("extractor_version", TEXT_TYPE, "version of the extractor that made the row")
COMMON_COLUMNS = (
    Column("doc_id", TEXT_TYPE, "document from which the row was extracted", references="documents"),
    MONTH_COLUMN,
    VERSION_COLUMN,
)

DOCUMENTS = Table(
    "documents",
    "One row for each document, with the exact text to which all spans refer",
    ("doc_id",),
    (
        Column("doc_id", TEXT_TYPE, "id of the document: hash of publisher, date and text"),
        MONTH_COLUMN,
        VERSION_COLUMN,
        Column("source_uri", TEXT_TYPE, "where the document was read: its path, or path#id in a corpus file"),
        _make_nullable_column("publisher", TEXT_TYPE, "outlet that published it"),
        _make_nullable_column("url", TEXT_TYPE, "web address of the article"),
        _make_nullable_column("title", TEXT_TYPE, "headline"),
        _make_nullable_column("author", TEXT_TYPE, "byline"),
        _make_nullable_column("published_at", DAY_TYPE, "date of publication"),
        _make_nullable_column(
            "published_problem",
            TEXT_TYPE,
            "why published_at is null though the source states a date: the reason, and the date as printed",
        ),
        Column("language", TEXT_TYPE, "ISO 639-1 code of the language, or und if it cannot be determined"),
        Column("language_score", SCORE_TYPE, "confidence in the language, 0 to 1"),
        Column("encoding", TEXT_TYPE, "character encoding from which the bytes were decoded"),
        Column("content_sha256", TEXT_TYPE, "SHA-256 of the bytes as read"),
        Column("text", TEXT_TYPE, "the decoded text, never rewritten; spans count its code points"),
        Column("n_chars", INTEGER_TYPE, "length of the text in code points"),
        Column("n_tokens", INTEGER_TYPE, "number of tokens; 0 if the text was not extracted"),
        _make_nullable_column(
            "layout",
            TEXT_TYPE,
            "layout of the text: article, interview, transcript, live_blog, press_release, list, mail (with a mail "
            "that it quotes), excerpt (of an article behind a paywall), opinion or broken (its words look broken and "
            "nothing was found in it); null if it was not extracted",
        ),
        Column("near_keys", pa.list_(pa.int64()), "MinHash band keys; near-duplicates share at least one"),
        Column("ingested_run", TEXT_TYPE, "run that first stored the document"),
    ),
    sort=("publisher", "published_at", "doc_id"),
)

MENTIONS = Table(
    "mentions",
    "One row for each mention of an entity in a text",
    ("mention_id",),
    (
        Column("mention_id", TEXT_TYPE, "id of the mention: hash of document and span"),
        *COMMON_COLUMNS,
        Column("start", INTEGER_TYPE, "offset of the first code point, counted from 0"),
        Column("end", INTEGER_TYPE, "offset after the last code point"),
        Column("text", TEXT_TYPE, "the characters from start to end"),
        Column(
            "label",
            TEXT_TYPE,
            "person, organisation, country, place, weapon, nationality, event, other, or unnamed: a description "
            "of a speaker or accused without a name",
        ),
        _make_nullable_column(
            "entity_id", TEXT_TYPE, "entity that is meant; null if it is unresolved or ambiguous", "entities"
        ),
        _make_nullable_column(
            "local_entity_id",
            TEXT_TYPE,
            "entity found from this document alone; differs from entity_id if other documents showed that two "
            "spellings are one entity",
        ),
        Column("resolution", TEXT_TYPE, "method that found the entity, or the reason why there is none"),
        Column("confidence", SCORE_TYPE, "confidence in the entity, 0 to 1"),
        Column("pronoun", FLAG_TYPE, "true if the mention is a pronoun"),
    ),
    sort=("doc_id", "start", "end"),
)

ENTITIES = Table(
    "entities",
    "One row for each entity that any document mentions",
    ("entity_id",),
    (
        Column("entity_id", TEXT_TYPE, "Wikidata QID if known, otherwise a hash of type and normalised name"),
        Column("name", TEXT_TYPE, "name that represents the entity"),
        Column(
            "entity_type",
            TEXT_TYPE,
            "person, organisation, country, place, weapon, nationality, event, other, or unnamed: a participant of "
            "one document without a name",
        ),
        Column("aliases", TEXT_LIST_TYPE, "all forms by which it is mentioned, sorted, without pronouns"),
        _make_nullable_column(
            "alias_counts",
            pa.list_(INTEGER_TYPE),
            "number of mentions by each alias, in the order of aliases",
        ),
        _make_nullable_column(
            "spelling_keys",
            TEXT_LIST_TYPE,
            "consonants of its aliases of several words, sorted: spelling variants of a name share a key",
        ),
        _make_nullable_column("wikidata_id", TEXT_TYPE, "Wikidata QID"),
        _make_nullable_column(
            "country_code", TEXT_TYPE, "ISO 3166-1 alpha-2 code of the country that it is or belongs to"
        ),
        _make_nullable_column("latitude", pa.float64(), "latitude of a place in degrees, north positive"),
        _make_nullable_column("longitude", pa.float64(), "longitude of a place in degrees, east positive"),
        Column("n_documents", INTEGER_TYPE, "number of documents that mention it"),
        Column("n_mentions", INTEGER_TYPE, "number of mentions"),
        _make_nullable_column("first_seen", DAY_TYPE, "date of the earliest dated document that mentions it"),
        _make_nullable_column("last_seen", DAY_TYPE, "date of the latest dated document that mentions it"),
    ),
    partitioned=False,
    sort=("entity_id",),
)


SPEAKER_COLUMNS = (
    _make_nullable_column("source_start", INTEGER_TYPE, "offset of the source's first code point, from 0"),
    _make_nullable_column("source_end", INTEGER_TYPE, "offset after the source's last code point"),
    _make_nullable_column(
        "source_text", TEXT_TYPE, "the words that name who says it; null if nobody is named"
    ),
    Column("source_type", TEXT_TYPE, "named, pronoun, unnamed, hearsay or author"),
    _make_nullable_column(
        "speaker_id", TEXT_TYPE, "entity of the source; if several speak together, the first", "entities"
    ),
    _make_nullable_column(
        "speaker_ids",
        TEXT_LIST_TYPE,
        "entities of all who speak together ('A and B said'), as far as known; null unless there are several",
        "entities",
    ),
    Column("speaker_resolution", TEXT_TYPE, "method that found the speaker, or the reason why there is none"),
    Column("speaker_confidence", SCORE_TYPE, "confidence in the speaker, 0 to 1"),
    _make_nullable_column("speaker_role", TEXT_TYPE, "office or role given with the source, as written"),
    _make_nullable_column(
        "speaker_affiliation_id", TEXT_TYPE, "entity for which the speaker speaks", "entities"
    ),
)
WORDING_COLUMNS = (
    _make_nullable_column("cue_start", INTEGER_TYPE, "offset of the cue's first code point, from 0"),
    _make_nullable_column("cue_end", INTEGER_TYPE, "offset after the cue's last code point"),
    _make_nullable_column("cue_text", TEXT_TYPE, "the words that report or deny, as written"),
    Column("cue_lemma", TEXT_TYPE, "dictionary form of the cue; empty if there is none"),
    Column(
        "content_spans", pa.list_(SPAN_TYPE), "spans of what is said; several if other words interrupt it"
    ),
    Column("content_text", TEXT_TYPE, f"the text of content_spans, joined by '{CONTENT_SEPARATOR}'"),
    Column("manner", TEXT_TYPE, "direct, mixed or indirect, by the share of the content in quotation marks"),
)
CONTEXT_COLUMNS = (
    Column(
        "target_ids",
        TEXT_LIST_TYPE,
        "of an accusation the accused; of other claims and of denials the entities that are spoken about",
        references="entities",
    ),
    _make_nullable_column(
        "target_spans",
        pa.list_(PHRASE_TYPE),
        "of an accusation the noun phrases that name the accused, with their text; else empty, and null in rows of "
        "schema 3",
    ),
    _make_nullable_column(
        "victim_ids",
        TEXT_LIST_TYPE,
        "of an accusation the entities that suffer the act; else empty, and null in rows of schema 3",
        "entities",
    ),
    _make_nullable_column("addressee_id", TEXT_TYPE, "entity that is spoken to", "entities"),
    Column("negated", FLAG_TYPE, "true if the cue itself is negated"),
    Column("hedged", FLAG_TYPE, "true if the cue or the content is hedged"),
    _make_nullable_column("evidence_text", TEXT_TYPE, "evidence given with the statement, as written"),
)
EVENT_COLUMNS = (
    _make_nullable_column("event_start", DAY_TYPE, "first day of the event that is spoken of"),
    _make_nullable_column("event_end", DAY_TYPE, "last day of the event that is spoken of"),
    _make_nullable_column("event_grain", TEXT_TYPE, "day, week, month, season, year, decade or range"),
    _make_nullable_column("event_phrase", TEXT_TYPE, "the words that date the event, as written"),
    _make_nullable_column(
        "event_timex", TEXT_TYPE, "TIMEX3 value of these words, relative to the date of publication"
    ),
    _make_nullable_column(
        "event_resolution",
        TEXT_TYPE,
        "resolved, or why the event has no days: no publication date, open-ended; null if no words date it",
    ),
    _make_nullable_column("said_on", DAY_TYPE, "day on which the statement was made"),
    Column(
        "quantities", pa.list_(QUANTITY_TYPE), "numbers in the content, with their unit or what they count"
    ),
)


def _make_statement_columns(key: str, kind: Column) -> tuple[Column, ...]:
    """Return the columns of claims or denials: their own key and type, and the columns that both share."""
    return (
        Column(key, TEXT_TYPE, "id of the statement: hash of document and spans"),
        *COMMON_COLUMNS,
        *SPEAKER_COLUMNS,
        *WORDING_COLUMNS,
        kind,
        *CONTEXT_COLUMNS,
        *EVENT_COLUMNS,
        _make_nullable_column(
            "parent_id", TEXT_TYPE, "claim or denial in which this one is nested", "statements"
        ),
        Column("paragraph", INTEGER_TYPE, "paragraph of the cue, or of the content if there is none; from 0"),
        Column("sentence", INTEGER_TYPE, "sentence of the cue, or of the content if there is none; from 0"),
        Column("rule", TEXT_TYPE, "rule that found the statement"),
        Column("confidence", SCORE_TYPE, "expected share of such rows that are correct, 0 to 1"),
    )


CLAIMS = Table(
    "claims",
    "One row for each claim: who says, believes, wants or asks what",
    ("claim_id",),
    (
        *_make_statement_columns(
            "claim_id",
            Column("claim_type", TEXT_TYPE, "accusation, statement, belief, intention, question or doubt"),
        ),
        _make_nullable_column(
            "accusation_basis",
            TEXT_TYPE,
            "of an accusation what shows it: cue, a word of accusing or blaming reports it; content, only what is said "
            "blames somebody, which is right less often; null for other types, and in rows of schema 6",
        ),
        _make_nullable_column(
            "polarity",
            TEXT_TYPE,
            "not_denied: the source did not deny it; neither: did not confirm or deny it; otherwise null",
        ),
        Column("no_comment", FLAG_TYPE, "true if the source declines to comment or to answer"),
    ),
    sort=("doc_id", "sentence", "claim_id"),
)

DENIALS = Table(
    "denials",
    "One row for each denial: who disputes the truth of what",
    ("denial_id",),
    _make_statement_columns(
        "denial_id",
        Column(
            "denial_type",
            TEXT_TYPE,
            "explicit, negated_assertion, lack_of_knowledge, labelling or counter",
        ),
    ),
    sort=("doc_id", "sentence", "denial_id"),
)

DENIAL_LINKS = Table(
    "denial_links",
    "One row for each pair of a denial and a claim that it may answer, best first",
    ("denial_id", "rank"),
    (
        Column("denial_id", TEXT_TYPE, "the denial", references="denials"),
        Column("rank", INTEGER_TYPE, "rank of the claim among those that the denial may answer; 1 is best"),
        *COMMON_COLUMNS,
        _make_nullable_column("claim_id", TEXT_TYPE, "the denied claim; null if no row states it", "claims"),
        Column(
            "score",
            SCORE_TYPE,
            "probability that the denial answers this claim, 0 to 1; across documents a strength, not a probability",
        ),
        Column("method", TEXT_TYPE, "evidence for the link"),
        Column("same_document", FLAG_TYPE, "true if claim and denial are in the same document"),
        _make_nullable_column(
            "implicit_claim_text", TEXT_TYPE, "the denied claim in the denial's words, if no row states it"
        ),
    ),
    sort=("doc_id", "denial_id", "rank"),
)

NEAR_DUPLICATES = Table(
    "near_duplicates",
    "One row for each document that is a near-duplicate of an earlier one",
    ("doc_id",),
    (
        Column("doc_id", TEXT_TYPE, "the document", references="documents"),
        Column(
            "duplicate_of",
            TEXT_TYPE,
            "doc_id of the earliest of its near-duplicates, which has no row here itself",
            references="documents",
        ),
    ),
    partitioned=False,
    sort=("doc_id",),
)

CLAIM_GROUPS = Table(
    "claim_groups",
    "One row for each claim that another claim repeats; claims with the same group_id state the same",
    ("claim_id",),
    (
        Column("claim_id", TEXT_TYPE, "the claim", references="claims"),
        *COMMON_COLUMNS,
        Column("group_id", TEXT_TYPE, "id of the group: hash of its medoid"),
        Column(
            "medoid_id",
            TEXT_TYPE,
            "the claim that represents the group: every other member states the same as it",
            references="claims",
        ),
        Column("score", SCORE_TYPE, "probability that the claim states the same as the medoid, 0 to 1"),
        Column(
            "method",
            TEXT_TYPE,
            "medoid; equal: the words, speaker and day of the medoid; similar: other words that state the same",
        ),
    ),
    sort=("doc_id", "claim_id"),
)

REJECTS = Table(
    "rejects",
    "One row for each document that could not be used",
    ("source_uri", "stage"),
    (
        Column("source_uri", TEXT_TYPE, "where the document was read"),
        Column("stage", TEXT_TYPE, "stage that failed: read, clean or extract"),
        Column("reason", TEXT_TYPE, "short reason, the same for all cases of its kind"),
        Column("detail", TEXT_TYPE, "what was found, and what to do about it"),
        _make_nullable_column("content_sha256", TEXT_TYPE, "SHA-256 of the bytes, if they could be read"),
        Column("run_id", TEXT_TYPE, "run that last rejected the document"),
    ),
    partitioned=False,
    sort=("source_uri", "stage"),
)

RUN_COUNTS_TYPE = pa.struct(
    [
        pa.field(name, pa.int64())
        for name in ("read", "stored", "unchanged", "duplicate", "rejected", "claims", "denials")
    ]
)

RUNS = Table(
    "runs",
    "One row for each run",
    ("run_id",),
    (
        Column("run_id", TEXT_TYPE, "id of the run"),
        Column("started_at", INSTANT_TYPE, "when the run started"),
        Column("finished_at", INSTANT_TYPE, "when the run finished, just before publication"),
        Column("parameters", TEXT_TYPE, "parameters of the run, as JSON"),
        Column(
            "counts",
            RUN_COUNTS_TYPE,
            "numbers of documents, where read = stored + unchanged + duplicate + rejected, and of claims and "
            "denials written",
        ),
        Column(
            "versions",
            TEXT_TYPE,
            "versions of the extractor (with a fingerprint of model and tables), of Python and of libraries, as JSON",
        ),
    ),
    partitioned=False,
    sort=("started_at", "run_id"),
)

REVIEWS = Table(
    "reviews",
    "One row for each verdict of a person on a claim or denial; row ids are stable across runs, so verdicts stay valid",
    ("statement_id", "reviewer"),
    (
        Column("statement_id", TEXT_TYPE, "id of the claim or denial; the row may be gone after a later run"),
        Column("reviewer", TEXT_TYPE, "who gave the verdict"),
        Column(
            "verdict",
            TEXT_TYPE,
            "accepted: the row is right; rejected: it is no claim or denial, or one of the other kind; corrected: some "
            "of its values are wrong",
        ),
        _make_nullable_column("corrected_speaker", TEXT_TYPE, "entity_id or name of the right speaker"),
        _make_nullable_column(
            "corrected_type",
            TEXT_TYPE,
            "right type: one of those of claim_type or of denial_type; of a rejected row, the type of the other kind "
            "that it is",
        ),
        _make_nullable_column(
            "corrected_targets",
            TEXT_LIST_TYPE,
            "entity_ids or names of those who are accused or spoken about",
        ),
        _make_nullable_column(
            "corrected_claim_id",
            TEXT_TYPE,
            "claim that the denial answers; none if it answers no claim of the tables",
        ),
        _make_nullable_column("note", TEXT_TYPE, "what the reviewer wrote about the row"),
        Column("reviewed_at", INSTANT_TYPE, "when the verdict was given"),
        _make_nullable_column(
            "extractor_version", TEXT_TYPE, "version of the extractor that made the row that was reviewed"
        ),
    ),
    partitioned=False,
    sort=("statement_id", "reviewer"),
)

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        DOCUMENTS,
        MENTIONS,
        ENTITIES,
        CLAIMS,
        DENIALS,
        DENIAL_LINKS,
        NEAR_DUPLICATES,
        CLAIM_GROUPS,
        REVIEWS,
        REJECTS,
        RUNS,
    )
}


def to_arrow(rows: Iterable[Mapping[str, Any]], table: Table) -> pa.Table:
    """Return the rows as a sorted Arrow table of the declared schema; ContractError if they do not fit it."""
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


def check_table_contract(rows: pa.Table, table: Table) -> None:
    """Raise ContractError unless an Arrow table fits the declared one.

    Checks the schema, nulls, that numbers are finite, that keys are unique, and the partition column.
    """
    if not rows.schema.equals(table.schema):
        raise ContractError(f"{table.name}: expected the columns {table.schema}, found {rows.schema}")
    empty = [c.name for c in table.columns if not c.nullable and rows[c.name].null_count]
    if empty:
        raise ContractError(f"{table.name}: null in {empty}")
    infinite = [
        name for name in rows.column_names if not all(map(_is_finite, _iterate_leaf_columns(rows[name])))
    ]
    if infinite:
        raise ContractError(f"{table.name}: expected numbers, found NaN or infinity in {infinite}")
    keys = rows.select(table.key)
    if keys.num_rows != keys.group_by(list(table.key)).aggregate([]).num_rows:
        raise ContractError(f"{table.name}: two rows have the same {' and '.join(table.key)}")
    if table.partitioned:
        wrong = [m for m in rows[PARTITION_COLUMN].unique().to_pylist() if not MONTH_PATTERN.fullmatch(m)]
        if wrong:
            raise ContractError(
                f"{table.name}: expected a {PARTITION_COLUMN} YYYY-MM or unknown, found {wrong}"
            )


def _iterate_leaf_columns(column: pa.ChunkedArray) -> Iterator[pa.ChunkedArray]:
    """Yield a column without nesting: itself, or the columns that its lists and structs hold."""
    if pa.types.is_list(column.type):
        yield from _iterate_leaf_columns(pc.list_flatten(column))
    elif pa.types.is_struct(column.type):
        for i in range(column.type.num_fields):
            yield from _iterate_leaf_columns(pc.struct_field(column, i))
    else:
        yield column


def _is_finite(column: pa.ChunkedArray) -> bool:
    """Return True if a column has no NaN and no infinity; nulls are allowed."""
    return not pa.types.is_floating(column.type) or bool(pc.all(pc.is_finite(column)).as_py() is not False)
