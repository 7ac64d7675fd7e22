"""The commands that read a warehouse: ``query`` and ``tables``."""

import sys
from difflib import get_close_matches
from typing import Annotated, Literal

from cyclopts import Group, Parameter
from cyclopts.validators import LimitedChoice

from flows.cli.terminal import naming
from flows.runtime.settings import WAREHOUSE
from warehouse.errors import InputError

ASKED = Group("What to ask: SQL, or a question that is ready", validator=LimitedChoice(1, 1))


class QueryError(InputError):
    """The SQL cannot be run."""


def query(
    sql: Annotated[str | None, Parameter(group=ASKED)] = None,
    *,
    name: Annotated[str | None, Parameter(group=ASKED)] = None,
    list: Annotated[bool, Parameter(negative="", group=ASKED)] = False,
    warehouse: str = WAREHOUSE,
    format: Literal["table", "csv", "json", "parquet"] = "table",
) -> int:
    """Query the tables with SQL, as DuckDB understands it, or ask one of the questions that are ready.

    The views are named as the tables (`counterclaim tables`); `statements` is claims and denials together.

    Example: `counterclaim query "SELECT source_text, content_text FROM denials LIMIT 5"`

    Example: `counterclaim query --name most_denials`

    Args:
        sql: One SELECT statement.
        name: One of the questions of `--list`; its SQL is in `warehouse/queries`.
        list: Show the names of the questions, and what each asks.
        warehouse: Folder of the tables, or s3://bucket/path.
        format: What to print: a table folded to 80 columns, or all rows as CSV, JSON or Parquet.
    """
    if list:
        return show_questions()
    import duckdb

    from warehouse.queries.connection import connect, naming_damage, select
    from warehouse.queries.rendering import render

    connection = connect(warehouse)
    try:
        with naming_damage(warehouse):
            answer = render(
                select(connection, statement(sql, warehouse) if sql else query_named(name or "")), format
            )
    except duckdb.Error as error:
        raise QueryError(f"The query cannot be run. {error}") from error
    if format == "table":
        print(answer.decode(), end="")  # as text, which is fitted to the terminal
    else:
        sys.stdout.buffer.write(answer)
    return 0


def show_questions() -> int:
    """Print the name and the question of every query that is ready."""
    from warehouse.queries import questions

    for name, question in questions().items():
        print(f"{name}\n    {question}")
    return 0


def statement(sql: str, warehouse: str = WAREHOUSE) -> str:
    """Return the SQL that was given; a question's name in its place gets the advice to ask it by name."""
    from warehouse.queries import questions

    if sql.strip() in questions():
        asked = f"counterclaim query --name {sql.strip()}{naming(warehouse)}"
        raise QueryError(f"{sql!r} is a question that is ready; ask it so: {asked}")
    return sql


def query_named(name: str) -> str:
    """Return the SQL of a query that is ready."""
    from warehouse.queries import questions, sql

    if name not in questions():
        near = get_close_matches(name, questions(), 3, 0.4)
        hint = f"Did you mean {' or '.join(near)}? " if near else ""
        raise QueryError(f"There is no query {name!r}. {hint}`counterclaim query --list` shows them all.")
    return sql(name)


def tables() -> int:
    """Print the data dictionary: every table and column, with its type and meaning.

    Example: `counterclaim tables | less`
    """
    from warehouse.data_dictionary import plain

    print(plain(), end="")
    return 0
