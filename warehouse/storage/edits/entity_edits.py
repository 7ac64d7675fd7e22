"""The edits of ``entities``, of which a run changes only some rows.

Participants without a name belong to one document and are most of the rows of a large warehouse. They have files of
their own: a run adds to these and leaves the others, while it writes the files with names again.
"""

from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc
from deltalake.transaction import AddAction

from warehouse.storage.data_files import DataFile, make_dataset, write_data_files
from warehouse.storage.delta_tables import TableEdit
from warehouse.storage.edits.row_comparison import choose_files_to_absorb, has_same_rows
from warehouse.storage.file_damage import check_files_intact, read_intact_rows
from warehouse.storage.location import WarehouseLocation
from warehouse.tables import ENTITIES, UNNAMED_TYPE


def plan_entity_edit(location: WarehouseLocation, stored: Sequence[DataFile], changed: pa.Table) -> TableEdit:
    """Return the edit that puts changed rows in place of those with the same ids; rows without mentions are removed."""
    ids = changed["entity_id"].combine_chunks()
    files = {file: _read_file_keys(location, file) for file in stored}
    touched = [file for file, keys in files.items() if pc.any(pc.is_in(keys["entity_id"], ids)).as_py()]
    old = read_intact_rows(location, ENTITIES, touched)
    is_replaced = pc.is_in(old["entity_id"], ids)
    new = changed.filter(pc.greater(changed["n_mentions"], 0))
    if has_same_rows(ENTITIES, old.filter(is_replaced), new):
        return TableEdit()
    rows = pa.concat_tables([new, old.filter(pc.invert(is_replaced))])
    add, remove = list[AddAction](), list(touched)
    for is_unnamed, part in _split_by_kind(rows):
        others = [f for f, keys in files.items() if f not in touched and _holds_unnamed(keys) == is_unnamed]
        small = choose_files_to_absorb(others, part.num_rows) if part.num_rows else []
        whole = pa.concat_tables([part, read_intact_rows(location, ENTITIES, small)])
        add += write_data_files(location, ENTITIES, whole, None)
        remove += small
    return TableEdit(add, remove)


def write_entity_files(location: WarehouseLocation, rows: pa.Table) -> list[AddAction]:
    """Write rows to new files, those of participants without a name apart from the others."""
    return [
        action
        for _, part in _split_by_kind(rows)
        for action in write_data_files(location, ENTITIES, part, None)
    ]


def group_entity_files(location: WarehouseLocation, files: Iterable[DataFile]) -> list[list[DataFile]]:
    """Return the files that may be merged with each other: those of each kind."""
    groups: dict[bool, list[DataFile]] = {}
    for file in files:
        groups.setdefault(_holds_unnamed(_read_file_keys(location, file)), []).append(file)
    return list(groups.values())


def _read_file_keys(location: WarehouseLocation, file: DataFile) -> pa.Table:
    """Return ids and types of the entities of a file."""
    try:
        return make_dataset(location, ENTITIES, [file]).to_table(columns=["entity_id", "entity_type"])
    except (pa.ArrowException, OSError):
        # Say which file is damaged; Arrow does not.
        check_files_intact(location, ENTITIES, [file])
        raise


def _holds_unnamed(keys: pa.Table) -> bool:
    """Return True if all entities of a file are participants without a name."""
    return bool(pc.all(pc.equal(keys["entity_type"], UNNAMED_TYPE)).as_py())


def _split_by_kind(rows: pa.Table) -> list[tuple[bool, pa.Table]]:
    """Return the rows of participants without a name, and those of the others."""
    is_unnamed = pc.equal(rows["entity_type"], UNNAMED_TYPE)
    return [(True, rows.filter(is_unnamed)), (False, rows.filter(pc.invert(is_unnamed)))]
