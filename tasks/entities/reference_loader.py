"""The loader of the reference tables under ``seeds/`` and of the user's own."""

import os
import re
from pathlib import Path

from tasks.document.records import make_content_id
from tasks.entities.names import get_surname, make_entity_id, normalise_name, split_name
from tasks.entities.reference_tables import (
    KnownEntity,
    NameForm,
    ReferenceTableError,
    ReferenceTables,
    RoleNoun,
    Title,
    read_table_rows,
    split_forms,
)
from tasks.entities.user_entities import load_user_entities
from tasks.seeds import USER_ENTITIES_VARIABLE, get_seed_path

__all__ = [
    "KnownEntity",
    "NameForm",
    "ReferenceTableError",
    "ReferenceTables",
    "RoleNoun",
    "Title",
    "load_reference_tables",
]

COUNTRIES_WITH_KNOWN_REGIONS = frozenset({"US", "CA", "AU", "GB", "UA"})
"""whose regions are common enough in English news to be matched by name alone"""
REGULAR_PLURAL = re.compile(r"(?<!s)(?<!ch)(?<!sh)(?<!ese)(?<!men)(?<!man)(?<!woman)(?<!x)$")


def load_reference_tables(overrides: Path | None = None) -> ReferenceTables:
    """Return the reference tables under ``seeds/``, overridden by the user's own.

    Args:
        overrides: the user's folder; by default the one that ``COUNTERCLAIM_ENTITIES`` names, if it is set. It may
            contain ``entities.csv`` (name, type, qid, aliases), ``merge.csv`` (from_id, into_id) and ``split.csv``
            (first_id, second_id: never joined).

    Raises:
        ReferenceTableError: a table is missing or malformed.
    """
    reference = ReferenceTables()
    _load_countries(reference)
    _load_regions(reference)
    _load_areas(reference)
    _load_entities(reference)
    _load_governments(reference)
    _load_weapons(reference)
    _load_cities(reference)
    _load_titles(reference)
    _load_things(reference)
    if overrides is None and (named := os.environ.get(USER_ENTITIES_VARIABLE)):
        overrides = Path(named)
    if overrides is not None:
        load_user_entities(reference, overrides)
    return reference


def _load_countries(reference: ReferenceTables) -> None:
    """Read countries, their demonyms, abbreviations and capitals."""
    countries = {}
    for row in read_table_rows(
        get_seed_path("places/countries.csv"), "code", "qid", "name", "aliases", "capital", "population"
    ):
        population = int(row["population"])
        known = KnownEntity(
            entity_id=row["qid"],
            name=row["name"],
            entity_type="country",
            wikidata_id=row["qid"],
            country_code=row["code"],
            population=population,
        )
        countries[row["code"]] = known
        reference.countries[row["code"]] = known.entity_id
        for form in (row["name"], *split_forms(row)):
            reference.add_form(form, "country", known)
        if row["capital"]:
            reference.capitals[normalise_name(row["capital"])] = known.entity_id
    _load_demonyms(reference, countries)
    for forms in reference.names.values():
        forms.sort(key=lambda form: -form.entity.population)


def _load_demonyms(reference: ReferenceTables, countries: dict[str, KnownEntity]) -> None:
    """Read demonyms, with their regular plurals, and the short names of countries."""
    for row in read_table_rows(get_seed_path("places/demonyms.csv"), "code", "demonyms", "aliases"):
        known = countries[row["code"]]
        for form in split_forms(row):
            reference.add_form(form, "country", known)
        for form in split_forms(row, "demonyms"):
            reference.add_form(form, "nationality", known)
            if REGULAR_PLURAL.search(form):
                reference.add_form(f"{form}s", "nationality", known)


def _load_governments(reference: ReferenceTables) -> None:
    """Add the government of every country that the table of organisations does not list: *the Andorran government*."""
    for row in read_table_rows(get_seed_path("places/demonyms.csv"), "code", "demonyms"):
        country = reference.known_entities[reference.countries[row["code"]]]
        name = f"Government of {country.name}"
        forms = [f"{demonym} government" for demonym in split_forms(row, "demonyms")]
        if any(reference.find_forms(form) for form in (name, *forms)):
            continue
        known = KnownEntity(
            entity_id=make_entity_id("organisation", name),
            name=name,
            entity_type="organisation",
            country_code=row["code"],
        )
        for form in (name, *forms):
            reference.add_form(form, "organisation", known)


def _load_regions(reference: ReferenceTables) -> None:
    """Read states, provinces and disputed areas, and their abbreviations in news."""
    short = {
        r["code"]: split_forms(r)
        for r in read_table_rows(get_seed_path("places/abbreviations.csv"), "code", "aliases")
    }
    for row in read_table_rows(get_seed_path("places/regions.csv"), "code", "qid", "name", "country_code"):
        known = KnownEntity(
            entity_id=row["qid"],
            name=row["name"],
            entity_type="place",
            wikidata_id=row["qid"],
            country_code=row["country_code"],
        )
        if row["country_code"] in COUNTRIES_WITH_KNOWN_REGIONS:
            reference.add_form(row["name"], "place", known)
            reference.add_form(f"State of {row['name']}", "place", known)
        for form in short.get(row["code"], ()):
            reference.add_form(form, "place", known)
        reference.known_entities[known.entity_id] = known
        reference.cities[normalise_name(row["name"])].append(known)


