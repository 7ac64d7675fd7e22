"""What is said: from a cue to its content, one small function a frame (the complement that the cue takes).

Each function returns the content's ranges, or None where the cue does not stand in that frame.
"""

from collections.abc import Callable

from tasks.attribution.source_phrases import SUBJECTS, is_passive
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import Range, minus, subtree
from tasks.seeds import seed_words

Content = list[Range]
Frame = Callable[[Doc, Token], Content | None]
CLAUSES = frozenset(["ccomp", "xcomp", "parataxis", "advcl", "dep", "acl"])
AFTER_OBJECT = frozenset(["prep", "oprd", "xcomp", "ccomp"])
CLAUSE_TAGS = ("VB", "MD", "NN", "JJ")
QUOTES = frozenset(["“", '"', "''", "``", "‘"])
ASIDE_TOKENS = 14
ASIDE = frozenset(["parataxis", "ccomp", "advcl", "dep"])
FINITE = frozenset(["VBD", "VBZ", "VBP", "MD"])


def children(token: Token, *deps: str) -> list[Token]:
    """Return the dependents of a token that stand in one of the relations."""
    return [child for child in token.children if child.dep_ in deps]


def is_infinitive(verb: Token) -> bool:
    """Tell whether a verb has *to* before it."""
    return any(child.tag_ == "TO" for child in verb.children)


def is_finite(verb: Token) -> bool:
    """Tell whether a clause has a tensed verb or a conjunction of its own."""
    if verb.tag_ in FINITE:
        return True
    return any((k.tag_ in FINITE and k.dep_ in ("aux", "auxpass")) or k.dep_ == "mark" for k in verb.children)


def that_clause(doc: Doc, cue: Token) -> Content | None:
    """*said (that) it was late*, *asked whether ...*: a finite clause after the cue."""
    clause = next((k for k in children(cue, "ccomp") if k.i > cue.i and not is_bare_infinitive(k)), None)
    clause = clause or clause_on_adjunct(cue) or clause_on_hearer(cue)
    if clause is None:
        return None
    start, end = subtree(clause)
    return [*opening_adjunct(doc, cue), (max(start, cue.i + 1), end)]


def is_bare_infinitive(verb: Token) -> bool:
    """Tell an infinitive without a subject of its own."""
    return is_infinitive(verb) and not any(k.dep_ in SUBJECTS for k in verb.children)


def clause_on_adjunct(cue: Token) -> Token | None:
    """Return the *that* clause that the parser hung on an adjunct: *said in a statement that it was late*."""
    for preposition in children(cue, "prep"):
        for noun in children(preposition, "pobj"):
            for clause in children(noun, "acl", "ccomp", "relcl"):
                if any(k.dep_ == "mark" and k.lower_ == "that" for k in clause.children):
                    return clause
    return None


def clause_on_hearer(cue: Token) -> Token | None:
    """Return the *that* clause that the parser hung on who is told: *told a reporter that it was late*."""
    if cue.lower_ not in seed_words("cues/hearer_verbs.csv", "form"):
        return None
    for hearer in children(cue, "dobj", "dative"):
        for clause in children(hearer, "acl", "ccomp", "relcl"):
            if hearer.i > cue.i and any(k.dep_ == "mark" and k.lower_ == "that" for k in clause.children):
                return clause
    return None


def opening_adjunct(doc: Doc, cue: Token) -> Content:
    """Return what stands before an aside: *In that case, she said, it was late*."""
    if cue.i + 2 >= len(doc) or doc[cue.i + 1].text != "," or doc[cue.i + 2].text in QUOTES:
        return []
    own = [k.left_edge.i for k in children(cue, *SUBJECTS) if k.i < cue.i]
    first = min(own) if own else cue.i
    start = cue.sent.start
    return [(start, first - 1)] if first - start > 2 and doc[first - 1].text == "," else []


