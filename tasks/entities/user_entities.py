"""The user's tables, which take precedence over those under ``seeds/``: entities, merges and splits."""

import re
from pathlib import Path

from tasks.entities.names import make_entity_id
from tasks.entities.reference_tables import (
    KnownEntity,
    ReferenceTableError,
    ReferenceTables,
    make_form_key,
    read_table_rows,
    split_forms,
)
from tasks.seeds import USER_TABLES

CELL_PATTERNS = {
    "type": "person|organisation|country|place|weapon|event|other",
    "qid": r"(?:Q[1-9]\d*)?",
    "country_code": "(?:[A-Z]{2})?",
}
"""patterns of the cells of a user's entities.csv"""


def load_user_entities(reference: ReferenceTables, folder: Path) -> None:
    """Add the user's entities, which take precedence, and the lists of entities to merge or keep apart.

    Raises:
        ReferenceTableError: the folder or a table in it is missing or malformed.
    """
    if not folder.is_dir():
        raise ReferenceTableError(
            f"{folder}: a folder with {', '.join(USER_TABLES[:-1])} or {USER_TABLES[-1]} was expected"
        )
    loaders = (_load_entity_table, _load_entity_merges, _load_entity_splits)
    for name, load_table in zip(USER_TABLES, loaders, strict=True):
        if (path := folder / name).exists():
            load_table(reference, path)


def _load_entity_table(reference: ReferenceTables, path: Path) -> None:
    """Add the user's entities; they come first for a form that is already known.

    Raises:
        ReferenceTableError: a type, QID or country code is not valid.
    """
    for line, row in enumerate(read_table_rows(path, "name", "type", "qid", "aliases"), 2):
        for column, pattern in CELL_PATTERNS.items():
            if not re.fullmatch(pattern, row.get(column) or ""):
                raise ReferenceTableError(f"{path}, line {line}: {column} {row[column]!r} is not {pattern}")
        own_id = row["qid"] or make_entity_id(row["type"], row["name"])
        country = row.get("country_code") or None
        known = KnownEntity(
            entity_id=own_id,
            name=row["name"],
            entity_type=row["type"],
            wikidata_id=row["qid"] or None,
            country_code=country,
        )
        for form in (row["name"], *split_forms(row)):
            reference.add_form(form, row["type"], known)
            reference.names[make_form_key(form)].sort(
                key=lambda known_form: known_form.entity.entity_id != own_id
            )


def _load_entity_splits(reference: ReferenceTables, path: Path) -> None:
    """Read the pairs of entities that are never joined."""
    reference.kept_apart |= {
        frozenset((row["first_id"], row["second_id"]))
        for row in read_table_rows(path, "first_id", "second_id")
    }


def _load_entity_merges(reference: ReferenceTables, path: Path) -> None:
    """Read the merges, each resolved to the last entity of its chain.

    Raises:
        ReferenceTableError: the merges form a circle.
    """
    into = {row["from_id"]: row["into_id"] for row in read_table_rows(path, "from_id", "into_id")}
    for first, last in into.items():
        seen = {first}
        while last in into:
            if last in seen:
                raise ReferenceTableError(f"{path}: {first} is merged in a circle, by way of {into[first]}")
            seen.add(last)
            last = into[last]
        reference.merged_into[first] = last
    reference.capitals |= {
        city: reference.merged_into[country]
        for city, country in reference.capitals.items()
        if country in reference.merged_into
    }
