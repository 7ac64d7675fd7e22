"""Migration: rewrite all files of the tables whose columns are not as declared, and publish them as one version.

pandas, pyarrow and DuckDB silently drop a column that only some plain files have: so files of an old schema must not
be published beside files of a new one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from deltalake import DeltaTable
from deltalake.transaction import AddAction

from warehouse.errors import WarehouseError
from warehouse.storage import data_files, delta_tables, version_pins
from warehouse.storage.data_files import DataFile
from warehouse.storage.delta_tables import TableEdit
from warehouse.storage.fault_points import reach_fault_point
from warehouse.storage.file_damage import check_files_intact, read_intact_rows
from warehouse.storage.location import WarehouseLocation, locate_warehouse
from warehouse.storage.presence import check_warehouse_present
from warehouse.storage.publication import publish_version
from warehouse.storage.recovery import recover_tables
from warehouse.storage.storage_errors import explain_storage_errors
from warehouse.storage.store import Store
from warehouse.storage.version_pins import CorpusStepStatus
from warehouse.storage.writer import commit_tables, hold_warehouse_lock
from warehouse.tables import NEAR_DUPLICATES, PARTITION_COLUMN, TABLES, Table

WIDENING_TYPES = {
    pa.int32(): {pa.int64(), pa.float64()},
    pa.float32(): {pa.float64()},
    pa.date32(): {pa.timestamp("us", tz="UTC")},
}
MOVED_MARKS = ("documents", "duplicate_of")
"""the column of schema 4 that became the table ``near_duplicates``"""


STEPS_OF_NEW_TABLES = {"claim_groups": "claim-groups"}
"""the step over all documents that fills a table which an older Counterclaim did not have"""


@dataclass(frozen=True)
class MigrationStep:
    """One difference between the files of a table and its declaration."""

    table: str
    column: str
    change: str
    files: int

    def __str__(self) -> str:
        """Return the step as one line."""
        return f"{self.table}.{self.column}: {self.change} ({self.files} files to rewrite)"


def plan_migration(root: Path | str) -> list[MigrationStep]:
    """Return what :func:`migrate_tables` would do; an empty list if the tables are as declared.

    Raises WarehouseError if rows cannot be made to fit, because a new column may not be null or a type is not
    wider than before, or because a file is damaged, and if there is no warehouse.
    """
    location = locate_warehouse(root)
    with explain_storage_errors(location, "read"):
        check_warehouse_present(location)
        versions = version_pins.read_pins(delta_tables.open_pinned_table(location, "documents"))
        return [step for name in TABLES for step in _plan_table(location, name, versions[name])]


def migrate_tables(root: Path | str, on_wait: Callable[[str], None] | None = None) -> list[MigrationStep]:
    """Rewrite the tables that :func:`plan_migration` names, publish them all as one version, and return the plan."""
    store, location = Store(root), locate_warehouse(root)
    steps = plan_migration(root)
    with hold_warehouse_lock(location, on_wait), explain_storage_errors(location):
        heads = recover_tables(location)
        old = {name: delta_tables.list_files(heads[name]) for name in {step.table for step in steps}}
        edits = {
            name: TableEdit(_rewrite_files(location, TABLES[name], files)) for name, files in old.items()
        }
        if any((step.table, step.column) == MOVED_MARKS for step in steps):
            edits[NEAR_DUPLICATES.name] = _move_marks(location, old["documents"])
        for name in old:
            delta_tables.create_table(location, TABLES[name], "overwrite")
            heads[name] = delta_tables.open_table(location, name)
            reach_fault_point(f"redeclared:{name}")
        if steps or not version_pins.has_current_schema(heads["documents"]):
            owed_steps = _list_owed_steps(heads["documents"])
            versions = commit_tables(location, heads, edits, CorpusStepStatus(owed_steps=owed_steps))
            publish_version(location, heads, versions["documents"], store.keep)
    return steps


def _list_owed_steps(documents: DeltaTable) -> frozenset[str]:
    """Return the steps that the next run owes: those that failed, and those whose table has never been written."""
    pins = version_pins.read_pins(documents)
    new = frozenset(step for name, step in STEPS_OF_NEW_TABLES.items() if not pins[name])
    return new | version_pins.read_corpus_step_status(documents).owed_steps


def _plan_table(location: WarehouseLocation, name: str, version: int) -> list[MigrationStep]:
    table, found = TABLES[name], delta_tables.list_pinned_files(location, name, version)
    schemas = [_read_file_schema(location, table, file) for file in found]
    steps = []
    for field in (f for f in table.schema if f.name != PARTITION_COLUMN or not table.partitioned):
        others = [s.field(field.name) if field.name in s.names else None for s in schemas]
        try:
            changes = {
                _describe_change(table, other, field) for other in others if other is None or other != field
            }
        except WarehouseError:
            # The footer of a damaged file may declare columns that nobody wrote.
            check_files_intact(location, table, found)
            raise
        steps += [MigrationStep(name, field.name, change, len(found)) for change in sorted(changes)]
    dropped = {column for schema in schemas for column in schema.names} - set(table.schema.names)
    return steps + [
        MigrationStep(name, column, _describe_removal(name, column), len(found)) for column in sorted(dropped)
    ]


def _describe_removal(table: str, column: str) -> str:
    """Return a phrase that says what becomes of a column that is no longer declared."""
    if (table, column) == MOVED_MARKS:
        return f"moves to the table {NEAR_DUPLICATES.name}"
    return "is no longer declared and is dropped"


def _move_marks(location: WarehouseLocation, documents: Sequence[DataFile]) -> TableEdit:
    """Return the edit that fills ``near_duplicates`` from the files of ``documents``; it must be empty."""
    paths = [f"{location.get_table_path('documents')}/{file.path}" for file in documents]
    old = ds.dataset(paths, NEAR_DUPLICATES.schema, format="parquet", filesystem=location.file_system)
    rows = old.to_table(filter=pc.field("duplicate_of").is_valid())
    return TableEdit(data_files.write_data_files(location, NEAR_DUPLICATES, rows, None))


def _read_file_schema(location: WarehouseLocation, table: Table, file: DataFile) -> pa.Schema:
    return pq.read_schema(
        f"{location.get_table_path(table.name)}/{file.path}", filesystem=location.file_system
    )


def _describe_change(table: Table, old: pa.Field | None, new: pa.Field) -> str:
    """Return a phrase that says how a column changes; WarehouseError if its rows cannot be made to fit."""
    if old is None and new.nullable:
        return f"is new: {new.type}, null in the rows there are"
    if old is None or (old.nullable and not new.nullable):
        raise WarehouseError(
            f"{table.name}.{new.name} may not be null: extract the documents again instead, into a new --warehouse."
        )
    if old.type == new.type:
        return "may be null from now on"
    if new.type not in WIDENING_TYPES.get(old.type, set()):
        raise WarehouseError(
            f"{table.name}.{new.name} cannot go from {old.type} to {new.type}: extract the documents again instead, "
            "into a new --warehouse."
        )
    return f"widens from {old.type} to {new.type}"


def _rewrite_files(location: WarehouseLocation, table: Table, old: Sequence[DataFile]) -> list[AddAction]:
    return [
        action
        for file in old
        for action in data_files.write_data_files(
            location, table, read_intact_rows(location, table, [file]), file.month
        )
    ]
