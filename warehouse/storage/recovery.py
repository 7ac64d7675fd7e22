"""Make a warehouse whole again after a writer died at any moment: done under the lock, before every write."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from deltalake import DeltaTable

from warehouse.storage.delta_tables import (
    Resolution,
    check_reaches,
    check_there,
    create,
    exists,
    files,
    log_folder,
    only_once,
    open_pinned,
    open_table,
    pin_metadata,
    pins,
    resolution,
)
from warehouse.storage.location import Place, reached
from warehouse.tables import TABLES


def recover(place: Place) -> dict[str, DeltaTable]:
    """Open every table and take back what was committed but never pinned; create what never was published.

    Raises WarehouseError where a table is gone or older than what was published: nothing replaces its rows.
    """
    if place.local:
        _sweep(place, place.local)
    _create(place, "documents")
    documents = open_pinned(place, "documents")
    versions = _newest_pins(documents)
    others = [name for name in TABLES if name != "documents"]
    for name in others:
        if versions[name]:
            check_there(place, name)
        else:
            _create(place, name)
    opened = {name: open_pinned(place, name) for name in others}
    return _pinned(place, {"documents": documents, **opened}, versions)


def _create(place: Place, name: str) -> None:
    """Create a table that is not there: ``documents`` first, so that no other is ever there without it."""
    if not exists(place, name):
        create(place, TABLES[name])
        reached("created")


def whole(place: Place, opened: Mapping[str, DeltaTable]) -> dict[str, DeltaTable]:
    """Bring opened tables up to date in place, which costs a tenth of opening them, as :func:`recover` does."""
    opened["documents"].update_incremental()
    versions = _newest_pins(opened["documents"])
    for name in versions:
        if name != "documents":
            opened[name].update_incremental()
    return _pinned(place, opened, versions)


def _newest_pins(documents: DeltaTable) -> dict[str, int]:
    """Return the pins of ``documents``, brought up to date if another writer published since it was opened.

    They are read before the other tables: these then hold at least what they name.
    """
    while True:
        versions = pins(documents)
        if versions["documents"] <= documents.version():
            return versions
        documents.update_incremental()


def _pinned(
    place: Place, opened: Mapping[str, DeltaTable], versions: dict[str, int]
) -> dict[str, DeltaTable]:
    """Return each table at its newest version, whose files are those of the pinned one."""
    return {name: _restored(place, opened[name], name, versions) for name in versions}


def _restored(place: Place, newest: DeltaTable, name: str, versions: dict[str, int]) -> DeltaTable:
    """Return the opened table, restored first if its newest version holds other files than the pinned one."""
    head, version = newest.version(), versions[name]
    if head < version:
        check_reaches(place, name, version)
    if head == version or files(newest) == files(open_table(place, name, version)):
        return newest
    metadata = {}
    if name == "documents":
        # What made the entities is not told again: they are made anew from the restored mentions.
        owed = Resolution(owed=resolution(newest).owed)
        metadata = pin_metadata(versions | {"documents": head + 1}, owed)
    newest.restore(version, commit_properties=only_once(metadata))
    return open_table(place, name)


def _sweep(place: Place, root: Path) -> None:
    """Remove what a dead writer left half built or half removed, and commits that a power cut left empty."""
    for leftover in (root / "_snapshots").glob(".*"):
        shutil.rmtree(leftover, ignore_errors=True)
    for log in (log_folder(place, name) for name in TABLES if exists(place, name)):
        # Names alone are looked at: a log has one file a commit, and a run a minute makes many.
        with os.scandir(log) as entries:
            newest = max((entry.name for entry in entries if entry.name.endswith(".json")), default=None)
        if newest and (last := Path(log, newest)).stat().st_size == 0:
            last.unlink()
