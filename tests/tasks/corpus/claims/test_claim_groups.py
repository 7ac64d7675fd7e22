"""Groups of claims that state the same: what joins and what parts them, and that no order matters."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.corpus.claims.claim_groups import assign_medoids, group_claims, rank_claims
from tasks.corpus.claims.claim_pairs import WINDOW_DAYS, load_same_claim_rules
from tasks.corpus.claims.claim_propositions import read_propositions
from tasks.corpus.claims.claim_wording import read_wording
from tasks.corpus.claims.same_claim_graph import ClaimPairs
from tasks.seeds import read_seed_rows
from tests.sample_rows import Row, make_row
from warehouse.tables import CLAIM_GROUPS, CLAIMS, DOCUMENTS, check_table_contract, to_arrow

DAY = date(2026, 3, 10)
RULES = load_same_claim_rules()
UNNAMED = "ent_unnamed"
CHARGE = "the ferry company dumped toxic waste into the northern harbour"


def claim(key: str, doc: str, text: str, **given: Any) -> Row:
    said = {"speaker_id": "Q1", "cue_lemma": "say", "claim_type": "statement", "source_text": "Ada Brown"}
    spans = [{"start": 0, "end": len(text)}]
    return make_row(
        "claims", claim_id=key, doc_id=doc, content_text=text, content_spans=spans, **said | given
    )


def grouped(claims: list[Row], days: Mapping[str, date | None]) -> dict[str, set[str]]:
    """Return the members of each group by the id of the group."""
    found: dict[str, set[str]] = {}
    for row in group(claims, days).to_pylist():
        found.setdefault(row["group_id"], set()).add(row["claim_id"])
    return found


def group(claims: list[Row], days: Mapping[str, date | None]) -> pa.Table:
    documents = [make_row("documents", doc_id=doc, published_at=day) for doc, day in days.items()]
    return group_claims(to_arrow(claims, CLAIMS), to_arrow(documents, DOCUMENTS), frozenset([UNNAMED]), RULES)


def is_same(
    one: str, other: str, later: int = 1, first: Row | None = None, second: Row | None = None
) -> bool:
    """Return True if two claims of two articles are one group."""
    pair = [claim("c1", "a", one, **first or {}), claim("c2", "b", other, **second or {})]
    return len(grouped(pair, {"a": DAY, "b": DAY + timedelta(days=later)})) == 1


@pytest.mark.parametrize(
    "other",
    [
        CHARGE,
        "that the ferry company had dumped toxic waste into the northern harbour",
        "the ferry company dumped toxic waste in the northern harbour last year",
        "toxic waste was dumped into the northern harbour by the ferry company",
        "“The ferry company dumped toxic waste into the northern harbour,”",
        "the ferry company’s dumping of toxic waste into the northern harbour",
    ],
)
def test_the_same_claim_in_other_words(other: str) -> None:
    assert is_same(CHARGE, other)


@pytest.mark.parametrize(
    "other",
    [
        "the ferry company never dumped toxic waste into the northern harbour",
        "the ferry company didn’t dump toxic waste into the northern harbour",
        "the ferry company dumped toxic waste into the southern harbour",
        "the ferry company denied it had dumped toxic waste into the northern harbour",
        "the ferry company will pay a fine",
    ],
)
def test_another_claim_of_the_same_speaker(other: str) -> None:
    assert not is_same(CHARGE, other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("40 people were wounded in the harbour fire", "forty people were wounded in the harbour fire", True),
        ("40 people were wounded in the harbour fire", "90 people were wounded in the harbour fire", False),
        ("the dam cost 2 million euros in all", "the dam cost 2,000,000 euros in all", True),
        ("the dam cost 2 million euros in all", "the dam cost 2 billion euros in all", False),
        ("the dam cost 2.5 million euros in all", "the dam cost 2.6 million euros in all", False),
        ("prices of bread rose sharply in Lomen", "prices of bread fell sharply in Lomen", False),
        ("Northia attacked the fleet of Southia near Lomen", "Southia attacked the fleet of Northia near Lomen", False),
        ("Northia attacked the fleet of Southia", "the fleet of Southia was attacked by Northia", True),
    ],
)  # fmt: skip
def test_numbers_opposites_and_roles(one: str, other: str, same: bool) -> None:
    assert is_same(one, other) == same


@pytest.mark.parametrize(
    ("why", "first", "second", "same"),
    [
        ("another speaker", {}, {"speaker_id": "Q2"}, False),
        ("one speaks for the other", {"speaker_affiliation_id": "Q2"}, {"speaker_id": "Q2"}, True),
        ("both speak for one", {"speaker_id": "Q3", "speaker_affiliation_id": "Q2"},
         {"speaker_id": "Q4", "speaker_affiliation_id": "Q2"}, True),
        ("several speak", {"speaker_ids": ["Q1", "Q5"]}, {"speaker_id": "Q5"}, True),
        ("a question", {}, {"claim_type": "question"}, False),
        ("the cue is negated", {}, {"negated": True}, False),
        ("no comment", {}, {"no_comment": True}, False),
        ("other accused", {"claim_type": "accusation", "target_ids": ["Q7"]},
         {"claim_type": "accusation", "target_ids": ["Q8"]}, False),
        ("accused without a name", {"claim_type": "accusation", "target_ids": ["Q7"]},
         {"claim_type": "accusation", "target_ids": [UNNAMED]}, True),
        ("other event", {"event_start": DAY, "event_end": DAY},
         {"event_start": DAY - timedelta(days=3), "event_end": DAY - timedelta(days=3)}, False),
        ("event within", {"event_start": DAY, "event_end": DAY},
         {"event_start": DAY - timedelta(days=30), "event_end": DAY}, True),
    ],
)  # fmt: skip
def test_speakers_accused_and_events(why: str, first: Row, second: Row, same: bool) -> None:
    assert is_same(CHARGE, CHARGE, 1, first, second) == same, why


def test_a_speaker_without_a_name_repeats_only_in_nearly_equal_words() -> None:
    unnamed = {"speaker_id": UNNAMED, "source_text": "residents"}
    assert is_same(CHARGE, CHARGE, 1, unnamed, unnamed)
    assert is_same(CHARGE, CHARGE, 1, {}, unnamed)
    assert not is_same(CHARGE, "the company dumped waste into the lake", 1, unnamed, unnamed)


def test_claims_far_apart_in_time_are_not_compared() -> None:
    assert is_same(CHARGE, CHARGE, WINDOW_DAYS)
    assert not is_same(CHARGE, CHARGE, WINDOW_DAYS + 1)


def test_undated_claims_are_compared_with_each_other_only() -> None:
    rows = [claim(f"c{i}", doc, CHARGE) for i, doc in enumerate("abc")]
    assert list(grouped(rows, {"a": None, "b": None, "c": DAY}).values()) == [{"c0", "c1"}]


def test_nested_claims_of_one_article_are_two() -> None:
    nested = claim("c2", "a", CHARGE) | {"content_spans": [{"start": 4, "end": 30}]}
    assert grouped([claim("c1", "a", f"that {CHARGE}"), nested], {"a": DAY}) == {}
    apart = nested | {"content_spans": [{"start": 400, "end": 460}]}
    assert len(grouped([claim("c1", "a", f"that {CHARGE}"), apart], {"a": DAY})) == 1


def test_a_group_does_not_chain() -> None:
    """Each text shares enough words with the next, the first and the last none."""
    words = [f"{one}{other}tion" for one in "bcdfg" for other in "klmnp"]
    texts = [" ".join(words[i : i + 8]) for i in range(18)]
    rows = [claim(f"c{i}", f"d{i}", text) for i, text in enumerate(texts)]
    days = {f"d{i}": DAY for i in range(18)}
    documents = to_arrow([make_row("documents", doc_id=d, published_at=DAY) for d in days], DOCUMENTS)
    propositions = read_propositions(to_arrow(rows, CLAIMS), documents, frozenset(), RULES.words)
    stems = {p.key: p.wording.stems for p in propositions}
    for row in group(rows, days).to_pylist():
        assert len(stems[row["claim_id"]] & stems[row["medoid_id"]]) >= 4
    assert len(grouped(rows, days)) > 1


def test_equal_ranks_are_decided_by_day_then_id() -> None:
    rows = [claim("c9", "a", CHARGE), claim("c1", "b", CHARGE), claim("c5", "c", CHARGE)]
    table = group(rows, {"a": DAY - timedelta(days=1), "b": DAY, "c": DAY})
    assert set(table["medoid_id"].to_pylist()) == {"c9"}
    methods = {row["claim_id"]: (row["method"], row["score"]) for row in table.to_pylist()}
    assert methods["c9"] == ("medoid", 1.0)
    assert methods["c1"][0] == methods["c5"][0] == "similar"
    assert 0.7 <= methods["c1"][1] < 1


def test_the_rows_fit_their_table_and_name_the_document_of_their_claim() -> None:
    rows = [
        claim("c1", "a", CHARGE, published_month="2026-03"),
        claim("c2", "b", CHARGE, published_month="2026-03"),
    ]
    table = group(rows, {"a": DAY, "b": DAY})
    check_table_contract(table, CLAIM_GROUPS)
    assert {(row["claim_id"], row["doc_id"], row["method"]) for row in table.to_pylist()} == {
        ("c1", "a", "medoid"), ("c2", "b", "equal"),
    }  # fmt: skip


def synthetic(n: int, chance: random.Random) -> tuple[list[Row], dict[str, date | None]]:
    """Return claims of n documents within 120 days, many of which nearly repeat others."""
    words = [
        f"{stem}{end}" for stem in ("dump", "burn", "sink", "spill", "trad") for end in ("ed", "er", "ing")
    ]
    words += [f"place{chr(97 + i)}" for i in range(6)]
    rows, days = [], {}
    for i in range(n):
        days[f"d{i}"] = None if chance.random() < 0.1 else DAY + timedelta(days=chance.randrange(120))
        for k in range(2):
            text = " ".join(chance.sample(words[:8] if chance.random() < 0.6 else words, 5))
            speaker = chance.choice(["Q1", "Q1", "Q2", UNNAMED])
            rows.append(claim(f"c{i:02}-{k}", f"d{i}", text, speaker_id=speaker) | {
                "content_spans": [{"start": 100 * k, "end": 100 * k + 50}]
            })  # fmt: skip
    return rows, days


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_claims_and_documents_does_not_matter(seed: int) -> None:
    rows, days = synthetic(40, random.Random(seed % 7))
    once = group(rows, days)
    assert once.num_rows
    shuffler = random.Random(seed)
    shuffler.shuffle(rows)
    assert group(rows, dict(shuffler.sample([*days.items()], len(days)))).equals(once)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 5), gone=st.integers(0, 39))
def test_a_removed_document_changes_only_groups_within_reach(seed: int, gone: int) -> None:
    rows, days = synthetic(40, random.Random(seed))
    once = group(rows, days).to_pylist()
    left = [row for row in rows if row["doc_id"] != f"d{gone}"]
    after = group(left, {doc: day for doc, day in days.items() if doc != f"d{gone}"}).to_pylist()
    day = days[f"d{gone}"]

    def far(found: list[Row]) -> list[Row]:
        return [row for row in found if _is_far(days[row["doc_id"]], day)]

    assert far(after) == far(once)


def _is_far(day: date | None, other: date | None) -> bool:
    if day is None or other is None:
        return (day is None) != (other is None)
    # Four pairs: from the claim that is gone to the medoid of a claim three pairs from it.
    return abs((day - other).days) > 4 * WINDOW_DAYS


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(1, 12),
    pairs=st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30),
    chance=st.randoms(use_true_random=False),
)
def test_every_member_is_a_pair_with_its_medoid(
    n: int, pairs: set[tuple[int, int]], chance: random.Random
) -> None:
    scores = {
        frozenset(pair): 0.7 + 0.01 * sum(pair) for pair in pairs if len({*pair}) == 2 and max(pair) < n
    }
    members, near = ([pair[k] for edge in scores for pair in permutations(edge)] for k in (0, 1))
    found = ClaimPairs(
        np.array(members, int), np.array(near, int), np.array([s for s in scores.values() for _ in (0, 1)])
    )
    keys = [f"c{i:02}" for i in range(n)]
    medoids = assign_medoids(rank_claims(keys, [DAY] * n, found), found).tolist()
    neighbours = {*zip(members, near, strict=True)}
    for member, medoid in enumerate(medoids):
        if medoid >= 0:
            assert medoids[medoid] == medoid
            assert member == medoid or (member, medoid) in neighbours
    order = chance.sample(range(len(members)), len(members))
    shuffled = ClaimPairs(found.members[order], found.neighbours[order], found.scores[order])
    assert assign_medoids(rank_claims(keys, [DAY] * n, shuffled), shuffled).tolist() == medoids
    # The first claim in rank of those that are joined by pairs is a medoid.
    assert all(medoids[i] == i for i in range(n) if i not in members)


@pytest.mark.parametrize(("limit", "sizes"), [(1000, [40]), (12, [10, 10, 10, 10])])
def test_of_very_many_claims_those_with_one_beginning_are_compared(
    limit: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.corpus.claims.claim_index.MAX_CLAIMS_PER_KEY", limit)
    begun = ("and so then", "but he then", "while she was", "though it was")
    rows = [claim(f"c{i:02}", f"d{i:02}", f"{begun[i % 4]} {CHARGE}") for i in range(40)]
    first = date.fromordinal(DAY.toordinal() // WINDOW_DAYS * WINDOW_DAYS)
    days: dict[str, date | None] = {f"d{i:02}": first + timedelta(days=i // 4) for i in range(40)}
    assert [len(found) for found in grouped(rows, days).values()] == sizes


@pytest.mark.parametrize(
    "row", [pytest.param(r, id=r["word"]) for r in read_seed_rows("claims/negations.csv")]
)
def test_negations_negate_their_example(row: dict[str, str]) -> None:
    words = read_wording(row["example"], RULES.words).words
    assert row["word"] in words


def test_negation_is_counted_by_parity() -> None:
    assert not read_wording("the road is open", RULES.words).is_negative
    assert read_wording("the road isn’t open", RULES.words).is_negative
    assert not read_wording("nobody refused to pay", RULES.words).is_negative


@pytest.mark.parametrize("row", [
    pytest.param(r, id=f"{r['word']}-{r['opposite']}") for r in read_seed_rows("claims/opposites.csv")
])  # fmt: skip
def test_opposites_part_two_claims(row: dict[str, str]) -> None:
    words = row["example"].rstrip(".").split()
    assert row["word"] in [word.lower() for word in words]
    swapped = [row["opposite"] if word.lower() == row["word"] else word for word in words]
    one, other = (
        f"{' '.join(text)} in the harbour district of Lomen this spring" for text in (words, swapped)
    )
    assert is_same(one, one)
    assert not is_same(one, other)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("forty people and 3.5 million euros", {40.0, 3_500_000.0}),
        ("two hundred of 1,200", {200.0, 1200.0}),
        ("one of them", set()),
        ("in 2014.", {2014.0}),
    ],
)
def test_numbers(text: str, numbers: set[float]) -> None:
    assert read_wording(text, RULES.words).numbers == numbers
