"""The commands that read a warehouse: ``query``, ``tables`` and ``verify``."""

import sys
from pathlib import Path
from typing import Literal

from flows.defaults import WAREHOUSE


class QueryError(ValueError):
    """The SQL cannot be run."""


def query(
    sql: str,
    *,
    warehouse: Path = Path(WAREHOUSE),
    format: Literal["table", "csv", "json", "parquet"] = "table",
) -> int:
    """Query the tables with SQL, as DuckDB understands it.

    The views are named as the tables (`counterclaim tables`); `statements` is claims and denials together.

    Example: `counterclaim query "SELECT source_text, content_text FROM denials LIMIT 5"`

    Args:
        sql: One SELECT statement.
        warehouse: Folder of the tables.
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


def verify(*, warehouse: Path = Path(WAREHOUSE)) -> int:
    """Check every promise that can be checked on disk; exit with 1 and name the rows that break one.

    Spans slice to their text, keys are unique, references resolve, counts reconcile, and the schemas are
    those of the contract.

    Example: `counterclaim verify --warehouse warehouse/data`

    Args:
        warehouse: Folder of the tables.
    """
    from warehouse.verify import verify as problems_of

    problems = problems_of(warehouse)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{warehouse}: " + (f"{len(problems)} checks failed" if problems else "every check passed"))
    return 1 if problems else 0
