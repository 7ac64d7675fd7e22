"""The Delta tables that hold the truth: their files, their commits, and the versions that belong together.

Parquet files are written here with pyarrow and only then entered into the Delta log, because deltalake's own
writer drops the descriptions of columns, crashes on predicates of some ten thousand ids and cannot merge.
A commit of ``documents`` carries the version of every other table (its pins): it commits all of them.
"""

import hashlib
import json
import os
import re
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction

from warehouse.credentials import first_line
from warehouse.snapshot import HIVE
from warehouse.storage.location import Place, WarehouseError
from warehouse.tables import PARTITION, SCHEMA_VERSION, TABLES, Table

MAX_RAW_BYTES = 256 << 20
"""in memory; more rows than that go to a further file of the partition"""
ROW_GROUP = 20_000
READ_ONLY = 0o444
"""the published files are links of these: a slip of an editor must not reach the truth"""
LONGEST_STATISTIC = 64
MONTH_OF_FILE = f"partition.{PARTITION}"
CHECKPOINT_EVERY = "20"
RESOLVED_BY, OWED = "entities_resolved_by", "owed_steps"
COMMIT = re.compile(r"\d{20}\.(?:json|checkpoint\.parquet)")
"""what a commit, or a checkpoint of several, is called in a log"""
LOOK_BACK = (1, 50, None)
"""commits among which the newest pinned one is looked for: those of others (vacuum, optimize) may stand above it"""


@dataclass(frozen=True)
class DataFile:
    """One Parquet file of a version; ``path`` is relative to its table."""

    path: str
    size: int
    rows: int
    month: str | None


@dataclass(frozen=True)
class Edit:
    """What one commit adds to and removes from a table."""

    add: Sequence[AddAction] = ()
    remove: Sequence[DataFile] = ()

    def __bool__(self) -> bool:
        """Tell whether the edit changes anything."""
        return bool(self.add or self.remove)


def exists(place: Place, name: str) -> bool:
    """Tell whether the Delta table has been created: the first commit that is found tells, however many follow."""
    if place.local is None:
        return bool(DeltaTable.is_deltatable(place.table_uri(name), place.options))
    try:
        with os.scandir(log_folder(place, name)) as entries:
            return any(COMMIT.fullmatch(entry.name) for entry in entries)
    except (FileNotFoundError, NotADirectoryError):
        return False


def log_folder(place: Place, name: str) -> str:
    """Return the path of the folder of a table's commits on the local file system."""
    return f"{place.table_path(name)}/_delta_log"


def open_table(place: Place, name: str, version: int | None = None) -> DeltaTable:
    """Open a Delta table at a version, the newest if none is given."""
    return DeltaTable(place.table_uri(name), version=version, storage_options=place.options)


def open_pinned(place: Place, name: str, version: int | None = None) -> DeltaTable:
    """Open a Delta table at a version that a pin names, or at the newest.

    Raises WarehouseError where the table is gone, is older than that version, or has a log that cannot be read.
    """
    check_there(place, name)
    try:
        return open_table(place, name, version)
    except (DeltaError, OSError) as error:
        check_reaches(place, name, version)
        raise WarehouseError(
            f"The log of {name} in {place.uri} cannot be read: {first_line(error)}. Restore it from a "
            "backup, with the whole of _delta."
        ) from error


def pinned_files(place: Place, name: str, version: int) -> list[DataFile]:
    """Return the files of a table at its pinned version; a table that came after that version has none."""
    return files(open_pinned(place, name, version)) if version or exists(place, name) else []


def check_there(place: Place, name: str) -> None:
    """Raise WarehouseError where a table that was published is gone."""
    if not exists(place, name):
        raise WarehouseError(
            f"The table {name} of the warehouse {place.uri} is gone: {place.table_path(name)} has no log. Nothing was "
            "changed. Restore it from a backup, with the whole of _delta, or read the sources again into a new "
            "--warehouse."
        )


def check_reaches(place: Place, name: str, version: int | None) -> None:
    """Raise WarehouseError where the newest version of a table is older than the one that is pinned."""
    try:
        newest = open_table(place, name).version()
    except (DeltaError, OSError):
        return
    if version is not None and newest < version:
        raise WarehouseError(
            f"The table {name} in {place.uri} ends at version {newest}, and documents was published with version "
            f"{version} of it: a part of _delta comes from an older backup than the rest. Nothing was changed. "
            "Restore the whole of _delta from one backup."
        )


def create(place: Place, table: Table, mode: Literal["ignore", "overwrite"] = "ignore") -> None:
    """Create an empty Delta table of the declared schema: as its version 0, or in place of what it holds."""
    DeltaTable.create(
        place.table_uri(table.name),
        table.schema,
        mode=mode,
        partition_by=[PARTITION] if table.partitioned else None,
        name=table.name,
        description=table.meaning,
        configuration={"delta.checkpointInterval": CHECKPOINT_EVERY},
        storage_options=place.options,
    )


