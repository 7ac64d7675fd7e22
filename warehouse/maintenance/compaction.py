"""Upkeep: merge the small files that daily runs leave, and remove what no kept version needs any more."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from deltalake import DeltaTable

from warehouse.maintenance.delta_logs import trim
from warehouse.storage import delta_tables, run_journal
from warehouse.storage.delta_tables import DataFile, Edit
from warehouse.storage.file_damage import read_checked
from warehouse.storage.location import Place
from warehouse.storage.presence import check_present
from warehouse.storage.publication import publish
from warehouse.storage.storage_errors import complaints
from warehouse.storage.store import Store, Writer, persist, with_runs
from warehouse.storage.table_edits import MAX_FILE_BYTES
from warehouse.tables import TABLES, Table

RETENTION_HOURS = 168
"""how long a version can be restored; a writer on object storage must not take longer"""


@dataclass(frozen=True)
class Report:
    """What compaction did: files of the newest version before and after, and old files removed."""

    version: int
    files_before: int
    files_after: int
    removed: int
    seconds: float


def compact(
    root: Path | str, hours: int = RETENTION_HOURS, on_wait: Callable[[str], None] | None = None
) -> Report:
    """Merge small files to one a partition and remove files unused for so many hours, while others read.

    Doing it again does nothing. Rows do not change. Raises WarehouseError as a writer does, and where there is no
    warehouse.
    """
    began = time.monotonic()
    store = Store(root)
    check_present(store.place)
    with store.writing(on_wait) as writer, complaints(writer.place):
        before, version = persist(lambda: _merge(writer))
        publish(writer.place, writer.heads, version, store.keep)
        removed = sum(_vacuum(writer.place, name, hours) for name in TABLES)
        for name, pinned in delta_tables.pins(writer.heads["documents"]).items():
            trim(writer.place, name, pinned, hours)
        after = _count(writer.heads)
    return Report(version, before, after, removed, time.monotonic() - began)


def _count(heads: Mapping[str, DeltaTable]) -> int:
    return sum(len(delta_tables.files(head)) for head in heads.values())


def _merge(writer: Writer) -> tuple[int, int]:
    """Commit merged files and waiting rows of ``runs`` as one version.

    Returns the number of files before and the version that is now current.
    """
    place, heads = writer.place, writer.renewed()
    before = _count(heads)
    edits = {name: merged(place, TABLES[name], delta_tables.files(head)) for name, head in heads.items()}
    waiting = run_journal.noted(place)
    if waiting.num_rows:
        edits["runs"] = with_runs(place, heads["runs"], waiting)
    if not any(edits.values()):
        return before, delta_tables.pins(heads["documents"])["documents"]
    # The rows stay what they are.
    versions = writer.commit(edits, delta_tables.resolution(heads["documents"]))
    run_journal.clear(place, waiting)
    return before, versions["documents"]


def merged(place: Place, table: Table, stored: Sequence[DataFile]) -> Edit:
    """Return the edit that leaves one file a partition, beside those that are large already."""
    add, remove = [], []
    small = sorted((f for f in stored if f.size <= MAX_FILE_BYTES), key=lambda f: (f.month or "", f.path))
    for month, group in groupby(small, key=lambda f: f.month):
        several = list(group)
        if len(several) > 1:
            add += delta_tables.write_files(place, table, read_checked(place, table, several), month)
            remove += several
    return Edit(add, remove)


def _vacuum(place: Place, name: str, hours: int) -> int:
    """Remove the files that Delta finds unused for so many hours; return how many went.

    deltalake says which, and is not let delete them: it writes two commits each time, and lists again what it
    has deleted before.
    """
    table = delta_tables.open_table(place, name)
    unused = table.vacuum(hours, dry_run=True, enforce_retention_duration=False, full=True)
    folder = place.table_path(name)
    paths = {f"{folder}/{path.removeprefix(place.table_uri(name)).lstrip('/')}" for path in unused}
    there = [info.path for info in place.files.get_file_info(sorted(paths)) if info.is_file]
    for path in there:
        place.files.delete_file(path)
    return len(there)
