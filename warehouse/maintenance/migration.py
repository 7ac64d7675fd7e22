"""Schema changes: every file of a table that has other columns than declared is rewritten, as one version.

In plain files a column that only some of them have is dropped by pandas, pyarrow and DuckDB without a word:
so no file of an old schema may stand beside one of a new.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake.transaction import AddAction

from warehouse.storage import delta_tables
from warehouse.storage.delta_tables import DataFile, Edit, Resolution
from warehouse.storage.file_damage import read_checked
from warehouse.storage.location import Place, WarehouseError, locate, reached
from warehouse.storage.presence import check_present
from warehouse.storage.publication import publish
from warehouse.storage.recovery import recover
from warehouse.storage.storage_errors import complaints
from warehouse.storage.store import Store, commit_all, locked
from warehouse.tables import PARTITION, TABLES, Table

WIDER = {
    pa.int32(): {pa.int64(), pa.float64()},
    pa.float32(): {pa.float64()},
    pa.date32(): {pa.timestamp("us", tz="UTC")},
}


@dataclass(frozen=True)
class Step:
    """One difference between the files of a table and its declaration, and what it means for them."""

    table: str
    column: str
    change: str
    files: int

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.table}.{self.column}: {self.change} ({self.files} files to rewrite)"


def plan(root: Path | str) -> list[Step]:
    """Return what :func:`migrate` would do, nothing if the tables are as declared.

    Raises WarehouseError where rows cannot be made to fit: a column that may not be null is new, a type is
    not wider than before, or there is no warehouse.
    """
    place = locate(root)
    with complaints(place, "read"):
        check_present(place)
        versions = delta_tables.pins(delta_tables.open_pinned(place, "documents"))
        return [step for name in TABLES for step in _steps(place, name, versions[name])]


def migrate(root: Path | str, on_wait: Callable[[str], None] | None = None) -> list[Step]:
    """Rewrite the tables that :func:`plan` names, publish them all as one version, and return the plan."""
    store, place = Store(root), locate(root)
    steps = plan(root)
    with locked(place, on_wait), complaints(place):
        heads = recover(place)
        old = {name: delta_tables.files(heads[name]) for name in {step.table for step in steps}}
        edits = {name: Edit(_rewritten(place, TABLES[name], files)) for name, files in old.items()}
        for name in edits:
            delta_tables.create(place, TABLES[name], "overwrite")
            heads[name] = delta_tables.open_table(place, name)
            reached(f"redeclared:{name}")
        if steps or not delta_tables.is_current(heads["documents"]):
            versions = commit_all(
                place, heads, edits, Resolution(owed=delta_tables.resolution(heads["documents"]).owed)
            )
            publish(place, heads, versions["documents"], store.keep)
    return steps


def _steps(place: Place, name: str, version: int) -> list[Step]:
    table, found = TABLES[name], delta_tables.pinned_files(place, name, version)
    schemas = [_schema(place, table, file) for file in found]
    steps = []
    for field in (f for f in table.schema if f.name != PARTITION or not table.partitioned):
        others = [s.field(field.name) if field.name in s.names else None for s in schemas]
        changes = {_change(table, other, field) for other in others if other is None or other != field}
        steps += [Step(name, field.name, change, len(found)) for change in sorted(changes)]
    dropped = {column for schema in schemas for column in schema.names} - set(table.schema.names)
    return steps + [
        Step(name, column, "is no longer declared and goes", len(found)) for column in sorted(dropped)
    ]


def _schema(place: Place, table: Table, file: DataFile) -> pa.Schema:
    return pq.read_schema(f"{place.table_path(table.name)}/{file.path}", filesystem=place.files)


def _change(table: Table, old: pa.Field | None, new: pa.Field) -> str:
    """Say how a column changes; raise if its rows cannot be made to fit."""
    if old is None and new.nullable:
        return f"is new: {new.type}, null in the rows there are"
    if old is None or (old.nullable and not new.nullable):
        raise WarehouseError(f"{table.name}.{new.name} may not be null: extract the documents anew instead.")
    if old.type == new.type:
        return "may be null from now on"
    if new.type not in WIDER.get(old.type, set()):
        raise WarehouseError(
            f"{table.name}.{new.name} cannot go from {old.type} to {new.type}: extract anew instead."
        )
    return f"widens from {old.type} to {new.type}"


def _rewritten(place: Place, table: Table, old: Sequence[DataFile]) -> list[AddAction]:
    return [
        action
        for file in old
        for action in delta_tables.write_files(place, table, read_checked(place, table, [file]), file.month)
    ]
