"""Reading of pages against plain trafilatura, on the layouts of the tests.

``python -m tests.benchmarks.accuracy.pages docs/benchmarks/pages.json`` measures how much of the article of each page
comes out (recall) and how much of what comes out is the article (precision), in runs of three words. It writes the
figures and puts their table into ``docs/inputs-and-exports.md``.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from trafilatura import extract

from tasks.read.errors import UnusableError
from tasks.read.formats.html.html_pages import parse_page
from tests.tasks.read.page_layouts import LONG_ARTICLE, SHORT_ARTICLE, make_pages

INPUTS_PAGE = Path("docs/inputs-and-exports.md")
SECTION_BEGIN, SECTION_END = "<!-- pages: begin -->", "<!-- pages: end -->"
ARTICLES = {"short": SHORT_ARTICLE, "long": LONG_ARTICLE}
WORD = re.compile(r"\w+")
RUN_WORDS = 3
Figures = tuple[int, int]
"""recall and precision in per cent"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, write the figures and put their table into the documentation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="file of figures to write")
    args = parser.parse_args(arguments)
    measured = measure_layouts()
    args.out.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    before, _, rest = INPUTS_PAGE.read_text(encoding="utf-8").partition(SECTION_BEGIN)
    after = rest.partition(SECTION_END)[2]
    table = format_table(measured)
    INPUTS_PAGE.write_text(f"{before}{SECTION_BEGIN}\n{table}\n{SECTION_END}{after}", encoding="utf-8")


def measure_layouts() -> dict[str, dict[str, Figures]]:
    """Return recall and precision by layout, then by reader and length of the article."""
    readers: dict[str, Callable[[str], str]] = {"counterclaim": _read_page, "trafilatura": _read_plainly}
    return {
        layout: {
            f"{name}, {length}": _score(read(_make_page(make_pages(article)[layout])), article)
            for length, article in ARTICLES.items()
            for name, read in readers.items()
        }
        for layout in make_pages(SHORT_ARTICLE)
    }


def format_table(measured: dict[str, dict[str, Figures]]) -> str:
    """Return the figures as a Markdown table, with the means in the last line."""
    columns = list(next(iter(measured.values())))
    lines = ["| layout | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    for layout, figures in measured.items():
        lines.append(f"| {layout} | " + " | ".join(f"{r} / {p}" for r, p in figures.values()) + " |")
    means = []
    for column in columns:
        recalls, precisions = zip(*(figures[column] for figures in measured.values()), strict=True)
        means.append(f"{sum(recalls) / len(measured):.1f} / {sum(precisions) / len(measured):.1f}")
    return "\n".join([*lines, "| **mean** | " + " | ".join(means) + " |"])


def _make_page(body: str) -> str:
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>Mayor denies</title></head><body>{body}</body></html>"
    )


def _read_page(page: str) -> str:
    """Return the text that the reader of pages finds."""
    try:
        return parse_page(page.encode("utf-8"))[0]
    except UnusableError:
        return ""


def _read_plainly(page: str) -> str:
    """Return the text that trafilatura finds without comments."""
    return extract(page, include_comments=False) or ""


def _score(text: str, article: Sequence[str]) -> Figures:
    """Return the shares of the runs of words of an article that a text holds, and of the text's in the article."""
    wanted, found = _count_runs(" ".join(article)), _count_runs(text)
    shared = (wanted & found).total()
    return round(100 * shared / max(wanted.total(), 1)), round(100 * shared / max(found.total(), 1))


def _count_runs(text: str) -> Counter[tuple[str, ...]]:
    """Return how often each run of words occurs in a text."""
    words = WORD.findall(text)
    return Counter(tuple(words[i : i + RUN_WORDS]) for i in range(len(words) - RUN_WORDS + 1))


if __name__ == "__main__":
    main()
