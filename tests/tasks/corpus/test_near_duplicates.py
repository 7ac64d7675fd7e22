"""Near-duplicates are found from a similarity of about 0.7 on, independent of their order."""

import random
import subprocess
import sys
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.corpus.key_lists import find_holders
from tasks.corpus.near_duplicates import find_earliest_duplicates
from tasks.document.minhash import MIN_WORDS, compute_near_keys

WORDS = [f"word{n}" for n in range(2000)]


def article(seed: int, length: int = 400) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


def share_a_key(one: str, other: str) -> bool:
    return bool(set(compute_near_keys(one)) & set(compute_near_keys(other)))


def test_case_and_punctuation_do_not_matter() -> None:
    text = " ".join(article(1))
    assert compute_near_keys(text) == compute_near_keys(text.upper().replace(" ", ", ") + ".\n")


def test_keys_are_24_signed_64_bit_numbers() -> None:
    keys = compute_near_keys(" ".join(article(2)))
    assert len(set(keys)) == 24
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert min(keys) < 0 < max(keys)


@pytest.mark.parametrize(("words", "n_keys"), [(0, 0), (MIN_WORDS - 1, 0), (MIN_WORDS, 24)])
def test_short_texts_have_no_keys(words: int, n_keys: int) -> None:
    assert len(compute_near_keys(" ".join(WORDS[:words]))) == n_keys


def test_keys_are_the_same_in_every_process() -> None:
    text = " ".join(article(3))
    code = f"from tasks.document.minhash import compute_near_keys; print(compute_near_keys({text!r}))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(compute_near_keys(text))


def test_keys_do_not_change_between_versions() -> None:
    assert compute_near_keys(" ".join(WORDS[:40]))[:2] == [876322567480382539, 7030988282961240416]


def pair(seed: int, jaccard: float) -> tuple[str, str]:
    """Return two texts whose sets of five-word shingles have about this Jaccard similarity."""
    length, common = 400, round(400 * 2 * jaccard / (1 + jaccard))
    start = article(seed, common)
    return tuple(" ".join(start + article(seed * 1000 + n, length - common)) for n in (1, 2))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("jaccard", "low", "high"),
    [(0.3, 0.0, 0.02), (0.5, 0.0, 0.1), (0.7, 0.3, 0.7), (0.8, 0.85, 1), (0.9, 0.99, 1)],
)
def test_found_from_about_seven_tenths_on(jaccard: float, low: float, high: float) -> None:
    found = sum(share_a_key(*pair(seed, jaccard)) for seed in range(200)) / 200
    assert low <= found <= high


def test_a_long_text_is_hashed_in_little_memory() -> None:
    assert len(compute_near_keys("a b c d e f g h i j k l m n o p q r s t " * 100_000)) == 24


ROW = st.tuples(
    st.sampled_from([f"doc_{n}" for n in range(12)]),
    st.lists(st.integers(0, 8), max_size=3),
    st.one_of(st.none(), st.dates(date(2024, 1, 1), date(2024, 1, 4))),
)
ROWS = st.lists(ROW, max_size=12, unique_by=lambda row: row[0])


@settings(deadline=None, max_examples=200)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows: list, rng: random.Random) -> None:  # type: ignore[type-arg]
    expected = find_earliest_duplicates(rows)
    rng.shuffle(rows)
    assert find_earliest_duplicates(iter(rows)) == expected


@settings(deadline=None, max_examples=200)
@given(ROWS)
def test_groups_are_the_connected_ones_led_by_their_earliest(rows: list) -> None:  # type: ignore[type-arg]
    marked = find_earliest_duplicates(rows)
    group = {row[0]: {row[0]} for row in rows}
    for _ in rows:
        for one in rows:
            for other in rows:
                if set(one[1]) & set(other[1]):
                    group[one[0]] = group[other[0]] = group[one[0]] | group[other[0]]
                    for member in group[one[0]]:
                        group[member] = group[one[0]]
    day = {doc_id: published_at for doc_id, _, published_at in rows}
    for doc_id, members in group.items():
        first = min(members, key=lambda m: (day[m] is None, day[m] or date.max, m))
        assert marked[doc_id] == (None if first == doc_id else first)


@settings(deadline=None, max_examples=200)
@given(ROWS, st.sets(st.integers(0, 8), max_size=3), st.integers(0, 4))
def test_the_holders_of_keys_are_found_in_any_part_of_a_column(
    rows: list[tuple[str, list[int], date | None]], keys: set[int], start: int
) -> None:
    near = pa.array([row[1] for row in rows], pa.list_(pa.int64())).slice(start)
    found = find_holders(near, pa.array(sorted(keys), pa.int64()))
    assert found.to_pylist() == [bool(set(row[1]) & keys) for row in rows[start:]]


def test_the_dated_come_before_the_undated_and_the_early_before_the_late() -> None:
    rows = [
        ("doc_a", [1], None),
        ("doc_b", [1, 2], date(2024, 1, 2)),
        ("doc_c", [2], date(2024, 1, 1)),
        ("doc_d", [], None),
    ]
    assert find_earliest_duplicates(rows) == {
        "doc_a": "doc_c",
        "doc_b": "doc_c",
        "doc_c": None,
        "doc_d": None,
    }
