"""Marks of near-duplicates that a run updates in a real store equal marks made again from all keys."""

import tempfile
from datetime import date

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.pipeline.corpus_steps.near_duplicate_marks import read_marks, update_near_duplicates
from flows.pipeline.stored_rows import DOCUMENT_TABLES
from tests.sample_rows import make_change, make_document_rows
from warehouse.maintenance.verification import verify_tables
from warehouse.storage.edits.table_edits import WarehouseChange
from warehouse.storage.store import Store
from warehouse.tables import TABLES

NAMES = "abcdefgh"
DOCUMENT = st.tuples(
    st.sampled_from([None, date(2026, 9, 1), date(2026, 10, 1), date(2026, 10, 2)]),
    st.lists(st.integers(0, 7), max_size=3, unique=True),
)
STEP = st.tuples(
    st.dictionaries(st.sampled_from(NAMES), DOCUMENT, max_size=4), st.sets(st.sampled_from(NAMES), max_size=2)
)


def make_tables(texts: dict[str, tuple[date | None, list[int]]]) -> dict[str, pa.Table]:
    """Return the rows of documents with these dates and keys."""
    documents = [make_document_rows(name, day) for name, (day, _) in texts.items()]
    for rows, (_, keys) in zip(documents, texts.values(), strict=True):
        rows["documents"][0]["near_keys"] = keys
    change = make_change(documents)
    return {name: change.get_rows(TABLES[name]) for name in DOCUMENT_TABLES}


def publish(store: Store, tables: dict[str, pa.Table], removed: frozenset[str], run: str) -> None:
    rest = make_change(run=run)
    with store.open_writer() as writer:
        writer.publish(WarehouseChange({**rest.tables, **tables}, removed))


@settings(deadline=None, max_examples=5)
@given(st.lists(STEP, min_size=2, max_size=4))
def test_updated_marks_equal_those_of_all_keys(
    steps: list[tuple[dict[str, tuple[date | None, list[int]]], set[str]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        for number, (texts, removed) in enumerate(steps):
            tables, gone = make_tables(texts), frozenset(removed - texts.keys())
            updated = update_near_duplicates(store, tables, gone, is_owed=False)
            assert updated == update_near_duplicates(store, tables, gone, is_owed=True)
            publish(store, updated, gone, f"r{number}")
        assert verify_tables(folder) == []


def test_documents_that_leave_take_their_marks_with_them() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store, none = Store(folder), frozenset[str]()
        tables = make_tables({"a": (date(2026, 9, 1), [1]), "b": (None, [1, 2]), "c": (None, [2])})
        publish(store, update_near_duplicates(store, tables, none, is_owed=False), none, "r1")
        assert read_marks(store) == {"b": "a", "c": "a"}
        with store.open_writer() as writer:
            writer.publish(make_change(run="r2", removed=["b"]))
        assert read_marks(store) == {"c": "a"}
        with store.open_writer() as writer:
            writer.publish(make_change(run="r3", removed=["a"]))
        assert read_marks(store) == {}


def test_a_group_that_loses_its_link_falls_apart() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store, none = Store(folder), frozenset[str]()
        days = [date(2026, 9, day) for day in (1, 2, 3)]
        tables = make_tables({"a": (days[0], [1]), "b": (days[1], [1, 2]), "c": (days[2], [2])})
        publish(store, update_near_duplicates(store, tables, none, is_owed=False), none, "r1")
        assert read_marks(store) == {"b": "a", "c": "a"}
        tables = make_tables({"b": (days[1], [1])})
        publish(store, update_near_duplicates(store, tables, none, is_owed=False), none, "r2")
        assert read_marks(store) == {"b": "a"}
