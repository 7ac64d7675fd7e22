"""The data dictionary, from the table contracts: as Markdown for the README, as text for the terminal."""

import re
import sys
from pathlib import Path
from textwrap import fill

import pyarrow as pa

from warehouse.tables import PARTITION, TABLES, Column, Table

WIDTH = 80
PLACE = re.compile(r"(<!-- dictionary -->\n).*(<!-- /dictionary -->)", re.DOTALL)
"""where a page holds the dictionary"""


def markdown() -> str:
    """Return a section a table, each with a Markdown table of its columns."""
    return "\n\n".join(_section(table) for table in TABLES.values()) + "\n"


def plain() -> str:
    """Return the same in plain text, at most 80 columns wide."""
    return "\n\n".join(_listing(table) for table in TABLES.values()) + "\n"


def type_name(kind: pa.DataType) -> str:
    """Return a type as a reader of Parquet knows it: ``list<struct<start: int32, end: int32>>``."""
    if pa.types.is_list(kind):
        return f"list<{type_name(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return f"struct<{', '.join(f'{f.name}: {type_name(f.type)}' for f in kind)}>"
    names = {"date32[day]": "date", "timestamp[us, tz=UTC]": "timestamp (UTC)"}
    return names.get(str(kind), str(kind))


def _facts(table: Table) -> str:
    parts = f"partitioned by {PARTITION}" if table.partitioned else "not partitioned"
    return f"{table.meaning}. Key: {', '.join(table.key)}; {parts}."


def _section(table: Table) -> str:
    head = f"### `{table.name}`\n\n{_facts(table)}\n\n| column | type | meaning |\n|---|---|---|\n"
    return head + "\n".join(_line(column) for column in table.columns)


def _line(column: Column) -> str:
    null = ", nullable" if column.nullable else ""
    meaning = column.meaning.replace("|", "\\|")
    return f"| `{column.name}` | {type_name(column.type)}{null} | {meaning} |"


def _listing(table: Table) -> str:
    lines = [table.name.upper(), fill(_facts(table), WIDTH)]
    for column in table.columns:
        null = " or null" if column.nullable else ""
        lines.append(fill(f"{column.name} ({type_name(column.type)}{null})", WIDTH, initial_indent="  "))
        lines.append(fill(column.meaning, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6))
    return "\n".join(lines)


def write_into(page: Path) -> None:
    """Replace what a page holds between the marks by the dictionary of today."""
    text = page.read_text(encoding="utf-8")
    if not PLACE.search(text):
        sys.exit(f"{page} has no place for the dictionary: expected <!-- dictionary --> and its end")
    page.write_text(PLACE.sub(lambda m: f"{m[1]}\n{markdown()}\n{m[2]}", text), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "--write":
        sys.exit("usage: python -m warehouse.data_dictionary --write PAGE")
    write_into(Path(sys.argv[2]))