def files(delta: DeltaTable) -> list[DataFile]:
    """Return the files of the opened version, in order of path."""
    actions = pa.table(delta.get_add_actions(flatten=True))
    # Beside these stand the statistics of every column: far more than one wants to make objects of.
    columns = [actions[name].to_pylist() for name in ("path", "size_bytes", "num_records")]
    months = actions[MONTH_OF_FILE].to_pylist() if MONTH_OF_FILE in actions.column_names else None
    found = map(DataFile, *columns, months or [None] * actions.num_rows)
    return sorted(found, key=lambda file: file.path)


def dataset(place: Place, table: Table, found: Sequence[DataFile]) -> ds.Dataset:
    """Return the rows of some files of a table under the contract's schema."""
    if not found:
        return ds.dataset(table.schema.empty_table())
    paths = [f"{place.table_path(table.name)}/{file.path}" for file in found]
    parts = HIVE if table.partitioned else None
    return ds.dataset(paths, table.schema, format="parquet", filesystem=place.files, partitioning=parts)


def coded(place: Place, table: Table, found: Sequence[DataFile], columns: list[str]) -> pa.Table:
    """Return columns of text of some files of a table as dictionaries, read as they are stored.

    That takes a tenth of the time and memory: an id that stands in a thousand rows of a file is read once.
    """
    schema = pa.schema([(name, pa.dictionary(pa.int32(), pa.string())) for name in columns])
    if not found:
        return schema.empty_table()
    paths = [f"{place.table_path(table.name)}/{file.path}" for file in found]
    parquet = ds.ParquetFileFormat(dictionary_columns=columns)
    return ds.dataset(paths, schema, format=parquet, filesystem=place.files).to_table()


