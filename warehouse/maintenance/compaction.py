"""Compaction: merge the small files that daily runs leave, and remove files that no kept version needs."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from deltalake import DeltaTable

from warehouse.maintenance.delta_logs import trim_log
from warehouse.storage import delta_tables, run_journal, version_pins
from warehouse.storage.data_files import DataFile, write_data_files
from warehouse.storage.delta_tables import TableEdit
from warehouse.storage.edits.entity_edits import group_entity_files
from warehouse.storage.edits.row_comparison import MAX_FILE_BYTES
from warehouse.storage.edits.table_edits import plan_run_edit
from warehouse.storage.file_damage import read_intact_rows
from warehouse.storage.location import WarehouseLocation
from warehouse.storage.presence import check_warehouse_present
from warehouse.storage.publication import publish_version
from warehouse.storage.storage_errors import explain_storage_errors
from warehouse.storage.store import Store
from warehouse.storage.writer import Writer, retry_on_conflict
from warehouse.tables import ENTITIES, TABLES, Table

RETENTION_HOURS = 168
"""how long a version can be restored; a writer on object storage must finish within this time"""


@dataclass(frozen=True)
class CompactionReport:
    """What a compaction did: files of the newest version before and after, old files removed, time taken."""

    version: int
    files_before: int
    files_after: int
    removed: int
    seconds: float


def compact_tables(
    root: Path | str, hours: int = RETENTION_HOURS, on_wait: Callable[[str], None] | None = None
) -> CompactionReport:
    """Merge the small files of each partition and remove files unused for ``hours``; readers are not disturbed.

    Rows do not change, and compacting again does nothing. Raises WarehouseError as a writer does, and if there is no
    warehouse.
    """
    began = time.monotonic()
    store = Store(root)
    check_warehouse_present(store.location)
    with store.open_writer(on_wait) as writer, explain_storage_errors(writer.location):
        before, version = retry_on_conflict(lambda: _commit_merged_files(writer))
        publish_version(writer.location, writer.heads, version, store.keep)
        removed = sum(_remove_unused_files(writer.location, name, hours) for name in TABLES)
        for name, pinned in version_pins.read_pins(writer.heads["documents"]).items():
            trim_log(writer.location, name, pinned, hours)
        after = _count_files(writer.heads)
    return CompactionReport(version, before, after, removed, time.monotonic() - began)


def _count_files(heads: Mapping[str, DeltaTable]) -> int:
    return sum(len(delta_tables.list_files(head)) for head in heads.values())


def _commit_merged_files(writer: Writer) -> tuple[int, int]:
    """Commit merged files and the pending rows of ``runs`` as one version.

    Returns the number of files before and the version that is now current.
    """
    location, heads = writer.location, writer.refresh_heads()
    before = _count_files(heads)
    edits = {
        name: _merge_small_files(location, TABLES[name], delta_tables.list_files(head))
        for name, head in heads.items()
    }
    pending = run_journal.read_pending_runs(location)
    if pending.num_rows:
        edits["runs"] = plan_run_edit(location, heads["runs"], pending)
    if not any(edits.values()):
        return before, version_pins.read_pins(heads["documents"])["documents"]
    # Rows do not change, so neither does the status of the steps over all documents.
    versions = writer.commit(edits, version_pins.read_corpus_step_status(heads["documents"]))
    run_journal.remove_pending_runs(location, pending)
    return before, versions["documents"]


def _merge_small_files(location: WarehouseLocation, table: Table, stored: Sequence[DataFile]) -> TableEdit:
    """Return the edit that merges the files of each partition into one, large files aside."""
    add, remove = [], []
    small = sorted((f for f in stored if f.size <= MAX_FILE_BYTES), key=lambda f: (f.month or "", f.path))
    for several in _group_files(location, table, small):
        if len(several) > 1:
            month = several[0].month
            add += write_data_files(location, table, read_intact_rows(location, table, several), month)
            remove += several
    return TableEdit(add, remove)


def _group_files(
    location: WarehouseLocation, table: Table, files: Sequence[DataFile]
) -> list[list[DataFile]]:
    """Return the files that may be merged with each other, given in the order of their months."""
    if table.name == ENTITIES.name:
        return group_entity_files(location, files)
    return [list(group) for _, group in groupby(files, key=lambda f: f.month)]


def _remove_unused_files(location: WarehouseLocation, name: str, hours: int) -> int:
    """Remove the files that Delta has not used for ``hours``; return how many were removed.

    deltalake only lists them: to delete them itself it would write two commits each time, and it lists files that it
    has deleted before again.
    """
    table = delta_tables.open_table(location, name)
    unused = table.vacuum(hours, dry_run=True, enforce_retention_duration=False, full=True)
    folder = location.get_table_path(name)
    paths = {f"{folder}/{path.removeprefix(location.get_table_uri(name)).lstrip('/')}" for path in unused}
    existing = [info.path for info in location.file_system.get_file_info(sorted(paths)) if info.is_file]
    for path in existing:
        location.file_system.delete_file(path)
    return len(existing)
