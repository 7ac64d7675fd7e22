"""The tables in the forms that other tools read: spreadsheets, JSON Lines, FollowTheMoney, Web Annotation."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Literal

from duckdb import DuckDBPyConnection

from warehouse.export.follow_the_money import write_entities
from warehouse.export.table_files import ExportError, write_csv, write_jsonl, write_parquet
from warehouse.export.web_annotations import write_annotations
from warehouse.queries.connection import connect, naming_damage

__all__ = ["ExportError", "Format", "export"]

Format = Literal["csv", "jsonl", "parquet", "ftm", "w3c"]
FLAT = {"csv": write_csv, "jsonl": write_jsonl, "parquet": write_parquet}
WHOLE: dict[str, Callable[[DuckDBPyConnection, BinaryIO], int]] = {
    "ftm": write_entities,
    "w3c": write_annotations,
}
SUFFIXES: dict[Format, str] = {
    "csv": ".csv",
    "jsonl": ".jsonl",
    "parquet": ".parquet",
    "ftm": ".ftm.json",
    "w3c": ".jsonld",
}


def export(root: Path | str, style: Format, table: str | None, out: Path) -> int:
    """Write one version of the warehouse to a file, which appears whole or not at all; return its rows.

    Args:
        root: the warehouse.
        style: csv, jsonl and parquet hold one table; ftm and w3c hold the statements and what they name.
        table: a table or view; the default is ``sheet.sql``, the statements with names instead of ids.
        out: the file; what it held is replaced.

    Raises:
        ExportError: there is no such table, or the form has no tables.
        WarehouseError: nothing is published at ``root``.
    """
    if style in WHOLE and table:
        raise ExportError(f"{style} holds all statements: leave out the table, or choose {', '.join(FLAT)}")
    connection = connect(root)
    part = out.with_name(out.name + ".part")
    try:
        with naming_damage(root), part.open("wb") as file:
            count = FLAT[style](connection, table, file) if style in FLAT else WHOLE[style](connection, file)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return count