def write_files(place: Place, table: Table, rows: pa.Table, month: str | None) -> list[AddAction]:
    """Write rows of one partition, sorted, to new files that no version names yet."""
    rows = rows.sort_by([(name, "ascending") for name in table.sort]).combine_chunks()
    step = max(1, -(-rows.num_rows // max(1, -(-rows.nbytes // MAX_RAW_BYTES))))
    return [_write_file(place, table, rows.slice(at, step), month) for at in range(0, rows.num_rows, step)]


def encode(table: Table, rows: pa.Table) -> tuple[pa.Buffer, pq.FileMetaData]:
    """Return rows as every Parquet file of the warehouse is written, with its footer."""
    footers: list[pq.FileMetaData] = []
    stored = pa.schema([f for f in table.schema if f.name != PARTITION], table.schema.metadata)
    out = pa.BufferOutputStream()
    with pq.ParquetWriter(
        out, stored, compression="zstd", metadata_collector=footers, write_page_checksum=True
    ) as writer:
        writer.write_table(rows.select(stored.names).cast(stored), row_group_size=ROW_GROUP)
    return out.getvalue(), footers[0]


def checksum(content: pa.Buffer) -> str:
    """Return what the name of a file begins with: its content can be checked against it."""
    return hashlib.sha256(content).hexdigest()[:32]


def _write_file(place: Place, table: Table, rows: pa.Table, month: str | None) -> AddAction:
    content, footer = encode(table, rows)
    name = f"{checksum(content)}-{uuid.uuid4().hex[:8]}.parquet"
    path = f"{PARTITION}={month}/{name}" if table.partitioned else name
    full = f"{place.table_path(table.name)}/{path}"
    if place.local:
        Path(full).parent.mkdir(parents=True, exist_ok=True)
    with place.files.open_output_stream(full) as stream:
        stream.write(content)
    if place.local:
        Path(full).chmod(READ_ONLY)
    return _action(table, DataFile(path, content.size, footer.num_rows, month), footer)


def as_added(place: Place, table: Table, file: DataFile) -> AddAction:
    """Return the action that adds a file of an older version again."""
    path = f"{place.table_path(table.name)}/{file.path}"
    return _action(table, file, pq.read_metadata(path, filesystem=place.files))


def _action(table: Table, file: DataFile, footer: pq.FileMetaData) -> AddAction:
    values = {PARTITION: file.month} if table.partitioned else {}
    statistics = json.dumps(_statistics(footer))
    return AddAction(file.path, file.size, values, time.time_ns() // 1_000_000, True, statistics)


def _statistics(footer: pq.FileMetaData) -> dict[str, object]:
    """Return what Delta readers skip files by: the rows' number and the range of short plain columns."""
    low: dict[str, object] = {}
    high: dict[str, object] = {}
    for i in range(footer.num_columns):
        name = footer.schema.column(i).path
        found = [footer.row_group(g).column(i).statistics for g in range(footer.num_row_groups)]
        if "." in name or not all(s and s.has_min_max for s in found):
            continue
        least, most = min(s.min for s in found), max(s.max for s in found)
        if isinstance(least, int) or (isinstance(most, str) and len(most) <= LONGEST_STATISTIC):
            low[name], high[name] = least, most
    return {"numRecords": footer.num_rows, "minValues": low, "maxValues": high}


def commit(table: Table, on: DeltaTable, edit: Edit, metadata: Mapping[str, str] | None = None) -> int:
    """Commit an edit on top of the opened version, which it becomes, and return it; CommitFailedError if taken."""
    now = time.time_ns() // 1_000_000
    values = [{PARTITION: file.month} if table.partitioned else {} for file in edit.remove]
    gone = [RemoveAction(f.path, True, now, f.size, v) for f, v in zip(edit.remove, values, strict=True)]
    version = on.version() + 1
    on.create_write_transaction(
        [*edit.add, *gone],
        mode="append",
        schema=table.schema,
        partition_by=[PARTITION] if table.partitioned else None,
        commit_properties=only_once(metadata),
    )
    on.update_incremental()
    return version


def only_once(metadata: Mapping[str, str] | None = None) -> CommitProperties:
    """Return the properties of a commit that fails, instead of rebasing itself, where another came first."""
    return CommitProperties(custom_metadata=dict(metadata or {}), max_commit_retries=0)


@dataclass(frozen=True, slots=True)
class Resolution:
    """How far the steps over all documents have come, kept with each publication."""

    by: str | None = None
    """version of the extractor that made ``entities`` from all the mentions, if that is known"""
    owed: frozenset[str] = frozenset()
    """steps over all documents that failed, and that the next run has to make good"""

    def to_metadata(self) -> dict[str, str]:
        """Return what a commit keeps of it."""
        entries = {RESOLVED_BY: self.by, OWED: " ".join(sorted(self.owed))}
        return {name: value for name, value in entries.items() if value}


def pin_metadata(versions: Mapping[str, int], resolution: Resolution) -> dict[str, str]:
    """Return the metadata by which a commit of ``documents`` pins every table, its own version included.

    deltalake counts the versions of a history from the one that is opened, which need not be the newest.
    """
    pinned = {"pins": json.dumps(dict(versions), sort_keys=True), "schema_version": str(SCHEMA_VERSION)}
    return pinned | resolution.to_metadata()


def resolution(documents: DeltaTable) -> Resolution:
    """Return how far the steps over all documents have come in the newest published version."""
    entry = next(iter(newest_published(documents)), {})
    return Resolution(entry.get(RESOLVED_BY), frozenset(entry.get(OWED, "").split()))


def pins(documents: DeltaTable) -> dict[str, int]:
    """Return the version of every table that belongs to the newest commit of ``documents`` that pins them.

    Raises WarehouseError where a newer Counterclaim wrote it. Before the first publication all are 0, empty.
    """
    for entry in newest_published(documents):
        _check_newer(documents, int(entry["schema_version"]))
        return pinned(entry)
    if files(documents):
        raise WarehouseError(
            f"No commit of {documents.table_uri} says which versions of the tables belong together: its log "
            "was cut or written by another program. Restore _delta from a backup, or start a new --warehouse."
        )
    return dict.fromkeys(TABLES, 0)


def pinned(entry: Mapping[str, Any]) -> dict[str, int]:
    """Return the versions that a commit of ``documents`` pins."""
    versions: dict[str, int] = json.loads(entry["pins"])
    return dict.fromkeys(TABLES, 0) | versions


def published(documents: DeltaTable, limit: int | None) -> list[dict[str, Any]]:
    """Return those of the newest commits of ``documents`` that published a version, newest first."""
    return [entry for entry in documents.history(limit) if "pins" in entry]


def newest_published(documents: DeltaTable) -> list[dict[str, Any]]:
    """Return commits that published a version, the newest first; none only where there is none at all."""
    return next((found for limit in LOOK_BACK if (found := published(documents, limit))), [])


def is_current(documents: DeltaTable) -> bool:
    """Tell whether the tables have the current schema version, or nothing has been published yet."""
    newest = newest_published(documents)
    return not newest or int(newest[0]["schema_version"]) == SCHEMA_VERSION


def check_current(heads: Mapping[str, DeltaTable]) -> None:
    """Raise WarehouseError where another Counterclaim wrote the tables: of one version or with other columns."""
    others = [
        n for n, head in heads.items() if [f.name for f in head.schema().fields] != TABLES[n].schema.names
    ]
    if others or not is_current(heads["documents"]):
        raise WarehouseError(
            f"An older Counterclaim wrote the tables at {heads['documents'].table_uri}. "
            "Run `counterclaim migrate` first: it says what it changes."
        )


def _check_newer(documents: DeltaTable, found: int) -> None:
    if found > SCHEMA_VERSION:
        raise WarehouseError(
            f"The tables at {documents.table_uri} have schema version {found}; this Counterclaim knows "
            f"version {SCHEMA_VERSION}. Install the newer Counterclaim, or name another --warehouse."
        )
