"""Mentions: every name and personal pronoun that refers to somebody or something.

The entity recogniser and the reference tables propose; where they overlap the tables win on what they know
and the recogniser on the rest. Titles come off, and a vote over the document settles each name's label.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from tasks.extract.gazetteer import Match, find_known
from tasks.normalise.names import initials, normalise, split, surname
from tasks.normalise.reference import Reference
from tasks.normalise.titles import before_name, in_title
from tasks.parsed import Doc, Span, Token
from tasks.records import Mention

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
PRONOUNS = {
    **dict.fromkeys(("he", "him", "himself", "she", "her", "herself", "i", "me", "myself"), "person"),
    **dict.fromkeys(("they", "them", "themselves", "we", "us", "ourselves", "it", "itself"), "other"),
}
POSSESSIVES = frozenset({"'s", "’s", "'", "’", "s’", "s'"})
LEADING = frozenset({"the", "a", "an"})
# A headline's capitals draw its verb or question word into the name: "Will Sanders win?"
LEADING_TAGS = frozenset({"MD", "WRB", "VBZ", "VBD", "VBP", "IN", "CC"})
TRIMMED_TAGS = frozenset({"``", "''", ",", "-LRB-", "-RRB-", ":", "_SP", "HYPH"})


def find_mentions(doc: Doc, reference: Reference) -> list[Mention]:
    """Return the mentions of one document in order; names never overlap one another.

    Args:
        doc: a whole article, ``token.idx`` being an offset into its text.
        reference: the tables of known names and titles.
    """
    text = doc.text
    matches = find_known(text, reference)
    named = list(from_entities(doc, matches, reference))
    taken = cover(doc, named)
    named += [m for match in matches if (m := from_match(doc, text, match, taken)) is not None]
    taken = cover(doc, named)
    named += again(doc, named, taken)
    vote(named, reference)
    return sorted([*named, *pronouns(doc, cover(doc, named))], key=lambda m: m.span)


def cover(doc: Doc, mentions: Iterable[Mention]) -> set[int]:
    """Return the indices of the tokens that lie in a mention."""
    spans = (doc.char_span(*m.span) for m in mentions)
    return {token.i for span in spans if span is not None for token in span}


def mention(span: Span, label: str) -> Mention:
    """Return the mention of a spaCy span."""
    return Mention((span.start_char, span.end_char), span.text, label, span.root.i)


def from_entities(doc: Doc, matches: list[Match], reference: Reference) -> Iterator[Mention]:
    """Yield the recogniser's entities, trimmed and freed of titles, where the tables do not know better."""
    for entity in doc.ents:
        if entity.label_ not in LABELS:
            continue
        for part, label in pieces(entity, reference):
            inside = [m for m in matches if m.span[0] < part.end_char and part.start_char < m.span[1]]
            if not any(prevails(match, part, label) for match in inside):
                yield mention(part, label)


def pieces(entity: Span, reference: Reference) -> Iterator[tuple[Span, str]]:
    """Yield the names that one recognised entity holds: "Kremlin Spokesman Dmitry Peskov" holds two."""
    label = LABELS[entity.label_]
    for part in apart(trim(entity), reference):
        cut = before_name(part, label, reference)
        if cut is None:
            if not in_title(part, reference):
                yield part, label
            continue
        before, name = part[: cut[0]], trim(part[cut[1] :])
        if len(before):
            yield trim(before), "organisation"
        if len(name):
            yield name, "person"


def trim(span: Span) -> Span:
    """Return the span without article, possessive ending, quotation marks and punctuation at its ends."""
    start, end = 0, len(span)
    while start < end and (span[start].lower_ in LEADING or span[start].tag_ in TRIMMED_TAGS | LEADING_TAGS):
        start += 1
    while end > start and (span[end - 1].text in POSSESSIVES or span[end - 1].tag_ in TRIMMED_TAGS):
        end -= 1
    return span[start:end]


def apart(span: Span, reference: Reference) -> list[Span]:
    """Return the parts of a span that a bracket or the possessive ending of a known name divides."""
    cuts = [
        i
        for i, t in enumerate(span)
        if t.text in "()[]" or (t.tag_ == "POS" and 0 < i < len(span) - 1 and reference.lookup(span[:i].text))
    ]
    edges = [-1, *cuts, len(span)]
    parts = [trim(span[a + 1 : b]) for a, b in pairwise(edges) if b > a + 1]
    return [part for part in parts if len(part)]


def prevails(match: Match, part: Span, label: str) -> bool:
    """Tell whether a match of the tables takes the place of the recogniser's name.

    A person's name of several words keeps a country that happens to be inside it ("Chad Smith"), and so
    does a longer name of an organisation ("Russian Foreign Ministry"); weapons and known persons come out.
    """
    covers = match.span[0] <= part.start_char and part.end_char <= match.span[1]
    known = match.entries[0].label if match.entries else "weapon"
    return covers or (known == "weapon" and label == "other") or (known == "person" and label != "person")


def from_match(doc: Doc, text: str, match: Match, taken: set[int]) -> Mention | None:
    """Return the mention of a known name, unless a longer name already holds its tokens."""
    span = doc.char_span(*match.span)
    if span is None or any(t.i in taken for t in span):
        return None
    start, end = match.span
    label = match.entries[0].label if match.entries else "weapon"
    return Mention((start, end), text[start:end], label, span.root.i)


def again(doc: Doc, named: list[Mention], taken: set[int]) -> list[Mention]:
    """Return the missed places where a surname, a single-word name or an organisation's initials stand."""
    people = {m.text.split()[-1] for m in named if m.label == "person" and " " in m.text}
    labels = {m.text: m.label for m in named if " " not in m.text and len(m.text) > 2 and m.label != "other"}
    bodies = [m.text for m in named if m.label == "organisation" and " " in m.text]
    labels |= {short.upper(): "organisation" for name in bodies for short in initials(name) if len(short) > 2}
    labels |= {name: "person" for name in people if len(name) > 2 and name[0].isupper()}
    return [
        mention(doc[t.i : t.i + 1], labels[t.text])
        for t in doc
        if t.i not in taken and t.text in labels and t.tag_ in {"NNP", "NNPS", "NN"}
    ]


def vote(named: list[Mention], reference: Reference) -> None:
    """Give every name of one form the label most of its mentions have; tables and full names outvote all."""
    people = {surname(m.text) for m in named if m.label == "person" and " " in m.text}
    ballots: dict[str, Counter[str]] = defaultdict(Counter)
    for m in named:
        ballots[normalise(m.text)][m.label] += 1
    for m in named:
        entries = reference.lookup(m.text)
        name = normalise(m.text)
        if entries and m.label != "person":
            m.label = entries[0].label
        elif name in people and not entries:
            m.label = "person"
        elif not entries:
            m.label = min(ballots[name], key=lambda label: (-ballots[name][label], label != "person", label))
        if m.label == "nationality" and " " not in m.text and not split(m.text):
            m.label = "other"


def pronouns(doc: Doc, taken: set[int]) -> Iterator[Mention]:
    """Yield the personal pronouns; who they are is for resolution to say."""
    for token in doc:
        if token.tag_ == "PRP" and token.lower_ in PRONOUNS and token.i not in taken and not expletive(token):
            yield Mention(
                (token.idx, token.idx + len(token)), token.text, PRONOUNS[token.lower_], token.i, pronoun=True
            )


def expletive(token: Token) -> bool:
    """Tell whether "it" refers to nothing, as in "it rains"."""
    return bool(token.dep_ == "expl")
