"""How a stretch of content stands to what others claim: it labels, pleads ignorance, negates or sets right."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tasks.denials.denial_acts import DEMONSTRATIVES, Dispute
from tasks.denials.denial_lexicon import Knowledge
from tasks.document.doc import Doc, Token
from tasks.document.records import DenialType
from tasks.document.token_ranges import Range, subtree

NEGATIVE_SUBJECTS = frozenset(["none", "nobody", "nothing", "neither"])
INTENTION = frozenset(
    ["will", "wo", "'ll", "’ll", "should", "must", "shall", "would", "can", "ca", "may", "let"]
)
HEDGES = frozenset(["think", "believe", "guess", "suppose", "mean", "know"])
SUBJECT_DEPS = frozenset(["nsubj", "nsubjpass", "expl", "csubj"])
ATTITUDES = frozenset(["want", "care", "know", "like", "need", "mind", "wish", "hope", "worry", "matter"])


@dataclass(frozen=True, slots=True)
class Stance:
    """A stretch that denies, if there is something to deny."""

    kind: DenialType
    piece: Range
    certain: bool
    """its words say so; otherwise it denies only what somebody claims"""


def find_stance(doc: Doc, piece: Range, labels: Sequence[Dispute], knowledge: Knowledge) -> Stance | None:
    """Return the stance of a sentence, or part of one, that somebody says."""
    certain = labelling(doc, piece, labels, knowledge)
    if certain is not None or asks(doc, piece):
        return certain
    parts = list(predicates(doc, piece))
    for n, (verb, part) in enumerate(parts):
        own = own_part(part, [other for _, other in parts[n + 1 :]])
        if knowledge.matches("lack_of_knowledge", doc, own):
            return Stance("lack_of_knowledge", part, False)
        if is_negated(verb):
            return Stance("negated_assertion", part, False)
    if knowledge.matches("rebuttal", doc, piece):
        return Stance("counter", aside(doc, piece, knowledge), False)
    return None


def aside(doc: Doc, piece: Range, knowledge: Knowledge) -> Range:
    """Return what of a stretch sets right: what stands in brackets, if it is there; else the whole."""
    tokens = doc.tokens
    opening = next((i for i in range(*piece) if tokens[i].text == "("), piece[1])
    closing = next((i for i in range(opening, piece[1]) if tokens[i].text == ")"), piece[1])
    inside = opening + 1, closing
    if inside[0] < closing and knowledge.matches("rebuttal", doc, inside):
        return inside
    return piece


def labelling(doc: Doc, piece: Range, labels: Sequence[Dispute], knowledge: Knowledge) -> Stance | None:
    """Return the stance of a stretch that calls a claim false, or None."""
    first = bisect_left(labels, piece[0], key=lambda label: label.cue.i)
    for label in labels[first : first + 1]:
        if label.cue.i < piece[1]:
            start, end = max(label.content[0], piece[0]), min(label.content[1], piece[1])
            return Stance(
                "labelling", piece if 2 * (end - start) >= piece[1] - piece[0] else (start, end), True
            )
    return Stance("labelling", piece, True) if unsound(doc, piece, knowledge) else None


def asks(doc: Doc, piece: Range) -> bool:
    """Tell whether a stretch ends in a question mark, within its closing quotation mark or not."""
    return "?" in (doc[piece[1] - 1].text, doc[max(piece[1] - 2, piece[0])].text)


def unsound(doc: Doc, piece: Range, knowledge: Knowledge) -> bool:
    """Tell whether a stretch says of a claim that it does not hold: *the argument does not hold water*."""
    return knowledge.matches("unsound", doc, piece) and any(
        doc[i].lower_ in knowledge.claim_nouns or doc[i].lower_ in DEMONSTRATIVES for i in range(*piece)
    )


def roots(doc: Doc, piece: Range) -> list[Token]:
    """Return the tokens of a stretch whose head lies outside it."""
    start, end = piece
    free = (t for t in doc.tokens[start:end] if t.head is t or not start <= t.head.i < end)
    return [t for t in free if not (t.is_punct or t.is_space)]


def predicates(doc: Doc, piece: Range) -> Iterator[tuple[Token, Range]]:
    """Yield the main verbs of a stretch, each with its part: the whole, or the conjunct that it heads."""
    for root in roots(doc, piece):
        yield root, piece
        for child in root.children:
            if child.i <= root.i or not piece[0] <= child.i < piece[1]:
                continue
            if child.dep_ in ("conj", "parataxis", "dep") and has_own_subject(child):
                start, end = subtree(child)
                yield child, (max(start, piece[0]), min(end, piece[1]))
            elif child.dep_ == "ccomp" and root.lower_ in HEDGES:
                yield child, piece


def own_part(part: Range, later: Sequence[Range]) -> Range:
    """Return a clause without the conjuncts that follow it."""
    ends = [start for start, _ in later if part[0] < start < part[1]]
    return part[0], min([part[1], *ends])


def has_own_subject(verb: Token) -> bool:
    """Tell whether a clause names its subject."""
    return any(k.dep_ in SUBJECT_DEPS for k in verb.children)


def is_negated(verb: Token) -> bool:
    """Tell whether a main clause asserts a negation: of a fact, not of a wish or an intention."""
    kids = verb.children
    if any(k.tag_ == "MD" or k.lower_ in INTENTION for k in kids if k.dep_ == "aux"):
        return False
    if any(k.dep_ in ("mark", "advmod") and k.lower_ in ("if", "unless", "whether", "why") for k in kids):
        return False
    if verb.lower_ in ATTITUDES:
        return False
    if any(k.dep_ == "neg" or k.lower_ == "never" for k in kids):
        return verb.tag_ != "VB" or any(k.lower_ in ("do", "did", "does") for k in kids)
    nominal = [k for k in kids if k.dep_ in ("nsubj", "nsubjpass", "dobj", "attr", "expl")]
    return any(
        k.lower_ in NEGATIVE_SUBJECTS
        or any(j.lower_ in ("no", "none", "neither") and j.i < k.i for j in k.children)
        for k in nominal
    )
