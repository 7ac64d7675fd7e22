"""Joined ids depend on the stored documents only, whatever documents were added, changed and removed before."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.corpus.entities_table import build_entities_table, find_spelling_variants
from tasks.corpus.entity_renaming import fill_local_ids, find_outdated_ids, rename_entities
from tasks.entities.names import make_entity_id
from tasks.entities.reference_loader import ReferenceTables

COMPANY = ["Ann Voronova", "Tom Berg", "Benghazi Harbour Board"]
NAMES = [
    "Saadi Gadhafi", "Saadi Gaddafi", "Saadi al-Qaddafi", "Muammar Gadhafi", "Saddam Haftar", "Saddam Hifter",
    "Hasan Nasrulla", "Hassan Nasrullah",
]  # fmt: skip
Texts = dict[str, frozenset[str]]


def label(name: str) -> str:
    return "organisation" if name.endswith("Board") else "person"


def mentions(texts: Texts) -> pa.Table:
    """Return the mentions that extraction makes of documents, each a set of names."""
    rows = [(doc, name) for doc in sorted(texts) for name in sorted(texts[doc])]
    ids = pa.array([make_entity_id(label(name), name) for _, name in rows], pa.string())
    return pa.table(
        {
            "doc_id": pa.array([doc for doc, _ in rows], pa.string()),
            "entity_id": ids,
            "local_entity_id": ids,
            "label": pa.array([label(name) for _, name in rows], pa.string()),
            "text": pa.array([name for _, name in rows], pa.string()),
            "pronoun": pa.array([False] * len(rows), pa.bool_()),
        }
    )


def claims(texts: Texts) -> pa.Table:
    """Return one claim per mention, with all entities of its document as speakers and targets."""
    rows = [
        (doc, make_entity_id(label(n), n), names)
        for doc, names in sorted(texts.items())
        for n in sorted(names)
    ]
    together = [sorted(make_entity_id(label(n), n) for n in names) for _, _, names in rows]
    return pa.table(
        {
            "doc_id": pa.array([doc for doc, _, _ in rows], pa.string()),
            "speaker_id": pa.array([speaker for _, speaker, _ in rows], pa.string()),
            "speaker_ids": pa.array(together, pa.list_(pa.string())),
            "target_ids": pa.array(together, pa.list_(pa.string())),
        }
    )


def undated(rows: pa.Table) -> pa.Table:
    """Return the documents of mentions, without a date."""
    ids = sorted({*rows["doc_id"].to_pylist()})
    return pa.table({"doc_id": ids, "published_at": pa.nulls(len(ids), pa.date32())})


def settled(stored: dict[str, pa.Table], reference: ReferenceTables) -> dict[str, pa.Table]:
    """Return the tables with the ids that the stored documents imply."""
    joined = find_spelling_variants(stored["mentions"], undated(stored["mentions"]), reference)
    renaming = find_outdated_ids(stored["mentions"], joined)
    return {name: rename_entities(rows, renaming) for name, rows in stored.items()}


def stepped(stored: dict[str, pa.Table], going: set[str], coming: Texts) -> dict[str, pa.Table]:
    """Return the tables without the documents ``going`` and with the documents ``coming``."""
    fresh = {"mentions": mentions(coming), "claims": claims(coming)}
    keep = [
        pa.array([doc not in going for doc in t["doc_id"].to_pylist()], pa.bool_()) for t in stored.values()
    ]
    kept = {name: rows.filter(mask) for (name, rows), mask in zip(stored.items(), keep, strict=True)}
    return {name: pa.concat_tables([kept[name], fresh[name]]) for name in stored}


def content(tables: dict[str, pa.Table], texts: Texts, reference: ReferenceTables) -> list[object]:
    documents = pa.table({"doc_id": sorted(texts), "published_at": pa.nulls(len(texts), pa.date32())})
    entities = build_entities_table(tables["mentions"], documents, reference)
    return [entities.to_pylist(), *(sorted(map(repr, rows.to_pylist())) for rows in tables.values())]


STEP = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.frozensets(st.sampled_from(COMPANY + NAMES), max_size=4),
    max_size=5,
)
"""the names in each changed document; a document without names is removed"""


@settings(deadline=None, max_examples=150)
@given(st.lists(STEP, min_size=1, max_size=5))
def test_rows_depend_on_the_documents_alone(reference: ReferenceTables, history: list[Texts]) -> None:
    """After any history of added, changed and removed documents the tables are those of the last state."""
    none: Texts = {}
    tables, before = {"mentions": mentions(none), "claims": claims(none)}, none
    for step in history:
        coming = {doc: names for doc, names in step.items() if names}
        tables = settled(stepped(tables, set(step), coming), reference)
        before = {doc: names for doc, names in (before | step).items() if names}
    once = settled({"mentions": mentions(before), "claims": claims(before)}, reference)
    assert content(tables, before, reference) == content(once, before, reference)


def test_a_join_ends_with_the_document_that_spoke_for_it(reference: ReferenceTables) -> None:
    first, second = (
        {"a": frozenset({"Saadi Gadhafi", "Tom Berg"})},
        {"b": frozenset({"Saadi Gaddafi", "Tom Berg"})},
    )
    alone = settled({"mentions": mentions(first), "claims": claims(first)}, reference)
    both = settled(stepped(alone, set(), second), reference)
    ids = {make_entity_id("person", name) for name in ("Saadi Gadhafi", "Saadi Gaddafi")}
    assert len(ids & set(both["claims"]["speaker_id"].to_pylist())) == 1
    for going, left in (({"b"}, first), ({"a"}, second)):
        rest = settled(stepped(both, going, {}), reference)
        expected = settled({"mentions": mentions(left), "claims": claims(left)}, reference)
        assert content(rest, left, reference) == content(expected, left, reference)


def test_no_chain_of_spellings_joins_two_people_of_one_document(reference: ReferenceTables) -> None:
    """Gadhafi resembles Gaddafi, and Gaddafi Qaddafi, but one document mentions Gadhafi and Qaddafi."""
    texts = {
        "a": frozenset({"Saadi Gadhafi", "Saadi al-Qaddafi", "Tom Berg"}),
        "b": frozenset({"Saadi Gaddafi", "Tom Berg"}),
    }
    joined = find_spelling_variants(mentions(texts), undated(mentions(texts)), reference)
    ends = [make_entity_id("person", name) for name in ("Saadi Gadhafi", "Saadi al-Qaddafi")]
    assert len({joined.get(e, e) for e in ends}) == 2


def test_mentions_of_before_the_column_have_their_entity_for_their_local_one() -> None:
    rows = mentions({"a": frozenset({"Tom Berg"})})
    old = rows.set_column(2, "local_entity_id", pa.nulls(rows.num_rows, pa.string()))
    assert fill_local_ids(old).equals(rows)