def clause_before(doc: Doc, cue: Token) -> Content | None:
    """*It was late, she said*: a clause before the cue."""
    del doc
    if children(cue, "dobj"):
        return None
    for child in children(cue, "ccomp"):
        if child.i < cue.i:
            start, end = subtree(child)
            own = min([k.left_edge.i for k in children(cue, *SUBJECTS) if k.i < cue.i] + [cue.i])
            end = min(end, own) if start < own else end
            return [(start, min(end, cue.i))] if start < cue.i else None
    return None


def around(doc: Doc, cue: Token) -> Content | None:
    """*The plan, she said, would fail*: the cue's clause is an aside in the clause that it reports."""
    if cue.dep_ not in ASIDE or cue.tag_ in ("VBG", "VB") or not cue.head.tag_.startswith(CLAUSE_TAGS):
        return None
    aside = subtree(cue)
    if (
        aside[1] - aside[0] > ASIDE_TOKENS
        or not set_off(doc, aside)
        or children(cue, "ccomp", "xcomp", "dobj")
    ):
        return None
    pieces = minus(subtree(cue.head), [aside])
    return pieces if sum(b - a for a, b in pieces) > 2 else None


def set_off(doc: Doc, piece: Range) -> bool:
    """Tell whether a range stands between commas, dashes or the edges of its sentence."""
    before = doc[piece[0] - 1].text if piece[0] else ","
    after = doc[piece[1]].text if piece[1] < len(doc) else "."
    marks = {",", "—", "–", "--", "-", "”", '"', "''", ".", "(", ")", ";", "\n\n"}
    inner = doc[piece[0]].text in marks, doc[piece[1] - 1].text in marks
    return (before in marks or inner[0]) and (after in marks or inner[1])


def as_aside(doc: Doc, cue: Token) -> Content | None:
    """*As she noted, it was late*: the rest of the sentence is what was noted."""
    if cue.dep_ != "advcl" or not any(
        k.lower_ == "as" and k.dep_ in ("mark", "prep", "advmod") for k in cue.children
    ):
        return None
    if any(k.dep_ in ("ccomp", "xcomp", "dobj") for k in cue.children):
        return None
    pieces = minus(subtree(cue.head), [subtree(cue)])
    return pieces if set_off(doc, subtree(cue)) else None


def to_infinitive(doc: Doc, cue: Token) -> Content | None:
    """*promised to leave*: an infinitive of the cue's own subject, or of its object (*urged them to leave*)."""
    del doc
    for child in children(cue, "xcomp", "ccomp"):
        if child.i > cue.i and is_infinitive(child):
            start, end = subtree(child)
            return [(max(min([start, *object_starts(cue, child)]), cue.i + 1), end)]
    return None


def object_starts(cue: Token, complement: Token) -> list[int]:
    """Return where the objects between a cue and its complement begin, those of *called on them to* included."""
    objects = [k for k in children(cue, "dobj", "dative") if cue.i < k.i < complement.i]
    for preposition in children(cue, "prep"):
        if preposition.lower_ in ("on", "upon", "with", "for"):
            objects += [k for k in children(preposition, "pobj") if cue.i < k.i < complement.i]
    return [k.left_edge.i for k in objects]


def passive_infinitive(doc: Doc, cue: Token) -> Content | None:
    """*is believed to be unsafe*: the subject and the infinitive."""
    del doc
    subjects = children(cue, "nsubjpass")
    for child in children(cue, "xcomp"):
        if subjects and child.i > cue.i and is_infinitive(child):
            return [subtree(subjects[0]), subtree(child)]
    return None


def raising(doc: Doc, cue: Token) -> Content | None:
    """*he seems to know*, *it appears calm*: the subject and what it is said to be or do."""
    del doc
    for child in children(cue, "xcomp", "oprd", "acomp", "ccomp"):
        if child.i > cue.i:
            return [*(subtree(k) for k in children(cue, *SUBJECTS)), (cue.i + 1, child.right_edge.i + 1)]
    return None


