"""The views of denials: what each shows of an accusation, its denial and a refusal to comment."""

from datetime import date
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from tests.sample_rows import make_change, make_document_rows, make_row
from warehouse.queries import read_question_sql
from warehouse.queries.connection import connect_to_warehouse, run_select
from warehouse.storage.store import Store


@pytest.fixture
def connection(tmp_path: Path) -> DuckDBPyConnection:
    rows = make_document_rows("a")
    rows["claims"][0] |= {"claim_type": "accusation"}
    silent = rows["claims"][0] | {"claim_id": "silent", "claim_type": "statement", "no_comment": True}
    rows["claims"].append(silent)
    rows["denial_links"] = [
        make_row(
            "denial_links",
            denial_id="d-a",
            claim_id="c-a",
            rank=1,
            score=0.9,
            doc_id="a",
            published_month="2026-11",
            extractor_version="1",
            same_document=True,
        )
    ]
    store = Store(tmp_path / "data")
    with store.open_writer() as writer:
        writer.publish(make_change([rows]))
    return connect_to_warehouse(store.root)


LINKS_AND_WORDS: tuple[tuple[dict[str, object], str | None], ...] = (
    ({"score": 0.9}, "answers"),
    ({"score": 0.9, "same_document": False}, "probably answers"),
    ({"score": 0.745}, "answers"),
    ({"score": 0.74}, "probably answers"),
    ({"score": 0.45}, "probably answers"),
    ({"score": 0.44}, "may answer"),
    ({"score": 0.0}, "may answer"),
    ({"score": 0.9, "rank": 2}, "may answer"),
    ({"score": 0.9, "claim_id": None}, None),
)


def test_only_a_link_that_at_least_probably_answers_makes_a_claim_contested(tmp_path: Path) -> None:
    rows = make_document_rows("a")
    claim, denial = rows["claims"][0] | {"claim_type": "accusation"}, rows["denials"][0]
    where = {name: claim[name] for name in ("doc_id", "published_month", "extractor_version")}
    numbers = range(len(LINKS_AND_WORDS))
    rows["claims"] = [claim | {"claim_id": f"c{i}"} for i in numbers]
    rows["denials"] = [denial | {"denial_id": f"d{i}"} for i in numbers]
    rows["denial_links"] = [
        make_row(
            "denial_links",
            **where | {"denial_id": f"d{i}", "claim_id": f"c{i}", "rank": 1, "same_document": True} | link,
        )
        for i, (link, _) in enumerate(LINKS_AND_WORDS)
    ]
    store = Store(tmp_path / "data")
    with store.open_writer() as writer:
        writer.publish(make_change([rows]))
    connection = connect_to_warehouse(store.root)
    words = connection.sql("SELECT denial_id, link_word FROM worded_links ORDER BY 1").fetchall()
    assert words == [(f"d{i}", word) for i, (_, word) in enumerate(LINKS_AND_WORDS)]
    for view, found in (("contested", range(5)), ("perhaps_contested", range(5, 8))):
        claims = connection.sql(f"SELECT claim_id FROM {view} ORDER BY 1").fetchall()
        assert claims == [(f"c{i}",) for i in found], view
    rates = connection.sql("SELECT accusations, denied, perhaps_denied FROM denial_rate").fetchall()
    assert rates == [(9, 5, 3)]


def test_an_accusation_counts_in_the_month_in_which_it_is_first_made(tmp_path: Path) -> None:
    """Claim a is repeated in a later month, d in an article without a date; c has two targets."""
    october, november, december = (date(2026, month, 1) for month in (10, 11, 12))
    days = {"a": october, "b": november, "c": november, "d": december, "e": None, "f": None}
    documents = {doc: make_document_rows(doc, day) for doc, day in days.items()}
    for rows in documents.values():
        rows["claims"][0] |= {"claim_type": "accusation"}
    documents["c"]["claims"][0] |= {"target_ids": ["Q1", "Q2"]}
    for doc, same in (("b", "a"), ("e", "d")):
        documents[doc]["claim_groups"][0] |= {"group_id": f"g-{same}", "medoid_id": f"c-{same}"}
    for doc in "bef":
        documents[doc]["denial_links"].clear()
    store = Store(tmp_path / "data")
    with store.open_writer() as writer:
        writer.publish(make_change([*documents.values()]))
    connection = connect_to_warehouse(store.root)
    counted = [("2026-10", 1, 1), ("2026-11", 1, 1), ("2026-12", 1, 1), ("unknown", 1, 0)]
    columns = "month, accusations, denied"
    of_target = connection.sql(f"SELECT {columns} FROM denial_rate WHERE target_id = 'Q1' ORDER BY month")
    assert of_target.fetchall() == counted
    by_month = run_select(connection, read_question_sql("denial_rate_by_month"))
    assert by_month.project(columns).fetchall() == counted


@pytest.mark.parametrize(
    ("view", "columns", "expected"),
    [
        (
            "contested",
            "claim_id, denial_id, claimant, rank, same_document",
            [("c-a", "d-a", "Haftar", 1, True)],
        ),
        (
            "exchanges",
            "accuser, accused, days_between, claim_id, denial_id",
            [("Haftar", "Haftar", 0, "c-a", "d-a")],
        ),
        (
            "denial_rate",
            "speaker, target, month, accusations, denied, denial_rate",
            [("Haftar", "Haftar", "2026-11", 1, 1, 1.0)],
        ),
        ("no_comment", "speaker, claim_id, no_comment", [("Haftar", "silent", True)]),
    ],
)
def test_view(
    view: str, columns: str, expected: list[tuple[object, ...]], connection: DuckDBPyConnection
) -> None:
    assert connection.sql(f"SELECT {columns} FROM {view}").fetchall() == expected
