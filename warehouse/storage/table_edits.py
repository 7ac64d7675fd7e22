"""What must change in a table so that it holds new rows in place of old ones: an edit, or none at all.

Rows that are equal to the stored ones give an empty edit: an unchanged run changes not one byte. New rows
absorb the small files of their month, so that a partition keeps few files though a run writes few rows.
"""

from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.storage.delta_tables import DataFile, Edit, dataset, write_files
from warehouse.storage.file_damage import read_checked
from warehouse.storage.location import Place
from warehouse.tables import PARTITION, Table

GROWTH = 4
"""a file is absorbed while it has at most this many times the rows that are written anyway"""
MAX_FILE_BYTES = 64 << 20
"""compressed; files above it are left alone unless a row of theirs goes"""
VOLATILE = {"documents": {"ingested_run"}, "rejects": {"run_id"}}
"""columns that name the run; a row that differs in nothing else is unchanged"""


def replace_documents(
    place: Place,
    table: Table,
    stored: Sequence[DataFile],
    documents: pa.Array,
    months: set[str],
    rows: pa.Table,
) -> Edit:
    """Put ``rows`` in place of every row of the documents, whose old rows stand in ``months``."""
    touched = [f for f in stored if f.month in months and _holds(place, table, f, documents)]
    old = {month: read_checked(place, table, files) for month, files in by_month(touched).items()}
    dies = {month: pc.is_in(rows["doc_id"], documents) for month, rows in old.items()}
    gone = [old[month].filter(dying) for month, dying in dies.items()]
    if same_rows(table, pa.concat_tables([table.schema.empty_table(), *gone]), rows):
        return Edit()
    add, remove = [], list(touched)
    for month in sorted(old.keys() | {*rows[PARTITION].unique().to_pylist()}):
        fresh = [rows.filter(pc.equal(rows[PARTITION], month))]
        if month in old:
            fresh.append(old.pop(month).filter(pc.invert(dies[month])))
        others = [f for f in stored if f.month == month and f not in touched]
        small = absorbed(others, sum(part.num_rows for part in fresh))
        rows_of_month = pa.concat_tables([*fresh, read_checked(place, table, small)])
        add += write_files(place, table, rows_of_month, month)
        remove += small
    return Edit(add, remove)


def by_month(found: Iterable[DataFile]) -> dict[str, list[DataFile]]:
    """Return the files of each partition of a partitioned table."""
    months: dict[str, list[DataFile]] = {}
    for file in found:
        months.setdefault(str(file.month), []).append(file)
    return months


def replace_all(place: Place, table: Table, stored: Sequence[DataFile], rows: pa.Table) -> Edit:
    """Make ``rows`` the whole of an unpartitioned table."""
    if same_rows(table, read_checked(place, table, stored), rows):
        return Edit()
    return Edit(write_files(place, table, rows, None), stored)


def absorbed(candidates: Iterable[DataFile], rows: int) -> list[DataFile]:
    """Return the files to merge with so many new rows: no row is rewritten more than a few times."""
    chosen = []
    for file in sorted(candidates, key=lambda f: f.rows):
        if file.rows > GROWTH * rows or file.size > MAX_FILE_BYTES:
            break
        chosen.append(file)
        rows += file.rows
    return chosen


def same_rows(table: Table, old: pa.Table, new: pa.Table) -> bool:
    """Tell whether two sets of rows are equal but for the columns that name the run."""
    if old.num_rows != new.num_rows:
        return False
    names = [c.name for c in table.columns if c.name not in VOLATILE.get(table.name, set())]
    order = [(name, "ascending") for name in table.key]
    return bool(old.sort_by(order).select(names).equals(new.sort_by(order).select(names)))


def _holds(place: Place, table: Table, file: DataFile, documents: pa.Array) -> bool:
    ids = dataset(place, table, [file]).to_table(columns=["doc_id"])["doc_id"]
    return bool(pc.any(pc.is_in(ids, documents)).as_py())
