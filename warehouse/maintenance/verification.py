"""Verification: checks every promise of the tables at the published version, in its files and in SQL."""

from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.maintenance.promise_checks import BrokenPromise, PromiseCheck, make_checks
from warehouse.maintenance.published_files import find_published_file_problems
from warehouse.queries.connection import connect_to_warehouse
from warehouse.storage.file_damage import MAX_ROWS_NAMED
from warehouse.storage.location import locate_warehouse
from warehouse.storage.presence import check_warehouse_present
from warehouse.storage.storage_errors import explain_storage_errors


def verify_tables(root: Path | str) -> list[BrokenPromise]:
    """Return every broken promise of a warehouse; an empty list if it is sound.

    Raises WarehouseError if nothing is published, or if a newer Counterclaim wrote it.
    """
    location = locate_warehouse(root)
    with explain_storage_errors(location, "read"):
        check_warehouse_present(location)
        problems = find_published_file_problems(location.local_folder) if location.local_folder else []
    if problems:
        return problems
    connection = connect_to_warehouse(root)
    found = (_run_check(connection, check) for check in make_checks())
    return [problem for problem in found if problem]


def _run_check(connection: DuckDBPyConnection, check: PromiseCheck) -> BrokenPromise | None:
    try:
        count, rows = connection.execute(
            f"SELECT count(*), list(label ORDER BY label)[:{MAX_ROWS_NAMED}] FROM ({check.sql}) AS broken(label)"
        ).fetchall()[0]
    except duckdb.Error as error:
        return BrokenPromise(
            check.table, f"cannot be read to check that {check.promise}", 1, (str(error),), True
        )
    return BrokenPromise(check.table, check.promise, count, tuple(map(str, rows))) if count else None
