"""Groups of claims that a run updates in a real store equal those found again from everything that is stored."""

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.pipeline.corpus_steps.claim_grouping import put_off_claim_groups, update_claim_groups
from flows.pipeline.corpus_steps.fallbacks import dissolve_changed_groups
from flows.pipeline.corpus_steps.pending_groups import CLAIM_GROUP_STEP, PendingGroups
from flows.pipeline.stored_rows import DOCUMENT_TABLES
from tasks.corpus.claims.claim_pairs import load_same_claim_rules
from tests.sample_rows import SAMPLE_TEXT, Row, make_change, make_document_rows
from warehouse.maintenance.verification import verify_tables
from warehouse.storage.edits.table_edits import WarehouseChange
from warehouse.storage.store import Store
from warehouse.tables import TABLES, to_arrow

RULES = load_same_claim_rules()
FIRST_DAY = date(2026, 1, 20)
DAYS = [None, *(FIRST_DAY + timedelta(days=n) for n in (0, 6, 9, 15, 22, 35, 60, 95, 150))]
LENGTHS = [len(SAMPLE_TEXT), 60, 47, 30]
"""lengths of the contents, all from the beginning of one text: neighbours in length state the same"""
KINDS = ("run", "part", "failure")
TEXTS = st.tuples(st.sampled_from(DAYS), st.sampled_from(LENGTHS))
STEP = st.tuples(
    st.dictionaries(st.sampled_from("abcdefgh"), TEXTS, max_size=4), st.sets(st.sampled_from("abcdefgh"))
)


def document(name: str, day: date | None, length: int) -> dict[str, list[Row]]:
    """Return the rows of a document whose one claim is the beginning of the sample text."""
    rows = make_document_rows(name, day)
    rows["claims"][0] |= {
        "content_spans": [{"start": 0, "end": length}],
        "content_text": SAMPLE_TEXT[:length],
    }
    rows["claim_groups"] = []
    return rows


def publish_documents(
    store: Store,
    documents: list[dict[str, list[Row]]],
    removed: set[str],
    kind: str = "run",
    pending: PendingGroups | None = None,
) -> PendingGroups:
    """Publish documents with their groups: as a run does, as a part that is not its last, or as a step that fails."""
    before = {*store.read("documents", ["doc_id"])["doc_id"].to_pylist()}
    given = make_change(documents, removed=sorted(removed & before))
    tables: dict[str, pa.Table] = {name: given.get_rows(TABLES[name]) for name in DOCUMENT_TABLES}
    tables["entities"] = given.get_rows(TABLES["entities"])
    ids = {*tables["documents"]["doc_id"].to_pylist()}
    gone = frozenset(given.removed - ids)
    pending = pending or PendingGroups()
    pending.note_owed_steps(store.read_owed_steps())
    if kind == "failure":
        tables = dissolve_changed_groups(store, tables, gone)
    else:
        step = put_off_claim_groups if kind == "part" else update_claim_groups
        tables = step(store, tables, gone, RULES, pending)
    owed = frozenset[str]() if kind == "run" else frozenset([CLAIM_GROUP_STEP])
    with store.open_writer() as writer:
        writer.publish(WarehouseChange({**given.tables, **tables}, gone, owed_steps=owed))
    return pending if kind == "part" else PendingGroups()


def read_groups(store: Store) -> list[Row]:
    rows: list[Row] = store.read("claim_groups").sort_by("claim_id").to_pylist()
    return rows


@settings(deadline=None, max_examples=4)
@given(
    st.lists(STEP, min_size=1, max_size=4),
    st.lists(st.sampled_from(KINDS), min_size=4, max_size=4),
    st.sampled_from([0, 64]),
    st.sampled_from([0, 1000]),
)
def test_any_sequence_of_runs_leaves_the_groups_of_one_run(
    steps: list[tuple[dict[str, Any], set[str]]], kinds: list[str], few: int, of_day: int
) -> None:
    stored: dict[str, Any] = {}
    pending = PendingGroups()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as limits:
        limits.setattr("tasks.corpus.claims.same_claim_graph.MAX_FEW_CLAIMS", few)
        limits.setattr("flows.pipeline.corpus_steps.pending_groups.MAX_CLAIMS_OF_DAY", of_day)
        store, clean = Store(Path(folder) / "a"), Store(Path(folder) / "b")
        for (given_documents, removed), kind in zip(steps, kinds, strict=False):
            stored = {name: v for name, v in stored.items() if name not in removed} | given_documents
            made = [document(name, *values) for name, values in given_documents.items()]
            pending = publish_documents(store, made, removed - given_documents.keys(), kind, pending)
            assert verify_tables(store.root) == []
        publish_documents(store, [], set(), pending=pending)
        publish_documents(clean, [document(name, *values) for name, values in stored.items()], set())
        assert read_groups(store) == read_groups(clean)


