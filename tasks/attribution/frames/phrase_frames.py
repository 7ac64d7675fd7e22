"""Contents that are phrases of a verb: its object, what the object is said to be, and the phrase of a preposition."""

from tasks.attribution.frames.dependents import get_children, is_finite, is_infinitive
from tasks.attribution.frames.frame_types import ContentRanges, FrameFinder
from tasks.attribution.source_phrases import find_agent_after_gerund, is_passive
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import TokenRange, get_subtree_range

OBJECT_COMPLEMENTS = frozenset(["prep", "oprd", "xcomp", "ccomp"])
GOVERNED_RELATIONS = frozenset(["pobj", "pcomp", "prep"])
TOPIC_PREPOSITIONS = frozenset(["of", "for", "as", "with", "to", "over", "about", "from", "against"])


def find_noun_object(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return the object and its complements: *criticised the plan for its cost*."""
    del doc
    if is_passive(cue):
        subjects = get_children(cue, "nsubjpass", "csubjpass")
        if not subjects:
            return [_cut_subtree_at_modifier(cue.head, cue)] if cue.dep_ == "acl" else None
        rest = [
            get_subtree_range(k)
            for k in get_children(cue, "prep", "oprd", "xcomp")
            if k.i > cue.i and k.lower_ in TOPIC_PREPOSITIONS
        ]
        return [get_subtree_range(subjects[0]), *rest]
    objects = [k for k in get_children(cue, "dobj") if k.i > cue.i]
    if not objects:
        return _find_antecedent(cue)
    start, noun = objects[0].left_edge.i, objects[0]
    if noun.ent_type_ == "DATE" and any(k.left_edge.i == noun.i + 1 for k in objects):
        # *blamed the '90s reforms*: the parser makes two objects of it.
        noun = objects[1]
    ends = [k.right_edge.i + 1 for k in cue.children if _is_object_complement(k, noun)]
    return [(max(start, cue.i + 1), max([_find_restrictive_end(noun), *ends]))]


def _find_antecedent(cue: Token) -> ContentRanges | None:
    """Return the noun that a relative clause modifies: *a charge (that) she denied*."""
    if cue.dep_ != "relcl" or cue.head.i > cue.i:
        return None
    if any(k.dep_ in ("dobj", "ccomp", "xcomp", "prep") and k.i > cue.i for k in cue.children):
        return None
    return [(cue.head.left_edge.i, max(cue.head.i + 1, cue.left_edge.i))]


def _is_object_complement(child: Token, noun: Token) -> bool:
    """Return True if a dependent after the object describes it: *for its cost*, *as a lie*."""
    if child.i < noun.i:
        return False
    return child.dep_ in OBJECT_COMPLEMENTS and (child.dep_ != "prep" or child.lower_ in TOPIC_PREPOSITIONS)


def _find_restrictive_end(noun: Token) -> int:
    """Return the end of a noun phrase without a relative clause that a comma sets off."""
    for child in noun.children:
        if child.dep_ == "relcl" and child.left_edge.i > 0 and child.left_edge.nbor(-1).text == ",":
            return max(noun.i + 1, child.left_edge.i - 1)
    return noun.right_edge.i + 1


def _cut_subtree_at_modifier(noun: Token, modifier: Token) -> TokenRange:
    """Return the phrase of a noun as far as a modifier of it."""
    return noun.left_edge.i, max(noun.i + 1, min(modifier.left_edge.i, noun.right_edge.i + 1))


def find_small_clause(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return an object and what it is said to be: *called the report a lie*, *considers him honest*."""
    del doc
    for child in get_children(cue, "oprd", "ccomp", "xcomp"):
        if child.i < cue.i or is_infinitive(child) or (child.dep_ != "oprd" and is_finite(child)):
            continue
        objects = [k.left_edge.i for k in get_children(cue, "dobj") if k.i > cue.i]
        starts = [child.left_edge.i, *objects]
        passive = [get_subtree_range(k) for k in get_children(cue, "nsubjpass")]
        return [*passive, (max(min(starts), cue.i + 1), child.right_edge.i + 1)]
    return None


def make_prepositional_frame(preposition: str) -> FrameFinder:
    """Return the frame of a cue with one preposition: *called for talks*, *accused of theft*."""

    def frame(doc: Doc, cue: Token) -> ContentRanges | None:
        del doc
        agent = [k for by in get_children(cue, "agent") for k in get_children(by, "pobj")]
        carriers = [cue, *agent, *get_children(cue, "prt", "advmod")]
        for child in (k for carrier in carriers for k in get_children(carrier, "prep")):
            inner = [
                k
                for k in child.children
                if k.i > child.i and (k.dep_ in GOVERNED_RELATIONS or preposition == "as")
            ]
            if child.lower_ != preposition or child.i < cue.i or not inner:
                continue
            if passive := get_children(cue, "nsubjpass"):
                by = find_agent_after_gerund(cue)
                end = child.right_edge.i + 1 if by is None else by.i
                return [*(get_subtree_range(k) for k in passive), (child.i, end)]
            objects = [k.left_edge.i for k in get_children(cue, "dobj") if cue.i < k.i < child.i]
            return [(min([inner[0].left_edge.i, *objects]), child.right_edge.i + 1)]
        return _find_clause_after_mark(cue, preposition)

    return frame


def _find_clause_after_mark(cue: Token, mark: str) -> ContentRanges | None:
    """Return the infinitive whose subject follows a preposition: *called for the mayor to resign*."""
    for clause in get_children(cue, "ccomp", "advcl", "xcomp"):
        marks = [k for k in clause.lefts if k.dep_ == "mark" and k.lower_ == mark and k.i > cue.i]
        if marks and is_infinitive(clause):
            return [(marks[0].i + 1, clause.right_edge.i + 1)]
    return None
