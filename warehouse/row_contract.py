"""The contract of one document's rows: the rules that the writer of rows checks before they leave it.

Each rule about what rows hold is also a check of :mod:`warehouse.maintenance.verification`, in SQL over the whole
warehouse; a property test holds the two equal. The rules about columns refuse what Arrow cannot hold, which no table
can show.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from warehouse.tables import CONTENT_SEPARATOR, PARTITION, TABLES, UNKNOWN, Table

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
"""the rows of one document, by table"""

REFERENCES = {
    "entity_id": "entities",
    "speaker_id": "entities",
    "speaker_ids": "entities",
    "speaker_affiliation_id": "entities",
    "addressee_id": "entities",
    "target_ids": "entities",
    "parent_id": "statements",
    "claim_id": "claims",
    "denial_id": "denials",
}
"""columns that hold an id, or a list of them, and which ids of the document they may hold"""
STATEMENTS = ("claims", "denials")
SPANS = {"mentions": ("",), "claims": ("source_", "cue_"), "denials": ("source_", "cue_")}
"""prefixes of the columns start, end and text, by table"""
INT32 = range(-(2**31), 2**31)
VALUE_SHOWN = 80
"""characters of an offending value that a message repeats"""


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that one row breaks."""

    table: str
    key: str
    rule: str
    found: str

    def __str__(self) -> str:
        """Return the breach in one line."""
        return f"{self.table} {self.key}: expected that {self.rule}; found {self.found[:VALUE_SHOWN]}"


def find_breaches(rows: Rows) -> Iterator[Breach]:
    """Yield every rule that the rows of one document break.

    Args:
        rows: the one row of ``documents`` and the document's rows of the other tables that hold extracted rows.
    """
    unfit = [breach for name, found in rows.items() for breach in _check_columns(TABLES[name], found)]
    if unfit:
        # The other rules need every column with a value of its type.
        yield from unfit
        return
    document = rows["documents"][0]
    known = _Known(
        entities=frozenset(row["entity_id"] for row in rows["mentions"]),
        statements=frozenset(_key(TABLES[name], row) for name in STATEMENTS for row in rows[name]),
        claims=frozenset(row["claim_id"] for row in rows["claims"]),
        denials=frozenset(row["denial_id"] for row in rows["denials"]),
    )
    yield from _check_document(document)
    for name, found in rows.items():
        table = TABLES[name]
        yield from _check_keys(table, found)
        for row in found:
            for rule, value in _check_row(table, row, document, known):
                yield Breach(name, _key(table, row), rule, repr(value))
    yield from _check_ranks(rows["denial_links"])


@dataclass(frozen=True, slots=True)
class _Known:
    """The ids that rows of the document may refer to."""

    entities: frozenset[str | None]
    statements: frozenset[str]
    claims: frozenset[str]
    denials: frozenset[str]


Broken = Iterator[tuple[str, object]]
"""rules that a row breaks, each with the value found"""


def _key(table: Table, row: Row) -> str:
    return " ".join(str(row.get(name)) for name in table.key)


def _check_columns(table: Table, rows: Sequence[Row]) -> Iterator[Breach]:
    """Yield the rules about columns and types that rows break: Arrow could not hold them."""
    declared = DECLARED[table.name]
    for row in rows:
        if row.keys() != declared.names:
            found = ", ".join(sorted(row.keys() ^ declared.names))
            yield Breach(table.name, _key(table, row), "the columns are those declared", found)
            continue
        for rule, value in declared.check(row):
            yield Breach(table.name, _key(table, row), rule, repr(value))


@dataclass(frozen=True, slots=True)
class _Declared:
    """The columns of a table by what their values have to be."""

    names: frozenset[str]
    required: tuple[str, ...]
    strings: tuple[str, ...]
    integers: tuple[str, ...]

    def check(self, row: Row) -> Broken:
        """Yield the rules that the types of one row's values break."""
        for name in self.required:
            if row[name] is None:
                yield f"{name} is not null", None
        for name in self.strings:
            value = row[name]
            if value is not None and not _is_encodable(value):
                yield f"{name} is valid Unicode", value
        for name in self.integers:
            value = row[name]
            if value is not None and value not in INT32:
                yield f"{name} has 32 bits", value


def _declare(table: Table) -> _Declared:
    """Return what the values of a table's columns have to be."""
    columns = table.columns
    return _Declared(
        names=frozenset(column.name for column in columns),
        required=tuple(column.name for column in columns if not column.nullable),
        strings=tuple(column.name for column in columns if pa.types.is_string(column.type)),
        integers=tuple(column.name for column in columns if pa.types.is_int32(column.type)),
    )


