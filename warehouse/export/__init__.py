"""Export of the tables in formats of other tools: CSV, JSON Lines, Parquet, FollowTheMoney, Web Annotation."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Literal

from duckdb import DuckDBPyConnection

from warehouse.export.follow_the_money import write_entities
from warehouse.export.table_files import ExportError, write_csv, write_jsonl, write_parquet
from warehouse.export.web_annotations import write_annotations
from warehouse.queries.connection import connect_to_warehouse, explain_damage

__all__ = ["ExportError", "ExportFormat", "export_tables"]

ExportFormat = Literal["csv", "jsonl", "parquet", "ftm", "w3c"]
TABLE_WRITERS = {"csv": write_csv, "jsonl": write_jsonl, "parquet": write_parquet}
STATEMENT_WRITERS: dict[str, Callable[[DuckDBPyConnection, BinaryIO], int]] = {
    "ftm": write_entities,
    "w3c": write_annotations,
}
FILE_SUFFIXES: dict[ExportFormat, str] = {
    "csv": ".csv",
    "jsonl": ".jsonl",
    "parquet": ".parquet",
    "ftm": ".ftm.json",
    "w3c": ".jsonld",
}


def export_tables(root: Path | str, style: ExportFormat, table: str | None, out: Path) -> int:
    """Write one version of the warehouse to a file, atomically; return the number of rows.

    Args:
        root: the warehouse.
        style: the format; csv, jsonl and parquet hold one table, ftm and w3c the statements and their entities.
        table: a table or view; the default is ``sheet.sql``, the statements with names instead of ids.
        out: the file; an existing one is replaced.

    Raises:
        ExportError: there is no such table, or the format does not hold single tables.
        WarehouseError: nothing is published at ``root``.
    """
    if style in STATEMENT_WRITERS and table:
        raise ExportError(
            f"{style} holds all statements: leave out the table, or choose {', '.join(TABLE_WRITERS)}"
        )
    connection = connect_to_warehouse(root)
    part = out.with_name(out.name + ".part")
    try:
        with explain_damage(root), part.open("wb") as file:
            count = (
                TABLE_WRITERS[style](connection, table, file)
                if style in TABLE_WRITERS
                else STATEMENT_WRITERS[style](connection, file)
            )
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return count
