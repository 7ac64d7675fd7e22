"""The reference tables under ``seeds/``, read into dictionaries once a process."""

import csv
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tasks.normalise.names import WORD, entity_id, normalise, split, surname
from tasks.records import content_id
from tasks.seeds import seed_path

REGULAR_PLURAL = re.compile(r"(?<!s)(?<!ch)(?<!sh)(?<!ese)(?<!men)(?<!man)(?<!woman)(?<!x)$")


ENTITIES = "COUNTERCLAIM_ENTITIES"
"""environment variable that names the folder of a user's own entities"""


OWN = {
    "type": "person|organisation|country|place|weapon|event|other",
    "qid": r"(?:Q[1-9]\d*)?",
    "country_code": "(?:[A-Z]{2})?",
}
"""what the cells of a user's entities may hold"""


class ReferenceTableError(ValueError):
    """A reference table cannot be used."""


@dataclass(frozen=True, slots=True)
class Known:
    """An entity that a reference table knows."""

    entity_id: str
    name: str
    entity_type: str
    wikidata_id: str | None = None
    country_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    population: int = 0
    gender: str = ""
    shared: bool = False
    """bodies of other countries bear the same name"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One written form of a known entity; ``label`` is the kind of mention it makes."""

    form: str
    label: str
    known: Known


@dataclass(frozen=True, slots=True)
class Title:
    """A title that stands before a name: its kind, and the gender it tells (m, f or unknown)."""

    kind: str
    gender: str


@dataclass(frozen=True, slots=True)
class Role:
    """A noun that stands for a person or organisation: what it may refer to, and the titles that match it."""

    category: str
    gender: str
    titles: frozenset[str]


def words_of(form: str) -> tuple[str, ...]:
    """Return the key under which a form is kept: its words in lower case."""
    return tuple(word.group().casefold() for word in WORD.finditer(form))


@dataclass(slots=True)
class Reference:
    """All the tables: ``names`` by the words of a form, ``cities`` and ``capitals`` by normalised name."""

    known: dict[str, Known] = field(default_factory=dict)
    names: dict[tuple[str, ...], list[Entry]] = field(default_factory=lambda: defaultdict(list))
    longest: dict[str, int] = field(default_factory=dict)
    cities: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    capitals: dict[str, str] = field(default_factory=dict)
    countries: dict[str, str] = field(default_factory=dict)
    titles: dict[tuple[str, ...], Title] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    given_names: dict[str, str] = field(default_factory=dict)
    family_first: set[str] = field(default_factory=set)
    """family names that stand before the given name"""
    surnames: dict[str, Known] = field(default_factory=dict)
    """known persons whom the surname tells, where a document speaks of their country"""
    common: set[str] = field(default_factory=set)
    """words that alone or together name no one body"""
    patterns: list[re.Pattern[str]] = field(default_factory=list)
    designation: re.Pattern[str] = field(default=re.compile(r"(?!)"))
    """any of the patterns: one look tells that a text holds none"""
    merge: dict[str, str] = field(default_factory=dict)
    apart: set[frozenset[str]] = field(default_factory=set)

    def add(self, form: str, label: str, known: Known) -> None:
        """Let ``form`` mean ``known``; several entities may share a form."""
        key = words_of(form)
        if not key:
            return
        self.known[known.entity_id] = known
        if all(entry.known.entity_id != known.entity_id for entry in self.names[key]):
            self.names[key].append(Entry(form, label, known))
        self.longest[key[0]] = max(self.longest.get(key[0], 0), len(key))

    def lookup(self, text: str) -> list[Entry]:
        """Return the entries whose form is ``text``, case aside, best known first."""
        key = words_of(text)
        return self.names.get(key) or (self.names.get(key[1:]) if key[:1] == ("the",) else None) or []


def rows(path: Path, *columns: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV table that has at least these columns.

    Raises:
        ReferenceTableError: the file is missing, lacks a column or has a row of another length.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            table = csv.DictReader(lines)
            width = len(table.fieldnames or ())
            if missing := set(columns) - set(table.fieldnames or ()):
                raise ReferenceTableError(
                    f"{path}: the header lacks {sorted(missing)}; found {table.fieldnames}"
                )
            for row in table:
                if len(row) != width or None in row.values():
                    raise ReferenceTableError(f"{path}, line {table.line_num}: {width} cells expected")
                yield row
    except OSError as error:
        raise ReferenceTableError(f"{path}: cannot be read ({error.strerror}): check the path") from error


def forms(row: dict[str, str], column: str = "aliases") -> list[str]:
    """Return the forms of a cell, which a bar separates."""
    return [form for form in row[column].split("|") if form]


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
    reference.designation = re.compile(rf"(?<![\w-])(?:{'|'.join(patterns)})(?![\w])")


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
        reference.titles[split(row["title"])] = Title(row["kind"], row["gender"])
    for row in rows(seed_path("titles/roles.csv"), "noun", "category", "gender", "titles"):
        titles = frozenset(normalise(title) for title in forms(row, "titles"))
        reference.roles[row["noun"]] = Role(row["category"], row["gender"], titles | {normalise(row["noun"])})
    for row in rows(seed_path("titles/given_names.csv"), "name", "gender"):
        reference.given_names[normalise(row["name"])] = row["gender"]
    families = rows(seed_path("titles/family_names_first.csv"), "name")
    reference.family_first |= {normalise(row["name"]) for row in families}


def load_overrides(reference: Reference, folder: Path) -> None:
    """Read the user's entities, which come before ours, and his lists of entities to join or keep apart."""
    if not folder.is_dir():
        raise ReferenceTableError(
            f"{folder}: a folder with entities.csv, merge.csv or split.csv was expected"
        )
    if (path := folder / "entities.csv").exists():
        load_own_entities(reference, path)
    if (path := folder / "merge.csv").exists():
        load_merges(reference, path)
    if (path := folder / "split.csv").exists():
        reference.apart |= {
            frozenset((r["first_id"], r["second_id"])) for r in rows(path, "first_id", "second_id")
        }


def load_own_entities(reference: Reference, path: Path) -> None:
    """Read the user's entities; where a form is known already, theirs comes first.

    Raises:
        ReferenceTableError: a type, QID or country code is none.
    """
    for line, row in enumerate(rows(path, "name", "type", "qid", "aliases"), 2):
        for column, pattern in OWN.items():
            if not re.fullmatch(pattern, row.get(column) or ""):
                raise ReferenceTableError(f"{path}, line {line}: {column} {row[column]!r} is not {pattern}")
        own_id = row["qid"] or entity_id(row["type"], row["name"])
        country = row.get("country_code") or None
        known = Known(own_id, row["name"], row["type"], row["qid"] or None, country)
        for form in (row["name"], *forms(row)):
            reference.add(form, row["type"], known)
            reference.names[words_of(form)].sort(key=lambda entry: entry.known.entity_id != own_id)


def load_merges(reference: Reference, path: Path) -> None:
    """Read which entity goes into which, each at once into the last of its chain.

    Raises:
        ReferenceTableError: the list goes in a circle.
    """
    into = {row["from_id"]: row["into_id"] for row in rows(path, "from_id", "into_id")}
    for first, last in into.items():
        seen = {first}
        while last in into:
            if last in seen:
                raise ReferenceTableError(f"{path}: {first} is merged in a circle, by way of {into[first]}")
            seen.add(last)
            last = into[last]
        reference.merge[first] = last
    reference.capitals |= {
        city: reference.merge[country]
        for city, country in reference.capitals.items()
        if country in reference.merge
    }
