"""Full names of organisations that a text spells out for its acronyms: *the Free Harbour Initiative (FHI)*."""

import re
from collections.abc import Iterator

from tasks.document.records import Span
from tasks.entities.names import make_acronyms, split_name

ACRONYM = re.compile(r"(?<![\w.])[A-Z]{3,8}(?!\w|\.\w)")
CAPITALISED = re.compile(
    r"(?<![\w’'-])[A-Z][a-z][\w’'-]*(?: (?:(?:of|for|the|and|in|to|on|de) ){0,2}[A-Z][a-z][\w’'-]*){1,7}"
)
WORD = re.compile(r"\S+")


def find_spelt_out_names(text: str) -> Iterator[Span]:
    """Yield the runs of words with capitals whose initials are an acronym of the text."""
    acronyms = {match.group().lower() for match in ACRONYM.finditer(text)}
    if not acronyms:
        return
    for match in CAPITALISED.finditer(text):
        span = _find_name(match, acronyms)
        if span is not None:
            yield span


def _find_name(match: re.Match[str], acronyms: set[str]) -> Span | None:
    """Return the longest part of a run of words that an acronym abbreviates, or None."""
    initials = frozenset(word[0] for word in split_name(match.group()))
    if not any(initials.issuperset(acronym) for acronym in acronyms):
        return None
    words = [(match.start() + w.start(), match.start() + w.end()) for w in WORD.finditer(match.group())]
    for size in range(len(words), 1, -1):
        for first in range(len(words) - size + 1):
            start, end = words[first][0], words[first + size - 1][1]
            name = match.string[start:end].removesuffix("’s").removesuffix("'s")
            if _is_name(name) and make_acronyms(name) & acronyms:
                return start, start + len(name)
    return None


def _is_name(words: str) -> bool:
    """Return True if the first and the last word have capitals, and the first is no article."""
    return words[0].isupper() and words.rpartition(" ")[2][0].isupper() and not words.startswith("The ")
