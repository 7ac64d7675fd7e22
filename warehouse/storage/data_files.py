"""The Parquet files of the Delta tables: written and read with pyarrow.

deltalake's own writer drops the descriptions of columns, crashes on predicates of some ten thousand ids and
cannot merge files.
"""

import hashlib
import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from deltalake.transaction import AddAction

from warehouse.snapshot import HIVE_PARTITIONING
from warehouse.storage.location import WarehouseLocation
from warehouse.tables import PARTITION_COLUMN, Table

MAX_RAW_BYTES = 256 << 20
"""bytes of rows in memory that one file holds at most; further rows go to another file of the partition"""
ROW_GROUP_SIZE = 20_000
READ_ONLY_MODE = 0o444
"""published files are hard links to these files: read-only, an accidental edit of one does not change the other"""
MAX_STATISTIC_CHARS = 64


@dataclass(frozen=True)
class DataFile:
    """One Parquet file of a version of a table; ``path`` is relative to the table."""

    path: str
    size: int
    rows: int
    month: str | None


def make_dataset(location: WarehouseLocation, table: Table, files: Sequence[DataFile]) -> ds.Dataset:
    """Return the rows of some files of a table as a dataset of the declared schema."""
    if not files:
        return ds.dataset(table.schema.empty_table())
    return ds.dataset(
        _list_paths(location, table, files),
        table.schema,
        format="parquet",
        filesystem=location.file_system,
        partitioning=HIVE_PARTITIONING if table.partitioned else None,
    )


def read_coded_columns(
    location: WarehouseLocation, table: Table, files: Sequence[DataFile], columns: list[str]
) -> pa.Table:
    """Return text columns of some files of a table, dictionary-encoded as they are stored.

    This takes a tenth of the time and memory: an id that a thousand rows of a file hold is read once.
    """
    schema = pa.schema([(name, pa.dictionary(pa.int32(), pa.string())) for name in columns])
    if not files:
        return schema.empty_table()
    paths = _list_paths(location, table, files)
    parquet = ds.ParquetFileFormat(dictionary_columns=columns)
    return ds.dataset(paths, schema, format=parquet, filesystem=location.file_system).to_table()


def _list_paths(location: WarehouseLocation, table: Table, files: Sequence[DataFile]) -> list[str]:
    return [f"{location.get_table_path(table.name)}/{file.path}" for file in files]


def write_data_files(
    location: WarehouseLocation, table: Table, rows: pa.Table, month: str | None
) -> list[AddAction]:
    """Write the rows of one partition, sorted, to new files; return the actions that add these to a version."""
    rows = rows.sort_by([(name, "ascending") for name in table.sort]).combine_chunks()
    n_files = max(1, -(-rows.nbytes // MAX_RAW_BYTES))
    step = max(1, -(-rows.num_rows // n_files))
    return [
        _write_data_file(location, table, rows.slice(first, step), month)
        for first in range(0, rows.num_rows, step)
    ]


def _write_data_file(
    location: WarehouseLocation, table: Table, rows: pa.Table, month: str | None
) -> AddAction:
    content, footer = encode_parquet(table, rows)
    name = f"{compute_checksum(content)}-{uuid.uuid4().hex[:8]}.parquet"
    path = f"{PARTITION_COLUMN}={month}/{name}" if table.partitioned else name
    full_path = f"{location.get_table_path(table.name)}/{path}"
    if location.local_folder:
        Path(full_path).parent.mkdir(parents=True, exist_ok=True)
    with location.file_system.open_output_stream(full_path) as stream:
        stream.write(content)
    if location.local_folder:
        Path(full_path).chmod(READ_ONLY_MODE)
    file = DataFile(path=path, size=content.size, rows=footer.num_rows, month=month)
    return _make_add_action(table, file, footer)


def encode_parquet(table: Table, rows: pa.Table) -> tuple[pa.Buffer, pq.FileMetaData]:
    """Return rows as the content of a Parquet file of the warehouse, with the file's footer."""
    footers: list[pq.FileMetaData] = []
    stored = pa.schema([f for f in table.schema if f.name != PARTITION_COLUMN], table.schema.metadata)
    out = pa.BufferOutputStream()
    with pq.ParquetWriter(
        out, stored, compression="zstd", metadata_collector=footers, write_page_checksum=True
    ) as writer:
        writer.write_table(rows.select(stored.names).cast(stored), row_group_size=ROW_GROUP_SIZE)
    return out.getvalue(), footers[0]


def compute_checksum(content: pa.Buffer) -> str:
    """Return the first 32 hex digits of the SHA-256 of a file, with which its name begins."""
    return hashlib.sha256(content).hexdigest()[:32]


def make_add_action_of_file(location: WarehouseLocation, table: Table, file: DataFile) -> AddAction:
    """Return the action that adds a file of an older version again; FileNotFoundError if it has been removed."""
    path = f"{location.get_table_path(table.name)}/{file.path}"
    return _make_add_action(table, file, pq.read_metadata(path, filesystem=location.file_system))


def _make_add_action(table: Table, file: DataFile, footer: pq.FileMetaData) -> AddAction:
    values = {PARTITION_COLUMN: file.month} if table.partitioned else {}
    statistics = json.dumps(_collect_statistics(footer))
    return AddAction(file.path, file.size, values, time.time_ns() // 1_000_000, True, statistics)


def _collect_statistics(footer: pq.FileMetaData) -> dict[str, object]:
    """Return the statistics by which Delta readers skip files: number of rows, ranges of integers and short texts."""
    low: dict[str, object] = {}
    high: dict[str, object] = {}
    for i in range(footer.num_columns):
        name = footer.schema.column(i).path
        found = [footer.row_group(g).column(i).statistics for g in range(footer.num_row_groups)]
        if "." in name or not all(s and s.has_min_max for s in found):
            continue
        least, most = min(s.min for s in found), max(s.max for s in found)
        if isinstance(least, int) or (isinstance(most, str) and len(most) <= MAX_STATISTIC_CHARS):
            low[name], high[name] = least, most
    return {"numRecords": footer.num_rows, "minValues": low, "maxValues": high}
