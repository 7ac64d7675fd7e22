"""Links across documents by entity, words and time, independent of the order of the rows."""

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.corpus.cross_document_links import link_across_documents, load_cross_link_rules
from warehouse.tables import CLAIMS, DENIAL_LINKS, DENIALS, DOCUMENTS, Table, to_arrow

DAY = date(2026, 3, 10)
RULES = load_cross_link_rules()

Row = dict[str, Any]


def blank(table: Table, **given: object) -> Row:
    """Return a row of a table with the given values, and defaults for the other columns."""
    row: Row = {}
    for column in table.columns:
        if column.nullable:
            row[column.name] = None
        elif pa.types.is_list(column.type):
            row[column.name] = []
        elif pa.types.is_boolean(column.type):
            row[column.name] = False
        else:
            row[column.name] = "x" if pa.types.is_string(column.type) else 0
    return row | given


def document(doc: str, day: date | None = DAY) -> Row:
    return blank(DOCUMENTS, doc_id=doc, published_at=day)


def claim(name: str, doc: str, text: str, speaker: str = "Accuser", target: str = "Firm") -> Row:
    targets = [target]
    return blank(
        CLAIMS, claim_id=name, doc_id=doc, content_text=text, speaker_id=speaker, target_ids=targets,
        claim_type="accusation",
    )  # fmt: skip


def denial(name: str, doc: str, text: str, speaker: str = "Firm") -> Row:
    return blank(DENIALS, denial_id=name, doc_id=doc, content_text=text, speaker_id=speaker)


def linked(
    claims: list[Row],
    denials: list[Row],
    documents: list[Row],
    links: list[Row] | None = None,
    window_days: int = RULES.window_days,
) -> list[Row]:
    tables = (
        to_arrow(claims, CLAIMS), to_arrow(denials, DENIALS), to_arrow(documents, DOCUMENTS),
        to_arrow(links or [], DENIAL_LINKS),
    )  # fmt: skip
    found: list[Row] = link_across_documents(*tables, replace(RULES, window_days=window_days)).to_pylist()
    return found


CLAIMED = claim("c1", "a", "the firm dumped toxic waste in the river")
DENIED = denial("d1", "b", "dumping any waste in the river")


def test_a_denial_finds_its_claim_in_another_document() -> None:
    (link,) = linked([CLAIMED], [DENIED], [document("a"), document("b", DAY + timedelta(days=2))])
    assert (link["denial_id"], link["claim_id"], link["rank"], link["same_document"]) == (
        "d1",
        "c1",
        1,
        False,
    )
    assert link["score"] > 0.5
    assert link["method"] == "across:accusing+names_denier+overlap"


@pytest.mark.parametrize(
    ("why", "claims", "documents"),
    [
        ("same document", [CLAIMED | {"doc_id": "b"}], [document("b")]),
        ("same speaker", [CLAIMED | {"speaker_id": "Firm"}], [document("a"), document("b")]),
        ("too far in time", [CLAIMED], [document("a", DAY - timedelta(days=31)), document("b")]),
        ("no date", [CLAIMED], [document("a", None), document("b")]),
        ("about others", [CLAIMED | {"target_ids": ["Other"]}], [document("a"), document("b")]),
        ("published later", [CLAIMED], [document("a", DAY + timedelta(days=2)), document("b")]),
        (
            "one word in common",
            [CLAIMED | {"content_text": "the firm left its waste at the gate"}],
            [document("a"), document("b")],
        ),
        (
            "only names in common",
            [CLAIMED | {"content_text": "Dumping Any Waste In The River"}],
            [document("a"), document("b")],
        ),
        (
            "other words",
            [CLAIMED | {"content_text": "the firm bribed a judge"}],
            [document("a"), document("b")],
        ),
    ],
)
def test_no_link(why: str, claims: list[Row], documents: list[Row]) -> None:
    (row,) = linked(claims, [DENIED], documents)
    assert (row["claim_id"], row["score"], row["method"]) == (None, 0.0, "implicit"), why
    assert (row["implicit_claim_text"], row["same_document"]) == (DENIED["content_text"], True)


