"""Contents of cues, one function for each frame (the complement that a cue takes).

Each function returns the ranges of the content, or None if the cue does not occur in that frame.
"""

from collections.abc import Callable

from tasks.attribution.source_phrases import SUBJECT_RELATIONS, is_passive
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import TokenRange, get_subtree_range, subtract_ranges

ContentRanges = list[TokenRange]
FrameFinder = Callable[[Doc, Token], ContentRanges | None]
OBJECT_COMPLEMENTS = frozenset(["prep", "oprd", "xcomp", "ccomp"])
CLAUSE_TAGS = ("VB", "MD", "NN", "JJ")
OPENING_QUOTATION_MARKS = frozenset(["“", '"', "''", "``", "‘"])
MAX_ASIDE_TOKENS = 14
ASIDE_RELATIONS = frozenset(["parataxis", "ccomp", "advcl", "dep"])
FINITE_TAGS = frozenset(["VBD", "VBZ", "VBP", "MD"])
CLAUSE_EDGES = frozenset([".", "?", "!", ";"])
CLOSING_QUOTATION_MARKS = frozenset(["”", '"', "''"])
MIN_CLAUSE_TOKENS = 4


def get_children(token: Token, *deps: str) -> list[Token]:
    """Return the dependents of a token by one of the relations."""
    found = [child for child in token.lefts if child.dep_ in deps]
    return found + [child for child in token.rights if child.dep_ in deps] if token.rights else found


def is_infinitive(verb: Token) -> bool:
    """Return True if a verb has *to* before it."""
    return any(child.tag_ == "TO" for child in verb.children)


def is_finite(verb: Token) -> bool:
    """Return True if a clause has a tensed verb or a conjunction of its own."""
    if verb.tag_ in FINITE_TAGS:
        return True
    return any(
        (k.tag_ in FINITE_TAGS and k.dep_ in ("aux", "auxpass")) or k.dep_ == "mark" for k in verb.children
    )