def _check_document(row: Row) -> Iterator[Breach]:
    key = _key(TABLES["documents"], row)
    if row["n_chars"] != len(row["text"]):
        yield Breach("documents", key, "n_chars is the length of text", repr(row["n_chars"]))
    day = row["published_at"]
    # Not %Y, which leaves out the zeros of a year before 1000.
    month = f"{day.year:04}-{day.month:02}" if day else UNKNOWN
    if row[PARTITION] != month:
        yield Breach("documents", key, f"{PARTITION} is that of published_at", repr(row[PARTITION]))


def _check_keys(table: Table, rows: Sequence[Row]) -> Iterator[Breach]:
    for key, times in Counter(_key(table, row) for row in rows).items():
        if times > 1:
            yield Breach(table.name, key, f"{', '.join(table.key)} is unique", f"{times} rows")


def _check_row(table: Table, row: Row, document: Row, known: _Known) -> Broken:
    """Yield the rules that one row breaks."""
    text: str = document["text"]
    if row["doc_id"] != document["doc_id"]:
        yield "doc_id names a row that exists", row["doc_id"]
    if row[PARTITION] != document[PARTITION]:
        yield f"{PARTITION} is that of its document", row[PARTITION]
    for name in SCORES[table.name]:
        if row[name] is not None and not 0 <= row[name] <= 1:
            yield f"{name} lies in [0, 1]", row[name]
    for prefix in SPANS.get(table.name, ()):
        yield from _check_span(row, prefix, text)
    yield from _check_references(row, known)
    if table.name in STATEMENTS:
        yield from _check_content(row, text)
        yield from _check_quantities(row["quantities"], text)


def _check_span(row: Row, prefix: str, text: str) -> Broken:
    start, end, stored = (row[f"{prefix}{name}"] for name in ("start", "end", "text"))
    missing = sum(value is None for value in (start, end, stored))
    if missing == 3:
        return
    if missing or not _holds(text, start, end) or text[start:end] != stored:
        yield f"text[{prefix}start:{prefix}end] is {prefix}text", (start, end, stored)


def _check_content(row: Row, text: str) -> Broken:
    spans = [(span["start"], span["end"]) for span in row["content_spans"]]
    if not spans or not all(_holds(text, start, end) for start, end in spans):
        yield "content_spans lie in the text", spans
    elif CONTENT_SEPARATOR.join(text[start:end] for start, end in spans) != row["content_text"]:
        yield "content_text is its spans", row["content_text"]
    if not any(map(str.isalnum, row["content_text"])):
        yield "content_text has a letter or digit", row["content_text"]


def _check_quantities(quantities: Iterable[Row], text: str) -> Broken:
    for quantity in quantities:
        start, end = quantity["start"], quantity["end"]
        if not _holds(text, start, end) or text[start:end] != quantity["text"]:
            yield "quantities slice to their text", quantity
        if not _is_encodable(quantity["unit"] or ""):
            yield "unit is valid Unicode", quantity["unit"]
        if not all(value is None or math.isfinite(value) for value in (quantity["low"], quantity["high"])):
            yield "quantities are finite", quantity


def _check_references(row: Row, known: _Known) -> Broken:
    for name, ids in REFERENCES.items():
        value = row.get(name)
        for one in value or () if isinstance(value, list) else (value,):
            if one is not None and one not in getattr(known, ids):
                yield f"{name} names a row that exists", one


def _check_ranks(links: Sequence[Row]) -> Iterator[Breach]:
    ranks: dict[str, list[int]] = {}
    for row in links:
        ranks.setdefault(row["denial_id"], []).append(row["rank"])
    for denial, found in ranks.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield Breach("denial_links", denial, "rank counts from 1", repr(found))


def _holds(text: str, start: int | None, end: int | None) -> bool:
    """Return True if a span is not empty and lies in a text."""
    return start is not None and end is not None and 0 <= start < end <= len(text)


def _is_encodable(text: str) -> bool:
    """Return True if a text can be encoded as UTF-8: it holds no lone surrogate."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


SCORES = {
    name: tuple(column.name for column in table.columns if pa.types.is_float32(column.type))
    for name, table in TABLES.items()
}
"""the columns between 0 and 1, by table"""
DECLARED = {name: _declare(table) for name, table in TABLES.items()}
