"""Labels of paragraphs, which say what kind of text follows and not who speaks: *UPDATE: Two people died*."""

import re
from collections.abc import Collection

LABEL_PATTERN = re.compile(
    r"([*#\[ ]{0,4}[A-Z][A-Za-z'’]{1,15}(?: [A-Za-z]{1,10}){0,2}(?: \d{1,2})?[*#\] ]{0,4}:[*#\]]{0,3})\s+(?=\S)"
)


DASH_PATTERN = re.compile(
    r"([*#\[( ]{0,4}(?:[A-Z][A-Z'’]+(?: [A-Z'’]+){0,2})(?: \d{1,2})?(?:[\])]| [-–—|]))\s+(?=[^\W\d_])"
)
"""a label in capitals in brackets or before a dash: *BREAKING — Two people died*"""


def find_label(text: str, start: int, end: int, labels: Collection[str]) -> re.Match[str] | None:
    """Return the match of a label at the start of a paragraph, its first group with the colon or dash, or None."""
    match = LABEL_PATTERN.match(text, start, end) or DASH_PATTERN.match(text, start, end)
    return match if match is not None and _is_label(match.group(1), labels) else None


def _is_label(words: str, labels: Collection[str]) -> bool:
    """Return True if the words before a colon or dash are a label: *BREAKING*."""
    return words.lower().replace("’", "'").strip("*#[]():|-–— 0123456789") in labels
