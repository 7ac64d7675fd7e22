"""Files of a warehouse that cannot be read, as one line with what to do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from flows.cli.terminal import naming
from warehouse.errors import FailureError

OF_FILES = re.compile(
    r"TProtocolException|Failed to read file|\bparquet\b.*(?:file|magic|footer)|decompress", re.I
)
"""what DuckDB says of a file that is damaged; of SQL that is wrong it says other things"""


class DamageError(FailureError):
    """A file of the warehouse is damaged: the message names what is known of it, and the check that tells more."""


@contextmanager
def telling_damage(warehouse: str) -> Iterator[None]:
    """Raise DamageError for what DuckDB or Arrow cannot read; the commands inside ask only SQL of ours."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException) as error:
        raise damage(error, warehouse) from error


def is_damage(error: duckdb.Error) -> bool:
    """Tell whether a query failed for a file, not for its SQL."""
    if isinstance(error, duckdb.ParserException | duckdb.BinderException | duckdb.CatalogException):
        return False
    return isinstance(error, duckdb.IOException) or bool(OF_FILES.search(str(error)))


def damage(error: Exception, warehouse: str) -> DamageError:
    """Return the error to show, on one line."""
    told = " ".join(str(error).partition("\n\nLINE ")[0].split())
    check = f"counterclaim verify --deep{naming(warehouse)}"
    return DamageError(f"The tables in {warehouse} cannot be read: {told}. What is damaged: {check}")
