"""The rows of a query as a table for the terminal, as CSV, JSON or Parquet."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyRelation
from rich.console import Console
from rich.table import Table
from rich.text import Text

Format = Literal["table", "csv", "json", "parquet"]
WIDTH = 80
LONGEST_WORD, LEAST_TEXT = 24, 14
"""a grid is shown if each column has room for its words (an id has 24 letters) and for this much of a text"""
MOST_ROWS = 40
LONGEST = 300
PLACES = 4
PICTURES = {code: 0x2400 + code for code in range(32) if chr(code) != "\n"} | {0x7F: 0x2421}
"""control characters could command a terminal: they are shown as the symbols for them"""


def render(relation: DuckDBPyRelation, style: Format = "table") -> bytes:
    """Return all rows of a relation, encoded; ``table`` folds to 80 columns and shows the first rows."""
    rows = relation.to_arrow_table()
    return {"table": _table, "csv": _csv, "json": _json, "parquet": _parquet}[style](rows)


def _table(rows: pa.Table) -> bytes:
    out = io.StringIO()
    console = Console(width=WIDTH, file=out, highlight=False)
    names = rows.column_names
    cells = [list(map(_cell, row)) for row in _values(rows.slice(0, MOST_ROWS))]
    if grid := _grid(names, cells):
        console.print(grid)
    else:
        _print_records(console, names, cells)
    if not cells:
        console.print("no rows")
    if (more := rows.num_rows - len(cells)) > 0:
        console.print(f"... {more:,} more rows; add LIMIT, or use --format csv")
    return out.getvalue().encode()


def _values(rows: pa.Table | pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    """Yield the values of each row in order; two columns may have one name, as after a join."""
    return zip(*(column.to_pylist() for column in rows.columns), strict=True)


def _grid(names: list[str], cells: list[list[Text]]) -> Table | None:
    """Return the rows side by side, headings broken at underscores if they must; None if it is too narrow."""
    columns = [[row[i].plain for row in cells] for i in range(len(names))]
    for headings in (names, [name.replace("_", "_\n") for name in names]):
        widths = [_needed(*pair) for pair in zip(headings, columns, strict=True)]
        if sum(widths) + 3 * len(widths) - 1 <= WIDTH:
            grid = Table(show_edge=False)
            for heading, width in zip(headings, widths, strict=True):
                grid.add_column(Text(heading.translate(PICTURES), overflow="fold"), min_width=width)
            for row in cells:
                grid.add_row(*row)
            return grid
    return None


def _needed(heading: str, texts: list[str]) -> int:
    """Return the least width at which a column reads well: no word cut, no long text a few letters wide."""
    word = max((len(word) for text in texts for word in text.split()), default=0)
    text = max(map(len, texts), default=0)
    return max(*map(len, heading.split("\n")), min(word, LONGEST_WORD), min(text, LEAST_TEXT))


def _print_records(console: Console, names: list[str], cells: list[list[Text]]) -> None:
    """Print the columns of each row below one another; columns that are empty are left out."""
    for i, row in enumerate(cells, 1):
        console.rule(f"row {i}", align="left")
        grid = Table.grid(padding=(0, 2))
        for name, cell in zip(names, row, strict=True):
            if cell.plain:
                grid.add_row(_cell(name), cell)
        console.print(grid)


def _cell(value: Any) -> Text:
    text = _readable(value)
    short = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return Text(short.translate(PICTURES), overflow="fold")


def _readable(value: Any) -> str:
    """Return a value as a person reads it: lists parted by semicolons, numbers without a tail of digits."""
    if isinstance(value, list) and not any(isinstance(item, list) for item in value):
        return "; ".join(map(_readable, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_readable(item)}" for name, item in value.items())
    return _plain(round(value, PLACES) or value if isinstance(value, float) else value)


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
        writer.writerows(map(_plain, row) for row in _values(batch))
    return out.getvalue().encode()


def _json(rows: pa.Table) -> bytes:
    lines = [json.dumps(row, ensure_ascii=False, default=str) for row in rows.to_pylist()]
    return ("[" + ",\n".join(lines) + "]\n").encode()


def _parquet(rows: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(rows, out, compression="zstd")
    return out.getvalue()
