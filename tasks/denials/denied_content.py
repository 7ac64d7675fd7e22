"""What a verb of denying denies: its clause, gerund or object, or the clause that its relative clause follows."""

from collections.abc import Collection

from tasks.attribution.frames.clause_frames import find_clause_on_adjunct
from tasks.attribution.frames.dependents import get_children, is_finite, is_infinitive
from tasks.attribution.source_phrases import is_passive
from tasks.denials.claim_nouns import is_claim_noun, is_disputable
from tasks.denials.denial_lexicon import DenialLexicon, DenyingWord
from tasks.document.doc import Token
from tasks.document.token_ranges import TokenRange, get_subtree_range

PREPOSITIONS = frozenset(["against", "on", "at", "with", "from", "to"])
FINITE_TAGS = frozenset(["VBD", "VBZ", "VBP", "MD"])
CLAUSE_ENDS = frozenset([",", ";", ":", ".", "—", "–", "--", "(", ")"])
CLAUSE_OBJECTS = frozenset(["any", "clause"])
"""the kinds of verbs that take a clause: *denied that*"""
RELATIVE_MARKS = frozenset([",", "—", "–", "--"])
"""marks before a relative clause that denies the clause before it"""
FRONTED = frozenset(["that", "this"])
OPENING_TEXTS = frozenset([":", "“", '"', "\n", "\n\n"])
MAX_OBJECT_DISTANCE = 16
MAX_RELATIVE_DISTANCE = 6
OBJECT_PREPOSITIONS = ("at", "against", "on", "to")


def find_denied_content(verb: Token, denying: DenyingWord, lexicon: DenialLexicon) -> TokenRange | None:
    """Return what is denied, or None if the verb has another sense."""
    if denying.object == "plea":
        return _find_plea(verb)
    if is_passive(verb) and not is_contracted_perfect(verb):
        return _find_passive_content(verb, denying, lexicon)
    clause = _find_denied_clause(verb, denying, lexicon)
    if clause is not None:
        return clause
    nouns = [] if _has_indirect_object(verb) else _find_denied_nouns(verb, denying)
    noun = next((n for n in nouns if is_disputable(n, denying, lexicon)), None)
    noun = noun or _find_noun_after(verb, denying, lexicon)
    if noun is None:
        return None
    start, end = _get_noun_range(noun, verb)
    clauses = [
        k.right_edge.i + 1 for k in get_children(verb, "ccomp", "acl") if k.i > noun.i and noun.i > verb.i
    ]
    return start, max([end, *clauses])


def _find_denied_clause(verb: Token, denying: DenyingWord, lexicon: DenialLexicon) -> TokenRange | None:
    """Return the clause that a verb denies, or None; or the sentence in which its object comes first: *That I deny*."""
    if denying.object in CLAUSE_OBJECTS:
        clause = None if _has_indirect_object(verb) else _find_clause_after(verb)
        clause = clause or find_clause_before(verb, lexicon) or _find_cleft_clause(verb)
        if clause is not None:
            return clause
    fronted = next((k for k in get_children(verb, "dobj") if k.lower_ in FRONTED and k.i < verb.i), None)
    if fronted is None or not (fronted.is_sent_start or fronted.nbor(-1).text in OPENING_TEXTS):
        return None
    return fronted.i, verb.right_edge.i + 1


def _find_cleft_clause(verb: Token) -> TokenRange | None:
    """Return the clause of *what it denies is that*, or None."""
    copula = verb.head
    if verb.dep_ not in ("csubj", "nsubj") or not any(k.lower_ == "what" for k in verb.children):
        return None
    clause = next(iter(get_children(copula, "ccomp", "attr", "advcl")), None)
    return get_subtree_range(clause) if clause is not None and clause.i > copula.i else None


def _find_noun_after(verb: Token, denying: DenyingWord, lexicon: DenialLexicon) -> Token | None:
    """Return the first noun after a verb that it can deny, or None if another noun comes between.

    It finds what the parser does not attach to the verb: *sought to put to rest the rumours*, *dismissed as rubbish
    a report that*.
    """
    if denying.object in CLAUSE_OBJECTS or denying.negated:
        return None
    in_label = in_clause = False
    for token in verb.doc[verb.i + 1 : verb.i + MAX_OBJECT_DISTANCE]:
        if token.tag_ in FINITE_TAGS and in_clause:
            # *Rejected what she called wild claims that*.
            in_clause = False
            continue
        if token.tag_ in FINITE_TAGS or token.text in CLAUSE_ENDS or token.lower_ == "with":
            return None
        in_label = in_label or token.lower_ == "as"
        in_clause = in_clause or (token.lower_ == "what" and token.i == verb.i + 1)
        if not token.tag_.startswith("NN") or token.dep_ in ("compound", "poss", "nmod"):
            continue
        if is_disputable(token, denying, lexicon):
            return token
        if not in_label and token.lower_ not in denying.particles:
            return None
    return None


def _find_passive_content(verb: Token, denying: DenyingWord, lexicon: DenialLexicon) -> TokenRange | None:
    """Return what is denied in the passive: *the report was denied by the firm*, *it was denied that*."""
    subjects = get_children(verb, "nsubjpass")
    if denying.object in CLAUSE_OBJECTS and subjects and subjects[0].lower_ == "it":
        return _find_clause_after(verb)
    subjects = subjects or ([verb.head] if verb.dep_ == "acl" else [])
    if not subjects or get_children(verb, "dobj", "oprd") or not is_disputable(subjects[0], denying, lexicon):
        return None
    # "The islands are disputed" denies nothing: without an agent only a claim can be denied.
    if not get_children(verb, "agent") and not is_claim_noun(subjects[0], lexicon):
        return None
    return _get_noun_range(subjects[0], verb)


