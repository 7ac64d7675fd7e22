"""Mentions: every name and personal pronoun that refers to somebody or something.

The entity recogniser and the reference tables propose; where they overlap the tables win on what they know
and the recogniser on the rest. Titles come off, and a vote over the document settles each name's label.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tasks.document.doc import Doc, Span, Token
from tasks.document.records import Mention
from tasks.entities.entity_names import LABELS, pieces
from tasks.entities.gazetteer import Match, find_known
from tasks.entities.label_vote import vote
from tasks.entities.names import initials
from tasks.entities.reference_loader import Reference
from tasks.entities.titles import before_name

JOINING = frozenset({"and", "or"})
NOUNS = frozenset({"NNP", "NNPS", "NN"})
PRONOUNS = {
    **dict.fromkeys(("he", "him", "himself", "she", "her", "herself", "i", "me", "myself"), "person"),
    **dict.fromkeys(("they", "them", "themselves", "we", "us", "ourselves", "it", "itself"), "other"),
}


def find_mentions(doc: Doc, reference: Reference) -> list[Mention]:
    """Return the mentions of one document in order; names never overlap one another.

    Args:
        doc: a whole article, ``token.idx`` being an offset into its text.
        reference: the tables of known names and titles.
    """
    matches = find_known(doc.text, reference)
    named = list(sharing(doc, reference))
    taken = cover(doc, named)
    recognised = [m for m in from_entities(doc, matches, reference) if not taken & cover(doc, [m])]
    taken |= cover(doc, recognised)
    known = [m for match in matches if (m := from_match(doc, match, taken, reference)) is not None]
    taken |= cover(doc, known)
    named += recognised + known
    repeated = again(doc, named, taken)
    named += repeated
    vote(doc, named, reference)
    return sorted([*named, *pronouns(doc, taken | {m.head for m in repeated})], key=lambda m: m.span)


def cover(doc: Doc, mentions: Iterable[Mention]) -> set[int]:
    """Return the indices of the tokens that lie in a mention."""
    spans = (doc.char_span(*m.span) for m in mentions)
    return {i for span in spans if span is not None for i in range(span.start, span.end)}


def mention(span: Span, label: str) -> Mention:
    """Return the mention of a spaCy span."""
    return Mention((span.start_char, span.end_char), span.text, label, span.root.i)


def sharing(doc: Doc, reference: Reference) -> Iterator[Mention]:
    """Yield the names of "North and South Korea", which the tables know both: the first shares the last word."""
    links = [token.i for token in doc.tokens[1:-2] if token.lower_ in JOINING]
    for first, second, last in ((doc[i - 1], doc[i + 1], doc[i + 2]) for i in links):
        if first.text[:1].isupper() and second.text[:1].isupper():
            whole = reference.lookup(f"{first.text} {last.text}")
            other = reference.lookup(f"{second.text} {last.text}")
            if whole and other and last.tag_.startswith("NN"):
                known = whole[0].known
                yield replace(mention(doc[first.i : first.i + 1], whole[0].label), entity_id=known.entity_id)
                yield mention(doc[second.i : last.i + 1], other[0].label)


def from_entities(doc: Doc, matches: list[Match], reference: Reference) -> Iterator[Mention]:
    """Yield the recogniser's entities, trimmed and freed of titles, where the tables do not know better."""
    starts, ends = [m.span[0] for m in matches], [m.span[1] for m in matches]
    for entity in doc.ents:
        if entity.label_ not in LABELS:
            continue
        for part, label in pieces(entity, reference):
            inside = matches[bisect_right(ends, part.start_char) : bisect_left(starts, part.end_char)]
            if not any(prevails(match, part, label) for match in inside):
                yield mention(part, label)


def prevails(match: Match, part: Span, label: str) -> bool:
    """Tell whether a match of the tables takes the place of the recogniser's name.

    A person's name of several words keeps a country that happens to be inside it ("Chad Smith"), and so
    does a longer name of an organisation ("Russian Foreign Ministry"); weapons and known persons come out.
    """
    covers = match.span[0] <= part.start_char and part.end_char <= match.span[1]
    known = match.entries[0].label if match.entries else "weapon"
    return covers or (known == "weapon" and label == "other") or (known == "person" and label != "person")


def from_match(doc: Doc, match: Match, taken: set[int], reference: Reference) -> Mention | None:
    """Return the mention of a known name without its title, unless a longer name already holds its tokens."""
    span = doc.char_span(*match.span)
    if span is None or not taken.isdisjoint(range(span.start, span.end)):
        return None
    label = match.entries[0].label if match.entries else "weapon"
    cut = before_name(span, label, reference) if label == "person" else None
    # The title of "Pope Francis" is part of his name.
    if cut is None or cut[0] > 0 or match.entries[0].known.name == match.entries[0].form:
        start, end = match.span
        return Mention((start, end), doc.text[start:end], label, span.root.i)
    return mention(span[cut[1] :], label)


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
        if t.text in labels and t.i not in taken and t.tag_ in NOUNS
    ]


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