def _find_that_clause(doc: Doc, cue: Token) -> ContentRanges | None:
    """*said (that) it was late*, *asked whether ...*: a finite clause after the cue."""
    clause = next((k for k in get_children(cue, "ccomp") if k.i > cue.i and not _is_bare_infinitive(k)), None)
    clause = (
        clause or _find_clause_on_adjunct(cue) or _find_clause_on_agent(cue) or _find_governing_clause(cue)
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
    said = doc.tokens[start:comma]
    is_clause = len(said) >= MIN_CLAUSE_TOKENS and any(t.tag_.startswith(("VB", "MD")) for t in said)
    return [(start, comma)] if is_clause else None


def _is_clause_edge(doc: Doc, i: int) -> bool:
    """Return True for a mark that ends a sentence, a quotation mark after such a mark, and a line end."""
    if doc[i].text in CLOSING_QUOTATION_MARKS:
        return i > 0 and doc[i - 1].text in CLAUSE_EDGES
    return doc[i].text in CLAUSE_EDGES or "\n" in doc[i].text


def _is_beside(subject: Token, cue: Token) -> bool:
    """Return True if a subject stands right before or right after its verb."""
    return subject.right_edge.i + 1 == cue.i or subject.left_edge.i == cue.i + 1


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


def _find_clause_on_adjunct(cue: Token) -> Token | None:
    """Return the *that* clause that the parser attached to an adjunct: *said in a statement that it was late*."""
    for preposition in get_children(cue, "prep"):
        for noun in get_children(preposition, "pobj"):
            for clause in get_children(noun, "acl", "ccomp", "relcl"):
                if any(k.dep_ == "mark" and k.lower_ == "that" for k in clause.children):
                    return clause
            # *Pointed out in an interview with the station that it was late*.
            if (inner := _find_clause_on_adjunct(noun)) is not None:
                return inner
    return None


def _find_opening_adjunct(doc: Doc, cue: Token) -> ContentRanges:
    """Return the adjunct before an aside: *In that case, she said, it was late*."""
    if cue.i + 2 >= len(doc) or doc[cue.i + 1].text != "," or doc[cue.i + 2].text in OPENING_QUOTATION_MARKS:
        return []
    own = [k.left_edge.i for k in get_children(cue, *SUBJECT_RELATIONS) if k.i < cue.i]
    first = min(own) if own else cue.i
    start = cue.sent.start
    return [(start, first - 1)] if first - start > 2 and doc[first - 1].text == "," else []


def _find_clause_before(doc: Doc, cue: Token) -> ContentRanges | None:
    """*It was late, she said*: a clause before the cue."""
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


def _find_surrounding_clause(doc: Doc, cue: Token) -> ContentRanges | None:
    """*The plan, she said, would fail*: the cue's clause is an aside in the clause that it reports."""
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


def _find_clause_around_as(doc: Doc, cue: Token) -> ContentRanges | None:
    """*As she noted, it was late*: the rest of the sentence is what was noted."""
    if cue.dep_ != "advcl" or not any(
        k.lower_ == "as" and k.dep_ in ("mark", "prep", "advmod") for k in cue.children
    ):
        return None
    if any(k.dep_ in ("ccomp", "xcomp", "dobj") for k in cue.children):
        return None
    pieces = subtract_ranges(get_subtree_range(cue.head), [get_subtree_range(cue)])
    return pieces if _is_set_off(doc, get_subtree_range(cue)) else None


def _find_infinitive(doc: Doc, cue: Token) -> ContentRanges | None:
    """*promised to leave*: an infinitive of the cue's own subject, or of its object (*urged them to leave*)."""
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


def _find_passive_infinitive(doc: Doc, cue: Token) -> ContentRanges | None:
    """*is believed to be unsafe*: the subject and the infinitive."""
    del doc
    subjects = get_children(cue, "nsubjpass")
    for child in get_children(cue, "xcomp"):
        if subjects and child.i > cue.i and is_infinitive(child):
            return [get_subtree_range(subjects[0]), get_subtree_range(child)]
    return None


def _find_raising_complement(doc: Doc, cue: Token) -> ContentRanges | None:
    """*he seems to know*, *it appears calm*: the subject and what it is said to be or do."""
    del doc
    for child in get_children(cue, "xcomp", "oprd", "acomp", "ccomp"):
        if child.i > cue.i:
            return [
                *(get_subtree_range(k) for k in get_children(cue, *SUBJECT_RELATIONS)),
                (cue.i + 1, child.right_edge.i + 1),
            ]
    return None


def _find_whole_clause(doc: Doc, cue: Token) -> ContentRanges | None:
    """*was allegedly seen*: the clause of an adverb, without a conjunction before it."""
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


def _find_verdict(doc: Doc, cue: Token) -> ContentRanges | None:
    """*The claim that it was late is dubious*: the author's doubt of what somebody says."""
    del doc
    if cue.dep_ != "acomp":
        return None
    for subject in get_children(cue.head, "nsubj", "csubj"):
        clauses = get_children(subject, "acl", "relcl", "ccomp") if subject.dep_ == "nsubj" else [subject]
        if any(k.dep_ == "mark" for clause in clauses for k in clause.children):
            return [(subject.left_edge.i, cue.head.right_edge.i + 1)]
    return None


def _find_gerund(doc: Doc, cue: Token) -> ContentRanges | None:
    """*admitted having seen it*: a gerund."""
    del doc
    for child in get_children(cue, "xcomp", "ccomp"):
        participle = child.tag_ == "VBG" or any(
            k.tag_ == "VBG" and k.dep_ in ("aux", "auxpass") for k in child.children
        )
        if child.i > cue.i and participle:
            return [(max(child.left_edge.i, cue.i + 1), child.right_edge.i + 1)]
    return None


def _find_noun_object(doc: Doc, cue: Token) -> ContentRanges | None:
    """*criticised the plan for its cost*: the object and its complements."""
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


TOPIC_PREPOSITIONS = frozenset(["of", "for", "as", "with", "to", "over", "about", "from", "against"])


def _cut_subtree_at_modifier(noun: Token, modifier: Token) -> TokenRange:
    """Return the phrase of a noun as far as a modifier of it."""
    return noun.left_edge.i, max(noun.i + 1, min(modifier.left_edge.i, noun.right_edge.i + 1))


def _find_small_clause(doc: Doc, cue: Token) -> ContentRanges | None:
    """*called the report a lie*, *considers him honest*: an object and what it is said to be."""
    del doc
    for child in get_children(cue, "oprd", "ccomp", "xcomp"):
        if child.i < cue.i or is_infinitive(child) or (child.dep_ != "oprd" and is_finite(child)):
            continue
        objects = [k.left_edge.i for k in get_children(cue, "dobj") if k.i > cue.i]
        starts = [child.left_edge.i, *objects]
        passive = [get_subtree_range(k) for k in get_children(cue, "nsubjpass")]
        return [*passive, (max(min(starts), cue.i + 1), child.right_edge.i + 1)]
    return None


GOVERNED_RELATIONS = frozenset(["pobj", "pcomp", "prep"])


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
                return [*(get_subtree_range(k) for k in passive), (child.i, child.right_edge.i + 1)]
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


def _find_noun_clause(doc: Doc, cue: Token) -> ContentRanges | None:
    """*the claim that it was late*; *the fear is that ...*: a clause that gives the content of the noun."""
    del doc
    for child in get_children(cue, "acl", "ccomp", "relcl"):
        if child.i > cue.i and any(
            k.dep_ == "mark" and k.lower_ in ("that", "whether") for k in child.children
        ):
            return [get_subtree_range(child)]
    return None


def _find_bare_noun_clause(doc: Doc, cue: Token) -> ContentRanges | None:
    """*allegations he knew*: a clause without *that*, which the parser takes for a relative one."""
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


def _find_compound_noun(doc: Doc, cue: Token) -> ContentRanges | None:
    """*corruption allegations*, *fraud and theft charges*: common nouns before the noun that name the charge."""
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


def _find_copula_clause(doc: Doc, cue: Token) -> ContentRanges | None:
    """*the fear is that it was late*: the clause is the complement of the verb *be*."""
    del doc
    if cue.dep_ != "nsubj":
        return None
    for child in get_children(cue.head, "ccomp"):
        if child.i > cue.head.i and any(k.dep_ == "mark" and k.lower_ == "that" for k in child.children):
            return [get_subtree_range(child)]
    return None


def _find_noun_infinitive(doc: Doc, cue: Token) -> ContentRanges | None:
    """*the promise to leave*."""
    del doc
    for child in get_children(cue, "acl", "relcl", "xcomp"):
        if child.i > cue.i and is_infinitive(child):
            return [get_subtree_range(child)]
    return None


FRAMES: dict[str, FrameFinder] = {
    "that": _find_that_clause,
    "before": _find_clause_before,
    "around": _find_surrounding_clause,
    "as-aside": _find_clause_around_as,
    "inf": _find_infinitive,
    "raising": _find_raising_complement,
    "pass-inf": _find_passive_infinitive,
    "clause": _find_whole_clause,
    "verdict": _find_verdict,
    "ing": _find_gerund,
    "small": _find_small_clause,
    "np": _find_noun_object,
    "n-that": _find_noun_clause,
    "n-is": _find_copula_clause,
    "n-bare": _find_bare_noun_clause,
    "n-compound": _find_compound_noun,
    "n-to": _find_noun_infinitive,
}
FRAME_PREPOSITIONS = [
    "about",
    "against",
    "as",
    "at",
    "for",
    "from",
    "in",
    "into",
    "of",
    "on",
    "over",
    "to",
    "toward",
    "towards",
    "upon",
    "with",
    "regarding",
    "concerning",
    "by",
    "like",
]
FRAMES |= {preposition: make_prepositional_frame(preposition) for preposition in FRAME_PREPOSITIONS}
