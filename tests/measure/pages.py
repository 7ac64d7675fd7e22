"""Sections of pages that measurements write, between markers."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def replace_section(page: Path, name: str, text: str) -> None:
    """Put a text between the markers ``<!-- name: begin -->`` and ``<!-- name: end -->`` of a page.

    Raises:
        ValueError: the page has no such markers.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    section = re.compile(f"(?<={re.escape(begin)}\n).*?(?={re.escape(end)})", re.S)
    content = page.read_text("utf-8")
    if not section.search(content):
        raise ValueError(f"{page} has no section {name}: expected {begin} and {end}, a line each.")
    page.write_text(section.sub(lambda _: f"\n{text}\n\n", content), "utf-8")
