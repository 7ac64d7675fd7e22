"""Read rows of CSV and Parquet as raw documents, with the same fields as JSON Lines."""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.document.records import RawDocument, Rejected
from tasks.read.byte_streams import MAX_BYTES, SourceOrigin
from tasks.read.errors import UnusableError
from tasks.read.formats.corpus_fields import CORPUS_FIELDS, check_header, convert_record
from tasks.read.formats.csv_rows import BadRow, CsvRowReader

PARQUET_BATCH_ROWS = 64
"""rows of a Parquet file in memory at a time"""
MAX_LOST_ROWS = 100_000
"""a damaged row group with more lost rows becomes one reject: its count may be damaged too"""
TableRow = dict[str, Any] | BadRow


def read_csv(stream: BinaryIO, origin: SourceOrigin) -> Iterator[RawDocument | Rejected]:
    """Yield a document or a Rejected for each row of a CSV file in UTF-8 with a header.

    The delimiter is whichever of comma, semicolon and tab is most frequent in the header.

    Raises:
        UnusableError: the header cannot be read or has no text column.
    """
    rows = CsvRowReader(stream)
    check_header(rows.names, origin)
    named = (row if isinstance(row, BadRow) else dict(zip(rows.names, row, strict=False)) for row in rows)
    yield from _convert_rows(named, origin, "broken CSV")


def read_parquet(stream: BinaryIO, origin: SourceOrigin) -> Iterator[RawDocument | Rejected]:
    """Yield a document or a Rejected for each row of a Parquet file; only the columns of fields are read.

    After damage in a row group, each of its remaining rows is a Rejected.

    Raises:
        UnusableError: the file has no text column.
    """
    file = pq.ParquetFile(stream)
    check_header(file.schema_arrow.names, origin)
    wanted = {origin.columns.get(field, field) for field in CORPUS_FIELDS}
    names = [name for name in file.schema_arrow.names if name in wanted]
    groups = range(file.metadata.num_row_groups)
    rows = (row for group in groups for row in _read_row_group(file, group, names))
    yield from _convert_rows(rows, origin, "broken Parquet")


def _read_row_group(file: pq.ParquetFile, group: int, names: list[str]) -> Iterator[TableRow]:
    """Yield the rows of one row group, with a BadRow for each lost one."""
    group_metadata = file.metadata.row_group(group)
    found = 0
    try:
        if group_metadata.total_byte_size > MAX_BYTES * max(group_metadata.num_rows, 1):
            raise pa.ArrowException(f"over {MAX_BYTES:,} bytes a row")
        for batch in file.iter_batches(PARQUET_BATCH_ROWS, row_groups=[group], columns=names):
            for number in range(len(batch)):
                found += 1
                yield _read_batch_row(batch, number)
    except (pa.ArrowException, OSError) as error:
        lost = group_metadata.num_rows - found
        problem = f"row group {group}: {error!s:.200}"
        if lost > MAX_LOST_ROWS:
            yield BadRow(f"{problem}; {lost:,} rows are lost")
        else:
            yield from [BadRow(problem)] * lost


def _read_batch_row(batch: pa.RecordBatch, number: int) -> TableRow:
    """Return one row of a batch, or a BadRow if its values cannot be converted."""
    try:
        values = {
            name: column[number].as_py() for name, column in zip(batch.schema.names, batch, strict=True)
        }
        # Some writers leave out that a column of bytes holds text.
        return {n: value.decode() if isinstance(value, bytes) else value for n, value in values.items()}
    except (UnicodeDecodeError, ValueError, OverflowError, pa.ArrowException) as error:
        return BadRow(f"{type(error).__name__}: {error!s:.200}")


def _convert_rows(
    rows: Iterable[TableRow], origin: SourceOrigin, reason: str
) -> Iterator[RawDocument | Rejected]:
    """Yield a document or a Rejected for each row; without an id, row 7 below the header is ``uri#row=7``."""
    for number, row in enumerate(rows, 1):
        place = f"{origin.uri}#row={number}"
        try:
            if isinstance(row, BadRow):
                raise UnusableError(reason, row.problem)
            yield convert_record(row, origin, place)
        except UnusableError as problem:
            yield Rejected(place, "read", problem.reason, f"row {number}: {problem.detail}")