def _find_plea(verb: Token) -> TokenRange | None:
    """Return *not guilty to the charges* after *pleaded*, or None."""
    for token in verb.doc[verb.i + 1 : verb.i + 4]:
        if token.lower_ == "guilty" and token.nbor(-1).lower_ == "not":
            return token.i - 1, max(
                token.right_edge.i, *(k.right_edge.i for k in verb.rights if not k.is_punct)
            ) + 1
    return None


def is_contracted_perfect(verb: Token) -> bool:
    """Return True if *'s* before a verb with an object is *has*: *He's always denied it*."""
    return any(k.lower_ in ("'s", "’s") for k in verb.children) and bool(get_children(verb, "dobj"))


def _find_clause_after(verb: Token) -> TokenRange | None:
    """Return the clause or gerund after a verb, or None."""
    for child in get_children(verb, "ccomp", "xcomp"):
        if (
            child.i > verb.i
            and not is_infinitive(child)
            and (is_finite(child) or _is_gerund(child) or has_subject(child))
        ):
            return max(child.left_edge.i, verb.i + 1), child.right_edge.i + 1
    # *Denied through a spokesman that it was late*: the parser attaches the clause to the noun.
    clause = find_clause_on_adjunct(verb)
    return None if clause is None else get_subtree_range(clause)


def _is_gerund(verb: Token) -> bool:
    """Return True if a verb is a gerund, a perfect or passive one too: *paying*, *having paid*, *being paid*."""
    return verb.tag_ == "VBG" or any(k.lower_ in ("having", "being") for k in verb.children)


def find_clause_before(verb: Token, lexicon: DenialLexicon) -> TokenRange | None:
    """Return the clause that a relative clause after a comma denies: *Iran sent the drones, which Tehran denies*."""
    start = max(verb.sent.start + 1, verb.i - MAX_RELATIVE_DISTANCE)
    relative = next((t for t in reversed(verb.doc.tokens[start : verb.i]) if t.lower_ == "which"), None)
    if relative is None or relative.nbor(-1).text not in RELATIVE_MARKS or _has_object_after(verb):
        return None
    governing = verb.head if verb.dep_ == "relcl" else relative.nbor(-2)
    if governing.lower_ in lexicon.claim_nouns:
        return None
    while governing.head is not governing and not (
        governing.tag_.startswith("VB") and has_subject(governing)
    ):
        governing = governing.head
    start, end = governing.left_edge.i, relative.i - 1
    return (start, end) if start < end else None


def _has_object_after(verb: Token) -> bool:
    """Return True if a verb has an object or a clause after it."""
    return any(k.i > verb.i and k.dep_ in ("dobj", "ccomp", "xcomp") for k in verb.children)


def has_subject(verb: Token) -> bool:
    """Return True if a clause names its subject."""
    return any(k.dep_ in ("nsubj", "nsubjpass", "expl") for k in verb.children)


def _has_indirect_object(verb: Token) -> bool:
    """Return True if something is denied to somebody: *denied them entry*, *denied entry to them*."""
    return any(k.dep_ == "dative" for k in verb.children) or len(get_children(verb, "dobj")) > 1


def _find_denied_nouns(verb: Token, denying: DenyingWord) -> list[Token]:
    """Return the head nouns that can be denied: the object, the antecedent of *which*, or *at* something."""
    objects = [k for k in get_children(verb, "dobj") if k.lower_ not in denying.particles]
    if denying.particles[-1:] and denying.particles[-1] in PREPOSITIONS:
        objects = [*_find_prepositional_objects(verb, denying.particles[-1:]), *objects]
    if verb.dep_ != "relcl":
        objects = [*(k for k in objects if k.i > verb.i), *(k for k in objects if _is_fronted(k, verb))]
    else:
        objects = [k for k in objects if k.i > verb.i]
    if objects:
        return objects
    if verb.dep_ == "relcl":
        relative = [k for k in get_children(verb, "dobj", "nsubj") if k.tag_ in ("WDT", "WP")]
        return [verb.head] if not any(k.dep_ == "nsubj" for k in relative) else []
    if not denying.particles and denying.object in CLAUSE_OBJECTS:
        return []
    return _find_prepositional_objects(verb, (*OBJECT_PREPOSITIONS, *denying.particles))


def _is_fronted(noun: Token, verb: Token) -> bool:
    """Return True if an object precedes its verb: *That I deny*."""
    return noun.i < verb.i and noun.tag_ not in ("WDT", "WP")


def _find_prepositional_objects(verb: Token, words: Collection[str]) -> list[Token]:
    """Return the objects of these prepositions below a verb and after it."""
    prepositions = [t for t in verb.subtree if t.dep_ == "prep" and t.i > verb.i and t.lower_ in words]
    return [k for t in prepositions for k in t.children if k.dep_ == "pobj"]


def _get_noun_range(noun: Token, verb: Token) -> TokenRange:
    """Return a noun phrase, without the clause of a verb inside it."""
    start, end = get_subtree_range(noun)
    if start <= verb.i < end and verb.i > noun.i:
        end = max(noun.i + 1, min(verb.left_edge.i, verb.i))
    return start, end
