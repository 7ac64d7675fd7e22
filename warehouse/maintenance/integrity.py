"""Deep verification: finds flipped bytes, missing and truncated files, edited copies and dangling links.

Each file is named by the SHA-256 of its content, so that it can be checked against its own name; its pages
have checksums, which locate the damage within the file.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.folder_names import CURRENT_LINK
from warehouse.maintenance.promise_checks import BrokenPromise
from warehouse.maintenance.verification import verify_tables
from warehouse.queries.connection import UnreadableTableError
from warehouse.snapshot import Snapshot, find_current_version
from warehouse.storage.file_damage import MAX_ROWS_NAMED, find_damaged_files
from warehouse.storage.location import WarehouseLocation, locate_warehouse
from warehouse.storage.presence import check_warehouse_present
from warehouse.storage.storage_errors import explain_storage_errors
from warehouse.tables import TABLES, Table

EMPTY_FILE = "empty.parquet"


def verify_deep(root: Path | str) -> list[BrokenPromise]:
    """Return every damaged file, named with the rows concerned, and what :func:`verify_tables` finds."""
    location = locate_warehouse(root)
    with explain_storage_errors(location, "read"):
        check_warehouse_present(location)
        damage = [*_find_damaged_delta_files(location)]
        if location.local_folder and not damage and (location.local_folder / CURRENT_LINK).exists():
            damage = [
                *_find_changed_published_files(
                    location, Snapshot(find_current_version(location.local_folder))
                )
            ]
    named = {problem.table for problem in damage}
    try:
        found = verify_tables(root)
    except UnreadableTableError:
        if not damage:
            raise
        return damage
    # A check that fails because a damaged file cannot be read is not reported again.
    return [*damage, *(problem for problem in found if not (problem.table in named and problem.is_of_files))]


def _find_damaged_delta_files(location: WarehouseLocation) -> Iterator[BrokenPromise]:
    """Yield the damaged files of the pinned Delta versions."""
    found: dict[str, list[str]] = {}
    for name, problem in find_damaged_files(location):
        found.setdefault(name, []).append(problem)
    for name, wrong in found.items():
        yield BrokenPromise(
            name, "every file is as it was written", len(wrong), tuple(wrong[:MAX_ROWS_NAMED])
        )


def _find_changed_published_files(
    location: WarehouseLocation, published: Snapshot
) -> Iterator[BrokenPromise]:
    """Yield the published files that are not those of the Delta tables, with the rows that differ."""
    for table in TABLES.values():
        wrong = []
        for path in sorted((published.path / table.name).rglob("*.parquet")):
            source = Path(location.get_table_path(table.name)) / path.relative_to(published.path / table.name)
            if path.name != EMPTY_FILE and not (source.exists() and path.samefile(source)):
                wrong += _name_edited_rows(table, path, source)
        if wrong:
            yield BrokenPromise(
                table.name,
                "the plain files hold the rows of the Delta tables",
                len(wrong),
                tuple(wrong[:MAX_ROWS_NAMED]),
            )


def _name_edited_rows(table: Table, path: Path, source: Path) -> list[str]:
    """Return the names of the rows of a published file that differ from those of the Delta table."""
    if not source.exists():
        return [f"{path}: no such file belongs to this version"]
    if path.read_bytes() == source.read_bytes():
        return []
    try:
        found, expected = (pq.read_table(file, partitioning=None).to_pylist() for file in (path, source))
    except (pa.ArrowException, OSError) as error:
        return [f"{path}: {error}"]
    keys = {table.format_key(row) for row in [*found, *expected] if (row in found) != (row in expected)}
    return [f"{path.name}: row {key}" for key in sorted(keys)] or [f"{path}: other bytes, the same rows"]
