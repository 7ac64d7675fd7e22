"""Generates ``docs/reference.md`` from the code: ``python -m tests.docs.reference_page`` writes it."""

import csv
import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import duckdb

from flows.cli import CLOSED_PIPE_CODE, FAILURE_CODE, INPUT_ERROR_CODE, INTERRUPT_CODE, TERMINATION_CODE, app
from flows.text_formats import format_markdown_table
from tasks.seeds import get_seed_path
from warehouse.queries import load_questions
from warehouse.queries.connection import read_view_files
from warehouse.tables import TABLES

REFERENCE_PAGE = Path("docs/reference.md")
ENVIRONMENT_VARIABLES = {
    "COUNTERCLAIM_ENTITIES": "folder with your own `entities.csv`, `merge.csv` and `split.csv`, which add to the "
    "tables of `seeds/` and override them ([how](how-to/own-entities.md))",
    "COUNTERCLAIM_KEEP_VERSIONS": "published versions that are kept for plain readers; default 3",
    "COUNTERCLAIM_DOCUMENT_SECONDS": "seconds of processor time that a document may take, plus a sixtieth of them for "
    "every thousand characters; default 60",
    "COUNTERCLAIM_WORKER_MEMORY": "bytes that a worker process may allocate in addition to what it has loaded; default "
    "4,000,000,000",
    "COUNTERCLAIM_PUBLISH_EVERY": "characters of text that a run extracts before it publishes them; default "
    "5,000,000",
    "COUNTERCLAIM_PRELOAD": "set by a run for its fork server: the model to load",
    "COUNTERCLAIM_FAULT": "for tests only: the fault point at which a process kills itself",
    "PREFECT_API_URL": "API of the Prefect server to use; without it, a run starts its own server and stops it",
    "PREFECT_HOME": "folder of Prefect's state; default `.prefect`",
    "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL": "key, region and endpoint of a "
    "warehouse in a bucket",
}
"""environment variable → what it does"""
EXIT_CODES = {
    0: "done",
    FAILURE_CODE: "failed: `verify` found a problem, a run is partial or could use no document, or the tables "
    "cannot be used",
    INPUT_ERROR_CODE: "wrong input; the message says what to change",
    INTERRUPT_CODE: "interrupted with Ctrl-C",
    CLOSED_PIPE_CODE: "the reader of the output closed the pipe, as `head` does",
    TERMINATION_CODE: "terminated by SIGTERM",
}


def format_reference_page() -> str:
    """Return the reference page as Markdown."""
    parts = [
        "# Reference\n\n*Written from the code by `make reference`; a test keeps it current.*\n\n"
        "[Commands](#commands) · [Exit codes](#exit-codes) · [Tables](#tables) · [Views](#views) · "
        "[Questions](#questions) · [Environment](#environment) · [Tables under seeds/](#tables-under-seeds)",
        "## Commands\n\n" + _describe_commands(),
        "## Exit codes\n\n"
        + format_markdown_table(
            ("code", "meaning"), ((str(code), meaning) for code, meaning in EXIT_CODES.items())
        ),
        "## Tables\n\nTheir columns: the [data dictionary](../README.md#data-dictionary), or `counterclaim tables`.\n\n"
        + format_markdown_table(("table", "meaning", "key"), _list_tables()),
        "## Views\n\nFor `counterclaim query`; the SQL is in [warehouse/views](../warehouse/views).\n\n"
        + "\n\n".join(_describe_views()),
        "## Questions\n\n`counterclaim query --name NAME`; the SQL is in [warehouse/queries](../warehouse/queries).\n\n"
        + format_markdown_table(("name", "question"), _list_questions()),
        "## Environment\n\n"
        + format_markdown_table(
            ("variable", "meaning"), ((f"`{v}`", meaning) for v, meaning in ENVIRONMENT_VARIABLES.items())
        ),
        "## Tables under seeds/\n\nWhat the program knows of language and the world. `python -m pytest tests/tasks` "
        "runs the examples.\n\n" + format_markdown_table(("table", "columns"), _list_seed_tables()),
    ]
    return "\n\n".join(parts) + "\n"


def _describe_commands() -> str:
    """Return the help of every command, under headings of the third level."""
    text = app.generate_docs(output_format="markdown", heading_level=2, usage_name="counterclaim")
    # Cyclopts includes the way in which this process was started in the usage of each command.
    return re.sub(r"^(counterclaim \w+) -m \S+", r"\1", text[text.index("### ") :].strip(), flags=re.M)


def _list_tables() -> Iterator[tuple[str, str, str]]:
    """Yield each table with its meaning and its key."""
    for name, table in TABLES.items():
        yield f"[`{name}`](../README.md#{name})", table.meaning, ", ".join(f"`{key}`" for key in table.key)


def _describe_views() -> Iterator[str]:
    """Yield the description and the columns of each view."""
    connection = connect_to_empty_warehouse()
    for name, sql in read_view_files().items():
        columns = ", ".join(f"`{column}`" for column in connection.table(name).columns)
        yield f"**`{name}`**: {_read_leading_comment(sql)}  \n{columns}"


def _read_leading_comment(sql: str) -> str:
    """Return the comment with which an SQL file begins, as one line."""
    lines = takewhile(lambda line: line.startswith("-- "), sql.splitlines())
    return " ".join(line.removeprefix("-- ") for line in lines)


def connect_to_empty_warehouse() -> duckdb.DuckDBPyConnection:
    """Return a connection with every table and view, all empty."""
    connection = duckdb.connect()
    for table in TABLES.values():
        connection.register(table.name, table.schema.empty_table())
    for name, sql in read_view_files().items():
        connection.execute(f"CREATE TEMP VIEW {name} AS {sql}")
    return connection


def _list_questions() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each prepared question."""
    for name, question in load_questions().items():
        yield f"[`{name}`](../warehouse/queries/{name}.sql)", question


def _list_seed_tables() -> Iterator[tuple[str, str]]:
    """Yield each table of ``seeds/`` with its columns."""
    root = get_seed_path(".")
    for path in sorted(root.glob("*/*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            header = next(csv.reader(lines))
        name = path.relative_to(root).as_posix()
        yield f"[{name}](../seeds/{name})", ", ".join(f"`{column}`" for column in header)


if __name__ == "__main__":
    REFERENCE_PAGE.write_text(format_reference_page(), encoding="utf-8")
