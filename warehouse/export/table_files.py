"""One table as CSV for spreadsheets, as JSON Lines or as Parquet."""

import csv
import io
import json
from importlib.resources import files
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from warehouse.errors import InputError

BATCH = 2048
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""what a spreadsheet may take for the beginning of a formula (OWASP, "CSV Injection")"""


class ExportError(InputError):
    """What was asked for cannot be exported."""


def read(connection: DuckDBPyConnection, table: str | None) -> pa.RecordBatchReader:
    """Return the rows of a table or view, batch by batch; those of ``sheet.sql`` where none is named."""
    if table is None:
        sql = files("warehouse.export").joinpath("sheet.sql").read_text("utf-8")
    else:
        known = sorted(name for (name,) in connection.execute("SHOW TABLES").fetchall())
        if table not in known:
            raise ExportError(f"expected one of {', '.join(known)}; found {table!r}")
        sql = f'FROM "{table}"'
    return connection.sql(sql).to_arrow_reader(BATCH)


def write_csv(connection: DuckDBPyConnection, table: str | None, out: BinaryIO) -> int:
    """Write CSV that spreadsheets open as it is meant; return the number of rows.

    UTF-8 with a byte-order mark; lists parted by ``; ``, structs as JSON. Text that a spreadsheet could take
    for a formula gets an apostrophe before it: for the characters as they are use JSON Lines or Parquet.
    """
    rows = read(connection, table)
    text = io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(rows.schema.names)
    count = 0
    for batch in rows:
        writer.writerows([harmless(flat(value)) for value in row.values()] for row in batch.to_pylist())
        count += batch.num_rows
    text.detach()
    return count


def flat(value: Any) -> Any:
    """Return a value that fits one cell."""
    if isinstance(value, list):
        return "; ".join(str(flat(item)) for item in value)
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict) else value


def harmless(value: Any) -> Any:
    """Return a cell that no spreadsheet computes; numbers and dates are left as they are."""
    return "'" + value if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA) else value


def write_jsonl(connection: DuckDBPyConnection, table: str | None, out: BinaryIO) -> int:
    """Write one JSON object a row, dates as ISO 8601; return the number of rows."""
    count = 0
    for batch in read(connection, table):
        for row in batch.to_pylist():
            out.write(json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n")
        count += batch.num_rows
    return count


def write_parquet(connection: DuckDBPyConnection, table: str | None, out: BinaryIO) -> int:
    """Write one Parquet file with the types of the table; return the number of rows."""
    rows = read(connection, table)
    count = 0
    with pq.ParquetWriter(out, rows.schema, compression="zstd") as writer:
        for batch in rows:
            writer.write_batch(batch)
            count += batch.num_rows
    return count
