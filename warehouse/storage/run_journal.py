"""Runs in which nothing changed: kept beside the tables until a run that changes something takes them up.

Such a run must not change a byte of the tables, and its counts must not be lost: its row waits as one JSON
file under ``_runs/`` and moves to the table ``runs`` with the next publication.
"""

import json
from datetime import datetime

import pyarrow as pa
from pyarrow import fs

from warehouse.storage.location import Place
from warehouse.tables import RUNS, to_arrow


def note(place: Place, runs: pa.Table) -> None:
    """Write each row to its own file, whole or not at all."""
    if place.local:
        place.files.create_dir(_folder(place))
    for row in runs.to_pylist():
        text = json.dumps(row, default=datetime.isoformat)
        path = f"{_folder(place)}/{row['run_id']}.json"
        with place.files.open_output_stream(f"{path}.new") as stream:
            stream.write(text.encode())
        place.files.move(f"{path}.new", path)


def noted(place: Place) -> pa.Table:
    """Return the rows that wait, as a table of runs."""
    rows = []
    for path in _waiting(place):
        with place.files.open_input_stream(path) as stream:
            row = json.loads(stream.read())
        times = {name: datetime.fromisoformat(row[name]) for name in ("started_at", "finished_at")}
        rows.append(row | times)
    return to_arrow(rows, RUNS)


def clear(place: Place, runs: pa.Table) -> None:
    """Remove the rows that a publication has taken up."""
    taken = {f"{_folder(place)}/{run_id}.json" for run_id in runs["run_id"].to_pylist()}
    for path in _waiting(place):
        if path in taken:
            place.files.delete_file(path)


def _folder(place: Place) -> str:
    return f"{place.base}/_runs"


def _waiting(place: Place) -> list[str]:
    found = place.files.get_file_info(fs.FileSelector(_folder(place), allow_not_found=True))
    return sorted(info.path for info in found if info.path.endswith(".json"))
