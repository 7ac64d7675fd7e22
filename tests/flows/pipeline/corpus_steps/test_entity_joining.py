"""Entities that a run updates in a real store equal entities built again from everything that is stored."""

import tempfile
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.pipeline.corpus_steps.corpus_knowledge import load_versioned_corpus_knowledge
from flows.pipeline.corpus_steps.entity_joining import (
    CHANGED_ENTITIES,
    join_entities,
    rebuild_entities,
    update_entities,
)
from flows.pipeline.stored_rows import DOCUMENT_TABLES
from tasks.entities.names import make_entity_id
from tests.sample_rows import Row, make_change, make_document_rows
from warehouse.maintenance.compaction import compact_tables
from warehouse.maintenance.restoration import restore_version
from warehouse.storage.edits.table_edits import WarehouseChange
from warehouse.storage.store import Store
from warehouse.tables import TABLES, to_arrow

VERSION = "1"
NAMES = ["Ann Voronova", "Tom Berg", "Saadi Gadhafi", "Saadi Gaddafi", "Saddam Haftar", "Saddam Hifter"]
TEXTS = st.tuples(
    st.sampled_from([None, date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 30)]),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True),
)
STEP = st.tuples(
    st.dictionaries(st.sampled_from("abcdef"), TEXTS, max_size=4), st.sets(st.sampled_from("abcdef"))
)


def document(name: str, day: date | None, people: list[str]) -> dict[str, list[Row]]:
    """Return the rows of a document that mentions some people, the first of whom speaks."""
    rows = make_document_rows(name, day)
    (mention,) = rows["mentions"]
    ids = [make_entity_id("person", one) for one in people]
    rows["mentions"] = [
        mention | {"mention_id": f"{name}-{i}", "entity_id": ids[i], "local_entity_id": ids[i], "text": one}
        | {"label": "person"}
        for i, one in enumerate(people)
    ]  # fmt: skip
    for row in rows["claims"]:
        row |= {"speaker_id": ids[0], "target_ids": ids}
    return rows


def joined(store: Store, given: WarehouseChange, version: str = VERSION) -> dict[str, pa.Table]:
    tables = {name: given.get_rows(TABLES[name]) for name in DOCUMENT_TABLES}
    return join_entities(store, tables, given.removed, version)


def bring(store: Store, given: WarehouseChange, version: str = VERSION) -> None:
    """Publish a change with its entities, as a run does."""
    tables = joined(store, given, version)
    changed = tables.pop(CHANGED_ENTITIES, None)
    tables["runs"] = given.get_rows(TABLES["runs"])
    with store.open_writer() as writer:
        writer.publish(WarehouseChange(tables, given.removed, resolved_by=version, entity_changes=changed))


def replace_rows(entities: pa.Table, changed: pa.Table) -> pa.Table:
    """Return entities with changed rows in place of those with their ids, without entities that have no mentions."""
    kept = entities.filter(pc.invert(pc.is_in(entities["entity_id"], changed["entity_id"].combine_chunks())))
    rows = pa.concat_tables([kept, changed.filter(pc.greater(changed["n_mentions"], 0))])
    return rows.sort_by("entity_id")


@settings(deadline=None, max_examples=8)
@given(st.lists(STEP, min_size=2, max_size=4))
def test_carried_entities_equal_rebuilt_ones(
    steps: list[tuple[dict[str, tuple[date | None, list[str]]], set[str]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        for number, (texts, removed) in enumerate(steps):
            documents = [document(name, day, people) for name, (day, people) in texts.items()]
            given = make_change(documents, f"r{number}", sorted(removed - texts.keys()))
            tables = {name: given.get_rows(TABLES[name]) for name in DOCUMENT_TABLES}
            arguments = (store, tables, given.removed, load_versioned_corpus_knowledge(VERSION).reference)
            if store.read_version():
                assert store.read_resolving_version() == VERSION
                renaming, changed = update_entities(*arguments)
                assert (renaming, replace_rows(store.read("entities"), changed)) == rebuild_entities(
                    *arguments
                )
            bring(store, given)
            stored = {name: store.read(name) for name in DOCUMENT_TABLES}
            nothing = {name: rows.slice(0, 0) for name, rows in stored.items()}
            renaming, entities = rebuild_entities(
                store, nothing, frozenset(), load_versioned_corpus_knowledge(VERSION).reference
            )
            assert (renaming, entities) == ({}, store.read("entities").sort_by("entity_id"))


def a_wrong_row(store: Store, resolved_by: str | None) -> None:
    """Add an entity to the table that no mention refers to."""
    entities = store.read("entities").to_pylist()
    wrong = to_arrow([*entities, entities[0] | {"entity_id": "wrong"}], TABLES["entities"])
    with store.open_writer() as writer:
        writer.publish(
            WarehouseChange(
                {"entities": wrong, "runs": make_change(run="wrong").get_rows(TABLES["runs"])},
                resolved_by=resolved_by,
            )
        )


def has_wrong_row(store: Store) -> bool:
    return "wrong" in store.read("entities")["entity_id"].to_pylist()


def test_only_what_the_same_knowledge_made_is_carried(tmp_path: Path) -> None:
    store, day = Store(tmp_path), date(2026, 11, 1)
    bring(store, make_change([document("a", day, NAMES[:2])]))
    a_wrong_row(store, VERSION)
    bring(store, make_change([document("b", day, NAMES[1:3])], "r2"))
    assert has_wrong_row(store), "the row was not looked at: it is carried"
    bring(store, make_change([document("c", day, NAMES[1:3])], "r3"), "2")
    assert not has_wrong_row(store), "other tables of names join otherwise"
    a_wrong_row(store, None)
    bring(store, make_change([document("d", day, NAMES[1:3])], "r4"), "2")
    assert not has_wrong_row(store), "nobody says what made them"


def test_compaction_keeps_what_made_the_entities_and_restoring_does_not(tmp_path: Path) -> None:
    store, day = Store(tmp_path), date(2026, 11, 1)
    for name in "abc":
        bring(store, make_change([document(name, day, NAMES[:2])], name))
    compact_tables(tmp_path)
    assert store.read_resolving_version() == VERSION
    with store.open_writer() as writer:
        writer.publish(WarehouseChange({"runs": make_change(run="no news").get_rows(TABLES["runs"])}))
    assert store.read_resolving_version() == VERSION
    restore_version(tmp_path, store.read_version() - 1)
    assert store.read_resolving_version() is None


def test_mentions_of_before_the_column_are_joined_by_their_entity(tmp_path: Path) -> None:
    day = date(2026, 11, 1)
    stores = {name: Store(tmp_path / name) for name in ("old", "new")}
    for name, store in stores.items():
        for number, people in enumerate((NAMES[1:3], [NAMES[1], NAMES[3]], NAMES[1:2])):
            rows = document(f"d{number}", day, people)
            if name == "old" and not number:
                rows["mentions"] = [mention | {"local_entity_id": None} for mention in rows["mentions"]]
            bring(store, make_change([rows], f"r{number}"))
    old, new = (
        [store.read(name).to_pylist() for name in ("entities", "claims")] for store in stores.values()
    )
    assert old == new
