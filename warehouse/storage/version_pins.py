"""The versions of all tables that belong together, kept in the metadata of each commit of ``documents``.

They are the pins of that commit, which is made last and is the commit point of all tables.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deltalake import DeltaTable

from warehouse.errors import WarehouseError
from warehouse.storage.delta_tables import list_files
from warehouse.tables import SCHEMA_VERSION, TABLES

RESOLVED_BY_KEY, OWED_STEPS_KEY = "entities_resolved_by", "owed_steps"
HISTORY_LIMITS = (1, 50, None)
"""numbers of newest commits to search for pins: vacuum, optimize and other programs commit without pins"""


@dataclass(frozen=True, slots=True)
class CorpusStepStatus:
    """The state of the steps over all documents, kept with each publication."""

    resolved_by: str | None = None
    """version of the extractor that made ``entities`` from all mentions, if known"""
    owed_steps: frozenset[str] = frozenset()
    """steps over all documents that failed, and that the next run has to repeat"""

    def to_metadata(self) -> dict[str, str]:
        """Return the status as metadata of a commit."""
        entries = {RESOLVED_BY_KEY: self.resolved_by, OWED_STEPS_KEY: " ".join(sorted(self.owed_steps))}
        return {name: value for name, value in entries.items() if value}


def make_pin_metadata(versions: Mapping[str, int], status: CorpusStepStatus) -> dict[str, str]:
    """Return the metadata by which a commit of ``documents`` pins every table, its own version included.

    Its own version is stored because deltalake numbers the commits of a history from the opened version, which
    need not be the newest.
    """
    pinned = {"pins": json.dumps(dict(versions), sort_keys=True), "schema_version": str(SCHEMA_VERSION)}
    return pinned | status.to_metadata()


def read_corpus_step_status(documents: DeltaTable) -> CorpusStepStatus:
    """Return the state of the steps over all documents at the newest published version."""
    entry = next(iter(_find_newest_published_commits(documents)), {})
    return CorpusStepStatus(
        resolved_by=entry.get(RESOLVED_BY_KEY), owed_steps=frozenset(entry.get(OWED_STEPS_KEY, "").split())
    )


def read_pins(documents: DeltaTable) -> dict[str, int]:
    """Return the version of every table that the newest commit of ``documents`` with pins names.

    Before the first publication all are 0 and the tables empty. Raises WarehouseError if a newer Counterclaim
    wrote the tables, or if there are rows but no commit has pins.
    """
    for entry in _find_newest_published_commits(documents):
        _check_schema_not_newer(documents, int(entry["schema_version"]))
        return parse_pins(entry)
    if list_files(documents):
        raise WarehouseError(
            f"No commit of {documents.table_uri} says which versions of the tables belong together: its log "
            "was truncated or written by another program. Restore _delta from a backup, or start a new --warehouse."
        )
    return dict.fromkeys(TABLES, 0)


def parse_pins(entry: Mapping[str, Any]) -> dict[str, int]:
    """Return the versions that a commit of ``documents`` pins."""
    versions: dict[str, int] = json.loads(entry["pins"])
    return dict.fromkeys(TABLES, 0) | versions


def list_published_commits(documents: DeltaTable, limit: int | None) -> list[dict[str, Any]]:
    """Return those of the newest ``limit`` commits of ``documents`` that published a version, newest first."""
    return [entry for entry in documents.history(limit) if "pins" in entry]


def _find_newest_published_commits(documents: DeltaTable) -> list[dict[str, Any]]:
    """Return commits that published a version, newest first; an empty list only if no commit did."""
    return next(
        (found for limit in HISTORY_LIMITS if (found := list_published_commits(documents, limit))), []
    )


def has_current_schema(documents: DeltaTable) -> bool:
    """Return True if the tables have the current schema version, or nothing has been published yet."""
    newest = _find_newest_published_commits(documents)
    return not newest or int(newest[0]["schema_version"]) == SCHEMA_VERSION


def check_schema_current(heads: Mapping[str, DeltaTable]) -> None:
    """Raise WarehouseError if the tables have an older schema version, or other columns than are declared."""
    others = [
        n for n, head in heads.items() if [f.name for f in head.schema().fields] != TABLES[n].schema.names
    ]
    if others or not has_current_schema(heads["documents"]):
        raise WarehouseError(
            f"An older Counterclaim wrote the tables at {heads['documents'].table_uri}. "
            "Run `counterclaim migrate` first: it says what it changes."
        )


def _check_schema_not_newer(documents: DeltaTable, found: int) -> None:
    if found > SCHEMA_VERSION:
        raise WarehouseError(
            f"The tables at {documents.table_uri} have schema version {found}; this Counterclaim knows "
            f"version {SCHEMA_VERSION}. Install the newer Counterclaim, or name another --warehouse."
        )
