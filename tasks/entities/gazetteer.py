"""Known names in a text: the longest match of the reference tables at every word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from tasks.document.records import Span
from tasks.entities.names import WORD
from tasks.entities.reference_loader import Entry, Reference

LINK = frozenset({"", "-", ".", "’", "'", "‑", "–", "&", "/"})
AROUND = 40


@dataclass(frozen=True, slots=True)
class Match:
    """A known form in the text, with every entity it may mean."""

    span: Span
    entries: tuple[Entry, ...]


def find_known(text: str, reference: Reference) -> list[Match]:
    """Return the known names and weapon designations of a text, none overlapping, in order."""
    patterns = [Match(m.span(), ()) for m in find_designations(text, reference)]
    matches = sorted([*find_forms(text, reference), *patterns], key=lambda m: (m.span[0] - m.span[1], m.span))
    kept: list[Match] = []
    taken: set[int] = set()
    for match in matches:
        if taken.isdisjoint(range(*match.span)):
            kept.append(match)
            taken.update(range(*match.span))
    return sorted(kept, key=lambda m: m.span)


def find_designations(text: str, reference: Reference) -> Iterator[re.Match[str]]:
    """Yield the designations of weapons, those that overlap included."""
    if reference.designation.search(text):
        for pattern in reference.patterns:
            yield from pattern.finditer(text)


def find_forms(text: str, reference: Reference) -> Iterator[Match]:
    """Yield the longest known form at each word, left to right."""
    words = [m.span() for m in WORD.finditer(text)]
    folded = [word.casefold() for word in WORD.findall(text)]
    free = 0
    for i, word in enumerate(folded):
        if word not in reference.longest or i < free:
            continue
        length, entries = longest_form(text, words, folded, i, reference)
        if entries:
            start, end = words[i][0], words[i + length - 1][1]
            end += text[end : end + 1] == "." and all(e.form.endswith(".") for e in entries)
            yield Match((start, end), entries)
            free = i + length


def longest_form(
    text: str, words: list[Span], folded: list[str], i: int, reference: Reference
) -> tuple[int, tuple[Entry, ...]]:
    """Return the number of words and the entries of the longest form that begins at word ``i``."""
    for length in range(min(reference.longest[folded[i]], len(words) - i), 0, -1):
        entries = reference.names.get(tuple(folded[i : i + length]))
        if entries and linked(text, words[i : i + length]):
            start, end = words[i][0], words[i + length - 1][1]
            fitting = tuple(e for e in entries if fits(e.form, text, start, end))
            if fitting:
                return length, fitting
    return 0, ()


def linked(text: str, words: list[Span]) -> bool:
    """Tell whether only the inside of a name stands between the words: a space, dot, hyphen or line break."""
    gaps = [text[a[1] : b[0]] for a, b in pairwise(words)]
    return all(gap.strip() in LINK and gap.count("\n") < 2 and len(gap) < 4 for gap in gaps)


def fits(form: str, text: str, start: int, end: int) -> bool:
    """Tell whether the case of the text allows the form: names need capitals, acronyms all of them."""
    found = text[start:end]
    if form.islower():
        return True
    if form.isupper() and len(form) <= 12:
        around = text[max(0, start - AROUND) : start] + text[end : end + AROUND]
        return found.isupper() and (not around.strip() or any(c.islower() for c in around))
    capital = next(i for i, c in enumerate(form) if c.isalpha())
    return form[capital].islower() or found[:1].isupper() or found[:1].isdigit()
