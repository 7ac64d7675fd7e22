"""What a run carries forward in a real store is what it would have made of all that is stored."""

import tempfile
from datetime import date
from pathlib import Path

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.pipeline.entity_joining import anew, carried, join_entities, reference_of
from flows.pipeline.stored_rows import BY_DOCUMENT
from tasks.entities.names import entity_id
from tests.sample_rows import Row, change, document_rows
from warehouse.maintenance.compaction import compact
from warehouse.maintenance.restoration import restore
from warehouse.storage.store import Change, Store
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
    rows = document_rows(name, day)
    (mention,) = rows["mentions"]
    ids = [entity_id("person", one) for one in people]
    rows["mentions"] = [
        mention | {"mention_id": f"{name}-{i}", "entity_id": ids[i], "local_entity_id": ids[i], "text": one}
        | {"label": "person"}
        for i, one in enumerate(people)
    ]  # fmt: skip
    for row in rows["claims"]:
        row |= {"speaker_id": ids[0], "target_ids": ids}
    return rows


def joined(store: Store, given: Change, version: str = VERSION) -> dict[str, pa.Table]:
    tables = {name: given.rows(TABLES[name]) for name in BY_DOCUMENT}
    return join_entities(store, tables, given.removed, version)


def bring(store: Store, given: Change, version: str = VERSION) -> None:
    """Publish a change with its entities, as a run does."""
    tables = joined(store, given, version)
    with store.writing() as writer:
        writer.publish(
            Change({**tables, "runs": given.rows(TABLES["runs"])}, given.removed, resolved_by=version)
        )


@settings(deadline=None, max_examples=8)
@given(st.lists(STEP, min_size=2, max_size=4))
def test_carried_forward_is_made_anew(
    steps: list[tuple[dict[str, tuple[date | None, list[str]]], set[str]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        for number, (texts, removed) in enumerate(steps):
            documents = [document(name, day, people) for name, (day, people) in texts.items()]
            given = change(documents, f"r{number}", sorted(removed - texts.keys()))
            tables = {name: given.rows(TABLES[name]) for name in BY_DOCUMENT}
            arguments = (store, tables, given.removed, reference_of(VERSION))
            if store.version():
                assert store.resolved_by() == VERSION
                assert carried(*arguments) == anew(*arguments)
            bring(store, given)
            stored = {name: store.read(name) for name in BY_DOCUMENT}
            nothing = {name: rows.slice(0, 0) for name, rows in stored.items()}
            renaming, entities = anew(store, nothing, frozenset(), reference_of(VERSION))
            assert (renaming, entities) == ({}, store.read("entities").sort_by("entity_id"))


def a_wrong_row(store: Store, resolved_by: str | None) -> None:
    """Put an entity into the table that no mention speaks of."""
    entities = store.read("entities").to_pylist()
    wrong = to_arrow([*entities, entities[0] | {"entity_id": "wrong"}], TABLES["entities"])
    with store.writing() as writer:
        writer.publish(
            Change(
                {"entities": wrong, "runs": change(run="wrong").rows(TABLES["runs"])}, resolved_by=resolved_by
            )
        )


def has_wrong_row(store: Store) -> bool:
    return "wrong" in store.read("entities")["entity_id"].to_pylist()


def test_only_what_the_same_knowledge_made_is_carried(tmp_path: Path) -> None:
    store, day = Store(tmp_path), date(2026, 11, 1)
    bring(store, change([document("a", day, NAMES[:2])]))
    a_wrong_row(store, VERSION)
    bring(store, change([document("b", day, NAMES[1:3])], "r2"))
    assert has_wrong_row(store), "the row was not looked at: it is carried"
    bring(store, change([document("c", day, NAMES[1:3])], "r3"), "2")
    assert not has_wrong_row(store), "other tables of names join otherwise"
    a_wrong_row(store, None)
    bring(store, change([document("d", day, NAMES[1:3])], "r4"), "2")
    assert not has_wrong_row(store), "nobody says what made them"


def test_compaction_keeps_what_made_the_entities_and_restoring_does_not(tmp_path: Path) -> None:
    store, day = Store(tmp_path), date(2026, 11, 1)
    for name in "abc":
        bring(store, change([document(name, day, NAMES[:2])], name))
    compact(tmp_path)
    assert store.resolved_by() == VERSION
    with store.writing() as writer:
        writer.publish(Change({"runs": change(run="no news").rows(TABLES["runs"])}))
    assert store.resolved_by() == VERSION
    restore(tmp_path, store.version() - 1)
    assert store.resolved_by() is None


def test_mentions_of_before_the_column_are_joined_by_their_entity(tmp_path: Path) -> None:
    day = date(2026, 11, 1)
    stores = {name: Store(tmp_path / name) for name in ("old", "new")}
    for name, store in stores.items():
        for number, people in enumerate((NAMES[1:3], [NAMES[1], NAMES[3]], NAMES[1:2])):
            rows = document(f"d{number}", day, people)
            if name == "old" and not number:
                rows["mentions"] = [mention | {"local_entity_id": None} for mention in rows["mentions"]]
            bring(store, change([rows], f"r{number}"))
    old, new = (
        [store.read(name).to_pylist() for name in ("entities", "claims")] for store in stores.values()
    )
    assert old == new
