"""The width of a label in a drawing that is laid out before any browser measures it."""

import unicodedata

FIRST_LETTER = " "
# fmt: off
WIDTHS = (
    32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34,
    84, 84, 84, 54, 100, 69, 69, 70, 77, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79, 61, 79, 70, 64, 62, 74, 69, 99,
    69, 62, 69, 40, 34, 40, 84, 50, 50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53,
    40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,
)
# fmt: on
"""hundredths of an em of the printable ASCII characters in DejaVu Sans, the widest of the common sans-serif fonts"""
OTHER_WIDTH, OTHER_CAPITAL_WIDTH, FULL_WIDTH = 64, 84, 100
FULL_WIDTH_MARKS = "…—"


def estimate_width(text: str) -> float:
    """Return the width of a text in em: exact in DejaVu Sans for ASCII, and smaller in most other fonts."""
    return sum(map(_get_letter_width, text)) / 100


def shorten_label(text: str, width: float) -> str:
    """Return a text that fits into a width in em: the text itself, or its beginning and an ellipsis."""
    if estimate_width(text) <= width:
        return text
    n = len(text) - 1
    while n > 0 and estimate_width(text[:n] + "…") > width:
        n -= 1
    return text[:n].rstrip() + "…"


def _get_letter_width(letter: str) -> int:
    """Return the width of one character in hundredths of an em; an accent adds nothing to its letter."""
    base = unicodedata.normalize("NFD", letter)[0]
    if unicodedata.combining(base):
        return 0
    place = ord(base) - ord(FIRST_LETTER)
    if 0 <= place < len(WIDTHS):
        return WIDTHS[place]
    if base in FULL_WIDTH_MARKS or unicodedata.east_asian_width(base) in "WF":
        return FULL_WIDTH
    return OTHER_CAPITAL_WIDTH if base.isupper() else OTHER_WIDTH
