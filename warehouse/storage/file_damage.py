"""Files that are not as they were written: found before their rows are written again, so that none gets a new digest.

Each file is named by the SHA-256 of its content; its pages carry checksums, which tell where in it the damage is.
Where another program wrote it anew, every page is readable: then the rows are compared with those of older files.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from deltalake.exceptions import DeltaError
from pyarrow import fs

from warehouse.storage import delta_tables
from warehouse.storage.delta_tables import DataFile
from warehouse.storage.location import Place, WarehouseError
from warehouse.tables import PARTITION, TABLES, Table

SHOWN = 5
"""rows named in a message"""


class DamageError(WarehouseError):
    """A file whose rows were to be written again is not as it was written."""


def read_checked(place: Place, table: Table, found: Sequence[DataFile]) -> pa.Table:
    """Return the rows of some files of a table, each read from bytes that have the digest in its name.

    Whatever writes stored rows again reads them here. Raises DamageError, which names the file and the rows.
    """
    if not found:
        return table.schema.empty_table()
    parquet = ds.ParquetFileFormat()
    fragments = [
        parquet.make_fragment(
            pa.BufferReader(read_intact(place, table, file)), partition_expression=_month(file)
        )
        for file in found
    ]
    return ds.FileSystemDataset(fragments, table.schema, parquet).to_table()


def check_intact(place: Place, table: Table, found: Sequence[DataFile]) -> None:
    """Raise DamageError for the first of some files of a table that is not as it was written."""
    for file in found:
        read_intact(place, table, file)


def read_intact(place: Place, table: Table, file: DataFile) -> pa.Buffer:
    """Return the content of a file, or raise DamageError."""
    path = f"{place.table_path(table.name)}/{file.path}"
    problem, content = _inspect(place, path, file.size)
    if problem is None and content is not None:
        return content
    rows = _name_rows(place, table, file, content) if content is not None else ""
    raise DamageError(
        f"A file of {table.name} is damaged. {problem}{rows}. Nothing was published, so that no false row gets a "
        f"valid digest; what was published before is as it was. {_advise(place, table, file)}"
    )


def find_damage(place: Place, path: str, size: int) -> str | None:
    """Say what is wrong with a file that was written with so many bytes, if anything."""
    return _inspect(place, path, size)[0]


def find_damaged_files(place: Place) -> Iterator[tuple[str, str]]:
    """Yield each table with a damaged file of the pinned versions, and what is wrong with the file."""
    versions = delta_tables.pins(delta_tables.open_pinned(place, "documents"))
    for name, version in versions.items():
        for file in delta_tables.pinned_files(place, name, version):
            if problem := find_damage(place, f"{place.table_path(name)}/{file.path}", file.size):
                yield name, problem


def _month(file: DataFile) -> pc.Expression:
    """Return what holds of every row of a file, as Arrow takes the value of a partition."""
    return pc.scalar(True) if file.month is None else pc.field(PARTITION) == file.month


def _inspect(place: Place, path: str, size: int) -> tuple[str | None, pa.Buffer | None]:
    """Return what is wrong with a file, if anything, and its content, if there is any."""
    try:
        with place.files.open_input_file(path) as file:
            content = pa.py_buffer(file.read())
    except FileNotFoundError:
        return f"{path}: missing", None
    except OSError as error:
        return f"{path}: cannot be read: {error}", None
    if content.size != size:
        return f"{path}: {content.size:,} bytes, written with {size:,}; {_where(content)}", content
    if delta_tables.checksum(content) != Path(path).name.partition("-")[0]:
        return f"{path}: not the bytes that were written; {_where(content)}", content
    return None, content


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


def _name_rows(place: Place, table: Table, file: DataFile, content: pa.Buffer) -> str:
    """Name the rows of a damaged file that an intact older file has otherwise; else the rows that it holds."""
    try:
        rows = {_key(table, row): row for row in pq.read_table(pa.BufferReader(content)).to_pylist()}
    except (pa.ArrowException, OSError):
        return ""
    for old in _older_files(place, table, file):
        kept = {_key(table, row): row for row in old}
        if unlike := sorted(key for key in rows.keys() & kept.keys() if rows[key] != kept[key]):
            return f"; an older file has otherwise: {_listed(unlike)}"
    return f"; it holds the rows {_listed(sorted(rows))}"


def _older_files(place: Place, table: Table, file: DataFile) -> Iterator[list[dict[str, object]]]:
    """Yield the rows of each other intact file in the folder of a file, the newest file first."""
    folder = f"{place.table_path(table.name)}/{file.path}".rpartition("/")[0]
    found = place.files.get_file_info(fs.FileSelector(folder))
    for info in sorted(found, key=lambda info: info.mtime_ns or 0, reverse=True):
        if info.base_name == Path(file.path).name or not info.base_name.endswith(".parquet"):
            continue
        problem, content = _inspect(place, info.path, info.size)
        if problem is None and content is not None:
            yield pq.read_table(pa.BufferReader(content)).to_pylist()


def _key(table: Table, row: dict[str, object]) -> str:
    return " ".join(str(row.get(name)) for name in table.key)


def _listed(keys: Sequence[str]) -> str:
    more = f" and {len(keys) - SHOWN:,} more" if len(keys) > SHOWN else ""
    return ", ".join(keys[:SHOWN]) + more


def _advise(place: Place, table: Table, file: DataFile) -> str:
    """Say how the rows can be had back: from the newest version without the file, if one is kept, or a backup."""
    ways = f"`counterclaim verify --deep --warehouse {place.uri}` names all damage. Put the file back from a backup"
    older = _newest_without(place, table, file)
    if older is None:
        return f"{ways}; no version that is kept is without it."
    return f"{ways}, or go back with `counterclaim restore --warehouse {place.uri} --version {older}`, then run again."


def _newest_without(place: Place, table: Table, file: DataFile) -> int | None:
    """Return the newest published version that does not need a file and whose own files are all there."""
    try:
        for entry in delta_tables.published(delta_tables.open_table(place, "documents"), None):
            versions = delta_tables.pinned(entry)
            held = delta_tables.files(delta_tables.open_table(place, table.name, versions[table.name]))
            if file not in held and held and _is_whole(place, table, held):
                return versions["documents"]
    except DeltaError:
        return None
    return None


def _is_whole(place: Place, table: Table, held: Sequence[DataFile]) -> bool:
    folder = place.table_path(table.name)
    return not any(find_damage(place, f"{folder}/{file.path}", file.size) for file in held)


def check_tables(place: Place, names: Sequence[str]) -> None:
    """Raise DamageError for the first damaged file of the pinned versions of some tables."""
    versions = delta_tables.pins(delta_tables.open_pinned(place, "documents"))
    for name in names:
        check_intact(place, TABLES[name], delta_tables.pinned_files(place, name, versions[name]))
