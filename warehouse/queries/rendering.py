"""The rows of a query as a table for the terminal, CSV, JSON or Parquet."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import chain, count
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyRelation
from rich.console import Console
from rich.table import Table
from rich.text import Text

OutputFormat = Literal["table", "csv", "json", "parquet"]
TERMINAL_WIDTH = 80
MAX_WORD_CHARS, MIN_TEXT_CHARS = 24, 14
"""a grid is shown if each column has room for its longest word, up to an id's length, and for so much of a text"""
MAX_ROWS_SHOWN = 40
MAX_CELL_CHARS = 300
DECIMAL_PLACES = 4
CONTROL_PICTURES = {code: 0x2400 + code for code in range(32) if chr(code) != "\n"} | {0x7F: 0x2421}
"""control characters could control the terminal: their symbols are shown instead"""


def render_rows(relation: DuckDBPyRelation, style: OutputFormat = "table") -> bytes:
    """Return the rows of a relation, encoded; ``table`` is 80 columns wide and has only the first rows."""
    rows = relation.to_arrow_table()
    return {"table": _render_table, "csv": _render_csv, "json": _render_json, "parquet": _render_parquet}[
        style
    ](rows)


def _render_table(rows: pa.Table) -> bytes:
    out = io.StringIO()
    console = Console(width=TERMINAL_WIDTH, file=out, highlight=False)
    names = rows.column_names
    cells = [list(map(_make_cell, row)) for row in _iterate_row_values(rows.slice(0, MAX_ROWS_SHOWN))]
    if grid := _make_grid(names, cells):
        console.print(grid)
    else:
        _print_records(console, names, cells)
    if not cells:
        console.print("no rows")
    if (more := rows.num_rows - len(cells)) > 0:
        console.print(f"... {more:,} more rows; add LIMIT, or use --format csv")
    return out.getvalue().encode()


def _iterate_row_values(rows: pa.Table | pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    """Yield the values of each row as a tuple: two columns may have the same name, for example after a join."""
    return zip(*(column.to_pylist() for column in rows.columns), strict=True)


def _make_grid(names: list[str], cells: list[list[Text]]) -> Table | None:
    """Return the rows as a grid, with headings broken at underscores if need be; None if it is too wide."""
    columns = [[row[i].plain for row in cells] for i in range(len(names))]
    for headings in (names, [name.replace("_", "_\n") for name in names]):
        widths = [_compute_min_width(*pair) for pair in zip(headings, columns, strict=True)]
        if sum(widths) + 3 * len(widths) - 1 <= TERMINAL_WIDTH:
            grid = Table(show_edge=False)
            for heading, width in zip(headings, widths, strict=True):
                grid.add_column(Text(heading.translate(CONTROL_PICTURES), overflow="fold"), min_width=width)
            for row in cells:
                grid.add_row(*row)
            return grid
    return None


def _compute_min_width(heading: str, texts: list[str]) -> int:
    """Return the smallest width at which a column is readable: no word is cut, and no long text is too narrow."""
    word = max((len(word) for text in texts for word in text.split()), default=0)
    text = max(map(len, texts), default=0)
    return max(*map(len, heading.split("\n")), min(word, MAX_WORD_CHARS), min(text, MIN_TEXT_CHARS))


def _print_records(console: Console, names: list[str], cells: list[list[Text]]) -> None:
    """Print the columns of each row below one another, empty columns left out."""
    for i, row in enumerate(cells, 1):
        console.rule(f"row {i}", align="left")
        grid = Table.grid(padding=(0, 2))
        for name, cell in zip(names, row, strict=True):
            if cell.plain:
                grid.add_row(_make_cell(name), cell)
        console.print(grid)


def _make_cell(value: Any) -> Text:
    text = _to_readable_text(value)
    short = text if len(text) <= MAX_CELL_CHARS else text[: MAX_CELL_CHARS - 1] + "…"
    return Text(short.translate(CONTROL_PICTURES), overflow="fold")


def _to_readable_text(value: Any) -> str:
    """Return a value for people to read: lists separated by semicolons, numbers rounded."""
    if isinstance(value, list) and not any(isinstance(item, list) for item in value):
        return "; ".join(map(_to_readable_text, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_to_readable_text(item)}" for name, item in value.items())
    if isinstance(value, float):
        return str(round(value, DECIMAL_PLACES) or value)  # 0.00001 is shown whole, not as 0
    return _to_text(value)


def _to_text(value: Any) -> str:
    """Return a value as text: lists and structs as JSON, null as the empty string."""
    if value is None:
        return ""
    nested = isinstance(value, list | dict)
    return json.dumps(value, ensure_ascii=False, default=str) if nested else str(value)


def _render_csv(rows: pa.Table) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows.column_names)
    for batch in rows.to_batches():
        writer.writerows(map(_to_text, row) for row in _iterate_row_values(batch))
    return out.getvalue().encode()


def _render_json(rows: pa.Table) -> bytes:
    names = _make_unique(rows.column_names)
    lines = [
        json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, default=str)
        for row in _iterate_row_values(rows)
    ]
    return ("[" + ",\n".join(lines) + "]\n").encode()


def _make_unique(names: list[str]) -> list[str]:
    """Return names that differ, as keys of an object: the second ``id`` becomes ``id_1``, as DuckDB names it."""
    unique: list[str] = []
    for name in names:
        candidates = chain([name], (f"{name}_{n}" for n in count(1)))
        unique.append(next(c for c in candidates if c not in unique and (c == name or c not in names)))
    return unique


def _render_parquet(rows: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(rows, out, compression="zstd")
    return out.getvalue()
