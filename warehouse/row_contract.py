"""The row contract: the rules that the rows of one document must satisfy before they are written.

Each rule about values is also a check of :mod:`warehouse.maintenance.promise_checks`, in SQL over the whole
warehouse; a property test compares the two. The rules about columns and types reject what no Arrow table can hold.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import pyarrow as pa

from warehouse.tables import CONTENT_SEPARATOR, PARTITION_COLUMN, TABLES, UNKNOWN_MONTH, Table

Row = Mapping[str, Any]
DocumentRows = Mapping[str, Sequence[Row]]
"""the rows of one document, by table"""

STATEMENT_TABLES = ("claims", "denials")
SPAN_PREFIXES = {"mentions": ("",), "claims": ("source_", "cue_"), "denials": ("source_", "cue_")}
"""prefixes of the columns start, end and text, by table"""
INT32_RANGE = range(-(2**31), 2**31)
MAX_VALUE_CHARS = 80
"""characters of an offending value that a message shows"""


@dataclass(frozen=True, slots=True)
class RuleBreach:
    """One rule that one row breaks."""

    table: str
    key: str
    rule: str
    found: str

    def __str__(self) -> str:
        """Return the breach as one line."""
        return f"{self.table} {self.key}: expected that {self.rule}; found {self.found[:MAX_VALUE_CHARS]}"


def find_breaches(rows: DocumentRows) -> Iterator[RuleBreach]:
    """Yield every rule that the rows of one document break.

    Args:
        rows: the one row of ``documents`` and the document's rows of the other tables that hold extracted rows.
    """
    unfit = [breach for name, found in rows.items() for breach in _find_column_breaches(TABLES[name], found)]
    if unfit:
        # The other rules need every column with a value of its type.
        yield from unfit
        return
    document = rows["documents"][0]
    ids = _collect_ids(rows)
    yield from _find_document_breaches(document)
    for name, found in rows.items():
        table = TABLES[name]
        yield from _find_key_breaches(table, found)
        for row in found:
            for rule, value in _find_row_breaches(table, row, document, ids):
                yield RuleBreach(name, table.format_key(row), rule, repr(value))
    yield from _find_rank_breaches(rows["denial_links"])


IdsByTable = Mapping[str, frozenset[str | None]]
"""the ids to which rows of the document may refer, by the table that has them"""


def _collect_ids(rows: DocumentRows) -> IdsByTable:
    claims = frozenset(row["claim_id"] for row in rows["claims"])
    denials = frozenset(row["denial_id"] for row in rows["denials"])
    return {
        "entities": frozenset(row["entity_id"] for row in rows["mentions"]),
        "claims": claims,
        "denials": denials,
        "statements": claims | denials,
    }


BrokenRules = Iterator[tuple[str, object]]
"""the rules that a row breaks, each with the value found"""


def _find_column_breaches(table: Table, rows: Sequence[Row]) -> Iterator[RuleBreach]:
    """Yield the rules about columns and types that rows break: Arrow cannot hold such rows."""
    declared = TYPE_RULES[table.name]
    for row in rows:
        if row.keys() != declared.names:
            found = ", ".join(sorted(row.keys() ^ declared.names))
            yield RuleBreach(table.name, table.format_key(row), "the columns are those declared", found)
            continue
        for rule, value in declared.find_breaches(row):
            yield RuleBreach(table.name, table.format_key(row), rule, repr(value))


@dataclass(frozen=True, slots=True)
class _TypeRules:
    """The columns of a table, by the rule that their values must satisfy."""

    names: frozenset[str]
    required: tuple[str, ...]
    strings: tuple[str, ...]
    integers: tuple[str, ...]
    get_required: Callable[[Row], tuple[object, ...]]
    """returns the values of the columns that must not be null"""

    def find_breaches(self, row: Row) -> BrokenRules:
        """Yield the rules that the types of one row's values break."""
        if None in self.get_required(row):
            yield from ((f"{name} is not null", None) for name in self.required if row[name] is None)
        for name in self.strings:
            value = row[name]
            if value is not None and not value.isascii() and not _is_encodable(value):
                yield f"{name} is valid Unicode", value
        for name in self.integers:
            value = row[name]
            if value is not None and value not in INT32_RANGE:
                yield f"{name} has 32 bits", value


def _make_type_rules(table: Table) -> _TypeRules:
    """Return the rules about types for a table."""
    columns = table.columns
    required = tuple(column.name for column in columns if not column.nullable)
    return _TypeRules(
        names=frozenset(column.name for column in columns),
        required=required,
        get_required=itemgetter(*required),
        strings=tuple(column.name for column in columns if pa.types.is_string(column.type)),
        integers=tuple(column.name for column in columns if pa.types.is_int32(column.type)),
    )


def _find_document_breaches(row: Row) -> Iterator[RuleBreach]:
    key = TABLES["documents"].format_key(row)
    if row["n_chars"] != len(row["text"]):
        yield RuleBreach("documents", key, "n_chars is the length of text", repr(row["n_chars"]))
    day = row["published_at"]
    # Not %Y, which omits the leading zeros of years before 1000.
    month = f"{day.year:04}-{day.month:02}" if day else UNKNOWN_MONTH
    if row[PARTITION_COLUMN] != month:
        yield RuleBreach(
            "documents", key, f"{PARTITION_COLUMN} is that of published_at", repr(row[PARTITION_COLUMN])
        )


