"""The writer refuses the rows of a document exactly if verification finds a problem in them."""

import copy
import math
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sample_rows import SAMPLE_TEXT, make_change
from tests.sample_rows import make_document_rows as make_all_rows
from warehouse.maintenance.promise_checks import LETTER_OR_DIGIT
from warehouse.maintenance.verification import verify_tables
from warehouse.row_contract import find_breaches
from warehouse.storage.store import Store
from warehouse.tables import MONTH_PATTERN, PARTITION_COLUMN, TABLES, ContractError, to_arrow

Rows = dict[str, list[dict[str, Any]]]
DOC = re.compile(r"doc\d{4}")
"""the document id in a key"""


def make_document_rows(doc: str, day: date | None = date(2026, 11, 1)) -> Rows:
    """Return the rows that extraction makes of a document: groups of claims are found later, over all documents."""
    return {name: rows for name, rows in make_all_rows(doc, day).items() if name != "claim_groups"}


def quantity(**given: Any) -> list[dict[str, Any]]:
    sound = {"start": 0, "end": 7, "low": 1.0, "high": 1.0, "unit": None, "text": SAMPLE_TEXT[:7]}
    return [sound | given]


EDITS: list[tuple[str, dict[str, Any]]] = [
    ("documents", {"n_chars": len(SAMPLE_TEXT) + 1}),
    ("documents", {"published_at": date(2026, 10, 31)}),
    ("documents", {"published_at": None}),
    ("mentions", {"text": "Colonel  Haftar"}),
    ("mentions", {"start": -1}),
    ("mentions", {"end": len(SAMPLE_TEXT) + 9}),
    ("mentions", {"start": 5, "end": 5, "text": ""}),
    ("mentions", {"start": 9, "end": 5, "text": ""}),
    ("mentions", {"confidence": 1.5}),
    ("mentions", {"confidence": math.nan}),
    ("mentions", {"published_month": "2026-10"}),
    ("claims", {"source_text": "Hafter"}),
    ("claims", {"source_end": None}),
    ("claims", {"source_start": 26, "source_end": 25, "source_text": ""}),
    ("claims", {"cue_start": 3}),
    ("claims", {"confidence": -0.1}),
    ("claims", {"speaker_confidence": math.inf}),
    ("claims", {"content_text": "the raid never took place"}),
    ("claims", {"content_spans": [], "content_text": ""}),
    ("claims", {"content_spans": [{"start": 0, "end": 999}], "content_text": SAMPLE_TEXT}),
    ("claims", {"content_spans": [{"start": 4, "end": 4}], "content_text": ""}),
    ("claims", {"content_spans": [{"start": 28, "end": 30}], "content_text": SAMPLE_TEXT[28:30]}),
    ("claims", {"content_spans": [{"start": 7, "end": 8}], "content_text": " "}),
    ("claims", {"speaker_id": "Q9"}),
    ("claims", {"speaker_ids": ["Q1", "Q9"]}),
    ("claims", {"target_ids": ["Q9"]}),
    ("claims", {"target_spans": [{"start": 0, "end": 7, "text": SAMPLE_TEXT[0:7]}], "victim_ids": ["Q1"]}),
    ("claims", {"target_spans": [{"start": 0, "end": 7, "text": "Hafter"}]}),
    ("claims", {"target_spans": [{"start": 0, "end": 900, "text": SAMPLE_TEXT}]}),
    ("claims", {"victim_ids": ["Q9"]}),
    ("claims", {"addressee_id": "Q9"}),
    ("claims", {"speaker_affiliation_id": "Q9"}),
    ("claims", {"parent_id": "c-z"}),
    ("claims", {"quantities": quantity()}),
    ("claims", {"quantities": quantity(text="Colone")}),
    ("claims", {"quantities": quantity(end=900)}),
    ("claims", {"quantities": quantity(high=math.inf)}),
    ("claims", {"quantities": quantity(low=None, high=None)}),
    ("denials", {"cue_start": 0, "cue_end": 6}),
    ("denials", {"content_text": "it."}),
    ("denials", {"speaker_id": "Q1"}),
    ("denials", {"speaker_id": "Q9"}),
    ("denials", {"parent_id": "d-a"}),
    ("denials", {"quantities": quantity(low=math.nan)}),
    ("denial_links", {"claim_id": "c-z"}),
    ("denial_links", {"claim_id": None}),
    ("denial_links", {"denial_id": "d-z"}),
    ("denial_links", {"rank": 2}),
    ("denial_links", {"score": 2.0}),
]
"""changes of one row, most of which break a rule"""


