"""The user's own tables, which come before ours: entities, and lists of entities to join or keep apart."""

import re
from pathlib import Path

from tasks.entities.names import entity_id
from tasks.entities.reference_tables import Known, Reference, ReferenceTableError, forms, rows, words_of

OWN = {
    "type": "person|organisation|country|place|weapon|event|other",
    "qid": r"(?:Q[1-9]\d*)?",
    "country_code": "(?:[A-Z]{2})?",
}
"""what the cells of a user's entities may hold"""


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
