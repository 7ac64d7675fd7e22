"""Contents of cues that are nouns: *the claim that it was late*, *corruption allegations*, *the promise to leave*."""

from tasks.attribution.frames.dependents import get_children, is_infinitive
from tasks.attribution.frames.frame_types import ContentRanges
from tasks.attribution.source_phrases import SUBJECT_RELATIONS
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import get_subtree_range


def find_noun_clause(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return the clause that gives the content of the noun: *the claim that it was late*."""
    del doc
    for child in get_children(cue, "acl", "ccomp", "relcl"):
        if child.i > cue.i and any(
            k.dep_ == "mark" and k.lower_ in ("that", "whether") for k in child.children
        ):
            start, end = get_subtree_range(child)
            return None if is_after_aside(cue, start) else [(start, end)]
    return None


def is_after_aside(noun: Token, start: int) -> bool:
    """Return True if commas set off the phrase of a noun, so that a clause after it is another's.

    *Maintains, despite the union's claims, that it was late*: the clause is the verb's.
    """
    preposition, tokens = noun.head, noun.doc.tokens
    if noun.dep_ != "pobj" or preposition.i < 1 or tokens[start - 1].text != ",":
        return False
    return tokens[preposition.i - 1].text == ","


def find_bare_noun_clause(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return a clause without *that*, which the parser takes for a relative one: *allegations he knew*."""
    del doc
    for child in get_children(cue, "acl", "relcl"):
        own = [k for k in child.children if k.dep_ in SUBJECT_RELATIONS]
        if (
            own
            and child.left_edge.i == cue.i + 1
            and own[0].tag_ not in ("WDT", "WP")
            and child.tag_ != "VBG"
        ):
            return [get_subtree_range(child)]
    return None


def find_compound_noun(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return the common nouns before the noun that name the charge: *corruption allegations*."""
    named = [
        k for k in get_children(cue, "compound", "amod", "nmod") if k.tag_ in ("NN", "NNS") and k.i < cue.i
    ]
    if not named:
        return None
    start = named[0].left_edge.i
    while (
        doc[start].tag_ in ("DT", "PRP$", "POS", "JJ", "CD")
        and start < named[0].i
        and doc[start].dep_ == "det"
    ):
        start += 1
    return [(start, named[-1].i + 1)]


def find_copula_clause(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return the clause that is the complement of the verb *be*: *the fear is that it was late*."""
    del doc
    if cue.dep_ != "nsubj":
        return None
    for child in get_children(cue.head, "ccomp"):
        if child.i > cue.head.i and any(k.dep_ == "mark" and k.lower_ == "that" for k in child.children):
            return [get_subtree_range(child)]
    return None


def find_noun_infinitive(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return the infinitive of the noun: *the promise to leave*."""
    del doc
    for child in get_children(cue, "acl", "relcl", "xcomp"):
        if child.i > cue.i and is_infinitive(child):
            return [get_subtree_range(child)]
    return None
