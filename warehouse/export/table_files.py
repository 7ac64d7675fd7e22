"""Export of one table as CSV for spreadsheets, JSON Lines or Parquet."""

import csv
import io
import json
from importlib.resources import files
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from warehouse.errors import InputError

ROWS_PER_BATCH = 2048
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
"""characters that a spreadsheet may take for the start of a formula (OWASP, "CSV Injection")"""


class ExportError(InputError):
    """The table or format cannot be exported."""


def _read_batches(connection: DuckDBPyConnection, table: str | None) -> pa.RecordBatchReader:
    """Return a reader of the rows of a table or view; of ``sheet.sql`` if none is named."""
    if table is None:
        sql = files("warehouse.export").joinpath("sheet.sql").read_text("utf-8")
    else:
        known = sorted(name for (name,) in connection.execute("SHOW TABLES").fetchall())
        if table not in known:
            raise ExportError(f"expected one of {', '.join(known)}; found {table!r}")
        sql = f'FROM "{table}"'
    return connection.sql(sql).to_arrow_reader(ROWS_PER_BATCH)


def write_csv(connection: DuckDBPyConnection, table: str | None, out: BinaryIO) -> int:
    """Write CSV that spreadsheets open correctly; return the number of rows.

    UTF-8 with a byte-order mark; lists separated by ``; ``, structs as JSON. Text that a spreadsheet could take
    for a formula gets an apostrophe before it: use JSON Lines or Parquet for the exact characters.
    """
    rows = _read_batches(connection, table)
    text = io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(rows.schema.names)
    count = 0
    for batch in rows:
        writer.writerows(
            [escape_formula(_to_cell_value(value)) for value in row.values()] for row in batch.to_pylist()
        )
        count += batch.num_rows
    text.detach()
    return count


def _to_cell_value(value: Any) -> Any:
    """Return a value as the content of one cell."""
    if isinstance(value, list):
        return "; ".join(str(_to_cell_value(item)) for item in value)
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict) else value


def escape_formula(value: Any) -> Any:
    """Return a cell that no spreadsheet evaluates as a formula; numbers and dates do not change."""
    return "'" + value if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS) else value


def write_jsonl(connection: DuckDBPyConnection, table: str | None, out: BinaryIO) -> int:
    """Write one JSON object per row, dates as ISO 8601; return the number of rows."""
    count = 0
    for batch in _read_batches(connection, table):
        for row in batch.to_pylist():
            out.write(json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n")
        count += batch.num_rows
    return count


def write_parquet(connection: DuckDBPyConnection, table: str | None, out: BinaryIO) -> int:
    """Write one Parquet file with the types of the table; return the number of rows."""
    rows = _read_batches(connection, table)
    count = 0
    with pq.ParquetWriter(out, rows.schema, compression="zstd") as writer:
        for batch in rows:
            writer.write_batch(batch)
            count += batch.num_rows
    return count
