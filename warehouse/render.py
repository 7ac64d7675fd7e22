"""The rows of a query as a table for the terminal, as CSV, JSON or Parquet."""

import csv
import io
import json
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyRelation
from rich.console import Console
from rich.table import Table
from rich.text import Text

Format = Literal["table", "csv", "json", "parquet"]
WIDTH = 80
WIDE = 6
"""more columns than this are shown below one another"""
MOST_ROWS = 40
LONGEST = 300
PICTURES = {code: 0x2400 + code for code in range(32) if chr(code) != "\n"} | {0x7F: 0x2421}
"""control characters could command a terminal: they are shown as the symbols for them"""


def render(relation: DuckDBPyRelation, style: Format = "table") -> bytes:
    """Return all rows of a relation, encoded; ``table`` folds to 80 columns and shows the first rows."""
    rows = relation.to_arrow_table()
    return {"table": _table, "csv": _csv, "json": _json, "parquet": _parquet}[style](rows)


def _table(rows: pa.Table) -> bytes:
    out = io.StringIO()
    console = Console(width=WIDTH, file=out, highlight=False)
    shown = rows.slice(0, MOST_ROWS)
    if rows.num_columns > WIDE:
        _print_records(console, shown)
    else:
        grid = Table(show_edge=False)
        for name in rows.column_names:
            grid.add_column(_cell(name), overflow="fold")
        for row in shown.to_pylist():
            grid.add_row(*map(_cell, row.values()))
        console.print(grid)
    if rows.num_rows > MOST_ROWS:
        console.print(f"... {rows.num_rows - MOST_ROWS:,} more rows; add LIMIT, or use --format csv")
    return out.getvalue().encode()


def _print_records(console: Console, rows: pa.Table) -> None:
    for i, row in enumerate(rows.to_pylist(), 1):
        console.rule(f"row {i}", align="left")
        grid = Table.grid(padding=(0, 2))
        for name, value in row.items():
            grid.add_row(_cell(name), _cell(value))
        console.print(grid)


def _cell(value: Any) -> Text:
    text = _plain(value)
    short = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return Text(short.translate(PICTURES), overflow="fold")


def _plain(value: Any) -> str:
    """Return a value as text; lists and structs as JSON, null as nothing."""
    if value is None:
        return ""
    nested = isinstance(value, list | dict)
    return json.dumps(value, ensure_ascii=False, default=str) if nested else str(value)


def _csv(rows: pa.Table) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows.column_names)
    for batch in rows.to_batches():
        writer.writerows([_plain(value) for value in row.values()] for row in batch.to_pylist())
    return out.getvalue().encode()


def _json(rows: pa.Table) -> bytes:
    lines = [json.dumps(row, ensure_ascii=False, default=str) for row in rows.to_pylist()]
    return ("[" + ",\n".join(lines) + "]\n").encode()


def _parquet(rows: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(rows, out, compression="zstd")
    return out.getvalue()
