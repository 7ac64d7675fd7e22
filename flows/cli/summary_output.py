"""Prints the summary of a run on a terminal."""

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.cli.terminal import format_warehouse_option
from flows.pipeline.run_summary import RunSummary
from flows.text_formats import TERMINAL_WIDTH, format_counts, shorten_line

if TYPE_CHECKING:
    from flows.runtime.failure_policy import PartialRunError

MAX_REJECTS_SHOWN = 10
MAX_CELL_CHARS = 160
"""characters of a cell of examples"""
MAX_DETAIL_CHARS = 300
"""characters of the detail of a reject"""


def print_summary(summary: RunSummary) -> None:
    """Print the summary of a run."""
    console = Console(width=TERMINAL_WIDTH, highlight=False)
    counts = summary.run["counts"]
    console.print()
    console.print("documents   " + ", ".join(f"{counts[name]} {name}" for name in list(counts)[:5]))
    for name, kinds in summary.tables.counts_by_kind.items():
        console.print(f"{name:10}  " + format_counts(kinds))
    if unextracted := summary.tables.unextracted_by_language:
        console.print(f"not English {format_counts(unextracted)}: stored, not extracted")
    if n_broken := summary.tables.n_broken:
        console.print(f"words look broken {n_broken}: nothing was found in them; see layout in documents")
    if n_undated := summary.tables.n_undated:
        console.print(f"without a date {n_undated}: in month unknown; see docs/how-to/corpus.md")
    for name, rows in summary.tables.examples.items():
        if rows:
            console.print(_make_examples_table(name, rows))
    _print_rejects(console, summary)
    console.print()
    console.print(
        f"The tables are in {summary.warehouse}" + ("." if summary.changed else "; nothing in them changed.")
    )
    console.print("Query them:\n  " + _format_query_command(summary), soft_wrap=True)


def print_partial_run(error: "PartialRunError") -> None:
    """Print which batches or steps failed, and which documents wait for the next run."""
    Console(stderr=True, highlight=False).print(f"counterclaim: {error}", soft_wrap=True)


def _make_examples_table(name: str, rows: list[dict[str, object]]) -> Table:
    """Return a few statements as a table: source, cue, content and kind."""
    kind = name.removesuffix("s") + "_type"
    table = Table(title=f"The first {name}", box=box.SIMPLE_HEAD, width=TERMINAL_WIDTH, title_justify="left")
    table.add_column("who", width=18)
    table.add_column("says", width=11)
    table.add_column("what")
    table.add_column("kind", width=11)
    for row in rows:
        cells = (row["source_text"], row["cue_text"], row["content_text"], str(row[kind]).replace("_", " "))
        table.add_row(*(Text(shorten_line(cell, MAX_CELL_CHARS), overflow="fold") for cell in cells))
    return table


def _print_rejects(console: Console, summary: RunSummary) -> None:
    """Print the rejected documents with their reasons."""
    for row in summary.rejects[:MAX_REJECTS_SHOWN]:
        console.print(
            Text(
                f"rejected    {row['source_uri']}: {row['reason']}: {shorten_line(row['detail'], MAX_DETAIL_CHARS)}",
                overflow="fold",
            )
        )
    if (more := len(summary.rejects) - MAX_REJECTS_SHOWN) > 0:
        console.print(f"            and {more} more, in the table rejects")


def _format_query_command(summary: RunSummary) -> str:
    """Return a command that queries the tables."""
    sql = "SELECT denier, denial_text, claimant, claim_text FROM answered"
    return f'{_find_program()} query "{sql}"{format_warehouse_option(summary.warehouse)}'


def _find_program() -> str:
    """Return the command to type: ``counterclaim`` if the shell finds it, else the path of the script."""
    script = Path(sys.executable).with_name("counterclaim")
    return "counterclaim" if shutil.which("counterclaim") else os.path.relpath(script)
