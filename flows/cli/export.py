"""``counterclaim export``: the tables in formats of other tools."""

from pathlib import Path
from typing import Literal

from flows.cli.query import QueryError
from flows.runtime.settings import DEFAULT_WAREHOUSE
from flows.text_formats import format_bytes


def export(
    *,
    format: Literal["csv", "jsonl", "parquet", "ftm", "w3c"] = "csv",
    table: str | None = None,
    warehouse: str = DEFAULT_WAREHOUSE,
    out: Path | None = None,
) -> int:
    """Write the tables to a file that other tools can read.

    Without `--table`, csv, jsonl and parquet hold one row per statement, with names instead of ids and with the claim
    that a denial answers. In CSV, text that a spreadsheet would take for a formula gets an apostrophe before it.

    Example: `counterclaim export --format csv --out statements.csv`

    Example: `counterclaim export --format ftm --out aleph.ftm.json`

    Args:
        format: csv for spreadsheets; jsonl or parquet; ftm for Aleph and OpenSanctions (FollowTheMoney); w3c
            for annotation tools (Web Annotation, JSON-LD).
        table: Table or view to export as csv, jsonl or parquet: claims, answered, exchanges, ...
        warehouse: Folder of the tables, or s3://bucket/path.
        out: File to write; an existing file is replaced. The default is named after the table and the format.
    """
    from warehouse.export import FILE_SUFFIXES, ExportError, export_tables

    file = out or Path((table or "statements") + FILE_SUFFIXES[format])
    try:
        count = export_tables(warehouse, format, table, file)
    except (ExportError, OSError) as error:
        raise QueryError(f"Nothing was exported. {error}") from error
    print(f"{count:,} rows are in {file} ({format_bytes(file.stat().st_size)}).")
    return 0
