"""Damage to the files themselves: flipped bytes, missing and truncated files, edited copies, dangling links.

Each file is named by the SHA-256 of its content, so that it can be checked against its own name; its pages
carry checksums, which tell where in the file the damage is.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.maintenance.verification import SHOWN, Problem, verify
from warehouse.snapshot import Snapshot, current
from warehouse.storage.file_damage import find_damaged_files
from warehouse.storage.location import Place, locate
from warehouse.storage.presence import check_present
from warehouse.storage.storage_errors import complaints
from warehouse.tables import TABLES, Table

EMPTY = "empty.parquet"


def verify_deep(root: Path | str) -> list[Problem]:
    """Return every damaged file, named with the rows it concerns, and what :func:`verify` finds."""
    place = locate(root)
    with complaints(place, "read"):
        check_present(place)
        damage = [*_truth(place)]
        if place.local and not damage and (place.local / "_current").exists():
            damage = [*_copies(place, Snapshot(current(place.local)))]
    named = {problem.table for problem in damage}
    # What cannot be read since a file is damaged is said once, with the file.
    return [*damage, *(found for found in verify(root) if not (found.table in named and found.is_of_files))]


def _truth(place: Place) -> Iterator[Problem]:
    """Yield the damaged files of the pinned Delta versions."""
    found: dict[str, list[str]] = {}
    for name, problem in find_damaged_files(place):
        found.setdefault(name, []).append(problem)
    for name, wrong in found.items():
        yield Problem(name, "every file is as it was written", len(wrong), tuple(wrong[:SHOWN]))


def _copies(place: Place, published: Snapshot) -> Iterator[Problem]:
    """Yield the published files that are not those of the truth, with the rows that differ."""
    for table in TABLES.values():
        wrong = []
        for path in sorted((published.path / table.name).rglob("*.parquet")):
            source = Path(place.table_path(table.name)) / path.relative_to(published.path / table.name)
            if path.name != EMPTY and not (source.exists() and path.samefile(source)):
                wrong += _edited(table, path, source)
        if wrong:
            yield Problem(
                table.name, "the plain files hold the rows of the truth", len(wrong), tuple(wrong[:SHOWN])
            )


def _edited(table: Table, path: Path, source: Path) -> list[str]:
    """Name the rows of a published file that the truth has otherwise."""
    if not source.exists():
        return [f"{path}: no such file belongs to this version"]
    if path.read_bytes() == source.read_bytes():
        return []
    try:
        here, true = (pq.read_table(file, partitioning=None).to_pylist() for file in (path, source))
    except (pa.ArrowException, OSError) as error:
        return [f"{path}: {error}"]
    keys = {
        tuple(str(row.get(name)) for name in table.key)
        for row in [*here, *true]
        if (row in here) != (row in true)
    }
    return [f"{path.name}: row {' '.join(key)}" for key in sorted(keys)] or [
        f"{path}: other bytes, the same rows"
    ]
