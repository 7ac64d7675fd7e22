"""SQL over one version of the warehouse: DuckDB with a view a table, and nothing else within its reach."""

from importlib.resources import files
from pathlib import Path
from weakref import finalize

import duckdb
from duckdb import DuckDBPyConnection, DuckDBPyRelation, StatementType

from warehouse import snapshot
from warehouse.errors import StatementError
from warehouse.place import WarehouseError, locate
from warehouse.store import Store
from warehouse.tables import PARTITION, TABLES, Table

READING = {StatementType.SELECT, StatementType.EXPLAIN}


def connect(root: Path | str) -> DuckDBPyConnection:
    """Return a connection with a view for each table and each file of ``views/``, at the published version.

    The version is kept until the connection is collected. Nothing outside its folder can be read or written.
    Raises WarehouseError where nothing has been published.
    """
    connection = duckdb.connect()
    within = _view_folder(connection, root) if locate(root).local else _view_bucket(connection, root)
    for view in sorted(files("warehouse").joinpath("views").iterdir(), key=lambda path: path.name):
        connection.execute(f"CREATE VIEW {view.name.removesuffix('.sql')} AS {view.read_text('utf-8')}")
    connection.execute(f"SET allowed_directories = [{', '.join(map(_quoted, within))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _view_folder(connection: DuckDBPyConnection, root: Path | str) -> list[Path]:
    """Make the views of the plain files; return the folder that must stay readable."""
    pinned = snapshot.open(root)
    version = pinned.__enter__()
    finalize(connection, pinned.__exit__, None, None, None)
    for table in TABLES.values():
        try:
            connection.execute(f"CREATE VIEW {table.name} AS {_scan(table, version.path / table.name)}")
        except duckdb.BinderException as error:
            raise WarehouseError(
                f"The table {table.name} in {root} has not the columns of this version of Counterclaim: "
                f"`counterclaim migrate --warehouse {root}` brings it up to date."
            ) from error
    return [version.path]


def _view_bucket(connection: DuckDBPyConnection, root: Path | str) -> list[Path]:
    """Make the views of the Delta tables of a bucket, read through Arrow: DuckDB itself reaches nothing."""
    for name, rows in Store(root).datasets().items():
        connection.register(name, rows)
    return []


def select(connection: DuckDBPyConnection, sql: str) -> DuckDBPyRelation:
    """Return the relation of one reading statement; StatementError for anything that is not one."""
    statements = connection.extract_statements(sql)
    if [statement.type in READING for statement in statements] != [True]:
        kinds = ", ".join(statement.type.name for statement in statements) or "nothing"
        raise StatementError(f"A query is one SELECT; the warehouse is only read. Found: {kinds}.")
    return connection.sql(sql)


def _scan(table: Table, folder: Path) -> str:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    hive = f", hive_partitioning = true, hive_types = {{'{PARTITION}': VARCHAR}}" if table.partitioned else ""
    paths = ", ".join(_quoted(path) for path in sorted(folder.rglob("*.parquet")))
    return f"SELECT {columns} FROM read_parquet([{paths}]{hive})"


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
