"""SQL over one version of the warehouse: DuckDB with a view a table, and nothing else within its reach."""

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
from warehouse.credentials import first_line
from warehouse.errors import StatementError
from warehouse.storage.file_damage import find_damaged_files
from warehouse.storage.location import WarehouseError, locate
from warehouse.storage.presence import check_present
from warehouse.storage.storage_errors import BROKEN_FILE, complaints
from warehouse.storage.store import Store
from warehouse.tables import PARTITION, TABLES, Table

READING = {StatementType.SELECT, StatementType.EXPLAIN}
MISREAD = re.compile(rf"[*?\[]|/{PARTITION}=")
"""what DuckDB would take in a folder's path for a pattern, or for the month of every row below it"""
OF_THE_SQL = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException, duckdb.SyntaxException)
"""errors that no file has a part in"""


def connect(root: Path | str) -> DuckDBPyConnection:
    """Return a connection with a view for each table and each file of ``views/``, at the published version.

    The version is kept until the connection is collected. Nothing outside its folder can be read or written.
    Raises WarehouseError where nothing has been published, and where files of it are damaged.
    """
    place = locate(root)
    with complaints(place, "read"), naming_damage(root):
        check_present(place)
        connection = duckdb.connect()
        within = _view_folder(connection, root) if place.local else _view_bucket(connection, root)
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
    if MISREAD.search(str(version.path)):
        for name in TABLES:
            connection.register(name, version.dataset(name))
        return []
    for table in TABLES.values():
        try:
            connection.execute(f"CREATE VIEW {table.name} AS {_scan(table, version.path / table.name)}")
        except duckdb.BinderException as error:
            raise WarehouseError(
                f"The table {table.name} in {root} has not the columns of this version of Counterclaim: "
                f"`counterclaim migrate --warehouse {root}` brings it up to date."
            ) from error
    return [version.path]


@contextmanager
def naming_damage(root: Path | str) -> Iterator[None]:
    """Raise an error of DuckDB as WarehouseError if a file is damaged, which is looked for only then."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        damaged = None if isinstance(error, OF_THE_SQL) else next(_find_unreadable(root), None)
        if damaged is None:
            raise
        raise WarehouseError(
            f"The table {damaged[0]} in {root} cannot be read. {damaged[1]}. {BROKEN_FILE.format(uri=root)}."
        ) from error


def _find_unreadable(root: Path | str) -> Iterator[tuple[str, str]]:
    """Yield each table with a file that is missing or damaged, in the truth or among the published files."""
    place = locate(root)
    yield from find_damaged_files(place)
    if place.local:
        folder = snapshot.current(place.local)
        for name in TABLES:
            for path in sorted((folder / name).rglob("*.parquet")):
                try:
                    pq.ParquetFile(path, page_checksum_verification=True).read()
                except (pa.ArrowException, OSError) as error:
                    yield name, f"{path}: {first_line(error)}"


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