def whole_clause(doc: Doc, cue: Token) -> Content | None:
    """*was allegedly seen*: the clause that an adverb stands in, without a conjunction before it."""
    head = cue.head
    while head.dep_ != "ROOT" and not head.tag_.startswith("VB"):
        head = head.head
    start, end = subtree(head)
    while start < cue.i and (doc[start].dep_ in ("cc", "mark") or doc[start].is_punct):
        start += 1
    if start == cue.i and start and doc[start - 1].tag_.startswith(("NN", "PRP")):
        # The parser hung the participle elsewhere: *over the rebels reportedly leaving*.
        start = doc[start - 1].left_edge.i
    return [(start, end)]


def verdict(doc: Doc, cue: Token) -> Content | None:
    """*The claim that it was late is dubious*: the author's doubt of what somebody says."""
    del doc
    if cue.dep_ != "acomp":
        return None
    for subject in children(cue.head, "nsubj", "csubj"):
        clauses = children(subject, "acl", "relcl", "ccomp") if subject.dep_ == "nsubj" else [subject]
        if any(k.dep_ == "mark" for clause in clauses for k in clause.children):
            return [(subject.left_edge.i, cue.head.right_edge.i + 1)]
    return None


def gerund(doc: Doc, cue: Token) -> Content | None:
    """*admitted having seen it*: a gerund."""
    del doc
    for child in children(cue, "xcomp", "ccomp"):
        participle = child.tag_ == "VBG" or any(
            k.tag_ == "VBG" and k.dep_ in ("aux", "auxpass") for k in child.children
        )
        if child.i > cue.i and participle:
            return [(max(child.left_edge.i, cue.i + 1), child.right_edge.i + 1)]
    return None


def noun_object(doc: Doc, cue: Token) -> Content | None:
    """*criticised the plan for its cost*: the object and what is said of it."""
    del doc
    if is_passive(cue):
        subjects = children(cue, "nsubjpass")
        if not subjects:
            return [subtree_without(cue.head, cue)] if cue.dep_ == "acl" else None
        rest = [
            subtree(k) for k in children(cue, "prep", "oprd", "xcomp") if k.i > cue.i and k.lower_ in ABOUT
        ]
        return [subtree(subjects[0]), *rest]
    objects = [k for k in children(cue, "dobj") if k.i > cue.i]
    if not objects:
        return antecedent(cue)
    start = objects[0].left_edge.i
    ends = [k.right_edge.i + 1 for k in cue.children if completes(k, objects[0])]
    return [(max(start, cue.i + 1), max([restricted_end(objects[0]), *ends]))]


def antecedent(cue: Token) -> Content | None:
    """Return the noun that a relative clause says it of: *a charge (that) she denied*."""
    if cue.dep_ != "relcl" or cue.head.i > cue.i:
        return None
    if any(k.dep_ in ("dobj", "ccomp", "xcomp", "prep") and k.i > cue.i for k in cue.children):
        return None
    return [(cue.head.left_edge.i, max(cue.head.i + 1, cue.left_edge.i))]


def completes(child: Token, noun: Token) -> bool:
    """Tell whether a dependent after the object says more of it: *for its cost*, *as a lie*."""
    if child.i < noun.i:
        return False
    return child.dep_ in AFTER_OBJECT and (child.dep_ != "prep" or child.lower_ in ABOUT)


def restricted_end(noun: Token) -> int:
    """Return the end of a noun phrase without a relative clause that a comma sets off."""
    for child in noun.children:
        if child.dep_ == "relcl" and child.left_edge.i > 0 and child.left_edge.nbor(-1).text == ",":
            return max(noun.i + 1, child.left_edge.i - 1)
    return noun.right_edge.i + 1


ABOUT = frozenset(["of", "for", "as", "with", "to", "over", "about", "from", "against"])


def subtree_without(noun: Token, modifier: Token) -> Range:
    """Return the phrase of a noun as far as a modifier of it."""
    return noun.left_edge.i, max(noun.i + 1, min(modifier.left_edge.i, noun.right_edge.i + 1))


