"""The writer refuses a document's rows exactly where verification finds fault with them."""

import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rows import TEXT, change, document_rows
from warehouse.contract import find_breaches
from warehouse.store import Store
from warehouse.verify import verify

Rows = dict[str, list[dict[str, Any]]]


def quantity(**given: Any) -> list[dict[str, Any]]:
    sound = {"start": 0, "end": 7, "low": 1.0, "high": 1.0, "unit": None, "text": TEXT[:7]}
    return [sound | given]


EDITS: list[tuple[str, dict[str, Any]]] = [
    ("documents", {"n_chars": len(TEXT) + 1}),
    ("documents", {"published_at": date(2026, 10, 31)}),
    ("documents", {"published_at": None}),
    ("mentions", {"text": "Colonel  Haftar"}),
    ("mentions", {"start": -1}),
    ("mentions", {"end": len(TEXT) + 9}),
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
    ("claims", {"content_spans": [{"start": 0, "end": 999}], "content_text": TEXT}),
    ("claims", {"content_spans": [{"start": 4, "end": 4}], "content_text": ""}),
    ("claims", {"content_spans": [{"start": 28, "end": 30}], "content_text": TEXT[28:30]}),
    ("claims", {"content_spans": [{"start": 7, "end": 8}], "content_text": " "}),
    ("claims", {"speaker_id": "Q9"}),
    ("claims", {"speaker_ids": ["Q1", "Q9"]}),
    ("claims", {"target_ids": ["Q9"]}),
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
    rows: Rows = document_rows("a")
    for table, values in edits:
        rows[table][0].update(values)
    if twice:
        put_twice(twice)(rows)
    store = Store(tmp_path_factory.mktemp("contract"))
    with pytest.MonkeyPatch.context() as patch, store.writing() as writer:
        patch.setattr("warehouse.store.check", lambda *_: None)
        writer.publish(change([rows]))
    found = verify(store.root)
    refused = broken_rules(rows)
    assert bool(refused) == bool(found), (refused, found)
    assert {table for table, _ in refused} == {problem.table for problem in found}


def test_each_rule_is_named_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents: list[Rows] = []
    for number, (table, values) in enumerate(EDITS):
        documents.append(document_rows(f"a{number:02}"))
        documents[-1][table][0].update(values)
    store = Store(tmp_path)
    monkeypatch.setattr("warehouse.store.check", lambda *_: None)
    with store.writing() as writer:
        writer.publish(change(documents))
    checks = {(problem.table, problem.check) for problem in verify(store.root)}
    rules = {rule for rows in documents for rule in broken_rules(rows)}
    assert {table for table, _ in rules} == {table for table, _ in checks}
    for table, rule in rules:
        assert any(name == table and check.startswith(rule) for name, check in checks), (rule, checks)
    for table, check in checks:
        assert any(name == table and check.startswith(rule) for name, rule in rules), (check, rules)


def test_sound_rows_break_no_rule() -> None:
    assert broken_rules(document_rows("a")) == set()
    assert broken_rules(document_rows("a", None)) == set()


def test_a_breach_names_the_row_and_what_was_found() -> None:
    rows = document_rows("a")
    rows["claims"][0]["speaker_id"] = "Q9"
    (breach,) = find_breaches(rows)
    assert str(breach) == "claims c-a: expected that speaker_id names a row that exists; found 'Q9'"
