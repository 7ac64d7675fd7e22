"""How counts, sizes, long texts and tables are written for people. Nothing heavy is imported here."""

from collections.abc import Iterable, Mapping, Sequence

TERMINAL_WIDTH = 80
"""columns of everything that is printed"""


def format_document_count(documents: int) -> str:
    """Return a number of documents as a phrase: ``1 document``, ``1,200 documents``."""
    return f"{documents:,} document{'s' * (documents != 1)}"


def format_counts(counts: Mapping[str, int]) -> str:
    """Return counts by kind as a phrase: ``3 explicit, 1 counter``; ``none`` if there are none."""
    return ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.items()) or "none"


def format_bytes(count: int) -> str:
    """Return a number of bytes in the unit that suits its size: ``950 bytes``, ``12.3 kB``, ``0.2 MB``."""
    if count < 1000:
        return f"{count} byte{'s' * (count != 1)}"
    return f"{count / 1e3:.1f} kB" if count < 99_950 else f"{count / 1e6:,.1f} MB"


def shorten_line(value: object, max_chars: int) -> str:
    """Return a value on one line of at most so many characters; None is the empty text."""
    text = " ".join(str("" if value is None else value).split())
    return text if len(text) <= max_chars else text[: max_chars - 1] + "…"


def format_markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines
    )
