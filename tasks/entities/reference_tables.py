"""The reference tables as dictionaries, and the reader of their CSV files."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from tasks.entities.names import NAME_CACHE_SIZE, NAME_WORD
from warehouse.errors import InputError


class ReferenceTableError(InputError):
    """A reference table is missing or malformed."""


@dataclass(frozen=True, slots=True)
class KnownEntity:
    """An entity of a reference table."""

    entity_id: str
    name: str
    entity_type: str
    wikidata_id: str | None = None
    country_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    population: int = 0
    gender: str = ""
    is_shared_name: bool = False
    """bodies of other countries have the same name"""


@dataclass(frozen=True, slots=True)
class NameForm:
    """One written form of a known entity; ``label`` is the label of its mentions."""

    text: str
    label: str
    entity: KnownEntity


@dataclass(frozen=True, slots=True)
class Title:
    """A title that precedes a name: its kind, and the gender that it implies (m, f or unknown)."""

    kind: str
    gender: str


@dataclass(frozen=True, slots=True)
class RoleNoun:
    """A noun that refers to a person or organisation: what it may refer to, and the titles that match it."""

    category: str
    gender: str
    titles: frozenset[str]
    is_part_of_name: bool = False
    """it refers only to a body whose name contains it: *the court*"""
    speaks_for: bool = False
    """somebody who always speaks for a body: *a spokesman*"""


@lru_cache(NAME_CACHE_SIZE)
def make_form_key(form: str) -> tuple[str, ...]:
    """Return the look-up key of a form: its words in lower case."""
    return tuple(word.casefold() for word in NAME_WORD.findall(form))


@dataclass(slots=True)
class ReferenceTables:
    """All reference tables: ``names`` by form key, ``cities`` and ``capitals`` by normalised name."""

    known_entities: dict[str, KnownEntity] = field(default_factory=dict)
    names: dict[tuple[str, ...], list[NameForm]] = field(default_factory=lambda: defaultdict(list))
    max_form_words: dict[str, int] = field(default_factory=dict)
    """length of the longest form that begins with a word"""
    form_starts: set[tuple[str, ...]] = field(default_factory=set)
    """the first two words of the forms that have several"""
    cities: dict[str, list[KnownEntity]] = field(default_factory=lambda: defaultdict(list))
    capitals: dict[str, str] = field(default_factory=dict)
    countries: dict[str, str] = field(default_factory=dict)
    titles: dict[tuple[str, ...], Title] = field(default_factory=dict)
    title_starts: set[tuple[str, ...]] = field(default_factory=set)
    """the first words of the titles"""
    roles: dict[str, RoleNoun] = field(default_factory=dict)
    private_persons: set[str] = field(default_factory=set)
    """nouns for people who act for no country or body: *woman*, *tourist*"""
    own_side: set[str] = field(default_factory=set)
    """nouns for people who speak for whom they belong to: *aides*"""
    speech_acts: set[str] = field(default_factory=set)
    """documents and speeches by which their issuer speaks: *statement*"""
    issued_documents: set[str] = field(default_factory=set)
    """those that the body named before them issued: *an Orvane report*, but not *a Twitter post*"""
    thing_nouns: dict[tuple[str, str], str] = field(default_factory=dict)
    """position and noun that make a name one of a thing, to the label: before (*the ship Aurora*), last (*Ruiz
    Bridge*), of (*the town of Aurora*) and after (*the Aurora party*)"""
    other_names: dict[str, str] = field(default_factory=dict)
    """names of no person, organisation or place that the recogniser takes for one, with their label: *Brexit*"""
    given_names: dict[str, str] = field(default_factory=dict)
    family_first: set[str] = field(default_factory=set)
    """family names that precede the given name"""
    surnames: dict[str, KnownEntity] = field(default_factory=dict)
    """known persons whom the surname identifies in a document that mentions their country"""
    namesakes: dict[str, list[KnownEntity]] = field(default_factory=lambda: defaultdict(list))
    """all known persons by surname"""
    common_words: set[str] = field(default_factory=set)
    """words that do not identify a body, alone or together"""
    designation_patterns: list[re.Pattern[str]] = field(default_factory=list)
    any_designation: re.Pattern[str] = field(default=re.compile(r"(?!)"))
    """all patterns in one, to reject a text without designations with one search"""
    merged_into: dict[str, str] = field(default_factory=dict)
    """the user's merges: entity id to the id that replaces it"""
    kept_apart: set[frozenset[str]] = field(default_factory=set)
    """the user's pairs of entities that are never joined"""

    def add_form(self, form: str, label: str, known: KnownEntity) -> None:
        """Add a form of an entity; several entities may share a form."""
        key = make_form_key(form)
        if not key:
            return
        self.known_entities[known.entity_id] = known
        if all(other.entity.entity_id != known.entity_id for other in self.names[key]):
            self.names[key].append(NameForm(form, label, known))
        self.max_form_words[key[0]] = max(self.max_form_words.get(key[0], 0), len(key))
        if len(key) > 1:
            self.form_starts.add(key[:2])

    def find_forms(self, text: str) -> list[NameForm]:
        """Return the forms that match ``text``, ignoring case, best known first."""
        key = make_form_key(text)
        return self.names.get(key) or (self.names.get(key[1:]) if key[:1] == ("the",) else None) or []


def read_table_rows(path: Path, *columns: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV table that must have at least these columns.

    Raises:
        ReferenceTableError: the file is missing, lacks a column or has a row with missing or extra cells.
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


def split_forms(row: dict[str, str], column: str = "aliases") -> list[str]:
    """Return the forms in a cell, which are separated by ``|``."""
    return [form for form in row[column].split("|") if form]
