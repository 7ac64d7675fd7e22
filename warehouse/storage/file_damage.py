"""Damaged files: found before their rows are written again, so that no damaged row gets a valid digest.

Each file is named by the SHA-256 of its content; its pages have checksums, which locate the damage. If another program
rewrote the file, or bytes outside its pages changed, every page is readable: then its rows are compared with those of
older files.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from deltalake.exceptions import DeltaError
from pyarrow import fs

from warehouse.errors import WarehouseError
from warehouse.storage import data_files, delta_tables, version_pins
from warehouse.storage.data_files import DataFile
from warehouse.storage.location import WarehouseLocation
from warehouse.storage.storage_errors import advise_recovery
from warehouse.tables import PARTITION_COLUMN, Table

MAX_ROWS_NAMED = 5
"""rows that a message names"""


class DamagedFileError(WarehouseError):
    """A file whose rows were to be written again is damaged."""


def read_intact_rows(location: WarehouseLocation, table: Table, files: Sequence[DataFile]) -> pa.Table:
    """Return the rows of some files of a table, after checking each file against the digest in its name.

    All code that rewrites stored rows reads them here. Raises DamagedFileError, which names the file and the rows.
    """
    if not files:
        return table.schema.empty_table()
    parquet = ds.ParquetFileFormat()
    fragments = [
        parquet.make_fragment(
            pa.BufferReader(_read_intact_file(location, table, file)),
            partition_expression=_make_month_expression(file),
        )
        for file in files
    ]
    return ds.FileSystemDataset(fragments, table.schema, parquet).to_table()


def check_files_intact(location: WarehouseLocation, table: Table, files: Sequence[DataFile]) -> None:
    """Raise DamagedFileError for the first damaged file among some files of a table."""
    for file in files:
        _read_intact_file(location, table, file)


def _read_intact_file(location: WarehouseLocation, table: Table, file: DataFile) -> pa.Buffer:
    """Return the content of a file; DamagedFileError if it is damaged."""
    path = f"{location.get_table_path(table.name)}/{file.path}"
    problem, content = _read_and_inspect(location, path, file.size)
    if problem is None and content is not None:
        return content
    rows = _name_damaged_rows(location, table, file, content) if content is not None else ""
    raise DamagedFileError(
        f"A file of {table.name} is damaged. {problem}{rows}. Nothing was published, so that no damaged row gets a "
        f"valid digest; what was published before is unchanged. {_advise_recovery(location, table, file)}"
    )


def _find_file_damage(location: WarehouseLocation, path: str, size: int) -> str | None:
    """Return what is wrong with a file that was written with ``size`` bytes; None if it is intact."""
    return _read_and_inspect(location, path, size)[0]


def find_damaged_files(location: WarehouseLocation) -> Iterator[tuple[str, str]]:
    """Yield the table and the problem of each damaged file of the pinned versions."""
    versions = version_pins.read_pins(delta_tables.open_pinned_table(location, "documents"))
    for name, version in versions.items():
        for file in delta_tables.list_pinned_files(location, name, version):
            if problem := _find_file_damage(
                location, f"{location.get_table_path(name)}/{file.path}", file.size
            ):
                yield name, problem


def _make_month_expression(file: DataFile) -> pc.Expression:
    """Return the expression by which Arrow gives every row of a file its month."""
    return pc.scalar(True) if file.month is None else pc.field(PARTITION_COLUMN) == file.month


def _read_and_inspect(
    location: WarehouseLocation, path: str, size: int
) -> tuple[str | None, pa.Buffer | None]:
    """Return what is wrong with a file, None if it is intact, and its content, None if it cannot be read."""
    try:
        with location.file_system.open_input_file(path) as file:
            content = pa.py_buffer(file.read())
    except FileNotFoundError:
        return f"{path}: missing", None
    except OSError as error:
        return f"{path}: cannot be read: {error}", None
    if content.size != size:
        return f"{path}: {content.size:,} bytes, written with {size:,}; {_locate_damage(content)}", content
    if data_files.compute_checksum(content) != Path(path).name.partition("-")[0]:
        return f"{path}: not the bytes that were written; {_locate_damage(content)}", content
    return None, content


def _locate_damage(content: pa.Buffer) -> str:
    """Return a phrase that says which rows of a damaged file cannot be read, according to its checksums."""
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
    return "every page is readable: another program rewrote the file, or bytes outside the pages changed"


def _name_damaged_rows(location: WarehouseLocation, table: Table, file: DataFile, content: pa.Buffer) -> str:
    """Return a phrase that names the rows that differ from those of an intact older file, else all rows of the file."""
    try:
        rows = {table.format_key(row): row for row in pq.read_table(pa.BufferReader(content)).to_pylist()}
    except (pa.ArrowException, OSError):
        return ""
    for old in _read_older_files(location, table, file):
        kept = {table.format_key(row): row for row in old}
        if changed := sorted(key for key in rows.keys() & kept.keys() if rows[key] != kept[key]):
            return f"; an older file has other values in the rows {_join_keys(changed)}"
    return f"; it holds the rows {_join_keys(sorted(rows))}"


def _read_older_files(
    location: WarehouseLocation, table: Table, file: DataFile
) -> Iterator[list[dict[str, object]]]:
    """Yield the rows of each other intact file in the folder of a file, newest file first."""
    folder = f"{location.get_table_path(table.name)}/{file.path}".rpartition("/")[0]
    found = location.file_system.get_file_info(fs.FileSelector(folder))
    for info in sorted(found, key=lambda info: info.mtime_ns or 0, reverse=True):
        if info.base_name == Path(file.path).name or not info.base_name.endswith(".parquet"):
            continue
        problem, content = _read_and_inspect(location, info.path, info.size)
        if problem is None and content is not None:
            yield pq.read_table(pa.BufferReader(content)).to_pylist()


def _join_keys(keys: Sequence[str]) -> str:
    """Return the first keys, and the number of the others."""
    more = f" and {len(keys) - MAX_ROWS_NAMED:,} more" if len(keys) > MAX_ROWS_NAMED else ""
    return ", ".join(keys[:MAX_ROWS_NAMED]) + more


def _advise_recovery(location: WarehouseLocation, table: Table, file: DataFile) -> str:
    """Return how to get the rows back: from the newest version without the file, if one is kept, or from a backup."""
    older = _find_newest_without(location, table, file)
    if older is None:
        return f"{advise_recovery(location.uri, ': every version that is kept needs this file')}."
    command = f"counterclaim restore --warehouse {location.uri} --version {older}"
    return f"{advise_recovery(location.uri, f', or go back with `{command}`, then run again')}."


def _find_newest_without(location: WarehouseLocation, table: Table, file: DataFile) -> int | None:
    """Return the newest published version that does not need a file and whose own files are intact."""
    try:
        for entry in version_pins.list_published_commits(
            delta_tables.open_table(location, "documents"), None
        ):
            versions = version_pins.parse_pins(entry)
            held = delta_tables.list_files(
                delta_tables.open_table(location, table.name, versions[table.name])
            )
            if file not in held and held and _has_intact_files(location, table, held):
                return versions["documents"]
    except DeltaError:
        return None
    return None


def _has_intact_files(location: WarehouseLocation, table: Table, files: Sequence[DataFile]) -> bool:
    folder = location.get_table_path(table.name)
    return not any(_find_file_damage(location, f"{folder}/{file.path}", file.size) for file in files)
