"""The promises of the tables, each as an SQL query for the rows that break it.

The queries are made from the declarations in :mod:`warehouse.tables`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from warehouse.tables import CLAIMS, CONTENT_SEPARATOR, DENIALS, PARTITION_COLUMN, TABLES, Table

LETTER_OR_DIGIT = r"[\p{L}\p{N}]"


@dataclass(frozen=True)
class BrokenPromise:
    """A promise that a table breaks: how many rows break it, and the first of them."""

    table: str
    promise: str
    count: int
    rows: tuple[str, ...] = ()
    is_of_files: bool = False
    """True if the files are not those that were published, so that their rows cannot be checked"""

    def __str__(self) -> str:
        """Return the problem as one line."""
        return f"{self.table}: {self.promise} ({self.count:,}): {', '.join(self.rows)}"


@dataclass(frozen=True)
class PromiseCheck:
    """One promise, with a query whose single text column names the rows that break it."""

    table: str
    promise: str
    sql: str


def make_checks() -> Iterator[PromiseCheck]:
    """Yield every check, made from the declarations of the tables."""
    for table in TABLES.values():
        yield from _make_row_checks(table)
        yield from _make_reference_checks(table)
        if table.partitioned:
            yield from _make_span_checks(table)
    yield from _make_statement_checks()
    yield _make_condition_check(
        TABLES["documents"], "n_chars is the length of text", "n_chars <> length(text)"
    )
    month = f"{PARTITION_COLUMN} <> coalesce(strftime(published_at, '%Y-%m'), 'unknown')"
    yield _make_condition_check(TABLES["documents"], f"{PARTITION_COLUMN} is that of published_at", month)
    yield _make_condition_check(
        TABLES["runs"],
        "read = stored + unchanged + duplicate + rejected",
        "counts.read <> counts.stored + counts.unchanged + counts.duplicate + counts.rejected",
    )
    yield PromiseCheck(
        "denial_links",
        "rank counts from 1",
        "SELECT denial_id FROM denial_links GROUP BY 1 HAVING min(rank) <> 1 OR max(rank) <> count(*)",
    )
    yield PromiseCheck(
        "claim_groups",
        "medoid_id is the medoid of its group",
        "SELECT t.claim_id FROM claim_groups AS t LEFT JOIN claim_groups AS m "
        "ON m.claim_id = t.medoid_id AND m.group_id = t.group_id WHERE m.medoid_id IS DISTINCT FROM t.medoid_id",
    )


def _make_label_sql(table: Table, alias: str = "t") -> str:
    return "concat_ws(' ', " + ", ".join(f"{alias}.{name}" for name in table.key) + ")"


def _make_condition_check(table: Table, promise: str, broken: str) -> PromiseCheck:
    return PromiseCheck(
        table.name, promise, f"SELECT {_make_label_sql(table)} FROM {table.name} AS t WHERE {broken}"
    )


def _make_row_checks(table: Table) -> Iterator[PromiseCheck]:
    """Yield the checks that need one table only: unique keys, nulls, scores."""
    key = ", ".join(table.key)
    label = f"concat_ws(' ', {key})"
    sql = f"SELECT {label} FROM {table.name} GROUP BY {key} HAVING count(*) > 1"
    yield PromiseCheck(table.name, f"{key} is unique", sql)
    for column in table.columns:
        if not column.nullable:
            yield _make_condition_check(table, f"{column.name} is not null", f'"{column.name}" IS NULL')
        if pa.types.is_float32(column.type):
            yield _make_score_check(table, column.name)


def _make_score_check(table: Table, name: str) -> PromiseCheck:
    """Return the check of a score. It filters after the scan: the statistics that a scan skips files by ignore NaN."""
    broken = f"list({_make_label_sql(table)}) FILTER (NOT {name} BETWEEN 0 AND 1)"
    return PromiseCheck(
        table.name, f"{name} lies in [0, 1]", f"SELECT unnest({broken}) FROM {table.name} AS t"
    )


def _make_reference_checks(table: Table) -> Iterator[PromiseCheck]:
    """Yield the checks that the rows to which a table refers exist."""
    for column in table.columns:
        if (target := column.references) is None:
            continue
        key = "statement_id" if target == "statements" else TABLES[target].key[0]
        is_list = pa.types.is_list(column.type)
        value = "u.id" if is_list else f"t.{column.name}"
        rows = f"{table.name} AS t" + (f", unnest({column.name}) AS u(id)" if is_list else "")
        sql = (
            f"SELECT {_make_label_sql(table)} || ': ' || {value} FROM {rows} "
            f"WHERE {value} IS NOT NULL AND {value} NOT IN (SELECT {key} FROM {target})"
        )
        yield PromiseCheck(table.name, f"{column.name} names a row that exists", sql)


def _make_span_checks(table: Table) -> Iterator[PromiseCheck]:
    """Yield the checks that spans slice to their text, and that rows have the month of their document."""
    names = {column.name for column in table.columns}
    for start in (n for n in names if n.endswith("start") and {n[:-5] + "end", n[:-5] + "text"} <= names):
        end, text = start[:-5] + "end", start[:-5] + "text"
        stored = f't."{start}", t."{end}", t."{text}"'
        broken = (
            f'NOT (t."{start}" BETWEEN 0 AND t."{end}" - 1 AND t."{end}" <= length(d.text) '
            f'AND substring(d.text, t."{start}" + 1, t."{end}" - t."{start}") = t."{text}") '
            f"OR ({stored.replace(', ', ' IS NULL)::int + (')} IS NULL)::int NOT IN (0, 3)"
        )
        yield _make_document_check(table, f"text[{start}:{end}] is {text}", broken)
    if table.name != "documents":
        month = f"t.{PARTITION_COLUMN} <> d.{PARTITION_COLUMN}"
        yield _make_document_check(table, f"{PARTITION_COLUMN} is that of its document", month)


def _make_statement_checks() -> Iterator[PromiseCheck]:
    """Yield the checks of the lists of spans in claims and denials."""
    for table in (CLAIMS, DENIALS):
        sliced = (
            'list_transform(t.content_spans, lambda s: substring(d.text, s.start + 1, s."end" - s.start))'
        )
        content = f"array_to_string({sliced}, '{CONTENT_SEPARATOR}') IS DISTINCT FROM t.content_text"
        yield _make_document_check(
            table, f"content_text is its spans, joined by '{CONTENT_SEPARATOR}'", content
        )
        inside = 'NOT (s.start BETWEEN 0 AND s."end" - 1 AND s."end" <= length(d.text))'
        outside = f"len(list_filter(t.content_spans, lambda s: {inside})) > 0 OR len(t.content_spans) = 0"
        yield _make_document_check(table, "content_spans lie in the text", outside)
        wordless = f"NOT regexp_matches(t.content_text, '{LETTER_OR_DIGIT}')"
        yield _make_document_check(table, "content_text has a letter or digit", wordless)
        finite = "isfinite(coalesce(q.low, 0)) AND isfinite(coalesce(q.high, 0))"
        infinite = f"len(list_filter(t.quantities, lambda q: NOT ({finite}))) > 0"
        yield _make_document_check(table, "quantities are finite", infinite)
        held = 'q.start BETWEEN 0 AND q."end" - 1 AND q."end" <= length(d.text)'
        sliced = 'substring(d.text, q.start + 1, q."end" - q.start) = q.text'
        wrong = f"NOT coalesce({held} AND {sliced}, false)"
        amounts = f"len(list_filter(t.quantities, lambda q: {wrong})) > 0"
        yield _make_document_check(table, "quantities slice to their text", amounts)
        phrases = f"len(list_filter(t.target_spans, lambda q: {wrong})) > 0"
        yield _make_document_check(table, "target_spans slice to their text", phrases)


def _make_document_check(table: Table, promise: str, broken: str) -> PromiseCheck:
    sql = f"SELECT {_make_label_sql(table)} FROM {table.name} AS t JOIN documents AS d USING (doc_id) WHERE {broken}"
    return PromiseCheck(table.name, promise, sql)
