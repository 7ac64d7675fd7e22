"""The commands that read a warehouse: ``query`` and ``tables``."""

import sys
from difflib import get_close_matches
from typing import Annotated, Literal

from cyclopts import Group, Parameter
from cyclopts.validators import LimitedChoice

from flows.cli.terminal import format_warehouse_option, write_whole
from flows.runtime.settings import DEFAULT_WAREHOUSE
from warehouse.errors import InputError

QUERY_OPTIONS = Group("SQL, or a prepared question", validator=LimitedChoice(1, 1))
OutputFormat = Literal["table", "csv", "json", "parquet"]


class QueryError(InputError):
    """The query cannot be run, or the output cannot be written."""


def query(
    sql: Annotated[str | None, Parameter(group=QUERY_OPTIONS)] = None,
    *,
    name: Annotated[str | None, Parameter(group=QUERY_OPTIONS)] = None,
    list: Annotated[bool, Parameter(negative="", group=QUERY_OPTIONS)] = False,
    warehouse: str = DEFAULT_WAREHOUSE,
    format: OutputFormat = "table",
) -> int:
    """Query the tables with DuckDB's SQL, or with one of the prepared questions.

    Tables are queried by their names (`counterclaim tables`); `statements` is claims and denials together.

    Example: `counterclaim query "SELECT source_text, content_text FROM denials LIMIT 5"`

    Example: `counterclaim query --name most_denials`

    Args:
        sql: One SELECT statement.
        name: Name of a prepared question (`--list`); its SQL is in `warehouse/queries`.
        list: List the prepared questions.
        warehouse: Folder of the tables, or s3://bucket/path.
        format: Output format: a table folded to 80 columns, or CSV, JSON or Parquet.
    """
    if list:
        return _print_questions()
    statement = _refuse_question_name(sql, warehouse) if sql else read_named_query(name or "")
    answer = _run_query(statement, warehouse, format)
    if format == "table":
        print(answer.decode(), end="")  # as text, which is adapted to the encoding of the terminal
    else:
        write_whole(sys.stdout.buffer, answer)
    return 0


def _run_query(sql: str, warehouse: str, format: OutputFormat) -> bytes:
    """Return the rows of a SELECT statement in the output format."""
    import duckdb

    from warehouse.queries.connection import connect_to_warehouse, explain_damage, run_select
    from warehouse.queries.rendering import render_rows

    connection = connect_to_warehouse(warehouse)
    try:
        with explain_damage(warehouse):
            return render_rows(run_select(connection, sql), format)
    except duckdb.Error as error:
        raise QueryError(f"The query cannot be run. {error}") from error


def _print_questions() -> int:
    """Print the name and the text of every prepared question."""
    from warehouse.queries import load_questions

    for name, question in load_questions().items():
        print(f"{name}\n    {question}")
    return 0


def _refuse_question_name(sql: str, warehouse: str = DEFAULT_WAREHOUSE) -> str:
    """Return the SQL; raise QueryError with advice if it is the name of a prepared question."""
    from warehouse.queries import load_questions

    if sql.strip() in load_questions():
        command = f"counterclaim query --name {sql.strip()}{format_warehouse_option(warehouse)}"
        raise QueryError(f"{sql!r} is a prepared question; use: {command}")
    return sql


def read_named_query(name: str) -> str:
    """Return the SQL of a prepared question."""
    from warehouse.queries import load_questions, read_question_sql

    if name not in load_questions():
        near = get_close_matches(name, load_questions(), 3, 0.4)
        hint = f"Did you mean {' or '.join(near)}? " if near else ""
        raise QueryError(
            f"There is no prepared question {name!r}. {hint}`counterclaim query --list` lists them all."
        )
    return read_question_sql(name)


def tables() -> int:
    """Print the data dictionary: every table and column with its type and meaning.

    Example: `counterclaim tables | less`
    """
    from warehouse.data_dictionary import format_dictionary_text

    print(format_dictionary_text(), end="")
    return 0
