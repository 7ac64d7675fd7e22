"""The entities table: one row per entity, variants joined, independent of order and batches."""

import random
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.corpus.entities_table import build_entities_table
from tasks.corpus.entities_table import find_spelling_variants as find_variants_by_date
from tasks.corpus.spelling_variants import find_candidate_pairs
from tasks.entities.names import make_entity_id
from tasks.entities.reference_loader import load_reference_tables
from tasks.entities.reference_tables import ReferenceTables
from tests.benchmarks.accuracy.speakers import make_synthetic_mentions

FIELDS = ("entity_id", "local_entity_id", "label", "text", "doc_id", "pronoun")


def mentions(*rows: tuple[str, str, str]) -> pa.Table:
    """Return a table of mentions from (document, label, name)."""
    return pa.table(
        {
            "entity_id": [make_entity_id(label, name) for _, label, name in rows],
            "local_entity_id": [make_entity_id(label, name) for _, label, name in rows],
            "label": [label for _, label, _ in rows],
            "text": [name for _, _, name in rows],
            "doc_id": [doc for doc, _, _ in rows],
            "pronoun": [False] * len(rows),
        }
    )


def documents(table: pa.Table) -> pa.Table:
    ids = sorted(set(table["doc_id"].to_pylist()))
    return pa.table({"doc_id": ids, "published_at": [date(2020, 1, 1 + i % 28) for i in range(len(ids))]})


def find_spelling_variants(table: pa.Table, reference: ReferenceTables) -> dict[str, str]:
    """Return the spelling variants in mentions whose documents have the days of :func:`documents`."""
    return find_variants_by_date(table, documents(table), reference)


def in_company(first: str, second: str, label: str = "person") -> pa.Table:
    """Return mentions of two names in two documents that also mention the same third entity."""
    third = ("organisation", "Benghazi Harbour Board")
    return mentions(("d1", label, first), ("d1", *third), ("d2", label, second), ("d2", *third))


