"""The names that the recogniser's entities hold: trimmed, freed of titles, divided where they hold several."""

import re
from collections.abc import Iterator
from itertools import pairwise

from tasks.document.doc import Span, Token
from tasks.entities.reference_loader import Reference
from tasks.entities.titles import before_name, in_title, without_office

LABELS = {
    "PERSON": "person",
    "ORG": "organisation",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "NORP": "nationality",
    "EVENT": "event",
    "PRODUCT": "other",
    "WORK_OF_ART": "other",
    "LAW": "other",
}
POSSESSIVES = frozenset({"'s", "’s", "'", "’", "s’", "s'"})
HYPHENS = frozenset({"-", "–", "/"})
LEADING = frozenset({"the", "a", "an"})
# A headline's capitals draw its verb or question word into the name: "Will Sanders win?"
LEADING_TAGS = frozenset({"MD", "WRB", "VBZ", "VBD", "VBP", "IN", "CC"})
TRIMMED_TAGS = frozenset({"``", "''", ",", "-LRB-", "-RRB-", ":", "_SP", "HYPH"})
TRIMMED_FIRST = TRIMMED_TAGS | LEADING_TAGS
# "Pro-Beijing" before a name is no part of it; what is known in it (Japanese) is found by itself.
PREFIXES = frozenset({"anti", "pro", "non", "pre", "post", "ex"})
# "Nathan Law of Demosisto" is Nathan Law; "Joan of Arc" is whole.
FULL_NAME = 2
# Party and state behind the name of a member of the US Congress: "R-Texas".
MEMBER = re.compile(r"[RDI]-[A-Z][\w.]*\.?")


def pieces(entity: Span, reference: Reference) -> Iterator[tuple[Span, str]]:
    """Yield the names that one recognised entity holds: "Kremlin Spokesman Dmitry Peskov" holds two."""
    label = LABELS[entity.label_]
    for part in apart(trim(entity), reference):
        cut = before_name(part, label, reference)
        if cut is None:
            bare = trim(without_office(part, reference)) if label == "organisation" else part
            if len(bare) and not in_title(bare, reference) and is_name(bare):
                yield named(bare, label), label
            continue
        before, name = part[: cut[0]], trim(part[cut[1] :])
        if len(before):
            yield trim(before), "organisation"
        if len(name):
            yield named(name, "person"), "person"


def is_name(span: Span) -> bool:
    """Tell whether a stretch of text is written as a name."""
    return any(c.isupper() for c in span.text) and not MEMBER.fullmatch(span.text)


def named(span: Span, label: str) -> Span:
    """Return a person's full name without what says where he belongs: "Nathan Law of Demosisto"."""
    of = next((i for i, t in enumerate(span) if t.tag_ == "IN" and i >= FULL_NAME), None)
    return span[:of] if label == "person" and of is not None else span


def trim(span: Span) -> Span:
    """Return the span without article, prefix, possessive ending, quotation marks and punctuation at its ends."""
    tokens, start, end = span.doc.tokens, span.start + prefix(span), span.end
    while start < end and (tokens[start].lower_ in LEADING or tokens[start].tag_ in TRIMMED_FIRST):
        start += 1
    while end > start and (tokens[end - 1].text in POSSESSIVES or tokens[end - 1].tag_ in TRIMMED_TAGS):
        end -= 1
    return Span(span.doc, start, end)


def prefix(span: Span) -> int:
    """Return the number of tokens of a prefixed adjective at the beginning: three in "pro-Beijing party"."""
    prefixed = len(span) > 1 and span[0].lower_ in PREFIXES and span[1].text in "-–"
    return min(3, len(span)) if prefixed else 0


def divides(span: Span, token: Token, reference: Reference) -> bool:
    """Tell whether a token ends a known name inside a span: "Russia's army", or parts two: "U.S.-Mexico"."""
    i, possessive = token.i - span.start, token.tag_ == "POS"
    if not (possessive or token.text in HYPHENS) or not 0 < i < len(span) - 1:
        return False
    both = possessive or bool(reference.lookup(span[i + 1 :].text))
    return both and bool(reference.lookup(span[:i].text))


def apart(span: Span, reference: Reference) -> list[Span]:
    """Return the parts of a span that a bracket, a known name's possessive ending or a hyphen between two divides."""
    cuts = [i for i, t in enumerate(span) if t.text in "()[]" or divides(span, t, reference)]
    edges = [-1, *cuts, len(span)]
    parts = [trim(span[a + 1 : b]) for a, b in pairwise(edges) if b > a + 1]
    return [part for part in parts if len(part)]