def put_twice(table: str) -> Callable[[Rows], None]:
    return lambda rows: rows[table].append(dict(rows[table][0]))


def broken_rules(rows: Rows) -> set[tuple[str, str]]:
    return {(breach.table, breach.rule) for breach in find_breaches(rows)}


@settings(deadline=None, max_examples=12)
@given(
    edits=st.lists(st.sampled_from(EDITS), max_size=3), twice=st.sampled_from([None, "claims", "mentions"])
)
def test_the_writer_refuses_what_verification_finds(
    edits: list[tuple[str, dict[str, Any]]], twice: str | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows: Rows = make_document_rows("a")
    for table, values in edits:
        rows[table][0].update(values)
    if twice:
        put_twice(twice)(rows)
    store = Store(tmp_path_factory.mktemp("contract"))
    with pytest.MonkeyPatch.context() as patch, store.open_writer() as writer:
        patch.setattr("warehouse.storage.writer.check_table_contract", lambda *_: None)
        writer.publish(make_change([rows]))
    found = verify_tables(store.root)
    refused = broken_rules(rows)
    assert bool(refused) == bool(found), (refused, found)
    assert {table for table, _ in refused} == {problem.table for problem in found}


def test_each_rule_is_named_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents: list[Rows] = []
    for number, (table, values) in enumerate(EDITS):
        documents.append(make_document_rows(f"a{number:02}"))
        documents[-1][table][0].update(values)
    store = Store(tmp_path)
    monkeypatch.setattr("warehouse.storage.writer.check_table_contract", lambda *_: None)
    with store.open_writer() as writer:
        writer.publish(make_change(documents))
    checks = {(problem.table, problem.promise) for problem in verify_tables(store.root)}
    rules = {rule for rows in documents for rule in broken_rules(rows)}
    assert {table for table, _ in rules} == {table for table, _ in checks}
    for table, rule in rules:
        assert any(name == table and check.startswith(rule) for name, check in checks), (rule, checks)
    for table, check in checks:
        assert any(name == table and check.startswith(rule) for name, rule in rules), (check, rules)


NUMBERS: list[Any] = [None, 0, 1, 5, -1, -2, 77, 78, 10**6, 2**31, -(2**31) - 1]
VALUES: dict[str, list[Any]] = {
    "int32": NUMBERS,
    "float": [None, 0.0, 1.0, 1, -0.1, 1.5, math.nan, math.inf, -math.inf, 1e39],
    "string": [None, "", "x", ".", "Q1", "unknown", "2026-11", "2026-13", "\u0301", "a\ud800", "\udcff"],
    "bool": [None, True],
    "date32[day]": [None, date(2026, 11, 30), date(2026, 12, 1), date(999, 11, 1), date.max],
    "list<item: string>": [None, [], ["Q1"], ["Q1", "Q9"], [None], ["\ud800"]],
    "list<item: int64>": [None, [], [2**40]],
}
"""the values that are put into a column, by its type"""
SPAN_VALUES: list[list[Any]] = [
    [],
    *([{"start": a, "end": b}] for a in NUMBERS for b in NUMBERS),
    [{"start": 0, "end": 7}, {"start": 8, "end": 14}],
]
QUANTITY_VALUES = [
    *(
        quantity(start=a, end=b, text=SAMPLE_TEXT[a:b])
        for a in (-1, 0, 1, 77, 78)
        for b in (-1, 0, 1, 77, 78)
    ),
    *(quantity(low=low) for low in VALUES["float"]),
    *(quantity(high=high, unit=unit) for high in (None, math.nan) for unit in (None, "", "men", "\ud800")),
    *(quantity(text=text) for text in (None, "", "Colone", "\ud800")),
]
OF_THE_CORPUS = {("mentions", "entity_id")}
"""columns that refer to rows of other documents"""


def mutations() -> Iterator[tuple[str, str, Any]]:
    """Yield table, column and value of every change of one value."""
    for name in make_document_rows("a"):
        for column in TABLES[name].columns:
            values = VALUES.get(str(column.type), [])
            if column.name == "content_spans":
                values = SPAN_VALUES
            elif column.name == "quantities":
                values = QUANTITY_VALUES
            if (name, column.name) not in OF_THE_CORPUS:
                yield from ((name, column.name, value) for value in values)


def is_storable(rows: Rows) -> bool:
    """Return True if Arrow can hold the rows, with nulls only where they are allowed and a valid partition in each."""
    try:
        for name, found in rows.items():
            to_arrow(found, TABLES[name])
    except (ContractError, UnicodeEncodeError, OverflowError):
        return False
    return all(MONTH_PATTERN.fullmatch(row[PARTITION_COLUMN]) for found in rows.values() for row in found)


def test_every_change_of_a_value_is_refused_where_verification_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents: dict[str, tuple[Rows, tuple[str, str, Any]]] = {}
    for number, mutation in enumerate(mutations()):
        table, column, value = mutation
        rows: Rows = make_document_rows(f"doc{number:04}")
        if column.endswith("_id") and isinstance(value, str) and (value, column) != ("Q1", "speaker_id"):
            # No other document has the same id, so that the row can be identified.
            value += f"-doc{number:04}"
        rows[table][0][column] = copy.deepcopy(value)
        if is_storable(rows):
            documents[f"doc{number:04}"] = rows, mutation
        else:
            assert broken_rules(rows), mutation
    store = Store(tmp_path)
    monkeypatch.setattr("warehouse.storage.writer.check_table_contract", lambda *_: None)
    monkeypatch.setattr("warehouse.maintenance.verification.MAX_ROWS_NAMED", 10**6)
    with store.open_writer() as writer:
        writer.publish(make_change([rows for rows, _ in documents.values()]))
    named = {key for problem in verify_tables(store.root) for row in problem.rows for key in DOC.findall(row)}
    assert len(documents) > 300
    for doc_id, (rows, mutation) in documents.items():
        assert bool(broken_rules(rows)) == (doc_id in named), mutation


def test_a_letter_or_digit_is_the_same_to_writer_and_verification() -> None:
    characters = [chr(i) for i in range(1, sys.maxunicode + 1) if not 0xD800 <= i <= 0xDFFF]
    table = pa.table({"character": characters})
    with duckdb.connect() as connection:
        connection.register("characters", table)
        pattern = f"SELECT regexp_matches(character, '{LETTER_OR_DIGIT}') FROM characters"
        found = [row[0] for row in connection.execute(pattern).fetchall()]
    differing = [c for c, told in zip(characters, found, strict=True) if told != c.isalnum()]
    # Characters that Unicode assigned recently are letters only to the newer of the two libraries.
    assert all(unicodedata.category(c) in ("Cn", "Lo") for c in differing)
    assert len(differing) < 6_000
    assert max(map(len, differing), default=1) == 1


@pytest.mark.parametrize("change_columns", ["lacks", "adds"])
@pytest.mark.parametrize("table", make_document_rows("a"))
def test_columns_that_are_not_declared_are_refused(table: str, change_columns: str) -> None:
    rows: Rows = make_document_rows("a")
    if change_columns == "lacks":
        del rows[table][0]["extractor_version"]
    else:
        rows[table][0]["colour"] = "red"
    (breach,) = find_breaches(rows)
    assert (breach.table, breach.rule) == (table, "the columns are those declared")


def test_sound_rows_break_no_rule() -> None:
    assert broken_rules(make_document_rows("a")) == set()
    assert broken_rules(make_document_rows("a", None)) == set()


def test_a_breach_names_the_row_and_what_was_found() -> None:
    rows = make_document_rows("a")
    rows["claims"][0]["speaker_id"] = "Q9"
    (breach,) = find_breaches(rows)
    assert str(breach) == "claims c-a: expected that speaker_id names a row that exists; found 'Q9'"