def test_the_same_passage_printed_twice_is_no_answer() -> None:
    passage = "the claim that the northern bridge was closed after somebody had stolen seven heavy steel bolts is false"
    documents = [document("a"), document("b")]
    (row,) = linked([claim("c1", "a", passage)], [denial("d1", "b", passage)], documents)
    assert row["claim_id"] is None


def test_a_wider_window_reaches_farther() -> None:
    documents = [document("a", DAY - timedelta(days=31)), document("b")]
    assert linked([CLAIMED], [DENIED], documents, window_days=60)


def test_links_of_both_kinds_are_ranked_together_and_the_empty_one_goes() -> None:
    implicit = blank(
        DENIAL_LINKS, denial_id="d1", doc_id="b", rank=1, score=0.8, method="implicit", same_document=True,
        implicit_claim_text="dumping any waste in the river",
    )  # fmt: skip
    documents = [document("a"), document("b")]
    assert [r["claim_id"] for r in linked([CLAIMED], [DENIED], documents, [implicit])] == ["c1"]
    assert [r["claim_id"] for r in linked([], [DENIED], documents, [implicit])] == [None]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_arrival_does_not_matter(seed: int) -> None:
    claims, denials, documents = synthetic(60, random.Random(1))
    once = linked(claims, denials, documents)
    shuffler = random.Random(seed)
    for rows in (claims, denials, documents):
        shuffler.shuffle(rows)
    assert linked(claims, denials, documents) == once
    assert any(row["claim_id"] for row in once)


@settings(max_examples=25, deadline=None)
@given(gone=st.sets(st.integers(0, 39), max_size=39))
def test_removing_documents_leaves_what_a_fresh_run_gives(gone: set[int]) -> None:
    claims, denials, documents = synthetic(40, random.Random(3))
    within = [
        blank(
            DENIAL_LINKS, denial_id=f"d{i}", doc_id=f"doc{i}", rank=1, claim_id=f"c{i}", score=0.6, method="rare",
            same_document=True,
        )
        for i in range(0, 40, 3)
    ]  # fmt: skip
    within += [
        blank(
            DENIAL_LINKS, denial_id=f"d{i}", doc_id=f"doc{i}", rank=1, method="implicit", same_document=True
        )
        | {"implicit_claim_text": next(d["content_text"] for d in denials if d["denial_id"] == f"d{i}")}
        for i in range(1, 40, 3)
    ]
    names = {f"doc{i}" for i in gone}
    kept = [
        [row for row in rows if row["doc_id"] not in names] for rows in (claims, denials, documents, within)
    ]
    stored = [row for row in linked(claims, denials, documents, within) if row["doc_id"] not in names]
    assert linked(kept[0], kept[1], kept[2], stored) == linked(kept[0], kept[1], kept[2], kept[3])


@settings(max_examples=25, deadline=None)
@given(day=st.integers(0, 3000))
def test_a_document_far_away_in_time_changes_no_link(day: int) -> None:
    claims, denials, documents = synthetic(30, random.Random(2))
    once = linked(claims, denials, documents)
    far = DAY + timedelta(days=1000 + day)
    assert linked([*claims, CLAIMED | {"doc_id": "far"}], denials, [*documents, document("far", far)]) == once


def synthetic(n: int, chance: random.Random) -> tuple[list[Row], list[Row], list[Row]]:
    """Return rows of n documents within 60 days, each with a claim against a firm and a denial by it."""
    words = ["waste", "river", "bribe", "judge", "spill", "toxic", "fraud", "miner", "price", "cartel"]
    claims, denials, documents = [], [], []
    for i in range(n):
        firm, day = f"Firm{chance.randrange(max(n // 20, 2))}", DAY + timedelta(days=chance.randrange(60))
        text = " ".join(chance.sample(words, 4))
        documents.append(document(f"doc{i}", day))
        claims.append(claim(f"c{i}", f"doc{i}", text, target=firm))
        denials.append(denial(f"d{i}", f"doc{i}", " ".join(chance.sample(words, 3)), speaker=firm))
    return claims, denials, documents
