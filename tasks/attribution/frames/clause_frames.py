"""Contents that are clauses: the finite clause, infinitive or gerund of a verb, and the clause of an adverb."""

from tasks.attribution.frames.dependents import get_children, is_finite, is_infinitive
from tasks.attribution.frames.frame_types import ContentRanges
from tasks.attribution.source_phrases import SUBJECT_RELATIONS
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import get_subtree_range

OPENING_QUOTATION_MARKS = frozenset(["“", '"', "''", "``", "‘"])


def find_that_clause(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return the finite clause after the cue: *said (that) it was late*, *asked whether it was late*."""
    clause = next((k for k in get_children(cue, "ccomp") if k.i > cue.i and not _is_bare_infinitive(k)), None)
    clause = (
        clause or find_clause_on_adjunct(cue) or _find_clause_on_agent(cue) or _find_governing_clause(cue)
    )
    return _get_clause_content(doc, cue, clause) if clause is not None else None


def _find_governing_clause(cue: Token) -> Token | None:
    """Return the clause that the parser made govern its cue: *While she said the bridge was safe, it fell*."""
    clause = cue.head
    is_bare = cue.right_edge is cue and any(k.dep_ == "mark" for k in cue.lefts)
    if (
        cue.dep_ != "advcl"
        or not is_bare
        or clause.dep_ != "ccomp"
        or clause.i < cue.i
        or cue.nbor().is_punct
    ):
        return None
    inside = clause.doc.tokens[cue.i + 1 : clause.i]
    return clause if is_finite(clause) and not any(token.is_punct for token in inside) else None


def _find_clause_on_agent(cue: Token) -> Token | None:
    """Return the clause that the parser attached to the agent: *It was alleged by two guards that Reyes had paid*."""
    if not any(k.lower_ == "it" for k in get_children(cue, "nsubjpass")):
        return None
    agents = [noun for by in get_children(cue, "agent") for noun in get_children(by, "pobj")]
    clauses = [clause for noun in agents for clause in get_children(noun, "relcl", "acl", "ccomp")]
    return next((clause for clause in clauses if clause.left_edge.lower_ == "that"), None)


def find_clause_on_hearer(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return the *that* clause that the parser attached to who is told: *told a reporter that it was late*."""
    for hearer in get_children(cue, "dobj", "dative"):
        for clause in get_children(hearer, "acl", "ccomp", "relcl"):
            if hearer.i > cue.i and any(k.dep_ == "mark" and k.lower_ == "that" for k in clause.children):
                return _get_clause_content(doc, cue, clause)
    return None


def _get_clause_content(doc: Doc, cue: Token, clause: Token) -> ContentRanges:
    """Return a clause after its cue, with the adjunct of an aside before the cue."""
    start, end = get_subtree_range(clause)
    return [*_find_opening_adjunct(doc, cue), (max(start, cue.i + 1), end)]


def _is_bare_infinitive(verb: Token) -> bool:
    """Return True if a verb is an infinitive without a subject of its own."""
    return is_infinitive(verb) and not any(k.dep_ in SUBJECT_RELATIONS for k in verb.children)


def find_clause_on_adjunct(cue: Token) -> Token | None:
    """Return the *that* clause that the parser attached to an adjunct: *said in a statement that it was late*."""
    for preposition in get_children(cue, "prep"):
        for noun in get_children(preposition, "pobj"):
            for clause in get_children(noun, "acl", "ccomp", "relcl"):
                if any(k.dep_ == "mark" and k.lower_ == "that" for k in clause.children):
                    return clause
                if _is_complete_clause(clause):
                    return clause
            # *Pointed out in an interview with the station that it was late*.
            if (inner := find_clause_on_adjunct(noun)) is not None:
                return inner
    return None


def _is_complete_clause(clause: Token) -> bool:
    """Return True if *that* is a conjunction which the parser took for a pronoun: the clause lacks nothing."""
    first = clause.left_edge
    others = {k.dep_ for k in clause.children if k.i != first.i}
    return first.lower_ == "that" and first.tag_ == "WDT" and {"nsubj", "dobj"} <= others


def _find_opening_adjunct(doc: Doc, cue: Token) -> ContentRanges:
    """Return the adjunct before an aside: *In that case, she said, it was late*."""
    if cue.i + 2 >= len(doc) or doc[cue.i + 1].text != "," or doc[cue.i + 2].text in OPENING_QUOTATION_MARKS:
        return []
    own = [k.left_edge.i for k in get_children(cue, *SUBJECT_RELATIONS) if k.i < cue.i]
    first = min(own) if own else cue.i
    start = cue.sent.start
    return [(start, first - 1)] if first - start > 2 and doc[first - 1].text == "," else []


def find_infinitive(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return the infinitive of the cue's subject (*promised to leave*) or object (*urged them to leave*)."""
    del doc
    for child in get_children(cue, "xcomp", "ccomp"):
        if child.i > cue.i and is_infinitive(child):
            start, end = get_subtree_range(child)
            return [(max(min([start, *_find_object_starts(cue, child)]), cue.i + 1), end)]
    return None


def _find_object_starts(cue: Token, complement: Token) -> list[int]:
    """Return where the objects between a cue and its complement begin, those of *called on them to* included."""
    objects = [k for k in get_children(cue, "dobj", "dative") if cue.i < k.i < complement.i]
    for preposition in get_children(cue, "prep"):
        if preposition.lower_ in ("on", "upon", "with", "for"):
            objects += [k for k in get_children(preposition, "pobj") if cue.i < k.i < complement.i]
    return [k.left_edge.i for k in objects]


def find_passive_infinitive(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return the subject and the infinitive: *is believed to be unsafe*."""
    del doc
    subjects = get_children(cue, "nsubjpass")
    for child in get_children(cue, "xcomp"):
        if subjects and child.i > cue.i and is_infinitive(child):
            return [get_subtree_range(subjects[0]), get_subtree_range(child)]
    return None


def find_whole_clause(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return the clause of an adverb, without a conjunction before it: *was allegedly seen*."""
    head = cue.head
    while head.dep_ != "ROOT" and not head.tag_.startswith("VB"):
        head = head.head
    start, end = get_subtree_range(head)
    while start < cue.i and (doc[start].dep_ in ("cc", "mark") or doc[start].is_punct):
        start += 1
    if start == cue.i and start and doc[start - 1].tag_.startswith(("NN", "PRP")):
        # The parser attached the participle elsewhere: *over the rebels reportedly leaving*.
        start = doc[start - 1].left_edge.i
    return [(start, end)]


def find_verdict(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return the author's doubt of what somebody says: *The claim that it was late is dubious*."""
    del doc
    if cue.dep_ != "acomp":
        return None
    for subject in get_children(cue.head, "nsubj", "csubj"):
        clauses = get_children(subject, "acl", "relcl", "ccomp") if subject.dep_ == "nsubj" else [subject]
        if any(k.dep_ == "mark" for clause in clauses for k in clause.children):
            return [(subject.left_edge.i, cue.head.right_edge.i + 1)]
    return None


def find_gerund(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return the gerund: *admitted having seen it*."""
    del doc
    for child in get_children(cue, "xcomp", "ccomp"):
        participle = child.tag_ == "VBG" or any(
            k.tag_ == "VBG" and k.dep_ in ("aux", "auxpass") for k in child.children
        )
        if child.i > cue.i and participle:
            return [(max(child.left_edge.i, cue.i + 1), child.right_edge.i + 1)]
    return None
