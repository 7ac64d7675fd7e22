"""The Delta tables, the authoritative copy of all rows: opening them at a version, their files and commits."""

import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction

from warehouse.credentials import get_first_line
from warehouse.errors import WarehouseError
from warehouse.storage.data_files import DataFile
from warehouse.storage.location import WarehouseLocation
from warehouse.tables import PARTITION_COLUMN, Table

MONTH_ACTION_COLUMN = f"partition.{PARTITION_COLUMN}"
CHECKPOINT_INTERVAL = "20"
LOG_FILE_NAME = re.compile(r"\d{20}\.(?:json|checkpoint\.parquet)")
"""name of a commit, or of a checkpoint of several, in a table's log"""


@dataclass(frozen=True)
class TableEdit:
    """The files that one commit adds to and removes from a table."""

    add: Sequence[AddAction] = ()
    remove: Sequence[DataFile] = ()

    def __bool__(self) -> bool:
        """Return True if the edit changes anything."""
        return bool(self.add or self.remove)


def is_table_created(location: WarehouseLocation, name: str) -> bool:
    """Return True if the Delta table has been created, that is, if its log has a commit."""
    if location.local_folder is None:
        return bool(DeltaTable.is_deltatable(location.get_table_uri(name), location.options))
    try:
        with os.scandir(get_log_folder(location, name)) as entries:
            return any(LOG_FILE_NAME.fullmatch(entry.name) for entry in entries)
    except (FileNotFoundError, NotADirectoryError):
        return False


def get_log_folder(location: WarehouseLocation, name: str) -> str:
    """Return the path of a table's log on the file system of the warehouse."""
    return f"{location.get_table_path(name)}/_delta_log"


def open_table(location: WarehouseLocation, name: str, version: int | None = None) -> DeltaTable:
    """Return a Delta table, opened at a version or, without one, at the newest."""
    return DeltaTable(location.get_table_uri(name), version=version, storage_options=location.options)


def open_pinned_table(location: WarehouseLocation, name: str, version: int | None = None) -> DeltaTable:
    """Return a Delta table, opened at a pinned version or, without one, at the newest.

    Raises WarehouseError if the table is missing, is older than that version, or has an unreadable log.
    """
    check_table_created(location, name)
    try:
        return open_table(location, name, version)
    except (DeltaError, OSError) as error:
        check_reaches_version(location, name, version)
        raise WarehouseError(
            f"The log of the table {name} in {location.uri} cannot be read: {get_first_line(error)}. Restore the "
            "whole folder _delta from a backup."
        ) from error


def list_pinned_files(location: WarehouseLocation, name: str, version: int) -> list[DataFile]:
    """Return the files of a table at its pinned version; none if the table was created after that version."""
    if not version and not is_table_created(location, name):
        return []
    return list_files(open_pinned_table(location, name, version))


def check_table_created(location: WarehouseLocation, name: str) -> None:
    """Raise WarehouseError if a table that was published is missing."""
    if not is_table_created(location, name):
        raise WarehouseError(
            f"The table {name} of the warehouse {location.uri} is gone: {location.get_table_path(name)} has no log. "
            "Nothing was changed. Restore it from a backup, together with the rest of _delta, or read the sources "
            "again into a new --warehouse."
        )


def check_reaches_version(location: WarehouseLocation, name: str, version: int | None) -> None:
    """Raise WarehouseError if the newest version of a table is older than the pinned one."""
    try:
        newest = open_table(location, name).version()
    except (DeltaError, OSError):
        return
    if version is not None and newest < version:
        raise WarehouseError(
            f"The table {name} in {location.uri} ends at version {newest}, but documents was published with version "
            f"{version} of it: a part of _delta comes from an older backup than the rest. Nothing was changed. "
            "Restore the whole folder _delta from one backup."
        )


def create_table(
    location: WarehouseLocation, table: Table, mode: Literal["ignore", "overwrite"] = "ignore"
) -> None:
    """Create an empty Delta table of the declared schema, as version 0 or, by ``overwrite``, as a new version."""
    DeltaTable.create(
        location.get_table_uri(table.name),
        table.schema,
        mode=mode,
        partition_by=[PARTITION_COLUMN] if table.partitioned else None,
        name=table.name,
        description=table.meaning,
        configuration={"delta.checkpointInterval": CHECKPOINT_INTERVAL},
        storage_options=location.options,
    )


def list_files(delta: DeltaTable) -> list[DataFile]:
    """Return the files of the opened version, sorted by path."""
    actions = pa.table(delta.get_add_actions(flatten=True))
    # Only these columns become Python objects: the others hold statistics of every column of the table.
    columns = [actions[name].to_pylist() for name in ("path", "size_bytes", "num_records")]
    months = actions[MONTH_ACTION_COLUMN].to_pylist() if MONTH_ACTION_COLUMN in actions.column_names else None
    files = map(DataFile, *columns, months or [None] * actions.num_rows)
    return sorted(files, key=lambda file: file.path)


def commit_edit(
    table: Table, head: DeltaTable, edit: TableEdit, metadata: Mapping[str, str] | None = None
) -> int:
    """Commit an edit on top of the opened version, bring ``head`` up to date and return the new version.

    Raises CommitFailedError if another writer committed that version first.
    """
    now = time.time_ns() // 1_000_000
    values = [{PARTITION_COLUMN: file.month} if table.partitioned else {} for file in edit.remove]
    removals = [RemoveAction(f.path, True, now, f.size, v) for f, v in zip(edit.remove, values, strict=True)]
    version = head.version() + 1
    head.create_write_transaction(
        [*edit.add, *removals],
        mode="append",
        schema=table.schema,
        partition_by=[PARTITION_COLUMN] if table.partitioned else None,
        commit_properties=make_commit_properties(metadata),
    )
    head.update_incremental()
    return version


def make_commit_properties(metadata: Mapping[str, str] | None = None) -> CommitProperties:
    """Return the properties of a commit that fails, instead of rebasing, if another came first."""
    return CommitProperties(custom_metadata=dict(metadata or {}), max_commit_retries=0)
