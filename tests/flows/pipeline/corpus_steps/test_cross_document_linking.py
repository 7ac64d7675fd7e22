"""Links that a run updates in a real store equal those of all statements, and do not depend on the order of runs."""

import tempfile
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.pipeline.corpus_steps.cross_document_linking import update_links_across
from flows.pipeline.stored_rows import DOCUMENT_TABLES
from tasks.corpus.cross_document_links import load_cross_link_rules
from tests.sample_rows import Row, make_change, make_document_rows
from warehouse.storage.edits.table_edits import WarehouseChange
from warehouse.storage.store import Store
from warehouse.tables import TABLES

RULES = load_cross_link_rules()
FIRST_DAY = date(2026, 3, 28)
NAMES = "abcdefgh"
DEEDS = ("dumped toxic waste in the river", "bribed a judge in the capital")
DOCUMENT = st.tuples(
    st.sampled_from([None, 0, 5, 20, 33, 45, 64, 95]),
    st.sampled_from(["claim", "denial"]),
    st.sampled_from(DEEDS),
    st.sampled_from([None, 0, 40]),
)
STEP = st.tuples(
    st.dictionaries(st.sampled_from(NAMES), DOCUMENT, max_size=4), st.sets(st.sampled_from(NAMES), max_size=2)
)
Text = tuple[int | None, str, str, int | None]


def make_document(name: str, text: Text) -> dict[str, list[Row]]:
    """Return a document with one claim about a firm, or one denial by it."""
    day, kind, deed, said_on = text
    rows = make_document_rows(name, None if day is None else FIRST_DAY + timedelta(days=day))
    rows["denial_links"] = []
    given: Row = {
        "content_text": deed,
        "said_on": None if said_on is None else FIRST_DAY + timedelta(days=said_on),
    }
    if kind == "claim":
        rows["denials"] = []
        rows["claims"][0] |= given | {
            "speaker_id": f"accuser-{name}",
            "target_ids": ["firm"],
            "claim_type": "accusation",
        }
    else:
        rows["claims"] = []
        rows["denials"][0] |= given | {"speaker_id": "firm", "target_ids": []}
    return rows


def make_tables(texts: dict[str, Text]) -> dict[str, pa.Table]:
    change = make_change([make_document(name, text) for name, text in texts.items()])
    return {name: change.get_rows(TABLES[name]) for name in DOCUMENT_TABLES}


def list_links(rows: pa.Table) -> list[dict[str, Any]]:
    return sorted(rows.to_pylist(), key=lambda row: (row["denial_id"], row["rank"]))


def run(store: Store, texts: dict[str, Text], removed: frozenset[str], number: int) -> None:
    """Link and publish documents, after checking that linking all again gives the same."""
    tables = make_tables(texts)
    updated = update_links_across(store, tables, removed, is_owed=False, rules=RULES)
    everything = update_links_across(store, tables, removed, is_owed=True, rules=RULES)
    assert list_links(updated["denial_links"]) == list_links(everything["denial_links"])
    with store.open_writer() as writer:
        writer.publish(WarehouseChange({**make_change(run=f"r{number}").tables, **updated}, removed))


@pytest.fixture(autouse=True)
def few_claims_for_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two claims be the most that a key may have, so that some keys have too many."""
    monkeypatch.setattr("tasks.corpus.cross_document_links.MAX_CLAIMS_PER_KEY", 2)
    monkeypatch.setattr("tasks.corpus.link_candidates.MAX_CLAIMS_PER_KEY", 2)


@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, min_size=2, max_size=4))
def test_updated_links_equal_those_of_all_statements(steps: list[tuple[dict[str, Text], set[str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        store, world = Store(folder), dict[str, Text]()
        for number, (texts, removed) in enumerate(steps):
            run(store, texts, frozenset(removed - texts.keys()), number)
            world = {
                name: text for name, text in (world | texts).items() if name not in removed - texts.keys()
            }
        once = Store(other)
        run(once, world, frozenset(), 0)
        assert list_links(store.read("denial_links")) == list_links(once.read("denial_links"))


@pytest.mark.parametrize("apart", [25, 55])
def test_one_claim_too_many_takes_the_evidence_from_a_stored_denial(apart: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store, none = Store(folder), frozenset[str]()
        run(store, {"a": (20, "claim", DEEDS[0], None), "b": (20, "denial", DEEDS[0], None)}, none, 1)
        assert [row["claim_id"] for row in list_links(store.read("denial_links"))] == ["c-a"]
        run(store, {n: (20 - 2 * i, "claim", DEEDS[0], None) for i, n in enumerate("cd")}, none, 2)
        assert [row["claim_id"] for row in list_links(store.read("denial_links"))] == [None]
        run(store, {"c": (20 + apart, "claim", DEEDS[1], None)}, none, 3)
        links = [row["claim_id"] for row in list_links(store.read("denial_links"))]
        assert links == ["c-a", "c-d"]
