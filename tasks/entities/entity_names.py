"""The names in an entity of the recogniser: trimmed, without titles, split where it contains several."""

import re
from collections.abc import Iterator
from itertools import pairwise

from tasks.document.doc import Token, TokenSpan
from tasks.document.function_words import LIST_CONJUNCTIONS, WORD_PREFIXES, WORD_SUFFIXES
from tasks.entities.names import normalise_name
from tasks.entities.reference_loader import ReferenceTables
from tasks.entities.titles import find_title_range, has_preceding_title, is_part_of_title, remove_office

MENTION_LABELS = {
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
ARTICLES = frozenset({"the", "a", "an"})
# In a headline the recogniser takes a capitalised verb or question word as part of the name: "Will Sanders win?"
LEADING_TAGS = frozenset({"MD", "WRB", "VBZ", "VBD", "VBP", "IN", "CC"})
TRIMMED_TAGS = frozenset({"``", "''", ",", "-LRB-", "-RRB-", ":", "_SP", "HYPH"})
# *The University of the*: the recogniser leaves out the rest of the name.
TRIMMED_TRAILING_TAGS = frozenset({"IN", "DT", "CC"})
TRIMMED_LEADING_TAGS = TRIMMED_TAGS | LEADING_TAGS
# Of a person's name alone: *Combine Lee*, and in a headline *Ann Lee Got*.
LEADING_VERB_TAG = "VB"
TRAILING_VERB_TAGS = frozenset({"VBD", "VBZ", "VBP"})
NO_NAME_CHARS = re.compile(r"[<>=@]|://|\w\.\w+/")
"""characters of markup, addresses and accounts"""
DASHES = frozenset({"—", "–", "-", "--"})
ADDRESS_AND_DASH = 2
"""tokens of an address and the dash after it"""
# A comma before these is part of a name.
NAME_ENDS = frozenset(
    {"inc", "inc.", "llc", "ltd", "ltd.", "co", "co.", "corp", "corp.", "plc", "jr", "jr.", "sr", "sr."}
)
NAME_CONJUNCTIONS = LIST_CONJUNCTIONS | {"&"}
LISTED_LABELS = frozenset({"person", "organisation", "place"})
PLACE_LABELS = frozenset({"place", "country"})
# "of" ends a full name ("Nathan Law of Demosisto"), not a single one ("Joan of Arc").
FULL_NAME_TOKENS = 2
MIN_COMPOUND_TOKENS = 3
# Party and state after the name of a member of the US Congress: "R-Texas".
PARTY_AND_STATE = re.compile(r"[RDI]-[A-Z][\w.]*\.?")


def find_entity_names(entity: TokenSpan, reference: ReferenceTables) -> Iterator[tuple[TokenSpan, str]]:
    """Yield the names in one recognised entity; "Kremlin Spokesman Dmitry Peskov" contains two."""
    label = MENTION_LABELS[entity.label_]
    if (titled := _extend_titled_name(entity, label, reference)) is not None:
        yield titled, "person"
        return
    parts = _split_names(_trim_compound(_trim_name(_trim_markup(entity))), reference)
    if label in LISTED_LABELS:
        parts = [part for whole in parts for part in _split_list(whole, reference)]
    for part in parts:
        cut = find_title_range(part, label, reference)
        if cut is None:
            bare = _trim_name(remove_office(part, reference)) if label == "organisation" else part
            if len(bare) and not is_part_of_title(bare, reference) and _is_written_as_name(bare):
                yield _trim_affiliation(bare, label), label
            continue
        before, name = part[: cut[0]], _trim_name(part[cut[1] :])
        if len(before):
            yield _trim_name(before), "organisation"
        if len(name):
            yield _trim_affiliation(name, "person"), "person"


def _extend_titled_name(span: TokenSpan, label: str, reference: ReferenceTables) -> TokenSpan | None:
    """Return a full name after a title of which only the last word was found: *Chairman Ana [Ruiz]*, or None."""
    if len(span) != 1 or label not in LISTED_LABELS or span.start < FULL_NAME_TOKENS:
        return None
    first = span.doc[span.start - 1]
    if first.tag_ != "NNP" or first.ent_type_ or not first.text[:1].isupper() or not first.text[1:].islower():
        return None
    whole = TokenSpan(span.doc, first.i, span.end)
    return whole if has_preceding_title(span.doc, whole, reference) else None


def _is_written_as_name(span: TokenSpan) -> bool:
    """Return True if a span has a capital letter and is no party and state, and no verb: *Let the people vote*."""
    text = span.text
    if len(span) == 1 and span[0].tag_ == LEADING_VERB_TAG:
        return False
    return any(map(str.isupper, text)) and not PARTY_AND_STATE.fullmatch(text)


def _trim_affiliation(span: TokenSpan, label: str) -> TokenSpan:
    """Return a person's name without what is no part of it.

    That is the affiliation after it ("Nathan Law of Demosisto", "Ann Lee / Reuters") and the verb of a headline before
    or after it.
    """
    if label != "person":
        return span
    start = 1 if len(span) > 1 and span[0].tag_ == LEADING_VERB_TAG else 0
    ends = (
        i
        for i, t in enumerate(span)
        if i >= FULL_NAME_TOKENS and (t.tag_ in {"IN", *TRAILING_VERB_TAGS} or t.text == "/")
    )
    return span[start : next(ends, len(span))]


def _trim_markup(span: TokenSpan) -> TokenSpan:
    """Return the tokens before the first that belongs to markup, an address or, after a name, an account.

    An address and a dash before a name are left out: *pic.example.org/abc — Ann Lee*.
    """
    end = next((i for i, t in enumerate(span) if NO_NAME_CHARS.search(t.text)), len(span))
    if end == 0 and span[0].text.startswith("@"):
        return span
    if end == 0 and len(span) > ADDRESS_AND_DASH and span[1].text in DASHES:
        return _trim_markup(span[ADDRESS_AND_DASH:])
    return span[:end]


def _trim_compound(span: TokenSpan) -> TokenSpan:
    """Return the name in a compound: *Ann Lee-style*."""
    is_compound = (
        len(span) >= MIN_COMPOUND_TOKENS and span[-2].text in HYPHENS and span[-1].text in WORD_SUFFIXES
    )
    return span[:-2] if is_compound else span


def _split_list(span: TokenSpan, reference: ReferenceTables) -> list[TokenSpan]:
    """Return the names of a list without a conjunction; a place or a legal form after a comma is part of its name."""
    commas = [i for i, t in enumerate(span) if t.text == ","]
    if not commas or any(t.lower_ in NAME_CONJUNCTIONS for t in span.doc.tokens[span.start : span.end + 1]):
        return [span]
    parts = [span[a + 1 : b] for a, b in pairwise([-1, *commas, len(span)])]
    if not all(
        len(part) and part[0].text[:1].isupper() and part[0].lower_ not in NAME_ENDS for part in parts
    ):
        return [span]
    last = normalise_name(parts[-1].text)
    forms = reference.find_forms(last)
    is_place = last in reference.cities or any(form.label in PLACE_LABELS for form in forms)
    return [span] if is_place else [p for p in map(_trim_name, parts) if len(p)]


def _trim_name(span: TokenSpan) -> TokenSpan:
    """Return the span without outer articles, prefixed adjectives, possessive endings and punctuation."""
    tokens, start, end = span.doc.tokens, span.start + _count_prefix_tokens(span), span.end
    while start < end and (tokens[start].lower_ in ARTICLES or tokens[start].tag_ in TRIMMED_LEADING_TAGS):
        start += 1
    while end > start and (tokens[end - 1].text in POSSESSIVES or _is_trailing(tokens[end - 1])):
        end -= 1
    return TokenSpan(span.doc, start, end)


def _is_trailing(token: Token) -> bool:
    """Return True for a mark, or a function word or finite verb in lower case, with which no name ends."""
    is_word = token.tag_ in TRIMMED_TRAILING_TAGS | TRAILING_VERB_TAGS and token.text.islower()
    return token.tag_ in TRIMMED_TAGS or is_word


def _count_prefix_tokens(span: TokenSpan) -> int:
    """Return the length in tokens of a leading prefixed adjective: three in "pro-Beijing party"."""
    first = span.doc.tokens[span.start : min(span.start + 2, span.end)]
    prefixed = len(first) > 1 and first[0].lower_ in WORD_PREFIXES and first[1].text in "-–"
    return min(3, len(span)) if prefixed else 0


def _may_divide(token: Token) -> bool:
    """Return True for a possessive ending or a hyphen."""
    return token.tag_ == "POS" or token.text in HYPHENS


def _is_divider(span: TokenSpan, token: Token, reference: ReferenceTables) -> bool:
    """Return True if a token that may divide ends a known name ("Russia's army") or separates two ("U.S.-Mexico")."""
    i = token.i - span.start
    if not 0 < i < len(span) - 1:
        return False
    is_split = token.tag_ == "POS" or bool(reference.find_forms(span[i + 1 :].text))
    return is_split and bool(reference.find_forms(span[:i].text))


def _split_names(span: TokenSpan, reference: ReferenceTables) -> list[TokenSpan]:
    """Return the parts of a span, split at brackets and at the tokens of :func:`_is_divider`."""
    cuts = [
        i
        for i, t in enumerate(span)
        if t.text in "()[]" or (_may_divide(t) and _is_divider(span, t, reference))
    ]
    edges = [-1, *cuts, len(span)]
    parts = [_trim_name(span[a + 1 : b]) for a, b in pairwise(edges) if b > a + 1]
    return [part for part in parts if len(part)]
