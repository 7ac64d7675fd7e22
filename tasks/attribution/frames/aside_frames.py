"""Contents before or around their cue: *It was late, she said*; *the plan, she said, would fail*."""

from tasks.attribution.frames.dependents import FINITE_TAGS, get_children
from tasks.attribution.frames.frame_types import ContentRanges
from tasks.attribution.source_phrases import SUBJECT_RELATIONS
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import TokenRange, get_subtree_range, subtract_ranges

CLAUSE_TAGS = ("VB", "MD", "NN", "JJ")
MAX_ASIDE_TOKENS = 14
ASIDE_RELATIONS = frozenset(["parataxis", "ccomp", "advcl", "dep"])
CLAUSE_EDGES = frozenset([".", "?", "!", ";"])
CLOSING_QUOTATION_MARKS = frozenset(["”", '"', "''"])
MIN_CLAUSE_TOKENS = 4


def find_clause_before_comma(doc: Doc, cue: Token, objects: tuple[str, ...]) -> ContentRanges | None:
    """Return what stands before a comma and *said Ann Lee* at the end of a sentence, however it was parsed.

    The cue has none of these objects.
    """
    subject = next((k for k in cue.children if k.dep_ == "nsubj" and _is_beside(k, cue)), None)
    if subject is None or cue.dep_ != "ROOT" or cue.tag_ not in FINITE_TAGS:
        return None
    comma = min(cue.i, subject.left_edge.i) - 1
    if comma < 0 or doc[comma].text != "," or get_children(cue, *objects):
        return None
    after = max(cue.i, subject.right_edge.i) + 1
    if any(token.tag_ in FINITE_TAGS for token in doc.tokens[after : cue.sent.end]):
        return None
    start = comma
    while start and not _is_clause_edge(doc, start - 1):
        start -= 1
    if any(k.i < comma and _is_bare_participle(k) for k in get_children(cue, "advcl")):
        # *Asked whether it was late, she said no*: the participle is about the speaker.
        return None
    said = doc.tokens[start:comma]
    is_clause = len(said) >= MIN_CLAUSE_TOKENS and any(t.tag_.startswith(("VB", "MD")) for t in said)
    return [(start, comma)] if is_clause else None


def _is_bare_participle(verb: Token) -> bool:
    """Return True for a participle without subject and auxiliary."""
    return verb.tag_ in ("VBN", "VBG") and not get_children(verb, "aux", "auxpass", *SUBJECT_RELATIONS)


def _is_clause_edge(doc: Doc, i: int) -> bool:
    """Return True for a mark that ends a sentence, a quotation mark after such a mark, and a line end."""
    if doc[i].text in CLOSING_QUOTATION_MARKS:
        return i > 0 and doc[i - 1].text in CLAUSE_EDGES
    return doc[i].text in CLAUSE_EDGES or "\n" in doc[i].text


def _is_beside(subject: Token, cue: Token) -> bool:
    """Return True if a subject stands right before or right after its verb."""
    return subject.right_edge.i + 1 == cue.i or subject.left_edge.i == cue.i + 1


def find_clause_before(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return the clause before a cue without an object: *It was late, she said*."""
    if get_children(cue, "dobj"):
        return None
    return find_clause_before_cue(doc, cue)


def find_clause_before_cue(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return the clause before a cue, also if it has an object: *It was late, she told the station*."""
    del doc
    for child in get_children(cue, "ccomp"):
        if child.i < cue.i:
            start, end = get_subtree_range(child)
            own = min([k.left_edge.i for k in get_children(cue, *SUBJECT_RELATIONS) if k.i < cue.i] + [cue.i])
            end = min(end, own) if start < own else end
            return [(start, min(end, cue.i))] if start < cue.i else None
    return None


def find_surrounding_clause(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return the clause in which the cue's clause is an aside: *The plan, she said, would fail*."""
    return find_clause_around_aside(doc, cue, ("ccomp", "xcomp", "dobj"))


def find_clause_around_aside(doc: Doc, cue: Token, objects: tuple[str, ...]) -> ContentRanges | None:
    """Return the clause around the aside of a cue without these objects: *The plan, he told us, would fail*."""
    if (
        cue.dep_ not in ASIDE_RELATIONS
        or cue.tag_ in ("VBG", "VB")
        or not cue.head.tag_.startswith(CLAUSE_TAGS)
    ):
        return None
    aside = _cut_at_conjunction(doc, get_subtree_range(cue))
    if get_children(cue, *objects):
        return None
    if (aside[1] - aside[0] > MAX_ASIDE_TOKENS or not _is_set_off(doc, aside)) and not _is_set_off(
        doc, (aside[0], cue.i + 1)
    ):
        return None
    pieces = subtract_ranges(get_subtree_range(cue.head), [aside])
    return pieces if sum(b - a for a, b in pieces) > 2 else None


def _cut_at_conjunction(doc: Doc, piece: TokenRange) -> TokenRange:
    """Return an aside without the conjunction of the next clause: *It was late, she said, and he left*."""
    start, end = piece
    return (start, end - 1) if end - start > 2 and doc[end - 1].tag_ == "CC" else piece


def _is_set_off(doc: Doc, piece: TokenRange) -> bool:
    """Return True if commas, dashes or the edges of its sentence enclose a range."""
    before = doc[piece[0] - 1].text if piece[0] else ","
    after = doc[piece[1]].text if piece[1] < len(doc) else "."
    marks = {",", "—", "–", "--", "-", "”", '"', "''", ".", "(", ")", ";", "\n\n"}
    inner = doc[piece[0]].text in marks, doc[piece[1] - 1].text in marks
    return (before in marks or inner[0]) and (after in marks or inner[1])


def find_clause_around_as(doc: Doc, cue: Token) -> ContentRanges | None:
    """Return the rest of the sentence: *As she noted, it was late*."""
    if cue.dep_ != "advcl" or not any(
        k.lower_ == "as" and k.dep_ in ("mark", "prep", "advmod") for k in cue.children
    ):
        return None
    if any(k.dep_ in ("ccomp", "xcomp", "dobj") for k in cue.children):
        return None
    pieces = subtract_ranges(get_subtree_range(cue.head), [get_subtree_range(cue)])
    return pieces if _is_set_off(doc, get_subtree_range(cue)) else None
