"""The summary of a run on a terminal, 80 columns wide."""

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.cli.terminal import naming
from flows.pipeline.run_summary import Summary, told

if TYPE_CHECKING:
    from flows.runtime.failure_policy import PartialError

WIDTH = 80
SHOWN_REJECTS = 10


def show(summary: Summary) -> None:
    """Print the summary of a run."""
    console = Console(width=WIDTH, highlight=False)
    counts = summary.run["counts"]
    console.print()
    console.print("documents   " + ", ".join(f"{counts[name]} {name}" for name in list(counts)[:5]))
    for name, kinds in summary.kinds.items():
        console.print(f"{name:10}  " + told(kinds))
    if summary.unread:
        console.print(f"not English {told(summary.unread)}: stored, not extracted")
    for name, rows in summary.examples.items():
        if rows:
            console.print(examples(name, rows))
    show_rejects(console, summary)
    console.print()
    console.print(
        f"The tables are in {summary.warehouse}" + ("." if summary.changed else "; nothing in them changed.")
    )
    console.print("Query them:\n  " + command(summary), soft_wrap=True)


def show_partial(error: "PartialError") -> None:
    """Print that batches failed, and which documents wait for the next run."""
    Console(stderr=True, highlight=False).print(f"counterclaim: {error}", soft_wrap=True)


def examples(name: str, rows: list[dict[str, object]]) -> Table:
    """Return the first few statements as a table: who, cue, content, kind."""
    kind = name.removesuffix("s") + "_type"
    table = Table(title=f"The first {name}", box=box.SIMPLE_HEAD, width=WIDTH, title_justify="left")
    table.add_column("who", width=18)
    table.add_column("says", width=11)
    table.add_column("what")
    table.add_column("kind", width=11)
    for row in rows:
        cells = (row["source_text"], row["cue_text"], row["content_text"], str(row[kind]).replace("_", " "))
        table.add_row(*(Text(short(cell), overflow="fold") for cell in cells))
    return table


def short(value: object, longest: int = 160) -> str:
    """Return a value on one line of limited length."""
    text = " ".join(str(value or "").split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def show_rejects(console: Console, summary: Summary) -> None:
    """Print the documents that were refused, and why."""
    for row in summary.rejects[:SHOWN_REJECTS]:
        console.print(
            Text(
                f"rejected    {row['source_uri']}: {row['reason']}: {short(row['detail'], 300)}",
                overflow="fold",
            )
        )
    if (more := len(summary.rejects) - SHOWN_REJECTS) > 0:
        console.print(f"            and {more} more, in the table rejects")


def command(summary: Summary) -> str:
    """Return a command that queries the tables."""
    sql = "SELECT denier, denial_text, claimant, claim_text FROM answered"
    return f'{program()} query "{sql}"{naming(summary.warehouse)}'


def program() -> str:
    """Return how to call the command line here: by name where the shell finds it, else by its path."""
    script = Path(sys.executable).with_name("counterclaim")
    return "counterclaim" if shutil.which("counterclaim") else os.path.relpath(script)
