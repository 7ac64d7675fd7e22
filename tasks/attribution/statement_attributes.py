"""Attributes of a statement: its addressee, hedging and evidence."""

from collections.abc import Sequence, Set

from tasks.attribution.reporting_words import ReportingWords
from tasks.document.doc import Doc, Token
from tasks.document.records import Span
from tasks.document.token_ranges import (
    TokenRange,
    get_character_span,
    get_subtree_range,
    is_in_ranges,
)

ADDRESSEE_FRAMES = frozenset(["that", "quote", "inf", "before", "around", "about"])
ADDRESSEE_PREPOSITIONS = frozenset(["to", "with"])


def find_addressee(cue: Token, rule: str, content: Sequence[TokenRange]) -> TokenRange | None:
    """Return the noun phrase spoken to: *told reporters*, *said to them*, *urged the rebels to*."""
    if rule not in ADDRESSEE_FRAMES:
        return None
    for child in cue.children:
        heard = child.dep_ in ("dobj", "dative") and child.tag_.startswith(("NN", "PRP"))
        if heard and (rule in ("inf", "about") or not is_in_ranges(child.i, content)):
            return get_subtree_range(child)
        if (
            child.dep_ in ("prep", "dative")
            and child.lower_ in ADDRESSEE_PREPOSITIONS
            and not is_in_ranges(child.i, content)
        ):
            person = next((k for k in child.children if k.dep_ == "pobj" and k.ent_type_ != "DATE"), None)
            if person is not None:
                return get_subtree_range(person)
    return None


def is_hedged(doc: Doc, cue: Token, content: Sequence[TokenRange], hedges: Set[str]) -> bool:
    """Return True if a hedge is the cue, one of its adverbs or auxiliaries, or in the content."""
    if cue.lower_ in hedges or any(k.lower_ in hedges and k.dep_ in ("advmod", "aux") for k in cue.children):
        return True
    return any(not hedges.isdisjoint([t.lower_ for t in doc.tokens[start:end]]) for start, end in content)


def find_evidence(doc: Doc, cue: Token, content: Sequence[TokenRange], words: ReportingWords) -> Span | None:
    """Return the phrase that names evidence in the content or beside the cue, or None: *no evidence* is none."""
    pieces = [*content, *(get_subtree_range(k) for k in cue.children if k.dep_ in ("prep", "advcl"))]
    found = {
        t.i: t
        for a, b in pieces
        for t in doc.tokens[a:b]
        if t.lower_ in words.evidence or t.text in words.evidence
    }
    for noun in (found[i] for i in sorted(found)):
        if noun.tag_.startswith("NN"):
            before = [k for k in noun.lefts if k.dep_ in ("det", "amod", "compound", "nummod", "poss")]
            if not any(k.lower_ in words.word_classes["absence"] for k in before):
                return get_character_span(doc, (min([noun.i, *(k.left_edge.i for k in before)]), noun.i + 1))
    return None
