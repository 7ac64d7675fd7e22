"""Recovery after a writer died at any moment: runs under the lock, before every write."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from deltalake import DeltaTable

from warehouse.folder_names import SNAPSHOTS_FOLDER
from warehouse.storage.delta_tables import (
    check_reaches_version,
    check_table_created,
    create_table,
    get_log_folder,
    is_table_created,
    list_files,
    make_commit_properties,
    open_pinned_table,
    open_table,
)
from warehouse.storage.fault_points import reach_fault_point
from warehouse.storage.location import WarehouseLocation
from warehouse.storage.version_pins import (
    CorpusStepStatus,
    make_pin_metadata,
    read_corpus_step_status,
    read_pins,
)
from warehouse.tables import TABLES


def recover_tables(location: WarehouseLocation) -> dict[str, DeltaTable]:
    """Return every table, opened; undo commits that were never pinned, and create tables that were never published.

    Raises WarehouseError if a published table is missing or older than its pin: its rows cannot be recovered.
    """
    if location.local_folder:
        _remove_leftovers(location, location.local_folder)
    _create_missing_table(location, "documents")
    documents = open_pinned_table(location, "documents")
    versions = _read_newest_pins(documents)
    others = [name for name in TABLES if name != "documents"]
    for name in others:
        if versions[name]:
            check_table_created(location, name)
        else:
            _create_missing_table(location, name)
    opened = {name: open_pinned_table(location, name) for name in others}
    return _restore_to_pins(location, {"documents": documents, **opened}, versions)


def _create_missing_table(location: WarehouseLocation, name: str) -> None:
    """Create a table if it is missing; callers create ``documents`` first, so that no other exists without it."""
    if not is_table_created(location, name):
        create_table(location, TABLES[name])
        reach_fault_point("created")


def refresh_tables(location: WarehouseLocation, opened: Mapping[str, DeltaTable]) -> dict[str, DeltaTable]:
    """Return the tables as :func:`recover_tables` does, brought up to date at a tenth of the cost of opening them."""
    opened["documents"].update_incremental()
    versions = _read_newest_pins(opened["documents"])
    for name in versions:
        if name != "documents":
            opened[name].update_incremental()
    return _restore_to_pins(location, opened, versions)


def _read_newest_pins(documents: DeltaTable) -> dict[str, int]:
    """Return the pins of ``documents``, brought up to date if another writer published since it was opened.

    They are read before the other tables are: these then have at least the pinned versions.
    """
    while True:
        versions = read_pins(documents)
        if versions["documents"] <= documents.version():
            return versions
        documents.update_incremental()


def _restore_to_pins(
    location: WarehouseLocation, opened: Mapping[str, DeltaTable], versions: dict[str, int]
) -> dict[str, DeltaTable]:
    """Return each table at its newest version, restored if need be to the files of the pinned version."""
    return {name: _restore_table(location, opened[name], name, versions) for name in versions}


def _restore_table(
    location: WarehouseLocation, newest: DeltaTable, name: str, versions: dict[str, int]
) -> DeltaTable:
    """Return the opened table, restored first if its newest version has other files than the pinned one."""
    head, version = newest.version(), versions[name]
    if head < version:
        check_reaches_version(location, name, version)
    if head == version or list_files(newest) == list_files(open_table(location, name, version)):
        return newest
    metadata = {}
    if name == "documents":
        # Without resolved_by, the next run makes the entities again from the restored mentions.
        status = CorpusStepStatus(owed_steps=read_corpus_step_status(newest).owed_steps)
        metadata = make_pin_metadata(versions | {"documents": head + 1}, status)
    newest.restore(version, commit_properties=make_commit_properties(metadata))
    return open_table(location, name)


def _remove_leftovers(location: WarehouseLocation, root: Path) -> None:
    """Remove what a dead writer left half built or half removed, and commits that a power failure left empty."""
    for leftover in (root / SNAPSHOTS_FOLDER).glob(".*"):
        shutil.rmtree(leftover, ignore_errors=True)
    for log in (get_log_folder(location, name) for name in TABLES if is_table_created(location, name)):
        # Only names are read: a log has one file for each commit, and a run each minute makes many.
        with os.scandir(log) as entries:
            newest = max((entry.name for entry in entries if entry.name.endswith(".json")), default=None)
        if newest and (last := Path(log, newest)).stat().st_size == 0:
            last.unlink()
