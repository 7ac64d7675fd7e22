"""The whole sentences around a span: what a citation quotes instead of a fragment."""

import re

REACH = 600
"""characters before and after a span in which its sentences are looked for: what is longer is cut with an ellipsis"""
PARAGRAPH_END = re.compile(r"\s*\n\s*\n\s*")
SENTENCE_END = re.compile(r"[.!?…][\"”’')\]]*(?:\s+(?=[\"“‘'(\[]*[A-Z0-9])|\s*\n\s*)")
ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Maj|Capt|Sgt|Sen|Rep|Gov|St|Jr|Sr|Hon|Rev|No|vs|Inc|Ltd|Co|Corp"
    r"|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)|\b[A-Z]|\b(?:[A-Za-z]\.)+[A-Za-z])\.$"
)
"""a point that ends a title, an initial or a shortened word, and hardly ever a sentence"""


def quote_sentences(passage: str, start: int, end: int) -> str:
    """Return the sentences of a passage that hold a span, on one line; what is cut off is shown as an ellipsis.

    ``passage`` has at most ``REACH`` characters before and after the span. A quotation that the sentences open or close
    is included whole where the passage has its other end.
    """
    bounds = _find_bounds(passage)
    first = max(i for i, bound in enumerate(bounds) if bound <= start)
    last = next((i for i, bound in enumerate(bounds) if bound >= end), len(bounds) - 1)
    while first > 0 and _count_open(passage[bounds[first] : bounds[last]]) < 0:
        first -= 1
    while last < len(bounds) - 1 and _count_open(passage[bounds[first] : bounds[last]]) > 0:
        last += 1
    text = " ".join(passage[bounds[first] : bounds[last]].split())
    is_cut_before = first == 0 and start >= REACH
    is_cut_after = last == len(bounds) - 1 and len(passage) - end >= REACH
    return f"{'… ' if is_cut_before else ''}{text}{' …' if is_cut_after else ''}"


def _find_bounds(passage: str) -> list[int]:
    """Return where the sentences of a passage begin, and its end, in order."""
    ends = {match.end() for match in PARAGRAPH_END.finditer(passage)}
    for match in SENTENCE_END.finditer(passage):
        if not ABBREVIATION.search(passage[: match.start() + 1][-24:]):
            ends.add(match.end())
    return sorted({0, *ends, len(passage)})


def _count_open(text: str) -> int:
    """Return how many curly quotation marks are opened and not closed; negative if more are closed."""
    return text.count("“") - text.count("”")
