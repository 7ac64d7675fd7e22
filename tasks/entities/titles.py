"""Titles before names: their extent, kind and gender."""

from tasks.document.doc import Doc, Token, TokenSpan
from tasks.document.records import Mention
from tasks.entities.names import normalise_name, split_name
from tasks.entities.reference_loader import ReferenceTables, Title

MAX_TITLE_TOKENS = 4
MAX_NAME_TOKENS = 5
# An abbreviation of these kinds in capitals (MG, AG, PM) is always followed by a name.
ABBREVIATED_KINDS = frozenset({"military", "civil"})
# Titles of these kinds precede only the names of persons.
PERSON_TITLE_KINDS = frozenset({"military", "civil", "honorific", "royal"})


def _find_title_at(tokens: TokenSpan, i: int, reference: ReferenceTables) -> tuple[int, Title] | None:
    """Return the longest title with a capital that begins at position ``i``, with its length in tokens."""
    return _match_title(tokens, i, reference) if tokens[i].text[0].isupper() else None


def _match_title(tokens: TokenSpan, i: int, reference: ReferenceTables) -> tuple[int, Title] | None:
    """Return the longest title that begins at position ``i`` in any case, with its length in tokens."""
    if split_name(tokens[i].text)[:1] not in reference.title_starts:
        return None
    for length in range(min(MAX_TITLE_TOKENS, len(tokens) - i), 0, -1):
        title = reference.titles.get(split_name(tokens[i : i + length].text))
        if title is not None:
            return length, title
    return None


def _is_title_start(token: Token, reference: ReferenceTables) -> bool:
    """Return True if a word is capitalised and begins some title."""
    return token.text[0].isupper() and split_name(token.text)[:1] in reference.title_starts


def is_part_of_title(span: TokenSpan, reference: ReferenceTables) -> bool:
    """Return True if a span is a title or part of one, like "State" in "Secretary of State" or "secretary of State"."""
    if all(split_name(t.text) in reference.titles for t in span if split_name(t.text)):
        return True
    for first in span.doc.tokens[max(0, span.start - MAX_TITLE_TOKENS + 1) : span.start + 1]:
        found = _match_title(span.doc[first.i : first.i + MAX_TITLE_TOKENS], 0, reference)
        if found is not None and first.i + found[0] >= span.end and found[0] > 1:
            return True
    return False


def find_title_range(span: TokenSpan, label: str, reference: ReferenceTables) -> tuple[int, int] | None:
    """Return the start and end of the title before a name, or None if the span contains no titled name.

    "Marine MG Bradford Gering" gives (0, 2); "Kremlin Spokesman Dmitry Peskov" gives (1, 2).
    """
    if not any(_is_title_start(token, reference) for token in span.doc.tokens[span.start : span.end - 1]):
        return None
    first, last, i = None, 0, 0
    is_abbreviated = False
    while i < len(span) - 1:
        found = _find_title_at(span, i, reference)
        if found is None:
            i += 1
            continue
        length, title = found
        if i + length >= len(span):
            break
        first = i if first is None or i > last else first
        is_abbreviated = title.kind in ABBREVIATED_KINDS and span[i : i + length].text.isupper()
        i = last = i + length
    if (
        first is None
        or last >= len(span)
        or not (is_abbreviated or _is_person_name(span[last:], label, reference))
    ):
        return None
    return first, last


def _is_person_name(rest: TokenSpan, label: str, reference: ReferenceTables) -> bool:
    """Return True if the rest is a person's name: by the label, or by a known given name."""
    if not rest[0].text[:1].isupper() or len(rest) > MAX_NAME_TOKENS:
        return False
    return label == "person" or (len(rest) > 1 and normalise_name(rest[0].text) in reference.given_names)


def find_preceding_titles(doc: Doc, mention: Mention, reference: ReferenceTables) -> tuple[set[str], str]:
    """Return the normalised titles directly before a name, and the gender that they imply."""
    end = doc.get_tokens(mention.span).start
    titles, gender = set(), ""
    for start in range(max(0, end - MAX_TITLE_TOKENS), end):
        if split_name(doc.tokens[start].text)[:1] not in reference.title_starts:
            continue
        title = reference.titles.get(split_name(doc[start:end].text))
        if title is not None:
            titles.add(normalise_name(doc[start:end].text))
            gender = gender or title.gender
    return titles, gender


def has_preceding_title(doc: Doc, span: TokenSpan, reference: ReferenceTables) -> bool:
    """Return True if a capitalised title directly precedes a name that is not a title itself: "Judge Pillay"."""
    if (
        not span[0].text[:1].isupper()
        or not span[0].tag_.startswith("NN")
        or is_part_of_title(span, reference)
    ):
        return False
    starts = (
        t.i
        for t in doc.tokens[max(0, span.start - MAX_TITLE_TOKENS) : span.start]
        if not t.word.is_lower and _is_title_start(t, reference)
    )
    titles = (reference.titles.get(split_name(doc[start : span.start].text)) for start in starts)
    return any(title is not None and title.kind in PERSON_TITLE_KINDS for title in titles)


def remove_office(span: TokenSpan, reference: ReferenceTables) -> TokenSpan:
    """Return the name of a body without the office after it: "State Department Spokesperson"."""
    end = len(span)
    while end > 1 and is_office(span[end - 1], reference):
        end -= 1
    cut = end < len(span) and span[end - 1].tag_.startswith("NNP") and reference.find_forms(span[:end].text)
    return span[:end] if cut else span


def is_office(token: Token, reference: ReferenceTables) -> bool:
    """Return True if a single word is an office or a title."""
    role = reference.roles.get(token.lower_)
    return (role is not None and role.category == "person") or split_name(token.text) in reference.titles
