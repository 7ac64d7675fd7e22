"""The reference tables: complete, readable, and under the user's control."""

import csv
import re
from pathlib import Path

import pytest

from tasks.entities.gazetteer import find_known_names
from tasks.entities.names import make_entity_id
from tasks.entities.reference_loader import ReferenceTableError, load_reference_tables
from tasks.entities.reference_tables import ReferenceTables
from tasks.seeds import get_seed_path


def table(name: str) -> list[dict[str, str]]:
    with get_seed_path(name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


COUNTRIES = table("places/countries.csv")
QID = {row["code"]: row["qid"] for row in COUNTRIES}


def test_all_249_iso_countries_and_kosovo_have_a_qid_and_a_demonym() -> None:
    assert len(QID) == 250
    assert all(re.fullmatch(r"Q\d+", qid) for qid in QID.values())
    assert {row["code"] for row in table("places/demonyms.csv") if row["demonyms"]} == QID.keys()


def share_found(forms: list[tuple[str, str]], sentence: str, reference: ReferenceTables) -> float:
    found = 0
    for code, form in forms:
        matches = find_known_names(sentence.format(form), reference)
        found += any(e.entity.entity_id == QID[code] for m in matches for e in m.forms[:1])
    return found / len(forms)


def test_country_names_and_demonyms_resolve(reference: ReferenceTables) -> None:
    names = [(row["code"], row["name"]) for row in COUNTRIES]
    demonyms = [(row["code"], row["demonyms"].split("|")[0]) for row in table("places/demonyms.csv")]
    assert share_found(names, "It happened in {} then.", reference) == 1
    assert share_found(demonyms, "A {} woman denied it.", reference) >= 0.99  # Congolese, Dominican: two each


@pytest.mark.parametrize(
    ("text", "form", "country"),
    [
        ("He accused the Russians of it.", "Russians", "RU"),
        ("The U.S. denied it.", "U.S.", "US"),
        ("The US denied it.", "US", "US"),
        ("Britain’s army left.", "Britain", "GB"),
        ("The U.A.E. paid.", "U.A.E.", "AE"),
        ("Frenchmen were there.", "Frenchmen", "FR"),
        ("The DPRK fired it.", "DPRK", "KP"),
        ("A Côte d'Ivoire official spoke.", "Côte d'Ivoire", "CI"),
    ],
)
def test_forms_of_countries(reference: ReferenceTables, text: str, form: str, country: str) -> None:
    (match,) = (m for m in find_known_names(text, reference) if m.forms)
    assert text[slice(*match.span)] == form
    assert match.forms[0].entity.entity_id == QID[country]


def test_lands_that_are_no_country_are_not_towns_of_that_name(reference: ReferenceTables) -> None:
    """Towns in the Philippines and India are called Asia and Bāli."""
    for row in table("places/areas.csv"):
        (found,) = find_known_names(f"They went to {row['name']} then.", reference)
        assert found.forms[0].entity.name == row["name"]


@pytest.mark.parametrize("text", ["Tell us more.", "Who did it?", "He will polish it.", "They ate turkey."])
def test_words_that_only_look_like_names(reference: ReferenceTables, text: str) -> None:
    assert find_known_names(text, reference) == []


@pytest.mark.parametrize("row", table("weapons/patterns.csv"), ids=lambda row: row["example"])
def test_each_weapon_pattern_finds_its_example(reference: ReferenceTables, row: dict[str, str]) -> None:
    text = f"They saw a {row['example']} howitzer there."
    assert row["example"] in [text[slice(*m.span)] for m in find_known_names(text, reference)]


@pytest.mark.parametrize("file", ["entities/organisations.csv", "entities/people.csv"])
def test_no_form_or_qid_of_an_entity_stands_twice(file: str) -> None:
    rows = table(file)
    forms = [form for row in rows for form in {row["name"], *row["aliases"].split("|")} if form]
    qids = [row["qid"] for row in rows if row["qid"]]
    assert len(forms) == len(set(forms))
    assert len(qids) == len(set(qids))


def test_cities_have_coordinates_and_stand_by_population(reference: ReferenceTables) -> None:
    first, second = reference.cities["tripoli"][:2]
    assert (first.country_code, second.country_code) == ("LY", "LB")
    assert first.latitude == pytest.approx(32.9, abs=0.1)


# --- the user's own tables


@pytest.mark.parametrize("form", ["UN", "UNC", "Georgia"])
def test_own_entities_come_before_ours(tmp_path: Path, form: str) -> None:
    own_table = "name,type,qid,aliases\nUnited Nations Command,organisation,,UN|UNC|Georgia\n"
    (tmp_path / "entities.csv").write_text(own_table)
    (match,) = find_known_names(f"The {form} said so.", load_reference_tables(tmp_path))
    assert match.forms[0].entity.entity_id == make_entity_id("organisation", "United Nations Command")


def test_the_documented_example_is_what_the_program_reads(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/normalisation.md").read_text(encoding="utf-8")
    tables = re.findall(r"```csv\n(.*?)```", page, re.S)
    for name, table in zip(("entities", "merge", "split"), tables, strict=True):
        (tmp_path / f"{name}.csv").write_text(table, encoding="utf-8")
    own = load_reference_tables(tmp_path)
    (match,) = find_known_names("ZHB denied that it had closed the harbour.", own)
    assert (match.forms[0].entity.name, match.forms[0].entity.country_code) == (
        "Zawiya Harbour Board",
        "LY",
    )
    assert own.merged_into["ent_0b1f0a3d5c6e7f8a9b0c"] == "Q19878"
    assert len(own.kept_apart) == 1


def test_merge_and_split_lists_are_read(tmp_path: Path) -> None:
    (tmp_path / "merge.csv").write_text("from_id,into_id\nent_a,ent_b\n")
    (tmp_path / "split.csv").write_text("first_id,second_id\nent_c,ent_d\n")
    own = load_reference_tables(tmp_path)
    assert own.merged_into == {"ent_a": "ent_b"}
    assert own.kept_apart == {frozenset(("ent_c", "ent_d"))}


def test_a_chain_of_merges_ends_in_its_last_entity_and_a_circle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "merge.csv").write_text("from_id,into_id\nent_a,ent_b\nent_b,Q159\n")
    assert load_reference_tables(tmp_path).merged_into == {"ent_a": "Q159", "ent_b": "Q159"}
    (tmp_path / "merge.csv").write_text("from_id,into_id\nent_a,ent_b\nent_b,ent_a\n")
    with pytest.raises(ReferenceTableError, match="ent_a is merged in a circle, by way of ent_b"):
        load_reference_tables(tmp_path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("name,qid\nX,\n", "lacks .*'aliases', 'type'"),
        ("name,type,qid,aliases\nX,person\n", "line 2: 4 cells"),
        (
            "name,type,qid,aliases\nX,person,,\nY,organization,,\n",
            "line 3: type 'organization' is not person|",
        ),
        ("name,type,qid,aliases\nX,person,76,\n", "line 2: qid '76' is not"),
    ],
)
def test_a_bad_table_is_named_with_its_line(tmp_path: Path, content: str, expected: str) -> None:
    (tmp_path / "entities.csv").write_text(content)
    with pytest.raises(ReferenceTableError, match=expected.replace("|", r"\|")):
        load_reference_tables(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReferenceTableError, match=r"nowhere: a folder with entities\.csv"):
        load_reference_tables(tmp_path / "nowhere")


def test_the_environment_names_the_users_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "entities.csv").write_text(
        "name,type,qid,aliases\nBridge Front,organisation,,BF\n", encoding="utf-8"
    )
    monkeypatch.setenv("COUNTERCLAIM_ENTITIES", str(tmp_path))
    assert any(known.name == "Bridge Front" for known in load_reference_tables().known_entities.values())
    monkeypatch.setenv("COUNTERCLAIM_ENTITIES", str(tmp_path / "missing"))
    with pytest.raises(ReferenceTableError, match="folder"):
        load_reference_tables()


def test_every_noun_for_ones_own_side_occurs_in_its_example(reference: ReferenceTables) -> None:
    for row in table("titles/own_side.csv"):
        assert row["noun"] in row["example"].lower().split()
        assert row["noun"] in reference.own_side
