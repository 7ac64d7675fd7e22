"""What the reference tables hold, as dictionaries, and how a table is read."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from tasks.entities.names import KEPT, WORD
from warehouse.errors import InputError


class ReferenceTableError(InputError):
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


@lru_cache(KEPT)
def words_of(form: str) -> tuple[str, ...]:
    """Return the key under which a form is kept: its words in lower case."""
    return tuple(word.casefold() for word in WORD.findall(form))


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
    title_starts: set[tuple[str, ...]] = field(default_factory=set)
    """the first words of the titles"""
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
