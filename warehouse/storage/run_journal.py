"""Pending runs: the rows of runs that changed nothing, kept beside the tables until the next publication.

Such a run must not change a byte of the tables, and its counts must not be lost: its row waits as one JSON
file under ``_runs/`` and moves to the table ``runs`` with the next publication.
"""

import json
from datetime import datetime

import pyarrow as pa
from pyarrow import fs

from warehouse.folder_names import RUNS_FOLDER
from warehouse.storage.location import WarehouseLocation
from warehouse.tables import RUNS, to_arrow


def save_pending_runs(location: WarehouseLocation, runs: pa.Table) -> None:
    """Write each row to its own file, atomically."""
    if location.local_folder:
        location.file_system.create_dir(_get_folder(location))
    for row in runs.to_pylist():
        text = json.dumps(row, default=datetime.isoformat)
        path = f"{_get_folder(location)}/{row['run_id']}.json"
        with location.file_system.open_output_stream(f"{path}.new") as stream:
            stream.write(text.encode())
        location.file_system.move(f"{path}.new", path)


def read_pending_runs(location: WarehouseLocation) -> pa.Table:
    """Return the pending rows."""
    rows = []
    for path in _list_pending_files(location):
        with location.file_system.open_input_stream(path) as stream:
            row = json.loads(stream.read())
        times = {name: datetime.fromisoformat(row[name]) for name in ("started_at", "finished_at")}
        rows.append(row | times)
    return to_arrow(rows, RUNS)


def remove_pending_runs(location: WarehouseLocation, runs: pa.Table) -> None:
    """Remove those pending rows that have been published."""
    published = {f"{_get_folder(location)}/{run_id}.json" for run_id in runs["run_id"].to_pylist()}
    for path in _list_pending_files(location):
        if path in published:
            location.file_system.delete_file(path)


def _get_folder(location: WarehouseLocation) -> str:
    return f"{location.root_path}/{RUNS_FOLDER}"


def _list_pending_files(location: WarehouseLocation) -> list[str]:
    found = location.file_system.get_file_info(fs.FileSelector(_get_folder(location), allow_not_found=True))
    return sorted(info.path for info in found if info.path.endswith(".json"))
