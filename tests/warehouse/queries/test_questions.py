"""Every question runs; most are compared with the rows that the invented press must give."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.cli.query import QueryError, query, read_named_query
from warehouse.maintenance.verification import verify_tables
from warehouse.queries import load_questions, read_question_sql
from warehouse.queries.connection import connect_to_warehouse, run_select

THIRD, FIFTH = date(2026, 10, 3), date(2026, 10, 5)
CHARGE, TOLL = "Northia of shelling the harbour", "The toll road is safe"
FORMULA = "=1+1 was “never said” … 🛩️ never flew"
EXPECTED: dict[str, list[tuple[Any, ...]]] = {
    "most_contested": [
        ("Ada Brown", "accusation", CHARGE, THIRD, 2, 2, ["Carl Dorn", "Northia"], "c1"),
        ("Carl Dorn", "statement", FORMULA, THIRD, 1, 1, ["Carl Dorn"], "c4"),
    ],
    "most_denials": [("Carl Dorn", 2, 1, 0.5, 1), ("Northia", 1, 0, 0.0, 1)],
    "never_answered": [("Ada Brown", ["Northia"], "40 wounded were found", THIRD, "Gazette", "c2")],
    # Five outlets print it; one of them a copy.
    "widely_repeated": [("Ada Brown", TOLL, 4, 4, date(2026, 11, 1), date(2026, 11, 4))],
    "hedging_by_outlet": [("Gazette", 2, 1, 0, 0.5)],
    "who_speaks_for_whom": [("Carl Dorn", "Northia", ["spokesman"], 1, 1)],
    "who_accuses_whom": [("Ada Brown", "Northia", 2, 1, 1, 0.5, THIRD)],
    "denial_rate_by_month": [("2026-10", 2, 1, 0.5, 0, 0.0)],
    "denial_rate_by_country": [(None, "NO", 2, 1, 0.5)],
    "most_accused": [("Northia", "country", 2, 1, 1)],
    "days_to_answer": [("Carl Dorn", 2, 0.0, 0, 2), ("Northia", 1, 2.0, 2, 0)],
    "one_sided": [("Gazette", 1, 1, 0)],
    "unnamed_sources": [
        ("Courier", 4, 1, 0, 0.25), ("Gazette", 6, 0, 0, 0.0), ("Herald", 1, 0, 0, 0.0), ("Mail", 1, 0, 0, 0.0),
    ],
    "figures_in_dispute": [
        ("2026-10", "wounded", 2, 40.0, 90.0, [
            {"speaker": "Ada Brown", "figure": "40 wounded"}, {"speaker": "Officials", "figure": "90 wounded"},
        ]),
    ],
    "by_month": [("2026-10", 2, 4, 2, 4), ("2026-11", 5, 5, 0, 0)],
    "second_hand": [("Ada Brown", "accused", "Carl Dorn", "claim", "statement", FORMULA, "d1", "c4")],
    "unstated_claims": [(None, "counter", "it", FIFTH, "Courier", "n4")],
    "declined_to_comment": [("Carl Dorn", "said", FORMULA, "no comment", THIRD, "Gazette", "c4")],
    "places": [("Harbour", None, -12.5, 40.25, 1, 1)],
    "ways_of_denying": [
        ("explicit", 2, 0.5, 1, 2, 0.5), ("counter", 1, 0.25, 0, 0, 0.5), ("labelling", 1, 0.25, 0, 1, 0.25),
    ],
}  # fmt: skip


def test_the_invented_press_keeps_every_promise(press: Path) -> None:
    assert verify_tables(press) == []


def test_there_are_enough_questions_and_each_is_one() -> None:
    assert len(load_questions()) >= 15
    for name, question in load_questions().items():
        assert question.endswith("?"), name
        assert read_question_sql(name).startswith(f"-- {question}\n")


@pytest.mark.parametrize("name", load_questions())
def test_every_question_has_an_answer(name: str, press: Path) -> None:
    rows = run_select(connect_to_warehouse(press), read_question_sql(name)).fetchall()
    assert rows == EXPECTED.get(name, rows)
    assert rows


def test_what_is_answered_soon_and_what_is_read(press: Path) -> None:
    connection = connect_to_warehouse(press)
    soon = (
        run_select(connection, read_question_sql("answered_soon"))
        .project("denial_id, days_between")
        .fetchall()
    )
    assert soon == [("n1", 0), ("n2", 2)]
    read = dict(
        run_select(connection, read_question_sql("reading_decisions")).project("doc_id, decision").fetchall()
    )
    assert (read["g1"], read["t4"]) == ("stored, not extracted: not English", "extracted; a near-copy")
    assert run_select(connection, read_question_sql("check_first")).project("statement_id").fetchall()[0] == (
        "n3",
    )
    assert run_select(connection, read_question_sql("own_words_denied")).project("denial_id").fetchall() == [
        ("n3",)
    ]


def test_a_question_is_asked_by_name(press: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert query(name="most_denials", warehouse=str(press), format="csv") == 0
    assert capfdbinary.readouterr().out.splitlines()[1] == b"Carl Dorn,2,1,0.5,1"
    assert query(list=True) == 0
    assert b"most_denials\n    Who denies most" in capfdbinary.readouterr().out


def test_a_question_given_as_sql_is_refused_with_the_right_option(press: Path) -> None:
    with pytest.raises(QueryError, match="counterclaim query --name most_denials"):
        query("most_denials", warehouse=str(press))


def test_an_unknown_name_is_refused_with_similar_names() -> None:
    with pytest.raises(QueryError, match="Did you mean most_denials"):
        read_named_query("most_denial")