def _load_areas(reference: ReferenceTables) -> None:
    """Read continents, parts of them and other areas; most share their name with some town."""
    for row in read_table_rows(get_seed_path("places/areas.csv"), "name", "qid", "country_code", "aliases"):
        known = KnownEntity(
            entity_id=row["qid"] or make_entity_id("place", row["name"]),
            name=row["name"],
            entity_type="place",
            wikidata_id=row["qid"] or None,
            country_code=row["country_code"] or None,
        )
        for form in (row["name"], *split_forms(row)):
            reference.add_form(form, "place", known)


def _load_entities(reference: ReferenceTables) -> None:
    """Read organisations and people."""
    for kind, file in (("organisation", "organisations.csv"), ("person", "people.csv")):
        for row in read_table_rows(
            get_seed_path(f"entities/{file}"), "name", "qid", "country_code", "aliases"
        ):
            known = KnownEntity(
                entity_id=row["qid"] or make_entity_id(kind, row["name"]),
                name=row["name"],
                entity_type=kind,
                wikidata_id=row["qid"] or None,
                country_code=row["country_code"] or None,
                gender=row.get("gender", ""),
                is_shared_name=bool(row.get("shared")),
            )
            if kind == "person":
                reference.namesakes[get_surname(row["name"])].append(known)
            for form in (row["name"], *split_forms(row)):
                reference.add_form(form, kind, known)
                if row.get("alone"):
                    reference.surnames[get_surname(form)] = known
    reference.common_words |= {
        row["word"] for row in read_table_rows(get_seed_path("entities/common_words.csv"), "word")
    }


def _load_weapons(reference: ReferenceTables) -> None:
    """Read weapons and the patterns of their designations."""
    for row in read_table_rows(get_seed_path("weapons/weapons.csv"), "name", "kind", "aliases"):
        known = KnownEntity(
            entity_id=make_entity_id("weapon", row["name"]), name=row["name"], entity_type="weapon"
        )
        for form in (row["name"], *split_forms(row)):
            reference.add_form(form, "weapon", known)
    patterns = [
        row["pattern"]
        for row in read_table_rows(get_seed_path("weapons/patterns.csv"), "pattern", "kind", "example")
    ]
    reference.designation_patterns += [re.compile(rf"(?<![\w-]){pattern}(?![\w])") for pattern in patterns]
    reference.any_designation = re.compile(rf"(?=[A-Z\d])(?<![\w-])(?:{'|'.join(patterns)})(?![\w])")


def _load_cities(reference: ReferenceTables) -> None:
    """Read cities; those that share a name are ranked by population, main names before aliases."""
    columns = ("geonames_id", "name", "country_code", "latitude", "longitude", "population", "aliases")
    aliases: list[tuple[str, KnownEntity]] = []
    for row in read_table_rows(get_seed_path("places/cities.csv"), *columns):
        known = KnownEntity(
            entity_id=make_content_id("ent", "place", row["geonames_id"]),
            name=row["name"],
            entity_type="place",
            country_code=row["country_code"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            population=int(row["population"]),
        )
        reference.known_entities[known.entity_id] = known
        reference.cities[normalise_name(row["name"])].append(known)
        aliases += [(normalise_name(form), known) for form in split_forms(row)]
    for cities in reference.cities.values():
        cities.sort(key=lambda city: (-city.population, city.entity_id))
    for form, known in aliases:
        reference.cities[form].append(known)


def _load_things(reference: ReferenceTables) -> None:
    """Read the nouns and names of things."""
    for row in read_table_rows(get_seed_path("entities/thing_nouns.csv"), "noun", "position", "label"):
        reference.thing_nouns[row["position"], row["noun"]] = row["label"]
    for row in read_table_rows(get_seed_path("entities/other_names.csv"), "name", "label"):
        reference.other_names[normalise_name(row["name"])] = row["label"]


def _load_titles(reference: ReferenceTables) -> None:
    """Read titles, role nouns and given names."""
    for row in read_table_rows(get_seed_path("titles/titles.csv"), "title", "kind", "gender"):
        words = split_name(row["title"])
        reference.titles[words] = Title(row["kind"], row["gender"])
        reference.title_starts.add(words[:1])
    for row in read_table_rows(
        get_seed_path("titles/roles.csv"), "noun", "category", "gender", "titles", "in_name", "speaks_for"
    ):
        titles = frozenset(normalise_name(title) for title in split_forms(row, "titles"))
        reference.roles[row["noun"]] = RoleNoun(
            category=row["category"],
            gender=row["gender"],
            titles=titles | {normalise_name(row["noun"])},
            is_part_of_name=row["in_name"] == "yes",
            speaks_for=row["speaks_for"] == "yes",
        )
    for row in read_table_rows(get_seed_path("titles/private_persons.csv"), "noun"):
        reference.private_persons.add(row["noun"])
    for row in read_table_rows(get_seed_path("titles/own_side.csv"), "noun"):
        reference.own_side.add(row["noun"])
    for row in read_table_rows(get_seed_path("cues/speech_acts.csv"), "noun"):
        reference.speech_acts.add(row["noun"])
        if row["issued"]:
            reference.issued_documents.add(row["noun"])
    for row in read_table_rows(get_seed_path("titles/given_names.csv"), "name", "gender"):
        reference.given_names[normalise_name(row["name"])] = row["gender"]
    families = read_table_rows(get_seed_path("titles/family_names_first.csv"), "name")
    reference.family_first |= {normalise_name(row["name"]) for row in families}
