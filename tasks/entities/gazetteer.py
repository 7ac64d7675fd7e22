"""The gazetteer: the longest match in the reference tables at every word of a text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from tasks.document.records import Span
from tasks.entities.names import NAME_WORD, get_case_context
from tasks.entities.reference_loader import NameForm, ReferenceTables

MAX_ACRONYM_CHARS = 12
MAX_MIXED_ACRONYM_CHARS = 5
"""letters of an acronym in mixed case; *WikiLeaks*, which is longer, may be written *Wikileaks*"""
NAME_SEPARATORS = frozenset({"", "-", ".", "’", "'", "‑", "–", "&", "/"})


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A known form in the text, with a form of every entity it may mean; without forms it is a designation."""

    span: Span
    forms: tuple[NameForm, ...]


def find_known_names(text: str, reference: ReferenceTables) -> list[NameMatch]:
    """Return the known names and weapon designations of a text, in order and without overlaps."""
    patterns = [NameMatch(m.span(), ()) for m in _find_weapon_designations(text, reference)]
    matches = sorted(
        [*_find_known_forms(text, reference), *patterns], key=lambda m: (m.span[0] - m.span[1], m.span)
    )
    kept: list[NameMatch] = []
    taken: set[int] = set()
    for match in matches:
        if taken.isdisjoint(range(*match.span)):
            kept.append(match)
            taken.update(range(*match.span))
    return sorted(kept, key=lambda m: m.span)


def _find_weapon_designations(text: str, reference: ReferenceTables) -> Iterator[re.Match[str]]:
    """Yield the designations of weapons, overlapping ones included."""
    if reference.any_designation.search(text):
        for pattern in reference.designation_patterns:
            yield from pattern.finditer(text)


def _find_known_forms(text: str, reference: ReferenceTables) -> Iterator[NameMatch]:
    """Yield the longest known form at each word, left to right."""
    words = list(NAME_WORD.finditer(text))
    folded = [word.group().casefold() for word in words]
    first_words, next_free = reference.max_form_words, 0
    for i, word in enumerate(folded):
        if word not in first_words or i < next_free:
            continue
        length, forms = _find_longest_form(text, words, folded, i, reference)
        if forms:
            start, end = words[i].start(), words[i + length - 1].end()
            end += text[end : end + 1] == "." and all(form.text.endswith(".") for form in forms)
            yield NameMatch((start, end), forms)
            next_free = i + length


def _find_longest_form(
    text: str, words: list[re.Match[str]], folded: list[str], i: int, reference: ReferenceTables
) -> tuple[int, tuple[NameForm, ...]]:
    """Return the length in words of the longest known form that begins at word ``i``, and all such forms."""
    longest = reference.max_form_words[folded[i]] if tuple(folded[i : i + 2]) in reference.form_starts else 1
    for length in range(min(longest, len(words) - i), 0, -1):
        known = reference.names.get(tuple(folded[i : i + length]))
        if known and _is_contiguous(text, words[i : i + length]):
            start, end = words[i].start(), words[i + length - 1].end()
            forms = tuple(form for form in known if _is_case_compatible(form.text, text, start, end))
            if forms:
                return length, forms
    return 0, ()


def _is_contiguous(text: str, words: list[re.Match[str]]) -> bool:
    """Return True if only separators of a name are between the words: a space, dot, hyphen or line break."""
    gaps = [text[a.end() : b.start()] for a, b in pairwise(words)]
    return all(gap.strip() in NAME_SEPARATORS and gap.count("\n") < 2 and len(gap) < 4 for gap in gaps)


def _is_case_compatible(form: str, text: str, start: int, end: int) -> bool:
    """Return True if the case of the text allows the form: a name needs a capital, an acronym only capitals."""
    found = text[start:end]
    if form.islower():
        return True
    if (
        len(form) <= MAX_MIXED_ACRONYM_CHARS
        and form.isalpha()
        and not form[1:].islower()
        and not form.isupper()
    ):
        # *LeT* is an acronym, *Let* a verb.
        return found in (form, form.upper())
    if form.isupper() and len(form) <= MAX_ACRONYM_CHARS:
        around = get_case_context(text, start, end)
        return found.isupper() and (not around.strip() or any(c.islower() for c in around))
    capital = next(i for i, c in enumerate(form) if c.isalpha())
    return form[capital].islower() or found[:1].isupper() or found[:1].isdigit()
