"""Rules of an edit: whether rows are the stored ones, and which small files are written again with new rows."""

from collections.abc import Iterable

import pyarrow as pa

from warehouse.storage.data_files import DataFile
from warehouse.tables import Table

MAX_ROWS_RATIO = 4
"""a file is absorbed if it has at most this many times the rows that are written anyway"""
MAX_FILE_BYTES = 64 << 20
"""compressed size above which a file is rewritten only if some of its rows change"""
RUN_COLUMNS = {"documents": {"ingested_run"}, "rejects": {"run_id"}}
"""columns that name the run; a row that differs in nothing else is unchanged"""


def choose_files_to_absorb(candidates: Iterable[DataFile], rows: int) -> list[DataFile]:
    """Return the files to merge with that many new rows: over many runs, a row is rewritten only a few times."""
    chosen = []
    for file in sorted(candidates, key=lambda f: f.rows):
        if file.rows > MAX_ROWS_RATIO * rows or file.size > MAX_FILE_BYTES:
            break
        chosen.append(file)
        rows += file.rows
    return chosen


def has_same_rows(table: Table, old: pa.Table, new: pa.Table) -> bool:
    """Return True if two sets of rows are equal, the columns that name the run aside."""
    if old.num_rows != new.num_rows:
        return False
    names = [c.name for c in table.columns if c.name not in RUN_COLUMNS.get(table.name, set())]
    order = [(name, "ascending") for name in table.key]
    return bool(old.sort_by(order).select(names).equals(new.sort_by(order).select(names)))
