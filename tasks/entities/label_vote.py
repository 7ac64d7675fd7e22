"""The label of each name, settled over the document: what a single place leaves open, the others tell."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from tasks.document.char_spans import tokens_of
from tasks.document.doc import Doc
from tasks.document.records import Mention
from tasks.entities.names import normalise, split, surname
from tasks.entities.reference_loader import Reference
from tasks.entities.titles import holds_office, titled

# Characters around a name in capitals that tell whether all the text is.
AROUND = 40
LONGEST_PERSON = 3


def vote(doc: Doc, named: list[Mention], reference: Reference) -> None:
    """Give every name of one form the label most of its mentions have; tables and full names outvote all."""
    for m in named:
        if not reference.lookup(m.text):
            m.label = corrected(doc, m, reference)
    people = {surname(m.text) for m in named if m.label == "person" and " " in m.text}
    people |= reference.surnames.keys()
    ballots: dict[str, Counter[str]] = defaultdict(Counter)
    for m in named:
        ballots[normalise(m.text)][m.label] += 1
    for m in named:
        if entries := reference.lookup(m.text):
            m.label = m.label if m.label == "person" else entries[0].label
        elif normalise(m.text) in people and not capitals(doc, m):
            m.label = "person"
        else:
            m.label = written(doc, m, elected(ballots[normalise(m.text)]))


def written(doc: Doc, mention: Mention, label: str) -> str:
    """Return the label that the way a name is written leaves possible: one word in capitals is no person."""
    if label == "person" and capitals(doc, mention):
        return "other" if any(c.isdigit() for c in mention.text) else "organisation"
    return "other" if label == "nationality" and not split(mention.text) else label


def elected(ballot: Counter[str]) -> str:
    """Return the label that most mentions of a form have; at a draw, that of an organisation."""
    return min(ballot, key=lambda label: (-ballot[label], label != "person", label))


def corrected(doc: Doc, mention: Mention, reference: Reference) -> str:
    """Return the label that the words beside a name tell: a title or an office makes a person, an article none."""
    span = tokens_of(doc, mention.span)
    if mention.label in {"organisation", "place", "other"} and len(span) <= LONGEST_PERSON:
        office = any(t.dep_ == "appos" and holds_office(t, reference) for t in doc[mention.head].rights)
        return "person" if office or titled(doc, span, reference) else mention.label
    if mention.label == "person" and article(doc, mention, span.start):
        return "other"
    return mention.label


def article(doc: Doc, mention: Mention, start: int) -> bool:
    """Tell whether "the" stands right before a name that heads its phrase, as before a ship's and no person's."""
    head = doc[mention.head]
    heads = head.dep_ not in {"compound", "poss", "nmod", "amod"} and head.tag_ == "NNP"
    return heads and start > 0 and doc[start - 1].lower_ == "the"


def capitals(doc: Doc, mention: Mention) -> bool:
    """Tell whether a name is one word in capitals in a text that is not: an acronym."""
    start, end = mention.span
    around: Iterable[str] = doc.text[max(0, start - AROUND) : start] + doc.text[end : end + AROUND]
    return " " not in mention.text and mention.text.isupper() and any(c.islower() for c in around)
