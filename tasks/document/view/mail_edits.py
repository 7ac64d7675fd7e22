"""Leave out the marks before the lines of mails that another mail quotes."""

import re
from collections.abc import Iterator

from tasks.document.records import Span
from tasks.document.view.text_view import Edit

PREFIX = re.compile(r"^[ \t]?>[> \t]*", re.MULTILINE)
MIN_PREFIXED_LINES = 2


def find_reply_edits(text: str) -> Iterator[Edit]:
    """Yield the edits that leave out the marks before the lines of replies that are quoted."""
    for start, end in _find_prefixed_blocks(text):
        for match in PREFIX.finditer(text, start, end):
            yield Edit(match.start(), match.end(), "")


def _find_prefixed_blocks(text: str) -> Iterator[Span]:
    """Yield the runs of lines that begin with ``>``: several, or one below the line that says who wrote it."""
    if "\n>" not in text and not text.startswith(">") and "\n >" not in text:
        return
    start = position = n_lines = 0
    for line in [*text.splitlines(keepends=True), ""]:
        is_prefixed = PREFIX.match(line) is not None
        if is_prefixed and not n_lines:
            start = position
        if not is_prefixed and n_lines:
            before = text[:start].rstrip().rpartition("\n")[2]
            if n_lines >= MIN_PREFIXED_LINES or before.endswith("wrote:"):
                yield start, position
            n_lines = 0
        n_lines += is_prefixed
        position += len(line)


def find_prefixed_spans(text: str) -> list[Span]:
    """Return the spans of the quoted lines in a text as it was read."""
    return list(_find_prefixed_blocks(text))
