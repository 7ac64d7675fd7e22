"""DuckDB connections to one version of the warehouse: a view for each table, and access to nothing else."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from weakref import finalize

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection, DuckDBPyRelation, StatementType

from warehouse import snapshot
from warehouse.credentials import get_first_line
from warehouse.errors import StatementError, WarehouseError
from warehouse.storage.file_damage import find_damaged_files
from warehouse.storage.location import locate_warehouse
from warehouse.storage.presence import check_warehouse_present
from warehouse.storage.storage_errors import advise_recovery, explain_storage_errors
from warehouse.storage.store import Store
from warehouse.tables import PARTITION_COLUMN, TABLES, Table

READING_STATEMENTS = {StatementType.SELECT, StatementType.EXPLAIN}
MISREAD_PATH = re.compile(rf"[*?\[]|/{PARTITION_COLUMN}=")
"""parts of a folder's path that DuckDB would take for a glob pattern, or for the month of all rows below it"""
VIEWS_READ_BY_OTHERS = (
    "statements",
    "grouped_claims",
    "worded_links",
    "possible_denials",
    "contested",
    "perhaps_contested",
)
SQL_ERRORS = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException, duckdb.SyntaxException)
"""errors that a damaged file cannot cause"""


class UnreadableTableError(WarehouseError):
    """A table cannot be read because one of its files is damaged."""


def connect_to_warehouse(root: Path | str) -> DuckDBPyConnection:
    """Return a connection with a view for each table and each file of ``views/``, at the published version.

    The version is kept until the connection is garbage-collected. Nothing outside its folder can be read or written.
    Raises WarehouseError if nothing has been published, and UnreadableTableError if files of the version are damaged.
    """
    location = locate_warehouse(root)
    with explain_storage_errors(location, "read"), explain_damage(root):
        check_warehouse_present(location)
        connection = duckdb.connect()
        readable_folders = (
            _create_folder_views(connection, root)
            if location.local_folder
            else _create_bucket_views(connection, root)
        )
    for name, sql in read_view_files().items():
        connection.execute(f"CREATE VIEW {name} AS {sql}")
    connection.execute(f"SET allowed_directories = [{', '.join(map(_quote_path, readable_folders))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def read_view_files() -> dict[str, str]:
    """Return the SQL of every view by name, those first that others read."""
    paths = {path.name.removesuffix(".sql"): path for path in files("warehouse").joinpath("views").iterdir()}
    in_order = (*VIEWS_READ_BY_OTHERS, *sorted(paths.keys() - {*VIEWS_READ_BY_OTHERS}))
    return {name: paths[name].read_text("utf-8") for name in in_order}


def _create_folder_views(connection: DuckDBPyConnection, root: Path | str) -> list[Path]:
    """Create the views of the plain files; return the folders that must stay readable."""
    pinned = snapshot.open(root)
    version = pinned.__enter__()
    finalize(connection, pinned.__exit__, None, None, None)
    if MISREAD_PATH.search(str(version.path)):
        for name in TABLES:
            connection.register(name, version.dataset(name))
        return []
    for table in TABLES.values():
        try:
            connection.execute(
                f"CREATE VIEW {table.name} AS {_make_scan_sql(table, version.path / table.name)}"
            )
        except (duckdb.BinderException, FileNotFoundError) as error:
            raise WarehouseError(
                f"The table {table.name} in {root} does not have the columns of this version of "
                f"Counterclaim. `counterclaim migrate --warehouse {root}` brings it up to date."
            ) from error
    return [version.path]


@contextmanager
def explain_damage(root: Path | str) -> Iterator[None]:
    """Raise errors of the block as UnreadableTableError if a file is damaged; files are checked only after an error."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        damaged = None if isinstance(error, SQL_ERRORS) else next(_find_unreadable_files(root), None)
        if damaged is None:
            raise
        raise UnreadableTableError(
            f"The table {damaged[0]} in {root} cannot be read. {damaged[1]}. {advise_recovery(root)}."
        ) from error


def _find_unreadable_files(root: Path | str) -> Iterator[tuple[str, str]]:
    """Yield the table and the problem of each missing or damaged file, Delta or published."""
    location = locate_warehouse(root)
    yield from find_damaged_files(location)
    if location.local_folder:
        folder = snapshot.find_current_version(location.local_folder)
        for name in TABLES:
            for path in sorted((folder / name).rglob("*.parquet")):
                try:
                    pq.ParquetFile(path, page_checksum_verification=True).read()
                except (pa.ArrowException, OSError) as error:
                    yield name, f"{path}: {get_first_line(error)}"


def _create_bucket_views(connection: DuckDBPyConnection, root: Path | str) -> list[Path]:
    """Create the views of the Delta tables of a bucket, read through Arrow; DuckDB itself needs access to no folder."""
    for name, rows in Store(root).open_datasets().items():
        connection.register(name, rows)
    return []


def run_select(connection: DuckDBPyConnection, sql: str) -> DuckDBPyRelation:
    """Return the relation of a single SELECT or EXPLAIN; StatementError if the SQL is anything else."""
    statements = connection.extract_statements(sql)
    if [statement.type in READING_STATEMENTS for statement in statements] != [True]:
        kinds = ", ".join(statement.type.name for statement in statements) or "nothing"
        raise StatementError(
            f"A query must be one SELECT, since a query only reads the warehouse; found {kinds}."
        )
    return connection.sql(sql)


def _make_scan_sql(table: Table, folder: Path) -> str:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    hive = (
        f", hive_partitioning = true, hive_types = {{'{PARTITION_COLUMN}': VARCHAR}}"
        if table.partitioned
        else ""
    )
    paths = ", ".join(_quote_path(path) for path in sorted(folder.rglob("*.parquet")))
    if not paths:
        raise FileNotFoundError(f"{folder} holds no file of {table.name}")
    return f"SELECT {columns} FROM read_parquet([{paths}]{hive})"


def _quote_path(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
