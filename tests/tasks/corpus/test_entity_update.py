"""After any history the incremental update has the entities and joins of a build from all mentions."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.corpus.entities_table import build_entities_table, find_spelling_variants
from tasks.corpus.entity_changes import StoredEntities
from tasks.corpus.entity_occurrences import find_stored_joins
from tasks.corpus.entity_renaming import find_outdated_ids, rename_entities
from tasks.corpus.entity_update import EntityUpdate
from tasks.corpus.key_lists import find_holders
from tasks.entities.names import make_entity_id
from tasks.entities.reference_loader import ReferenceTables
from warehouse.tables import ENTITIES, MENTIONS

COLUMNS = ["doc_id", "entity_id", "local_entity_id", "label", "text", "pronoun"]
SCHEMA = pa.schema([pa.field(name, MENTIONS.schema.field(name).type) for name in COLUMNS])
COMPANY = ["Ann Voronova", "Tom Berg", "Benghazi Harbour Board"]
NAMES = [
    "Saadi Gadhafi", "Saadi Gaddafi", "Saadi M. Gaddafi", "Saadi al-Qaddafi", "Muammar Gadhafi", "Saddam Haftar",
    "Saddam Hifter", "Hasan Nasrulla", "Hassan Nasrullah", "Zawiya Labour Front", "Zawiya Labor Front", "Ghaddafi",
]  # fmt: skip
PEOPLE = ("person", "person", "organisation", "place")
Mention = tuple[str, str, str, bool]
"""local id, label, form, and whether it is a pronoun"""


@dataclass(frozen=True)
class Text:
    """A document: its day and its mentions."""

    day: date | None
    mentions: tuple[Mention, ...]


def kind(name: str) -> str:
    return "organisation" if name.split()[-1] in {"Board", "Front"} else "person"


# Mentions with their own ids; mentions with forms and labels of other ids, like acronyms and pronouns; known entities.
PLAIN = st.sampled_from(COMPANY + NAMES).map(lambda n: (make_entity_id(kind(n), n), kind(n), n, False))
ODD = st.tuples(
    st.sampled_from([make_entity_id(kind(n), n) for n in NAMES[:7]] + ["Q19878", "Q159"]),
    st.sampled_from(PEOPLE),
    st.sampled_from([*NAMES, "LNA", "him "]),
    st.booleans(),
)
TEXTS = st.builds(
    Text,
    st.sampled_from([None, *(date(2020, 1, day) for day in range(1, 5))]),
    st.lists(st.one_of(PLAIN, PLAIN, ODD), min_size=1, max_size=5).map(tuple),
)
STEP = st.dictionaries(
    st.sampled_from("abcdefgh"), st.one_of(TEXTS, TEXTS, st.none()), min_size=1, max_size=3
)
HISTORY = st.lists(STEP, min_size=2, max_size=7)
"""the new, changed and removed documents of each run"""


def table(texts: dict[str, Text]) -> pa.Table:
    """Return the mentions that extraction makes."""
    rows = [
        dict(zip(COLUMNS, (doc, m[0], m[0], m[1], m[2], m[3]), strict=True))
        for doc in texts
        for m in texts[doc].mentions
    ]
    return pa.Table.from_pylist(rows, SCHEMA)


def of_documents(rows: pa.Table, documents: Iterable[str]) -> pa.Array:
    return of_values(rows["doc_id"], documents)


def of_values(column: pa.ChunkedArray, values: Iterable[str]) -> pa.Array:
    return pc.is_in(column, pa.array(sorted(values), pa.string()))


def has_keys(entities: pa.Table, keys: set[str]) -> pa.Array:
    return find_holders(entities["spelling_keys"].combine_chunks(), pa.array(sorted(keys), pa.string()))


def replace_rows(entities: pa.Table, changed: pa.Table) -> pa.Table:
    """Return entities with changed rows in place of those with their ids, without entities that have no mentions."""
    kept = entities.filter(pc.invert(of_values(entities["entity_id"], changed["entity_id"].to_pylist())))
    rows = pa.concat_tables([kept, changed.filter(pc.greater(changed["n_mentions"], 0))])
    return rows.sort_by("entity_id")


@dataclass
class Memory:
    """A warehouse in memory, changed by incremental updates."""

    reference: ReferenceTables
    texts: dict[str, Text] = field(default_factory=dict)
    mentions: pa.Table = field(default_factory=SCHEMA.empty_table)
    entities: pa.Table = field(default_factory=ENTITIES.schema.empty_table)
    asked: set[str] = field(default_factory=set)

    def become(self, texts: dict[str, Text]) -> None:
        """Add, replace and remove documents like a run, so that exactly these are stored."""
        coming = {doc: text for doc, text in texts.items() if self.texts.get(doc) != text}
        going = self.texts.keys() - texts.keys() | self.texts.keys() & coming.keys()
        goes = of_documents(self.mentions, going)
        staying, leaving = self.mentions.filter(pc.invert(goes)), self.mentions.filter(goes)

        def recall(documents: set[str], locals_: set[str]) -> pa.Table:
            self.asked |= locals_
            rows = staying.filter(of_documents(staying, documents))
            return rows.filter(pc.is_in(rows["local_entity_id"], pa.array(sorted(locals_))))

        days = {doc: text.day for doc, text in self.texts.items()}
        stored = StoredEntities(
            read_entities=lambda ids: self.entities.filter(of_values(self.entities["entity_id"], ids)),
            read_names=lambda keys: self.entities.filter(has_keys(self.entities, keys)),
            joins=find_stored_joins(self.mentions),
            read_pairs=lambda column, values: staying.filter(of_values(staying[column], values)),
            removed_mentions=leaving,
            removed_dates={doc: days[doc] for doc in going},
            read_mentions=recall,
            read_dates=lambda documents: {doc: days[doc] for doc in documents},
        )
        added_dates = {doc: text.day for doc, text in coming.items()}
        update = EntityUpdate(stored, table(coming), added_dates, self.reference)
        self.mentions = rename_entities(pa.concat_tables([staying, table(coming)]), update.get_renaming())
        self.entities, self.texts = replace_rows(self.entities, update.build_changed_rows()), texts


def whole(texts: dict[str, Text], reference: ReferenceTables) -> tuple[list[str], pa.Table]:
    """Return the mentions and entities of documents, built from scratch."""
    mentions = table(texts)
    documents = pa.table({"doc_id": list(texts), "published_at": [t.day for t in texts.values()]})
    mentions = rename_entities(
        mentions, find_outdated_ids(mentions, find_spelling_variants(mentions, documents, reference))
    )
    return ordered(mentions), build_entities_table(mentions, documents, reference)


def ordered(mentions: pa.Table) -> list[str]:
    return sorted(map(repr, mentions.to_pylist()))


def check(history: list[dict[str, Text | None]], reference: ReferenceTables) -> None:
    memory = Memory(reference)
    for step in history:
        texts = {doc: one for doc, one in {**memory.texts, **step}.items() if one is not None}
        memory.become(texts)
        mentions, entities = whole(texts, reference)
        assert memory.entities.to_pylist() == entities.to_pylist()
        assert ordered(memory.mentions) == mentions


@settings(deadline=None, max_examples=80)
@given(HISTORY)
def test_carried_forward_entities_equal_recomputed_ones(
    reference: ReferenceTables, history: list[dict[str, Text | None]]
) -> None:
    check(history, reference)


@settings(deadline=None, max_examples=40)
@given(HISTORY, st.randoms(use_true_random=False))
def test_carried_forward_entities_equal_recomputed_ones_with_the_users_tables(
    reference: ReferenceTables, history: list[dict[str, Text | None]], rng: Random
) -> None:
    ids = [make_entity_id(kind(name), name) for name in NAMES]
    # The user merges an entity that has spelling variants into another that has some.
    merge = {rng.choice(ids[:4]): rng.choice([*ids[5:9], "Q19878", "ent_of_nobody"])}
    apart = {frozenset(rng.sample(ids, 2)) for _ in range(2)}
    check(history, replace(reference, merged_into=merge, kept_apart=apart))


def text(*names: str, day: int = 1) -> Text:
    return Text(date(2020, 1, day), tuple((make_entity_id(kind(n), n), kind(n), n, False) for n in names))


def test_what_a_run_does_not_touch_is_not_recalled(reference: ReferenceTables) -> None:
    memory = Memory(reference)
    memory.become({f"d{i}": text("Tom Berg", f"Ann Person{'abcdefgh'[i]}") for i in range(8)})
    memory.become(memory.texts | {"e": text("Tom Berg", "Ann Personz", day=9)})
    assert memory.asked == set()
    memory.become(
        memory.texts | {"f": text("Tom Berg", "Saadi Gadhafi"), "g": text("Tom Berg", "Saadi Gaddafi")}
    )
    assert memory.asked == set()
    memory.become({doc: one for doc, one in memory.texts.items() if doc != "g"})
    assert make_entity_id("person", "Saadi Gadhafi") in memory.asked
    mentions, entities = whole(memory.texts, reference)
    assert (ordered(memory.mentions), memory.entities) == (mentions, entities)


def test_entities_that_the_user_merges_bring_spellings_of_earlier_mentions(
    reference: ReferenceTables,
) -> None:
    """A variant of the one entity is not joined if a document mentions it with a variant of the other."""
    one, other = (make_entity_id("person", name) for name in ("Hasan Nasrulla", "Saadi Gadhafi"))
    history: list[dict[str, Text | None]] = [
        {
            "a": text("Hasan Nasrulla", "Tom Berg"),
            "b": text("Saadi Gadhafi", "Tom Berg"),
            "c": text("Saadi Gaddafi", "Hassan Nasrullah", "Tom Berg"),
        },
        {"d": text("Hassan Nasrullah", "Tom Berg")},
    ]
    check(history, replace(reference, merged_into={one: other}))
