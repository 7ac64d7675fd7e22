"""The plan of a run, by cases and as properties: what is stored is a function of what the sources hold."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.pipeline.intake_plan import (
    IntakePlan,
    Readings,
    SourceReading,
    SpoolEntry,
    StoredDocument,
    plan_intake,
)
from flows.pipeline.stored_documents import StoredDocuments
from tests.flows.pipeline.sample_readings import make_readings

NOW, OLD = "2", "1"
A1, B1 = SourceReading("a", "sha1", "doc_1"), SourceReading("b", "sha2", "doc_1")
A2 = SourceReading("a", "sha3", "doc_2")


def plan(
    readings: Iterable[SourceReading], stored: Iterable[StoredDocument], version: str = NOW
) -> IntakePlan:
    """Return the plan for records."""
    return plan_intake(make_readings(readings), StoredDocuments.from_records(stored).rows, version)


def list_stored(found: IntakePlan, readings: Sequence[SourceReading]) -> list[SourceReading]:
    """Return the readings that a plan stores, sorted."""
    return sorted(readings[place] for place in found.to_store.to_pylist())


def known(reading: SourceReading, version: str = NOW) -> StoredDocument:
    return StoredDocument(*reading, version)


@pytest.mark.parametrize(
    ("readings", "stored", "new", "changed", "removed", "unchanged", "duplicate"),
    [
        pytest.param([A1], [], [A1], [], [], 0, 0, id="new"),
        pytest.param([A1], [known(A1)], [], [], [], 1, 0, id="unchanged"),
        pytest.param([], [known(A1)], [], [], [], 0, 0, id="not read"),
        pytest.param([B1, A1], [], [A1], [], [], 0, 1, id="two sources, the smaller holds it"),
        pytest.param([A1, B1], [known(A1)], [], [], [], 1, 1, id="again, with its duplicate"),
        pytest.param([B1], [known(A1)], [], [], [], 0, 1, id="duplicate of a stored one"),
        pytest.param([A1], [known(B1)], [], [A1], [], 0, 0, id="found under a smaller source"),
        pytest.param(
            [A1._replace(content_sha256="new")], [known(A1)], [], ["new"], [], 0, 0, id="new metadata"
        ),
        pytest.param([A1], [known(A1, OLD)], [], [A1], [], 0, 0, id="new extractor"),
        pytest.param([B1], [known(A1, OLD)], [], [B1], [], 0, 0, id="new extractor, other source"),
        pytest.param([A2], [known(A1)], [A2], [], ["doc_1"], 0, 0, id="source holds another text"),
        pytest.param(
            [A2, B1], [known(A1)], [A2], [B1], [], 0, 0, id="but another source still holds the old"
        ),
        pytest.param([A1, A2], [known(A1), known(A2)], [], [], [], 2, 0, id="one id on two lines"),
        pytest.param([A1, A1], [], [A1], [], [], 0, 1, id="one line twice"),
        pytest.param([A1, A1], [known(A1)], [], [], [], 1, 1, id="one line twice, again"),
    ],
)
def test_cases(readings, stored, new, changed, removed, unchanged, duplicate) -> None:  # type: ignore[no-untyped-def]
    found = plan(readings, stored)
    before = {row.doc_id for row in stored}
    chosen = list_stored(found, readings)
    assert [r for r in chosen if r.doc_id not in before] == new
    assert [
        r if isinstance(c, SourceReading) else r.content_sha256
        for r, c in zip([r for r in chosen if r.doc_id in before], changed, strict=True)
    ] == changed
    assert (sorted(found.removed), found.unchanged, found.duplicate) == (removed, unchanged, duplicate)


def test_only_what_this_extractor_made_is_skipped_unread() -> None:
    assert StoredDocuments.from_records([known(A1), known(B1, OLD)]).find_unchanged(NOW) == {
        ("a", "sha1"): "doc_1"
    }


World = dict[str, tuple[str, str]]
"""what each source holds: (content_sha256, doc_id)"""
PAYLOADS = [(f"sha_{n}", f"doc_{n % 4}") for n in range(8)]
WORLD = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(PAYLOADS), max_size=6)
Store = dict[str, StoredDocument]


def read(world: World) -> list[SourceReading]:
    return [SourceReading(uri, *payload) for uri, payload in world.items()]


def run(readings: list[SourceReading], store: Store, version: str = NOW) -> tuple[Store, IntakePlan]:
    found = plan(readings, store.values(), version)
    assert len(readings) == found.stored + found.unchanged + found.duplicate
    written = {one.doc_id: StoredDocument(*one, version) for one in list_stored(found, readings)}
    assert len(written) == found.stored
    assert not found.removed & written.keys()
    assert found.removed <= store.keys()
    kept = {doc_id: row for doc_id, row in store.items() if doc_id not in found.removed}
    return kept | written, found


@settings(deadline=None, max_examples=300)
@given(WORLD, WORLD, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(before: World, after: World, rng: random.Random) -> None:
    store, _ = run(read(before), {}, OLD)
    readings = read(after)
    expected = run(readings, store)
    rng.shuffle(readings)
    rows = list(store.items())
    rng.shuffle(rows)
    changed, found = run(readings, dict(rows))
    assert changed == expected[0]
    assert replace(found, to_store=None) == replace(expected[1], to_store=None)


@settings(deadline=None, max_examples=300)
@given(WORLD, st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_the_batches_do_not_matter(world: World, batch_of: list[int]) -> None:
    whole, _ = run(read(world), {})
    store: Store = {}
    for batch in range(3):
        chosen = [r for r, b in zip(read(world), batch_of, strict=False) if b == batch]
        store, _ = run(chosen, store)
    assert store == whole


@settings(deadline=None, max_examples=300)
@given(WORLD, WORLD, st.sampled_from([OLD, NOW]))
def test_the_history_does_not_matter(before: World, after: World, version: str) -> None:
    after = {uri: after.get(uri, payload) for uri, payload in before.items()} | after
    store, _ = run(read(before), {}, version)
    fresh, _ = run(read(after), {})
    updated, _ = run(read(after), store)
    assert updated == fresh
    again, found = run(read(after), updated)
    assert again == fresh
    assert (found.stored, found.removed) == (0, frozenset())


@settings(deadline=None, max_examples=300)
@given(WORLD, WORLD)
def test_what_is_skipped_unread_never_has_to_be_stored(before: World, after: World) -> None:
    store, _ = run(read(before), {})
    skip = StoredDocuments.from_records(store.values()).find_unchanged(NOW)
    _, found = run(read(after), store)
    for reading in list_stored(found, read(after)):
        assert reading[:2] not in skip
    assert all(skip[r[:2]] == r.doc_id for r in read(after) if r[:2] in skip)


@settings(deadline=None, max_examples=300)
@given(WORLD, WORLD)
def test_a_plan_depends_on_the_documents_alone_that_it_concerns(before: World, after: World) -> None:
    store, _ = run(read(before), {})
    readings = make_readings(read(after))
    concerned = StoredDocuments.from_records(store.values()).find_concerned(readings)
    assert plan_intake(readings, concerned, NOW) == plan(read(after), store.values())
    touched = {r.doc_id for r in read(after)}
    assert all(row["source_uri"] in after or row["doc_id"] in touched for row in concerned.to_pylist())


def test_readings_are_kept_in_order_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.pipeline.intake_plan.READINGS_PER_CHUNK", 3)
    collected, given_ids = Readings(), []
    for number in range(20):
        given_ids.append(f"doc_{number}")
        collected.append(SourceReading("a", "sha", given_ids[-1]), SpoolEntry(number, 7))
        if number % 5 == 0:
            assert collected.table["doc_id"].to_pylist() == given_ids
    assert collected.table["number"].to_pylist() == [*range(20)]
    assert collected.table is collected.table
