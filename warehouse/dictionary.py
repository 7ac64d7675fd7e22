"""The data dictionary, from the table contracts: as Markdown for the README, as text for the terminal."""

from textwrap import fill

import pyarrow as pa

from warehouse.tables import PARTITION, TABLES, Column, Table

WIDTH = 80


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
