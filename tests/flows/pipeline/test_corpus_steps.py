"""The steps over the corpus, one after another in a real store: any sequence of runs leaves the rows of one run."""

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from flows.pipeline.corpus_steps.entity_joining import CHANGED_ENTITIES
from flows.pipeline.corpus_steps.pending_groups import PendingGroups
from flows.pipeline.resolution import run_corpus_steps
from flows.pipeline.stored_rows import DOCUMENT_TABLES
from tests.sample_rows import Row, make_change, make_document_rows
from warehouse.maintenance.verification import verify_tables
from warehouse.storage.edits.table_edits import WarehouseChange
from warehouse.storage.store import Store
from warehouse.tables import TABLES

FIRST_DAY = date(2026, 3, 28)
NAMES = "abcdef"
DEEDS = (
    "the firm dumped toxic waste in the river",
    "the firm bribed a judge in the capital",
    "the firm dumped poisonous waste in the river",
)
TEXT = st.tuples(
    st.sampled_from([None, 0, 3, 8, 33]), st.sampled_from(DEEDS), st.sampled_from([None, *DEEDS])
)
Text = tuple[int | None, str, str | None]
STEP = st.tuples(
    st.dictionaries(st.sampled_from(NAMES), TEXT, max_size=4), st.sets(st.sampled_from(NAMES), max_size=2)
)
COMPARED = ("claims", "denials", "denial_links", "claim_groups", "mentions")


def make_document(name: str, text: Text) -> dict[str, list[Row]]:
    """Return a document with a claim about a firm and, if it is given, a denial by the firm."""
    day, claimed, denied = text
    rows = make_document_rows(name, None if day is None else FIRST_DAY + timedelta(days=day))
    rows["claim_groups"], rows["denial_links"] = [], []
    mention = rows["mentions"][0] | {"label": "organisation"}
    rows["mentions"] = [
        mention | {"mention_id": f"m-{one}-{name}", "entity_id": one, "local_entity_id": one}
        for one in ("firm", "rival", "Q1")
    ]
    rows["claims"][0] |= {
        "content_text": claimed,
        "speaker_id": "rival",
        "target_ids": ["firm"],
        "claim_type": "accusation",
    }
    if denied is None:
        rows["denials"] = []
    else:
        rows["denials"][0] |= {"content_text": denied, "speaker_id": "firm"}
    return rows


def publish(store: Store, texts: dict[str, Text], removed: frozenset[str], number: int) -> None:
    """Publish documents and remove others, as a part of a run does."""
    change = make_change(
        [make_document(name, text) for name, text in texts.items()], f"r{number}", sorted(removed)
    )
    tables: dict[str, pa.Table] = {name: change.get_rows(TABLES[name]) for name in DOCUMENT_TABLES}
    stepped, failed = run_corpus_steps(store, tables, removed, "1", PendingGroups(), is_last=True)
    assert failed == {}
    entity_changes = stepped.pop(CHANGED_ENTITIES, None)
    rest = {name: change.tables[name] for name in ("runs",)}
    given_change = WarehouseChange(
        {**rest, **stepped}, removed, resolved_by="1", entity_changes=entity_changes
    )
    with store.open_writer() as writer:
        writer.publish(given_change)


def find_dangling_ids(store: Store) -> list[str]:
    """Return the promises of ids that name a row that is missing; the contents are not those of the sample text."""
    return [found.promise for found in verify_tables(store.root) if "names a row" in found.promise]


def list_rows(store: Store, name: str) -> list[dict[str, Any]]:
    """Return the rows of a table in the order of its key."""
    rows: list[dict[str, Any]] = (
        store.read(name).sort_by([(k, "ascending") for k in TABLES[name].key]).to_pylist()
    )
    return rows


@settings(deadline=None, max_examples=3, phases=(Phase.explicit, Phase.generate))
@given(st.lists(STEP, min_size=2, max_size=4))
def test_any_sequence_of_runs_leaves_the_rows_of_one_run(
    steps: list[tuple[dict[str, Text], set[str]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store, clean = Store(Path(folder) / "a"), Store(Path(folder) / "b")
        world: dict[str, Text] = {}
        for number, (texts, leaving) in enumerate(steps):
            removed = frozenset(leaving & (world.keys() - texts.keys()))
            publish(store, texts, removed, number)
            assert find_dangling_ids(store) == []
            world = {name: text for name, text in (world | texts).items() if name not in removed}
        publish(clean, world, frozenset(), 0)
        for name in COMPARED:
            assert list_rows(store, name) == list_rows(clean, name), name


def test_a_stored_document_may_lose_its_group_and_its_link_in_one_run(tmp_path: Path) -> None:
    store = Store(tmp_path)
    texts: dict[str, Text] = {
        "a": (0, DEEDS[0], DEEDS[1]),
        "b": (0, DEEDS[0], None),
        "c": (0, DEEDS[1], None),
    }
    publish(store, texts, frozenset(), 1)
    assert {row["claim_id"] for row in list_rows(store, "claim_groups")} == {"c-a", "c-b"}
    assert [row["claim_id"] for row in list_rows(store, "denial_links")] == ["c-c"]
    publish(store, {}, frozenset("bc"), 2)
    assert list_rows(store, "claim_groups") == []
    assert [row["claim_id"] for row in list_rows(store, "denial_links")] == [None]
    assert find_dangling_ids(store) == []


def test_a_step_that_breaks_a_contract_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def repeat_links(_: Store, tables: dict[str, pa.Table], *__: Any) -> dict[str, pa.Table]:
        return {**tables, "denial_links": pa.concat_tables([tables["denial_links"]] * 2)}

    monkeypatch.setattr("flows.pipeline.resolution.update_claim_groups", repeat_links)
    change = make_change([make_document("a", (0, DEEDS[0], DEEDS[1]))])
    tables = {name: change.get_rows(TABLES[name]) for name in DOCUMENT_TABLES}
    stepped, failed = run_corpus_steps(Store(tmp_path), tables, frozenset(), "1", PendingGroups(), True)
    assert failed == {
        "claim-groups": "ContractError: denial_links: two rows have the same denial_id and rank"
    }
    assert stepped["denial_links"].num_rows == 1