def small_clause(doc: Doc, cue: Token) -> Content | None:
    """*called the report a lie*, *considers him honest*: an object and what it is said to be."""
    del doc
    for child in children(cue, "oprd", "ccomp", "xcomp"):
        if child.i < cue.i or is_infinitive(child) or (child.dep_ != "oprd" and is_finite(child)):
            continue
        objects = [k.left_edge.i for k in children(cue, "dobj") if k.i > cue.i]
        starts = [child.left_edge.i, *objects]
        passive = [subtree(k) for k in children(cue, "nsubjpass")]
        return [*passive, (max(min(starts), cue.i + 1), child.right_edge.i + 1)]
    return None


GOVERNED = frozenset(["pobj", "pcomp", "prep"])


def prepositional(preposition: str) -> Frame:
    """Return the frame of a cue with one preposition: *called for talks*, *accused of theft*."""

    def frame(doc: Doc, cue: Token) -> Content | None:
        del doc
        agent = [k for by in children(cue, "agent") for k in children(by, "pobj")]
        carriers = [cue, *agent, *children(cue, "prt", "advmod")]
        for child in (k for carrier in carriers for k in children(carrier, "prep")):
            inner = [
                k for k in child.children if k.i > child.i and (k.dep_ in GOVERNED or preposition == "as")
            ]
            if child.lower_ != preposition or child.i < cue.i or not inner:
                continue
            if passive := children(cue, "nsubjpass"):
                return [*(subtree(k) for k in passive), (child.i, child.right_edge.i + 1)]
            objects = [k.left_edge.i for k in children(cue, "dobj") if cue.i < k.i < child.i]
            return [(min([inner[0].left_edge.i, *objects]), child.right_edge.i + 1)]
        return None

    return frame


def noun_clause(doc: Doc, cue: Token) -> Content | None:
    """*the claim that it was late*; *the fear is that ...*: a clause that says what the noun holds."""
    del doc
    for child in children(cue, "acl", "ccomp", "relcl"):
        if child.i > cue.i and any(
            k.dep_ == "mark" and k.lower_ in ("that", "whether") for k in child.children
        ):
            return [subtree(child)]
    return None


def bare_noun_clause(doc: Doc, cue: Token) -> Content | None:
    """*allegations he knew*: a clause without *that*, which the parser takes for a relative one."""
    del doc
    for child in children(cue, "acl", "relcl"):
        own = [k for k in child.children if k.dep_ in SUBJECTS]
        if (
            own
            and child.left_edge.i == cue.i + 1
            and own[0].tag_ not in ("WDT", "WP")
            and child.tag_ != "VBG"
        ):
            return [subtree(child)]
    return None


def noun_copula(doc: Doc, cue: Token) -> Content | None:
    """*the fear is that it was late*: the clause stands beyond the verb *be*."""
    del doc
    if cue.dep_ != "nsubj":
        return None
    for child in children(cue.head, "ccomp"):
        if child.i > cue.head.i and any(k.dep_ == "mark" and k.lower_ == "that" for k in child.children):
            return [subtree(child)]
    return None


def noun_infinitive(doc: Doc, cue: Token) -> Content | None:
    """*the promise to leave*."""
    del doc
    for child in children(cue, "acl", "relcl", "xcomp"):
        if child.i > cue.i and is_infinitive(child):
            return [subtree(child)]
    return None


FRAMES: dict[str, Frame] = {
    "that": that_clause,
    "before": clause_before,
    "around": around,
    "as-aside": as_aside,
    "inf": to_infinitive,
    "raising": raising,
    "pass-inf": passive_infinitive,
    "clause": whole_clause,
    "verdict": verdict,
    "ing": gerund,
    "small": small_clause,
    "np": noun_object,
    "n-that": noun_clause,
    "n-is": noun_copula,
    "n-bare": bare_noun_clause,
    "n-to": noun_infinitive,
}
PREPOSITIONS = [
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
FRAMES |= {preposition: prepositional(preposition) for preposition in PREPOSITIONS}