@pytest.mark.parametrize("kinds", [["run"], ["part", "run"]])
def test_a_document_that_is_stored_again_as_it_was_keeps_its_groups(kinds: list[str], tmp_path: Path) -> None:
    store = Store(tmp_path)
    made = [document(name, FIRST_DAY + timedelta(days=n), 60) for n, name in enumerate("abc")]
    publish_documents(store, made, set())
    before = read_groups(store)
    assert len(before) == 3
    pending = PendingGroups()
    for kind in kinds:
        again = made[:1] if kind == kinds[0] else []
        pending = publish_documents(store, again, set(), kind, pending)
        assert verify_tables(store.root) == []
    assert read_groups(store) == before


def test_a_part_that_changes_very_many_claims_finds_all_groups_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    publish_documents(store, [document(name, FIRST_DAY, 60) for name in "abc"], set())
    assert {row["medoid_id"] for row in read_groups(store)} == {"c-a"}
    monkeypatch.setattr("flows.pipeline.corpus_steps.pending_groups.MAX_CLAIMS_LEFT", 0)
    publish_documents(store, [document("a", FIRST_DAY + timedelta(days=150), 60)], set())
    assert {(row["claim_id"], row["medoid_id"]) for row in read_groups(store)} == {
        ("c-b", "c-b"),
        ("c-c", "c-b"),
    }
    assert verify_tables(store.root) == []


def test_the_last_part_of_a_run_groups_the_claims_of_all_its_parts(tmp_path: Path) -> None:
    store = Store(tmp_path)
    publish_documents(store, [document("a", FIRST_DAY, 60), document("b", FIRST_DAY, 60)], set())
    later = FIRST_DAY + timedelta(days=3)
    pending = publish_documents(store, [document("c", later, 60), document("a", later, 47)], set(), "part")
    assert read_groups(store) == []
    assert (pending.new, pending.is_everything) == ({later: {"c-a", "c-c"}}, False)
    assert store.read_owed_steps() == {CLAIM_GROUP_STEP}
    publish_documents(store, [document("d", later, 60)], set(), pending=pending)
    assert {row["claim_id"] for row in read_groups(store)} >= {"c-b", "c-c", "c-d"}
    assert store.read_owed_steps() == frozenset()


def test_a_run_without_news_changes_no_group_and_a_far_one_neither(tmp_path: Path) -> None:
    store = Store(tmp_path)
    publish_documents(store, [document("a", FIRST_DAY, 60), document("b", FIRST_DAY, 60)], set())
    before = read_groups(store)
    assert {(row["claim_id"], row["medoid_id"], row["method"]) for row in before} == {
        ("c-a", "c-a", "medoid"),
        ("c-b", "c-a", "equal"),
    }
    publish_documents(store, [], set())
    publish_documents(store, [document("z", FIRST_DAY + timedelta(days=400), 60)], set())
    assert read_groups(store) == before
    publish_documents(store, [], {"a"})
    assert read_groups(store) == []
    assert {*store.read("documents")["doc_id"].to_pylist()} == {"b", "z"}


def test_the_groups_of_a_changed_document_are_dissolved_until_the_step_is_repeated(tmp_path: Path) -> None:
    store = Store(tmp_path)
    late = FIRST_DAY + timedelta(days=200)
    made = [
        document(name, day, 60)
        for name, day in (("a", FIRST_DAY), ("b", FIRST_DAY), ("c", late), ("d", late))
    ]
    publish_documents(store, made, set())
    publish_documents(store, [document("a", FIRST_DAY, 30)], set(), "failure")
    assert {row["claim_id"] for row in read_groups(store)} == {"c-c", "c-d"}
    assert verify_tables(store.root) == []
    publish_documents(store, [document("a", FIRST_DAY, 60)], set())
    assert {row["claim_id"] for row in read_groups(store)} == {"c-a", "c-b", "c-c", "c-d"}


def test_an_empty_warehouse_has_no_groups(tmp_path: Path) -> None:
    store = Store(tmp_path)
    publish_documents(store, [], set())
    assert to_arrow([], TABLES["claim_groups"]).equals(store.read("claim_groups"))
