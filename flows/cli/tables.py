"""The commands that read a warehouse: ``query`` and ``tables``."""

import sys
from typing import Literal

from flows.defaults import WAREHOUSE


class QueryError(ValueError):
    """The SQL cannot be run."""


def query(
    sql: str,
    *,
    warehouse: str = WAREHOUSE,
    format: Literal["table", "csv", "json", "parquet"] = "table",
) -> int:
    """Query the tables with SQL, as DuckDB understands it.

    The views are named as the tables (`counterclaim tables`); `statements` is claims and denials together.

    Example: `counterclaim query "SELECT source_text, content_text FROM denials LIMIT 5"`

    Args:
        sql: One SELECT statement.
        warehouse: Folder of the tables, or s3://bucket/path.
        format: What to print: a table folded to 80 columns, or all rows as CSV, JSON or Parquet.
    """
    import duckdb

    from warehouse.query import connect, select
    from warehouse.render import render

    connection = connect(warehouse)
    try:
        answer = render(select(connection, sql), format)
    except duckdb.Error as error:
        raise QueryError(f"The query cannot be run. {error}") from error
    sys.stdout.buffer.write(answer)
    return 0


def tables() -> int:
    """Print the data dictionary: every table and column, with its type and meaning.

    Example: `counterclaim tables | less`
    """
    from warehouse.dictionary import plain

    print(plain(), end="")
    return 0
