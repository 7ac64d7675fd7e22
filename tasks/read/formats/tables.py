"""Rows of CSV and Parquet become raw documents, by the same fields as lines of JSON."""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.document.records import RawDocument, Rejected
from tasks.read.byte_streams import MAX_BYTES, Origin
from tasks.read.errors import UnusableError
from tasks.read.formats.corpus_fields import FIELDS, check_header, to_document
from tasks.read.formats.csv_rows import BadRow, RowReader

ROWS = 64
"""rows of a Parquet file that are in memory at a time"""
MAX_LOST_ROWS = 100_000
"""a damaged row group that claims more rows is one reject: its count may be part of the damage"""
Row = dict[str, Any] | BadRow


def read_csv(stream: BinaryIO, origin: Origin) -> Iterator[RawDocument | Rejected]:
    """Yield one document a row of a CSV file with a header, in UTF-8; a damaged row is one Rejected.

    Cells are parted by whichever of comma, semicolon and tab the header has most of.

    Raises:
        UnusableError: no column of text, or the header cannot be read.
    """
    rows = RowReader(stream)
    check_header(rows.names, origin)
    named = (row if isinstance(row, BadRow) else dict(zip(rows.names, row, strict=False)) for row in rows)
    yield from as_documents(named, origin, "broken CSV")


def read_parquet(stream: BinaryIO, origin: Origin) -> Iterator[RawDocument | Rejected]:
    """Yield one document a row of a Parquet file; only the columns that are known or named are read.

    A row that cannot be read is one Rejected; so is each row of a row group after damage in it.
    """
    file = pq.ParquetFile(stream)
    check_header(file.schema_arrow.names, origin)
    wanted = {origin.columns.get(field, field) for field in FIELDS}
    names = [name for name in file.schema_arrow.names if name in wanted]
    groups = range(file.metadata.num_row_groups)
    rows = (row for group in groups for row in _read_group(file, group, names))
    yield from as_documents(rows, origin, "broken Parquet")


def _read_group(file: pq.ParquetFile, group: int, names: list[str]) -> Iterator[Row]:
    """Yield the rows of one row group, the lost ones too."""
    about = file.metadata.row_group(group)
    found = 0
    try:
        if about.total_byte_size > MAX_BYTES * max(about.num_rows, 1):
            raise pa.ArrowException(f"over {MAX_BYTES:,} bytes a row")
        for batch in file.iter_batches(ROWS, row_groups=[group], columns=names):
            for number in range(len(batch)):
                found += 1
                yield _read_row(batch, number)
    except (pa.ArrowException, OSError) as error:
        lost = about.num_rows - found
        told = f"row group {group}: {error!s:.200}"
        if lost > MAX_LOST_ROWS:
            yield BadRow(f"{told}; {lost:,} rows are lost")
        else:
            yield from [BadRow(told)] * lost


def _read_row(batch: pa.RecordBatch, number: int) -> Row:
    """Return one row of a batch, or why its values cannot be read."""
    try:
        return {name: column[number].as_py() for name, column in zip(batch.schema.names, batch, strict=True)}
    except (UnicodeDecodeError, ValueError, OverflowError, pa.ArrowException) as error:
        return BadRow(f"{type(error).__name__}: {error!s:.200}")


def as_documents(rows: Iterable[Row], origin: Origin, reason: str) -> Iterator[RawDocument | Rejected]:
    """Yield one document a row, named ``uri#id`` or ``uri#row=7``; rows are counted from 1, below the header."""
    for number, row in enumerate(rows, 1):
        place = f"{origin.uri}#row={number}"
        try:
            if isinstance(row, BadRow):
                raise UnusableError(reason, row.problem)
            yield to_document(row, origin, place)
        except UnusableError as problem:
            yield Rejected(place, "read", problem.reason, f"row {number}: {problem.detail}")
