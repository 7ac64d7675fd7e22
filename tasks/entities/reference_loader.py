"""The reference tables under ``seeds/``, read into dictionaries once a process."""

import os
import re
from pathlib import Path

from tasks.document.records import content_id
from tasks.entities.names import entity_id, normalise, split, surname
from tasks.entities.reference_tables import (
    Entry,
    Known,
    Reference,
    ReferenceTableError,
    Role,
    Title,
    forms,
    rows,
)
from tasks.entities.user_entities import load_overrides
from tasks.seeds import seed_path

__all__ = ["Entry", "Known", "Reference", "ReferenceTableError", "Role", "Title", "load_reference"]

REGULAR_PLURAL = re.compile(r"(?<!s)(?<!ch)(?<!sh)(?<!ese)(?<!men)(?<!man)(?<!woman)(?<!x)$")
ENTITIES = "COUNTERCLAIM_ENTITIES"
"""environment variable that names the folder of a user's own entities"""


def load_reference(overrides: Path | None = None) -> Reference:
    """Read every table under ``seeds/`` and, over them, the user's own folder.

    Args:
        overrides: the user's folder; by default what ``COUNTERCLAIM_ENTITIES`` names, if it is set. It may
            hold ``entities.csv`` (name, type, qid, aliases), ``merge.csv`` (from_id, into_id) and ``split.csv``
            (first_id, second_id: never to be joined).
    """
    reference = Reference()
    load_countries(reference)
    load_regions(reference)
    load_areas(reference)
    load_entities(reference)
    load_weapons(reference)
    load_cities(reference)
    load_titles(reference)
    if overrides is None and (named := os.environ.get(ENTITIES)):
        overrides = Path(named)
    if overrides is not None:
        load_overrides(reference, overrides)
    return reference


def load_countries(reference: Reference) -> None:
    """Read countries, their demonyms, abbreviations and capitals."""
    countries = {}
    for row in rows(
        seed_path("places/countries.csv"), "code", "qid", "name", "aliases", "capital", "population"
    ):
        population = int(row["population"])
        known = Known(row["qid"], row["name"], "country", row["qid"], row["code"], population=population)
        countries[row["code"]] = known
        reference.countries[row["code"]] = known.entity_id
        for form in (row["name"], *forms(row)):
            reference.add(form, "country", known)
        if row["capital"]:
            reference.capitals[normalise(row["capital"])] = known.entity_id
    load_demonyms(reference, countries)
    for entries in reference.names.values():
        entries.sort(key=lambda entry: -entry.known.population)


def load_demonyms(reference: Reference, countries: dict[str, Known]) -> None:
    """Read what countries' people are called, with regular plurals, and the countries' short names."""
    for row in rows(seed_path("places/demonyms.csv"), "code", "demonyms", "aliases"):
        known = countries[row["code"]]
        for form in forms(row):
            reference.add(form, "country", known)
        for form in forms(row, "demonyms"):
            reference.add(form, "nationality", known)
            if REGULAR_PLURAL.search(form):
                reference.add(f"{form}s", "nationality", known)


def load_regions(reference: Reference) -> None:
    """Read states, provinces and disputed areas, and what news shortens them to."""
    short = {r["code"]: forms(r) for r in rows(seed_path("places/abbreviations.csv"), "code", "aliases")}
    for row in rows(seed_path("places/regions.csv"), "code", "qid", "name", "country_code"):
        known = Known(row["qid"], row["name"], "place", row["qid"], row["country_code"])
        # Only these federations' regions are common enough in English news to be matched by name alone.
        if row["country_code"] in {"US", "CA", "AU", "GB", "UA"}:
            reference.add(row["name"], "place", known)
            reference.add(f"State of {row['name']}", "place", known)
        for form in short.get(row["code"], ()):
            reference.add(form, "place", known)
        reference.known[known.entity_id] = known
        reference.cities[normalise(row["name"])].append(known)


def load_areas(reference: Reference) -> None:
    """Read continents, parts of them, and lands that are no country: a town somewhere bears the name of most."""
    for row in rows(seed_path("places/areas.csv"), "name", "qid", "country_code", "aliases"):
        known = Known(
            row["qid"] or entity_id("place", row["name"]),
            row["name"],
            "place",
            row["qid"] or None,
            row["country_code"] or None,
        )
        for form in (row["name"], *forms(row)):
            reference.add(form, "place", known)


def load_entities(reference: Reference) -> None:
    """Read organisations and people."""
    for kind, file in (("organisation", "organisations.csv"), ("person", "people.csv")):
        for row in rows(seed_path(f"entities/{file}"), "name", "qid", "country_code", "aliases"):
            known = Known(
                row["qid"] or entity_id(kind, row["name"]),
                row["name"],
                kind,
                row["qid"] or None,
                row["country_code"] or None,
                gender=row.get("gender", ""),
                shared=bool(row.get("shared")),
            )
            for form in (row["name"], *forms(row)):
                reference.add(form, kind, known)
                if row.get("alone"):
                    reference.surnames[surname(form)] = known
    reference.common |= {row["word"] for row in rows(seed_path("entities/common_words.csv"), "word")}


def load_weapons(reference: Reference) -> None:
    """Read weapons and the patterns of their designations."""
    for row in rows(seed_path("weapons/weapons.csv"), "name", "kind", "aliases"):
        known = Known(entity_id("weapon", row["name"]), row["name"], "weapon")
        for form in (row["name"], *forms(row)):
            reference.add(form, "weapon", known)
    patterns = [
        row["pattern"] for row in rows(seed_path("weapons/patterns.csv"), "pattern", "kind", "example")
    ]
    reference.patterns += [re.compile(rf"(?<![\w-]){pattern}(?![\w])") for pattern in patterns]
    reference.designation = re.compile(rf"(?=[A-Z\d])(?<![\w-])(?:{'|'.join(patterns)})(?![\w])")


def load_cities(reference: Reference) -> None:
    """Read cities; a name that several share is ranked by population, main names before alternates."""
    columns = ("geonames_id", "name", "country_code", "latitude", "longitude", "population", "aliases")
    others: list[tuple[str, Known]] = []
    for row in rows(seed_path("places/cities.csv"), *columns):
        known = Known(
            content_id("ent", "place", row["geonames_id"]),
            row["name"],
            "place",
            None,
            row["country_code"],
            float(row["latitude"]),
            float(row["longitude"]),
            int(row["population"]),
        )
        reference.known[known.entity_id] = known
        reference.cities[normalise(row["name"])].append(known)
        others += [(normalise(form), known) for form in forms(row)]
    for cities in reference.cities.values():
        cities.sort(key=lambda city: (-city.population, city.entity_id))
    for form, known in others:
        reference.cities[form].append(known)


def load_titles(reference: Reference) -> None:
    """Read titles, role nouns and given names."""
    for row in rows(seed_path("titles/titles.csv"), "title", "kind", "gender"):
        words = split(row["title"])
        reference.titles[words] = Title(row["kind"], row["gender"])
        reference.title_starts.add(words[:1])
    for row in rows(seed_path("titles/roles.csv"), "noun", "category", "gender", "titles"):
        titles = frozenset(normalise(title) for title in forms(row, "titles"))
        reference.roles[row["noun"]] = Role(row["category"], row["gender"], titles | {normalise(row["noun"])})
    for row in rows(seed_path("titles/given_names.csv"), "name", "gender"):
        reference.given_names[normalise(row["name"])] = row["gender"]
    families = rows(seed_path("titles/family_names_first.csv"), "name")
    reference.family_first |= {normalise(row["name"]) for row in families}
