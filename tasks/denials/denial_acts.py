"""Words that deny what somebody claims: verbs (*denied having*) and nouns (*the denial that*)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from tasks.attribution.cue_frames import get_children, is_finite, is_infinitive
from tasks.attribution.reporting_words import ReportingWords
from tasks.attribution.source_phrases import find_noun_source, find_verb_source, is_passive
from tasks.denials.denial_lexicon import DenialLexicon, DenyingWord
from tasks.document.doc import Token
from tasks.document.records import DenialType
from tasks.document.token_ranges import TokenRange, get_subtree_range

OBLIGING = frozenset(["must"])
POLITE = frozenset(["must", "would", "'d", "’d", "can", "will", "'ll", "’ll"])
QUANTIFIERS = frozenset(
    ["all", "both", "each", "everything", "most", "much", "any", "either", "every", "otherwise"]
)
CONDITIONAL_MARKERS = frozenset(["if", "unless", "whether"])
DEMONSTRATIVES = frozenset(
    ["it", "this", "that", "these", "those", "them", "which", "something", "everything"]
)
POINTING = frozenset(["this", "that", "these", "those", "such", "any"])
NOUN_CLAUSE_RELATIONS = frozenset(["acl", "ccomp", "relcl"])
PREPOSITIONS = frozenset(["against", "on", "at", "with", "from", "to"])
OBJECT_PREPOSITIONS = frozenset(["at", "against", "on", "with", "to"])


@dataclass(frozen=True, slots=True)
class DenialAct:
    """One act of denying found by its words, in tokens."""

    kind: DenialType
    cue: Token
    source: Token | None
    content: TokenRange
    rule: str
    asserted: bool = False
    """asserted by whoever is speaking there: the surrounding statement's source, or the author"""


def find_denying_verbs(words: Sequence[Token], knowledge: DenialLexicon) -> Iterator[DenialAct]:
    """Yield *denied having troops there*, *rejected the accusations*, *the report was denied by*."""
    for token in words:
        denying = knowledge.find_denying_verb(token)
        if denying is None or not (is_refused(token) if denying.negated else is_factual(token, knowledge)):
            continue
        content = _find_denied_content(token, denying, knowledge)
        if content is not None:
            yield DenialAct(
                "explicit", token, find_denier(token, knowledge.reporting_words), content, "denying-verb"
            )


def is_factual(verb: Token, knowledge: DenialLexicon) -> bool:
    """Return True if the denying is said to happen: not negated, conditional, wished for or refused."""
    while _is_realis(verb):
        head = verb.head
        is_infinite = is_infinitive(verb)
        if head is verb:
            return not (verb.tag_ == "VB" or is_infinite)
        shares_mood = verb.dep_ == "conj" and verb.tag_ == "VB" and head.tag_ == "VB"
        if not shares_mood and not is_infinite:
            return not (verb.tag_ == "VB" and verb.dep_ in ("ROOT", "ccomp", "conj"))
        vague = any(k.lower_ in ("any", "no") for k in head.children)
        if not shares_mood and (head.lower_ not in knowledge.implicatives or vague):
            return False
        # "began to deny" and "can confirm or deny" happen if the verb above happens.
        verb = head
    return False


def _is_realis(verb: Token) -> bool:
    """Return True unless a negation, a modal or a condition stands with the verb itself."""
    parts = verb.children
    if any(k.lower_ in ("nor", "neither") for k in [*parts, *verb.head.children]):
        return False
    return not any(
        k.dep_ == "neg" or is_unreal(k) or (k.dep_ in ("mark", "advmod") and k.lower_ in CONDITIONAL_MARKERS)
        for k in parts
    )


def is_unreal(auxiliary: Token) -> bool:
    """Return True if a modal says that something need not happen; *must* and the polite *I would* say that it does."""
    if auxiliary.tag_ != "MD":
        return False
    first_person = any(k.lower_ in ("i", "we") for k in auxiliary.head.children if k.dep_ == "nsubj")
    return auxiliary.lower_ not in (POLITE if first_person else OBLIGING)


def is_refused(verb: Token) -> bool:
    """Return True if a verb of accepting is negated or refused: *did not accept that*, *refused to concede that*."""
    if any(k.dep_ in ("mark", "advmod") and k.lower_ in CONDITIONAL_MARKERS for k in verb.children):
        return False
    if any(k.dep_ == "neg" or k.lower_ in ("never", "cannot") for k in verb.children):
        return not any(k.lower_ in ("will", "wo", "would", "might", "may") for k in verb.children)
    return is_infinitive(verb) and verb.dep_ == "xcomp" and verb.head.lower_.startswith(("refus", "declin"))


def find_denier(verb: Token, words: ReportingWords) -> Token | None:
    """Return the head of who denies."""
    if verb.dep_ == "acl" and is_infinitive(verb):
        return find_noun_source(verb.head, words)
    if _is_contracted_perfect(verb):
        return next(iter(get_children(verb, "nsubj", "nsubjpass")), None)
    return find_verb_source(verb, words)