def _find_key_breaches(table: Table, rows: Sequence[Row]) -> Iterator[RuleBreach]:
    if len({tuple([row[name] for name in table.key]) for row in rows}) == len(rows):
        return
    for key, times in Counter(table.format_key(row) for row in rows).items():
        if times > 1:
            yield RuleBreach(table.name, key, f"{', '.join(table.key)} is unique", f"{times} rows")


def _find_row_breaches(table: Table, row: Row, document: Row, ids: IdsByTable) -> BrokenRules:
    """Yield the rules that one row breaks."""
    text: str = document["text"]
    if row["doc_id"] != document["doc_id"]:
        yield "doc_id names a row that exists", row["doc_id"]
    if row[PARTITION_COLUMN] != document[PARTITION_COLUMN]:
        yield f"{PARTITION_COLUMN} is that of its document", row[PARTITION_COLUMN]
    for name in SCORE_COLUMNS[table.name]:
        if row[name] is not None and not 0 <= row[name] <= 1:
            yield f"{name} lies in [0, 1]", row[name]
    for prefix in SPAN_PREFIXES.get(table.name, ()):
        yield from _find_span_breaches(row, prefix, text)
    yield from _find_reference_breaches(table, row, ids)
    if table.name in STATEMENT_TABLES:
        yield from _find_content_breaches(row, text)
        yield from _find_quantity_breaches(row["quantities"], text)
        yield from _find_phrase_breaches(row["target_spans"] or (), text)


def _find_span_breaches(row: Row, prefix: str, text: str) -> BrokenRules:
    start, end, stored = row[f"{prefix}start"], row[f"{prefix}end"], row[f"{prefix}text"]
    missing = (start, end, stored).count(None)
    if missing == 3:
        return
    if missing or not _is_span_within(text, start, end) or text[start:end] != stored:
        yield f"text[{prefix}start:{prefix}end] is {prefix}text", (start, end, stored)


def _find_content_breaches(row: Row, text: str) -> BrokenRules:
    spans = [(span["start"], span["end"]) for span in row["content_spans"]]
    if not spans or not all(_is_span_within(text, start, end) for start, end in spans):
        yield "content_spans lie in the text", spans
    elif CONTENT_SEPARATOR.join(text[start:end] for start, end in spans) != row["content_text"]:
        yield "content_text is its spans", row["content_text"]
    if not any(map(str.isalnum, row["content_text"])):
        yield "content_text has a letter or digit", row["content_text"]


def _find_phrase_breaches(phrases: Iterable[Row], text: str) -> BrokenRules:
    for phrase in phrases:
        start, end = phrase["start"], phrase["end"]
        if not _is_span_within(text, start, end) or text[start:end] != phrase["text"]:
            yield "target_spans slice to their text", phrase


def _find_quantity_breaches(quantities: Iterable[Row], text: str) -> BrokenRules:
    for quantity in quantities:
        start, end = quantity["start"], quantity["end"]
        if not _is_span_within(text, start, end) or text[start:end] != quantity["text"]:
            yield "quantities slice to their text", quantity
        if not _is_encodable(quantity["unit"] or ""):
            yield "unit is valid Unicode", quantity["unit"]
        if not all(value is None or math.isfinite(value) for value in (quantity["low"], quantity["high"])):
            yield "quantities are finite", quantity


def _find_reference_breaches(table: Table, row: Row, ids: IdsByTable) -> BrokenRules:
    for name, target in REFERENCE_COLUMNS[table.name]:
        value = row[name]
        for one in value or () if isinstance(value, list) else (value,):
            if one is not None and one not in ids[target]:
                yield f"{name} names a row that exists", one


def _find_rank_breaches(links: Sequence[Row]) -> Iterator[RuleBreach]:
    ranks: dict[str, list[int]] = {}
    for row in links:
        ranks.setdefault(row["denial_id"], []).append(row["rank"])
    for denial, found in ranks.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield RuleBreach("denial_links", denial, "rank counts from 1", repr(found))


def _is_span_within(text: str, start: int | None, end: int | None) -> bool:
    """Return True if a span is not empty and lies in a text."""
    return start is not None and end is not None and 0 <= start < end <= len(text)


def _is_encodable(text: str) -> bool:
    """Return True if a text can be encoded as UTF-8: it holds no lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


SCORE_COLUMNS = {
    name: tuple(column.name for column in table.columns if pa.types.is_float32(column.type))
    for name, table in TABLES.items()
}
"""the columns whose values lie between 0 and 1, by table"""
REFERENCE_COLUMNS = {
    name: tuple(
        (column.name, column.references)
        for column in table.columns
        if column.references not in {None, "documents"}
    )
    for name, table in TABLES.items()
}
"""the columns that refer to other rows of the document, each with the table referred to, by table"""
TYPE_RULES = {name: _make_type_rules(table) for name, table in TABLES.items()}
