"""Make a warehouse whole again after a writer died at any moment: done under the lock, before every write."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from deltalake import DeltaTable

from warehouse.delta import create, exists, files, only_once, open_table, pin_metadata, pins
from warehouse.place import Place, reached
from warehouse.tables import TABLES


def recover(place: Place) -> dict[str, DeltaTable]:
    """Create what is missing, open every table and make it :func:`whole`."""
    if place.local:
        _sweep(place.local)
    for table in TABLES.values():
        if not exists(place, table.name):
            create(place, table)
            reached("created")
    return whole(place, {name: open_table(place, name) for name in TABLES})


def whole(place: Place, opened: Mapping[str, DeltaTable]) -> dict[str, DeltaTable]:
    """Take back what was committed but never pinned; return each table at its newest version.

    The files of that version are those of its pinned one. What was opened is brought up to date in place,
    which costs a tenth of opening it again.
    """
    versions = _newest_pins(opened["documents"])
    for name in versions:
        if name != "documents":
            opened[name].update_incremental()
    return {name: _restored(place, opened[name], name, versions) for name in versions}


def _newest_pins(documents: DeltaTable) -> dict[str, int]:
    """Bring ``documents`` up to date and return its pins; again if another writer published meanwhile."""
    while True:
        documents.update_incremental()
        versions = pins(documents)
        if versions["documents"] <= documents.version():
            return versions


def _restored(place: Place, newest: DeltaTable, name: str, versions: dict[str, int]) -> DeltaTable:
    """Return the opened table, restored first if its newest version holds other files than the pinned one."""
    head, version = newest.version(), versions[name]
    if head == version or files(newest) == files(open_table(place, name, version)):
        return newest
    metadata = pin_metadata(versions | {"documents": head + 1}) if name == "documents" else {}
    newest.restore(version, commit_properties=only_once(metadata))
    return open_table(place, name)


def _sweep(root: Path) -> None:
    """Remove what a dead writer left half built or half removed, and commits that a power cut left empty."""
    for leftover in (root / "_snapshots").glob(".*"):
        shutil.rmtree(leftover, ignore_errors=True)
    for log in (root / "_delta").glob("*/_delta_log"):
        newest = max(log.glob("*.json"), default=None)
        if newest and newest.stat().st_size == 0:
            newest.unlink()