def _find_denied_content(verb: Token, denying: DenyingWord, knowledge: DenialLexicon) -> TokenRange | None:
    """Return what is denied, or None where the verb has another sense there."""
    if denying.object == "plea":
        return _find_plea(verb)
    if is_passive(verb) and not _is_contracted_perfect(verb):
        return passive_complement(verb, denying, knowledge)
    if (
        denying.object != "claim"
        and (clause := _find_clause_after(verb)) is not None
        and not _has_indirect_object(verb)
    ):
        return clause
    if denying.object != "claim" and (clause := clause_before(verb, knowledge)) is not None:
        return clause
    nouns = [] if _has_indirect_object(verb) else _find_denied_nouns(verb, denying)
    noun = next((n for n in nouns if _is_disputable(n, denying, knowledge)), None)
    if noun is None:
        return None
    start, end = _get_noun_range(noun, verb)
    clauses = [
        k.right_edge.i + 1 for k in get_children(verb, "ccomp", "acl") if k.i > noun.i and noun.i > verb.i
    ]
    return start, max([end, *clauses])


def passive_complement(verb: Token, denying: DenyingWord, knowledge: DenialLexicon) -> TokenRange | None:
    """Return what is denied in the passive: *the report was denied by the firm*, *it was denied that*."""
    subjects = get_children(verb, "nsubjpass")
    if denying.object != "claim" and subjects and subjects[0].lower_ == "it":
        return _find_clause_after(verb)
    subjects = subjects or ([verb.head] if verb.dep_ == "acl" else [])
    if (
        not subjects
        or get_children(verb, "dobj", "oprd")
        or not _is_disputable(subjects[0], denying, knowledge)
    ):
        return None
    # "The islands are disputed" denies nothing: without an agent only a claim can be denied.
    if not get_children(verb, "agent") and not is_claim_noun(subjects[0], knowledge):
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


def _is_contracted_perfect(verb: Token) -> bool:
    """Return True if *'s* before a verb with an object is *has*: *He's always denied it*."""
    return any(k.lower_ in ("'s", "’s") for k in verb.children) and bool(get_children(verb, "dobj"))


def _find_clause_after(verb: Token) -> TokenRange | None:
    """Return the clause or gerund after a verb, or None."""
    for child in get_children(verb, "ccomp", "xcomp"):
        if (
            child.i > verb.i
            and not is_infinitive(child)
            and (is_finite(child) or is_gerund(child) or has_subject(child))
        ):
            return max(child.left_edge.i, verb.i + 1), child.right_edge.i + 1
    return None


def is_gerund(verb: Token) -> bool:
    """Return True if a verb is a gerund, a perfect or passive one too: *paying*, *having paid*, *being paid*."""
    return verb.tag_ == "VBG" or any(k.lower_ in ("having", "being") for k in verb.children)


def clause_before(verb: Token, knowledge: DenialLexicon) -> TokenRange | None:
    """Return the clause that a relative clause after a comma denies: *Iran sent the drones, which Tehran denies*."""
    relative = next((k for k in get_children(verb, "dobj") if k.lower_ == "which"), None)
    if verb.dep_ != "relcl" or relative is None or relative.i == 0 or relative.nbor(-1).text != ",":
        return None
    if verb.head.lower_ in knowledge.claim_nouns:
        return None
    governing = verb.head
    while governing.head is not governing and not (
        governing.tag_.startswith("VB") and has_subject(governing)
    ):
        governing = governing.head
    start, end = governing.left_edge.i, relative.i - 1
    return (start, end) if start < end else None


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
        objects = [*objects_of_prepositions(verb, denying.particles[-1:]), *objects]
    if verb.dep_ != "relcl":
        objects = [*(k for k in objects if k.i > verb.i), *(k for k in objects if is_fronted(k, verb))]
    else:
        objects = [k for k in objects if k.i > verb.i]
    if objects:
        return objects
    if verb.dep_ == "relcl":
        relative = [k for k in get_children(verb, "dobj", "nsubj") if k.tag_ in ("WDT", "WP")]
        return [verb.head] if not any(k.dep_ == "nsubj" for k in relative) else []
    if not denying.particles and denying.object != "claim":
        return []
    return objects_of_prepositions(verb, (*OBJECT_PREPOSITIONS, *denying.particles))


def is_fronted(noun: Token, verb: Token) -> bool:
    """Return True if an object stands before its verb: *That I deny*."""
    return noun.i < verb.i and noun.tag_ not in ("WDT", "WP")


def objects_of_prepositions(verb: Token, words: Collection[str]) -> list[Token]:
    """Return the objects of these prepositions below a verb and after it."""
    prepositions = [t for t in verb.subtree if t.dep_ == "prep" and t.i > verb.i and t.lower_ in words]
    return [k for t in prepositions for k in t.children if k.dep_ == "pobj"]