SAME = [
    ("Saadi Gadhafi", "Saadi Gaddafi"),
    ("Saadi Gadhafi", "Saadi al-Qaddafi"),
    ("Saddam Haftar", "Saddam Hifter"),
    ("Mohammed Tantawi", "Muhammad Tantawy"),
    ("Aleksandr Zaldostanov", "Alexander Zaldostanov"),
    ("Yevgeny Gerasimov", "Evgeniy Gerasimov"),
    ("Hasan Nasrulla", "Hassan Nasrullah"),
    ("Oleksii Reznikov", "Oleksiy Reznikow"),
]
DIFFERENT = [
    ("Hassan Ali", "Hussein Ali"),
    ("John Harper", "Joan Harper"),
    ("Gadhafi", "Qaddafi"),
    ("Saadi Gadhafi", "Hannibal Gaddafi"),
    ("Igor Ivanov", "Igor Ivanenko"),
    ("Donald Tusk", "Donald Task Force"),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_spellings_of_one_name_in_one_company_are_one(
    reference: ReferenceTables, first: str, second: str
) -> None:
    mapping = find_spelling_variants(in_company(first, second), reference)
    ids = {mapping.get(e, e) for e in (make_entity_id("person", first), make_entity_id("person", second))}
    assert len(ids) == 1


@pytest.mark.parametrize(("first", "second"), DIFFERENT)
def test_other_people_stay_apart(reference: ReferenceTables, first: str, second: str) -> None:
    assert find_spelling_variants(in_company(first, second), reference) == {}


def test_organisations_that_differ_in_a_word_stay_apart(reference: ReferenceTables) -> None:
    assert (
        find_spelling_variants(in_company("Zintan Army", "Zintan National Army", "organisation"), reference)
        == {}
    )
    assert (
        find_spelling_variants(
            in_company("Zawiya Labour Front", "Zawiya Labor Front", "organisation"), reference
        )
        != {}
    )


def test_spellings_without_common_company_stay_apart(reference: ReferenceTables) -> None:
    table = mentions(
        ("d1", "person", "Saadi Gadhafi"), ("d1", "organisation", "Tuna Board"),
        ("d2", "person", "Saadi Gaddafi"), ("d2", "organisation", "Chess Union"),
    )  # fmt: skip
    assert find_spelling_variants(table, reference) == {}


def test_two_spellings_in_one_document_are_two_people(reference: ReferenceTables) -> None:
    table = mentions(("d", "person", "Saadi Gadhafi"), ("d", "person", "Saadi Gaddafi"))
    assert find_spelling_variants(table, reference) == {}


def test_a_name_is_written_as_readers_see_it(reference: ReferenceTables) -> None:
    table = in_company("Saadi\nGad\u00adhafi", "Saadi\u200b Gadhafi")
    names = {r["name"] for r in build_entities_table(table, documents(table), reference).to_pylist()}
    assert names == {"Saadi Gadhafi", "Benghazi Harbour Board"}


def test_a_joined_entity_has_all_aliases_counts_and_dates(reference: ReferenceTables) -> None:
    table = in_company("Saadi Gadhafi", "Saadi Gaddafi")
    rows = {r["name"]: r for r in build_entities_table(table, documents(table), reference).to_pylist()}
    row = rows["Saadi Gaddafi"]
    assert (row["aliases"], row["alias_counts"]) == (["Saadi Gaddafi", "Saadi Gadhafi"], [1, 1])
    assert (row["n_documents"], row["n_mentions"]) == (2, 2)
    assert (row["first_seen"], row["last_seen"]) == (date(2020, 1, 1), date(2020, 1, 2))


def test_known_entities_bring_their_qid_country_and_place(reference: ReferenceTables) -> None:
    tripoli = reference.cities["tripoli"][0].entity_id
    columns = (["Q159", tripoli], ["Q159", tripoli], ["nationality", "place"], ["Russians", "Tripoli"])
    table = pa.table(dict(zip(FIELDS, (*columns, ["d", "d"], [False, False]), strict=True)))
    rows = {r["entity_id"]: r for r in build_entities_table(table, documents(table), reference).to_pylist()}
    russia, city = rows["Q159"], rows[tripoli]
    assert (russia["name"], russia["entity_type"], russia["wikidata_id"]) == ("Russia", "country", "Q159")
    assert (city["country_code"], round(city["latitude"])) == ("LY", 33)


def test_the_users_lists_join_and_keep_apart(tmp_path: Path) -> None:
    first, second = (make_entity_id("person", name) for name in ("Saadi Gadhafi", "Saadi Gaddafi"))
    (tmp_path / "split.csv").write_text(f"first_id,second_id\n{first},{second}\n")
    assert (
        find_spelling_variants(in_company("Saadi Gadhafi", "Saadi Gaddafi"), load_reference_tables(tmp_path))
        == {}
    )
    one, two = (make_entity_id("person", name) for name in ("Abu Omar", "Mustafa Nasr"))
    (tmp_path / "merge.csv").write_text(f"from_id,into_id\n{one},{two}\n")
    assert find_spelling_variants(
        in_company("Abu Omar", "Mustafa Nasr"), load_reference_tables(tmp_path)
    ) == {one: two}


NAMES = [name for pair in SAME for name in pair] + [name for pair in DIFFERENT for name in pair]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(NAMES)), min_size=1, max_size=30),
    st.randoms(use_true_random=False),
)
def test_order_and_batches_do_not_matter(
    reference: ReferenceTables, pairs: list[tuple[str, str]], rng: random.Random
) -> None:
    rows = [(doc, "person", name) for doc, name in pairs]
    table = mentions(*rows)
    shuffled = rng.sample(rows, len(rows))
    cut = rng.randrange(len(rows) + 1)
    batches = pa.concat_tables([mentions(*part) for part in (shuffled[:cut], shuffled[cut:]) if part])
    expected = build_entities_table(table, documents(table), reference)
    assert build_entities_table(batches, documents(table), reference).equals(expected)
    assert find_spelling_variants(batches, reference) == find_spelling_variants(table, reference)


def test_the_id_of_the_variant_that_is_mentioned_first_is_kept(reference: ReferenceTables) -> None:
    spellings = "Saadi Gadhafi", "Saadi Gaddafi"
    ids = [make_entity_id("person", name) for name in spellings]
    for first, second in (spellings, spellings[::-1]):
        assert set(find_spelling_variants(in_company(first, second), reference).values()) == {
            ids[spellings.index(first)]
        }


@pytest.mark.slow
def test_a_hundred_thousand_names_make_fewer_comparisons_than_names() -> None:
    """The blocks are small; tests.benchmarks.accuracy.speakers measures the time."""
    rows = make_synthetic_mentions(100_000).select(["entity_id", "text"]).to_pylist()
    names = {r["entity_id"]: ("person", r["text"]) for r in rows}
    assert len(names) == 100_000
    assert sum(1 for _ in find_candidate_pairs(names)) < 50_000
