"""The reference of ``docs/reference.md``, from the code: ``python -m flows.cli.reference_page`` writes it."""

import csv
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import duckdb

from flows.cli import BAD_INPUT, FAILED, INTERRUPTED, TERMINATED, UNREAD, app
from tasks.seeds import seed_path
from warehouse.queries import questions
from warehouse.tables import TABLES

PAGE = Path("docs/reference.md")
VARIABLES = {
    "COUNTERCLAIM_ENTITIES": "folder with your own `entities.csv`, `merge.csv` and `split.csv`, read over the "
    "tables of `seeds/` ([how](how-to/own-entities.md))",
    "COUNTERCLAIM_KEEP_VERSIONS": "published versions that are kept for plain readers; 3 where it is not set",
    "COUNTERCLAIM_DOCUMENT_SECONDS": "seconds of processor time that any document may take, with one more for every "
    "thousand characters; 60 where it is not set",
    "COUNTERCLAIM_WORKER_MEMORY": "bytes that a worker process may allocate beside what it has loaded; 4,000,000,000 "
    "where it is not set",
    "COUNTERCLAIM_PUBLISH_EVERY": "characters of text that a run extracts before it publishes what it has; 5,000,000 "
    "where it is not set",
    "COUNTERCLAIM_PRELOAD": "set by a run itself: the model that workers are to find loaded",
    "COUNTERCLAIM_FAULT": "for tests only: the point at which a writer kills itself",
    "PREFECT_API_URL": "Prefect server to use; where it is not set, a run starts a server of its own and ends it",
    "PREFECT_HOME": "folder of Prefect's state; `.prefect` where it is not set",
    "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL": "key, region and endpoint of a "
    "warehouse in a bucket",
}
"""environment variable → what it does"""
EXITS = {
    0: "done",
    FAILED: "failed: `verify` found a problem, a run could use no document, or the warehouse cannot be used",
    BAD_INPUT: "what was asked for cannot be done as asked; the message says what to change",
    INTERRUPTED: "interrupted with Ctrl-C",
    UNREAD: "whoever read the output, as `head` does, had seen enough",
    TERMINATED: "ended by SIGTERM",
}


def reference() -> str:
    """Return the whole page as Markdown."""
    parts = [
        "# Reference\n\n*Written from the code by `make reference`; a test keeps it current.*\n\n"
        "[Commands](#commands) · [Exit codes](#exit-codes) · [Tables](#tables) · [Views](#views) · "
        "[Questions](#questions) · [Environment](#environment) · [Tables under seeds/](#tables-under-seeds)",
        "## Commands\n\n" + commands(),
        "## Exit codes\n\n" + grid(("code", "meaning"), ((str(code), told) for code, told in EXITS.items())),
        "## Tables\n\nTheir columns: the [data dictionary](../README.md#data-dictionary), or `counterclaim tables`.\n\n"
        + grid(("table", "meaning", "key"), tables()),
        "## Views\n\nFor `counterclaim query`; the SQL is in [warehouse/views](../warehouse/views).\n\n"
        + "\n\n".join(views()),
        "## Questions\n\n`counterclaim query --name NAME`; the SQL is in [warehouse/queries](../warehouse/queries).\n\n"
        + grid(("name", "question"), asked()),
        "## Environment\n\n"
        + grid(("variable", "meaning"), ((f"`{v}`", told) for v, told in VARIABLES.items())),
        "## Tables under seeds/\n\nWhat the program knows of language and the world. `python -m pytest tests/tasks` "
        "runs the examples.\n\n" + grid(("table", "columns"), seeds()),
    ]
    return "\n\n".join(parts) + "\n"


def commands() -> str:
    """Return the help of every command, as headings of the third level."""
    text = app.generate_docs(output_format="markdown", heading_level=2, usage_name="counterclaim")
    # Cyclopts takes how this process was started for a part of the command.
    return re.sub(r"^(counterclaim \w+) -m \S+", r"\1", text[text.index("### ") :].strip(), flags=re.M)


def tables() -> Iterator[tuple[str, str, str]]:
    """Yield each table with its meaning and its key."""
    for name, table in TABLES.items():
        yield f"[`{name}`](../README.md#{name})", table.meaning, ", ".join(f"`{key}`" for key in table.key)


def views() -> Iterator[str]:
    """Yield what each view tells, with its columns."""
    connection = empty_warehouse()
    for name, sql in view_files().items():
        columns = ", ".join(f"`{column}`" for column in connection.table(name).columns)
        yield f"**`{name}`**: {sql.partition(chr(10))[0].removeprefix('-- ')}  \n{columns}"


def view_files() -> dict[str, str]:
    """Return the SQL of every view by its name."""
    folder = files("warehouse").joinpath("views")
    paths = sorted(folder.iterdir(), key=lambda path: path.name)
    return {path.name.removesuffix(".sql"): path.read_text("utf-8") for path in paths}


def empty_warehouse() -> duckdb.DuckDBPyConnection:
    """Return a connection that knows every table and view, and holds no row."""
    connection = duckdb.connect()
    for table in TABLES.values():
        connection.register(table.name, table.schema.empty_table())
    for name, sql in view_files().items():
        connection.execute(f"CREATE TEMP VIEW {name} AS {sql}")
    return connection


def asked() -> Iterator[tuple[str, str]]:
    """Yield each question that is ready, by its name."""
    for name, question in questions().items():
        yield f"[`{name}`](../warehouse/queries/{name}.sql)", question


def seeds() -> Iterator[tuple[str, str]]:
    """Yield each table of ``seeds/`` with its columns."""
    root = seed_path(".")
    for path in sorted(root.glob("*/*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            header = next(csv.reader(lines))
        name = path.relative_to(root).as_posix()
        yield f"[{name}](../seeds/{name})", ", ".join(f"`{column}`" for column in header)


def grid(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
