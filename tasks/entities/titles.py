"""Titles: where a title ends and a name begins, and what the title says of the person."""

from tasks.document.char_spans import tokens_of
from tasks.document.doc import Doc, Span, Token
from tasks.document.records import Mention
from tasks.entities.names import normalise, split
from tasks.entities.reference_loader import Reference, Title

LONGEST_TITLE = 4
# An abbreviation of these kinds in capitals (MG, AG, PM) is proof enough that a name follows.
SHORTENED = frozenset({"military", "civil"})
# Titles of these kinds stand before a person's name and before no other.
NAMED = frozenset({"military", "civil", "honorific", "royal"})


def title_at(tokens: Span, i: int, reference: Reference) -> tuple[int, Title] | None:
    """Return the number of tokens and the title that begins at position ``i``, the longest first."""
    if not begins_title(tokens[i], reference):
        return None
    for length in range(min(LONGEST_TITLE, len(tokens) - i), 0, -1):
        title = reference.titles.get(split(tokens[i : i + length].text))
        if title is not None:
            return length, title
    return None


def begins_title(token: Token, reference: Reference) -> bool:
    """Tell whether a word can begin a title: it has a capital, and some title begins with it."""
    return token.text[0].isupper() and split(token.text)[:1] in reference.title_starts


def in_title(span: Span, reference: Reference) -> bool:
    """Tell whether a stretch of text is but a title or a part of one, as "State" in "Secretary of State"."""
    if all(split(t.text) in reference.titles for t in span if split(t.text)):
        return True
    for first in span.doc.tokens[max(0, span.start - LONGEST_TITLE + 1) : span.start + 1]:
        if not begins_title(first, reference):
            continue
        found = title_at(span.doc[first.i : first.i + LONGEST_TITLE], 0, reference)
        if found is not None and first.i + found[0] >= span.end and found[0] > 1:
            return True
    return False


def before_name(span: Span, label: str, reference: Reference) -> tuple[int, int] | None:
    """Return where the title before a name begins and ends, or None if the span holds no titled name.

    "Marine MG Bradford Gering" gives (0, 2); "Kremlin Spokesman Dmitry Peskov" gives (1, 2).
    """
    first, last, i = None, 0, 0
    shortened = False
    while i < len(span) - 1:
        found = title_at(span, i, reference)
        if found is None:
            i += 1
            continue
        length, title = found
        if i + length >= len(span):
            break
        first = i if first is None or i > last else first
        shortened = title.kind in SHORTENED and span[i : i + length].text.isupper()
        i = last = i + length
    if (
        first is None
        or last >= len(span)
        or not (shortened or looks_like_name(span[last:], label, reference))
    ):
        return None
    return first, last


def looks_like_name(rest: Span, label: str, reference: Reference) -> bool:
    """Tell whether a person's name follows: always for a person, by its given name for others."""
    if not rest[0].text[:1].isupper() or len(rest) > 5:
        return False
    return label == "person" or (len(rest) > 1 and normalise(rest[0].text) in reference.given_names)


def title_before(doc: Doc, mention: Mention, reference: Reference) -> tuple[set[str], str]:
    """Return the normalised titles that stand right before a name, and the gender they tell."""
    end = tokens_of(doc, mention.span).start
    titles, gender = set(), ""
    for start in range(max(0, end - LONGEST_TITLE), end):
        if split(doc[start].text)[:1] not in reference.title_starts:
            continue
        title = reference.titles.get(split(doc[start:end].text))
        if title is not None:
            titles.add(normalise(doc[start:end].text))
            gender = gender or title.gender
    return titles, gender


def titled(doc: Doc, span: Span, reference: Reference) -> bool:
    """Tell whether a capitalised title stands right before a name that is not one itself: "Judge Pillay"."""
    if not span[0].text[:1].isupper() or not span[0].tag_.startswith("NN") or in_title(span, reference):
        return False
    starts = (
        t.i for t in doc.tokens[max(0, span.start - LONGEST_TITLE) : span.start] if begins_title(t, reference)
    )
    before = (reference.titles.get(split(doc[start : span.start].text)) for start in starts)
    return any(title is not None and title.kind in NAMED for title in before)


def without_office(span: Span, reference: Reference) -> Span:
    """Return the name of a body without the office after it: "State Department Spokesperson"."""
    end = len(span)
    while end > 1 and holds_office(span[end - 1], reference):
        end -= 1
    cut = end < len(span) and span[end - 1].tag_.startswith("NNP") and reference.lookup(span[:end].text)
    return span[:end] if cut else span


def holds_office(token: Token, reference: Reference) -> bool:
    """Tell whether a word alone is an office or a title."""
    role = reference.roles.get(token.lower_)
    return (role is not None and role.category == "person") or split(token.text) in reference.titles
