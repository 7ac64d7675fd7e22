"""``counterclaim export``: the tables in the forms that other tools read."""

from pathlib import Path
from typing import Literal

from flows.cli.query import QueryError
from flows.cli.terminal import size_of
from flows.runtime.settings import WAREHOUSE


def export(
    *,
    format: Literal["csv", "jsonl", "parquet", "ftm", "w3c"] = "csv",
    table: str | None = None,
    warehouse: str = WAREHOUSE,
    out: Path | None = None,
) -> int:
    """Write the tables to a file that other tools read.

    Without a table, csv, jsonl and parquet hold one row a statement, with names instead of ids and with what a
    denial answers. In CSV, text that a spreadsheet could compute gets an apostrophe before it.

    Example: `counterclaim export --format csv --out statements.csv`

    Example: `counterclaim export --format ftm --out aleph.ftm.json`

    Args:
        format: csv for spreadsheets; jsonl or parquet; ftm for Aleph and OpenSanctions (FollowTheMoney); w3c
            for annotation tools (Web Annotation, JSON-LD).
        table: A table or view, for csv, jsonl and parquet: claims, answered, exchanges, ...
        warehouse: Folder of the tables, or s3://bucket/path.
        out: File to write; what it held is replaced. The default is named after the table and the format.
    """
    from warehouse.export import SUFFIXES, ExportError
    from warehouse.export import export as write

    file = out or Path((table or "statements") + SUFFIXES[format])
    try:
        count = write(warehouse, format, table, file)
    except (ExportError, OSError) as error:
        raise QueryError(f"Nothing was exported. {error}") from error
    print(f"{count:,} rows are in {file} ({size_of(file.stat().st_size)}).")
    return 0
