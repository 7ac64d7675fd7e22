"""Damage to the files themselves: flipped bytes, missing and truncated files, edited copies, dangling links.

Each file is named by the SHA-256 of its content, so that it can be checked against its own name; its pages
carry checksums, which tell where in the file the damage is.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake.exceptions import DeltaError

from warehouse import delta
from warehouse.place import Place, WarehouseError, locate
from warehouse.snapshot import Snapshot, current
from warehouse.tables import TABLES, Table
from warehouse.verify import SHOWN, Problem, verify

EMPTY = "empty.parquet"


def verify_deep(root: Path | str) -> list[Problem]:
    """Return what :func:`verify` finds and every damaged file, named with the rows it concerns."""
    place = locate(root)
    damage = [*(_links(place.local) if place.local else ()), *_truth(place)]
    if place.local and not damage:
        damage = [*_copies(place, Snapshot(current(place.local)))]
    return damage or verify(root)


def _links(root: Path) -> Iterator[Problem]:
    """Yield the public paths that lead nowhere."""
    for name in ("_current", *TABLES):
        link = root / name
        if not link.exists():
            leads = f"leads to {link.readlink()}, which is not there" if link.is_symlink() else "is not there"
            yield Problem(name, "the public path leads to the published version", 1, (f"{link} {leads}",))


def _truth(place: Place) -> Iterator[Problem]:
    """Yield the damaged files of the pinned Delta versions."""
    try:
        versions = delta.pins(delta.open_table(place, "documents"))
        tables = {name: delta.open_table(place, name, version) for name, version in versions.items()}
    except (DeltaError, OSError) as error:
        raise WarehouseError(
            f"The log of the tables at {place.uri}/_delta cannot be read: {error}. Restore it from a backup."
        ) from error
    for name, opened in tables.items():
        found = [_damage(place, f"{place.table_path(name)}/{f.path}", f.size) for f in delta.files(opened)]
        wrong = [problem for problem in found if problem]
        if wrong:
            yield Problem(name, "every file is as it was written", len(wrong), tuple(wrong[:SHOWN]))


def _damage(place: Place, path: str, size: int) -> str | None:
    """Say what is wrong with a file, if anything."""
    try:
        with place.files.open_input_file(path) as file:
            content = pa.py_buffer(file.read())
    except FileNotFoundError:
        return f"{path}: missing"
    if content.size != size:
        return f"{path}: {content.size:,} bytes, written with {size:,}"
    if delta.checksum(content) != Path(path).name.partition("-")[0]:
        return f"{path}: not the bytes that were written; {_where(content)}"
    return None


def _where(content: pa.Buffer) -> str:
    """Say which rows of a damaged file cannot be read, so far as its checksums tell."""
    try:
        file = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True)
    except (pa.ArrowException, OSError) as error:
        return f"its footer is damaged: {error}"
    first = 0
    for group in range(file.num_row_groups):
        rows = file.metadata.row_group(group).num_rows
        for column in file.schema_arrow.names:
            try:
                file.read_row_group(group, columns=[column])
            except (pa.ArrowException, OSError):
                return f"column {column} of rows {first} to {first + rows - 1} is damaged"
        first += rows
    return "every page is readable: it was written anew by another program"


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
