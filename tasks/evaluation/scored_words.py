"""The words that scores count, as sets of word numbers, and the overlap of two sets; punctuation never counts."""

import bisect
import re
from collections.abc import Iterable, Sequence

SCORED_WORD = re.compile(r"\w+(?:[’']\w+)*")
WordSet = frozenset[int]


def find_scored_words(text: str) -> list[tuple[int, int]]:
    """Return the spans of the words of a text."""
    return [match.span() for match in SCORED_WORD.finditer(text)]


def get_words_in(spans: Iterable[Sequence[int]], words: Sequence[tuple[int, int]]) -> WordSet:
    """Return the numbers of the words that overlap the spans."""
    return frozenset(
        number
        for start, end in spans
        for number in range(
            bisect.bisect_right(words, start, key=lambda word: word[1]),
            bisect.bisect_left(words, end, key=lambda word: word[0]),
        )
    )


def compute_jaccard(first: WordSet, second: WordSet) -> float:
    """Return the Jaccard similarity of two sets, 0 for two empty ones."""
    return len(first & second) / max(len(first | second), 1)