def _is_disputable(noun: Token, denying: DenyingWord, knowledge: DenialLexicon) -> bool:
    """Return True if a noun names something that can be true or false."""
    if noun.lower_ in knowledge.claim_nouns:
        return knowledge.claim_nouns[noun.lower_] == "" or denying.object == "any" or is_somebodys_word(noun)
    if noun.lower_ in QUANTIFIERS:
        return True
    if denying.object != "any" or noun.lower_ in knowledge.refusals:
        return False
    if noun.tag_.startswith("PRP") or noun.tag_ in ("DT", "WDT"):
        return noun.lower_ in DEMONSTRATIVES
    return noun.tag_.startswith("NN") and not noun.tag_.startswith("NNP") and not noun.ent_type_


def is_somebodys_word(noun: Token) -> bool:
    """Return True if a noun says what is claimed, names who claims it, or points to it: *her argument*, *that view*."""
    determined = any(k.dep_ == "poss" or k.lower_ in POINTING for k in noun.children)
    return determined or find_claimant(noun) is not None or has_content_clause(noun)


def has_content_clause(noun: Token) -> bool:
    """Return True if a noun has a clause that says what is claimed: *the idea that he was ill*."""
    for child in [*noun.children, *(k for k in noun.head.children if k.i > noun.i)]:
        clause = child.dep_ in NOUN_CLAUSE_RELATIONS and child.i > noun.i
        if clause and any(k.lower_ == "that" and k.dep_ in ("mark", "nsubj", "dobj") for k in child.children):
            return True
        # "suggestions he had lied": no *that*, but a subject of its own.
        if (
            clause
            and child.head is noun
            and is_finite(child)
            and child.left_edge.tag_ in ("PRP", "NNP", "DT", "EX")
        ):
            return True
        if child.dep_ == "prep" and child.lower_ == "of" and any(k.dep_ == "pcomp" for k in child.children):
            return True
    return False


def find_claimed_clause(noun: Token) -> TokenRange | None:
    """Return the clause that says what a noun claims (*the lie that he fled*), or None.

    In "accusations by the union that he fled" the parser may hang the clause on the union.
    """
    for child in noun.subtree:
        if child.dep_ in NOUN_CLAUSE_RELATIONS and child.i > noun.i and child.left_edge.lower_ == "that":
            return get_subtree_range(child)
    return None


def find_claimant(noun: Token) -> Token | None:
    """Return who makes the claim that a noun names: its possessor, or the *by* or *from* phrase right after it."""
    if (owner := next((k for k in noun.children if k.dep_ == "poss"), None)) is not None:
        return owner
    following = noun.doc[noun.i + 1] if noun.i + 1 < len(noun.doc) else None
    if following is None or following.lower_ not in ("by", "from"):
        return None
    return next((k for k in following.children if k.dep_ == "pobj"), None)


def _get_noun_range(noun: Token, verb: Token) -> TokenRange:
    """Return a noun phrase, without the clause in which a verb inside it stands."""
    start, end = get_subtree_range(noun)
    if start <= verb.i < end and verb.i > noun.i:
        end = max(noun.i + 1, min(verb.left_edge.i, verb.i))
    return start, end


def find_denying_nouns(words: Sequence[Token], knowledge: DenialLexicon) -> Iterator[DenialAct]:
    """Yield *the general's denial that*, *his rejection of the idea that*."""
    for token in words:
        denying = knowledge.nouns.get(token.lower_)
        if denying is None or not token.tag_.startswith("NN") or token.dep_ == "compound":
            continue
        source = find_noun_source(token, knowledge.reporting_words)
        content = _find_noun_content(token, denying, knowledge)
        if content is not None:
            yield DenialAct("explicit", token, source, content, "denying-noun")
        elif source is not None and denying.lemma == "denial" and _is_bare_denial_noun(token, source):
            yield DenialAct("explicit", token, source, (token.i, token.i + 1), "denying-noun")


def _is_bare_denial_noun(noun: Token, source: Token) -> bool:
    """Return True if *his denial* has nothing after it that says what: no *of*, and no hyphen before it."""
    hyphen = noun.i > 0 and noun.nbor(-1).text == "-"
    return source.i != noun.i and not hyphen and not any(k.lower_ == "of" for k in get_children(noun, "prep"))


def _find_noun_content(noun: Token, denying: DenyingWord, knowledge: DenialLexicon) -> TokenRange | None:
    """Return the clause or the *of* phrase of a denying noun, or None."""
    for child in get_children(noun, "acl", "ccomp", "relcl"):
        if any(k.dep_ == "mark" and k.lower_ == "that" for k in child.children):
            return get_subtree_range(child)
    for child in get_children(noun, "prep"):
        inner = next((k for k in child.children if k.dep_ in ("pobj", "pcomp")), None)
        if child.lower_ != "of" or inner is None:
            continue
        if inner.dep_ == "pcomp" or _is_disputable(inner, denying, knowledge):
            return get_subtree_range(inner)
    return None


def is_claim_noun(token: Token, knowledge: DenialLexicon) -> bool:
    """Return True if a noun is a claim by itself or by the clause it has, or a pronoun that can stand for one."""
    if token.lower_ in knowledge.claim_nouns:
        return knowledge.claim_nouns[token.lower_] == "" or has_content_clause(token)
    return token.lower_ in DEMONSTRATIVES
