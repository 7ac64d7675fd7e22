"""Rows of CSV and Parquet become raw documents, by the same fields as lines of JSON."""

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any, BinaryIO

import pyarrow.parquet as pq

from tasks.read.fields import FIELDS, check_header, to_document
from tasks.read.streams import MAX_BYTES, Origin
from tasks.read.unusable import UnusableError
from tasks.records import RawDocument, Rejected

DELIMITERS = ",;\t"
ROWS = 64
"""rows of a Parquet file that are in memory at a time"""


def read_csv(stream: BinaryIO, origin: Origin) -> Iterator[RawDocument | Rejected]:
    """Yield one document a row of a CSV file with a header, in UTF-8.

    Cells are parted by whichever of comma, semicolon and tab the header has most of.

    Raises:
        UnusableError: no column of text, or what follows cannot be read as CSV in UTF-8.
    """
    csv.field_size_limit(MAX_BYTES)  # of the whole process; its default is shorter than an article
    with closing(io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")) as lines:
        try:
            header = lines.readline(MAX_BYTES)
            delimiter = max(DELIMITERS, key=header.count)
            names = next(csv.reader([header], delimiter=delimiter), [])
            check_header(names, origin)
            rows = csv.reader(lines, delimiter=delimiter, strict=True)
            yield from as_documents((dict(zip(names, row, strict=False)) for row in rows if row), origin)
        except (csv.Error, UnicodeDecodeError) as error:
            raise UnusableError("broken CSV", f"{error}: expected rows of CSV in UTF-8") from error


def read_parquet(stream: BinaryIO, origin: Origin) -> Iterator[RawDocument | Rejected]:
    """Yield one document a row of a Parquet file; only the columns that are known or named are read."""
    file = pq.ParquetFile(stream)
    check_header(file.schema_arrow.names, origin)
    wanted = {origin.columns.get(field, field) for field in FIELDS}
    batches = file.iter_batches(ROWS, columns=[n for n in file.schema_arrow.names if n in wanted])
    yield from as_documents((row for batch in batches for row in batch.to_pylist()), origin)


def as_documents(rows: Iterable[dict[str, Any]], origin: Origin) -> Iterator[RawDocument | Rejected]:
    """Yield one document a row, named ``uri#id`` or ``uri#row=7``; rows are counted from 1, below the header."""
    for number, row in enumerate(rows, 1):
        place = f"{origin.uri}#row={number}"
        try:
            yield to_document(row, origin, place)
        except UnusableError as problem:
            yield Rejected(place, "read", problem.reason, f"row {number}: {problem.detail}")
