"""The data dictionary, made from the table contracts: as Markdown for the README, as text for the terminal."""

import re
import sys
from pathlib import Path
from textwrap import fill

import pyarrow as pa

from warehouse.tables import PARTITION_COLUMN, TABLES, Column, Table

TERMINAL_WIDTH = 80
DICTIONARY_SECTION = re.compile(r"(<!-- dictionary -->\n).*(<!-- /dictionary -->)", re.DOTALL)
"""the part of a page that holds the dictionary"""


def format_dictionary_markdown() -> str:
    """Return the dictionary as Markdown: a section for each table, with a table of its columns."""
    return "\n\n".join(_format_section(table) for table in TABLES.values()) + "\n"


def format_dictionary_text() -> str:
    """Return the dictionary as plain text, at most 80 columns wide."""
    return "\n\n".join(_format_listing(table) for table in TABLES.values()) + "\n"


def _format_type(kind: pa.DataType) -> str:
    """Return the name of a type as readers of Parquet write it: ``list<struct<start: int32, end: int32>>``."""
    if pa.types.is_list(kind):
        return f"list<{_format_type(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return f"struct<{', '.join(f'{f.name}: {_format_type(f.type)}' for f in kind)}>"
    names = {"date32[day]": "date", "timestamp[us, tz=UTC]": "timestamp (UTC)"}
    return names.get(str(kind), str(kind))


def _describe_table(table: Table) -> str:
    parts = f"partitioned by {PARTITION_COLUMN}" if table.partitioned else "not partitioned"
    return f"{table.meaning}. Key: {', '.join(table.key)}; {parts}."


def _format_section(table: Table) -> str:
    head = f"### `{table.name}`\n\n{_describe_table(table)}\n\n| column | type | meaning |\n|---|---|---|\n"
    return head + "\n".join(_format_column_row(column) for column in table.columns)


def _format_column_row(column: Column) -> str:
    null = ", nullable" if column.nullable else ""
    meaning = column.meaning.replace("|", "\\|")
    return f"| `{column.name}` | {_format_type(column.type)}{null} | {meaning} |"


def _format_listing(table: Table) -> str:
    lines = [table.name.upper(), fill(_describe_table(table), TERMINAL_WIDTH)]
    for column in table.columns:
        null = " or null" if column.nullable else ""
        lines.append(
            fill(f"{column.name} ({_format_type(column.type)}{null})", TERMINAL_WIDTH, initial_indent="  ")
        )
        lines.append(fill(column.meaning, TERMINAL_WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6))
    return "\n".join(lines)


def _write_into_page(page: Path) -> None:
    """Replace the dictionary between the markers of a page."""
    text = page.read_text(encoding="utf-8")
    if not DICTIONARY_SECTION.search(text):
        sys.exit(f"{page}: expected the markers <!-- dictionary --> and <!-- /dictionary -->; found none")
    page.write_text(
        DICTIONARY_SECTION.sub(lambda m: f"{m[1]}\n{format_dictionary_markdown()}\n{m[2]}", text),
        encoding="utf-8",
    )


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "--write":
        sys.exit("usage: python -m warehouse.data_dictionary --write PAGE")
    _write_into_page(Path(sys.argv[2]))
