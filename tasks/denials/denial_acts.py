"""Words that deny what somebody claims: verbs (*denied having*) and nouns (*the denial that*)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tasks.attribution.frames.dependents import get_children, is_infinitive
from tasks.attribution.omissions import is_omitted
from tasks.attribution.reporting_words import ReportingWords
from tasks.attribution.source_phrases import find_noun_source, find_verb_source
from tasks.denials.claim_nouns import is_disputable
from tasks.denials.denial_lexicon import DenialLexicon, DenyingWord
from tasks.denials.denied_content import find_denied_content, is_contracted_perfect
from tasks.document.doc import Token
from tasks.document.function_words import (
    CONDITIONAL_CONJUNCTIONS,
    FIRST_PERSON_SUBJECTS,
    NEGATIVE_PRONOUNS,
    TEMPORAL_CONJUNCTIONS,
)
from tasks.document.records import DenialType
from tasks.document.token_ranges import TokenRange, get_subtree_range

OBLIGING_MODALS = frozenset(["must"])
POLITE_MODALS = frozenset(["must", "would", "'d", "’d", "can", "will", "'ll", "’ll"])
NONFACTUAL_PREPOSITIONS = frozenset(["than", "without"])
MAX_PREPOSITION_DISTANCE = 2
"""tokens before a gerund in which its preposition is looked for: *rather than publicly denying*"""
NOBODY_PRONOUNS = NEGATIVE_PRONOUNS | {"few"}
EVENT_TAGS = frozenset(["VBD", "VBZ", "VBP", "VBG", "VBN"])


@dataclass(frozen=True, slots=True)
class DenialAct:
    """One act of denying found by its words, in tokens."""

    kind: DenialType
    cue: Token
    source: Token | None
    content: TokenRange
    rule: str
    asserted: bool = False
    """asserted by the source of the statement around it, or by the author"""
    certain: bool = True
    """its words deny; otherwise it denies only if there is a claim for it to answer"""


def find_denying_verbs(words: Sequence[Token], lexicon: DenialLexicon) -> Iterator[DenialAct]:
    """Yield *denied having troops there*, *rejected the accusations*, *the report was denied by*."""
    for token in words:
        denying = lexicon.find_denying_verb(token)
        if denying is None or not (
            is_acceptance_refused(token, lexicon) if denying.negated else is_factual(token, lexicon)
        ):
            continue
        content = find_denied_content(token, denying, lexicon)
        if content is not None:
            yield DenialAct(
                "explicit", token, find_denier(token, lexicon.reporting_words), content, "denying-verb"
            )


def is_factual(verb: Token, lexicon: DenialLexicon) -> bool:
    """Return True if the text says that a verb's event happens: not negated, conditional, wished for or left undone."""
    if verb.sent[-1].text == "?" or any(map(is_nobody, get_children(verb, "nsubj", "agent"))):
        return False
    if is_omitted(verb, lexicon.reporting_words):
        return False
    while _has_factual_mood(verb):
        head = verb.head
        is_infinite = is_infinitive(verb)
        if head is verb:
            return not (verb.tag_ == "VB" or is_infinite)
        shares_mood = verb.dep_ == "conj" and verb.tag_ == "VB" and head.tag_ == "VB"
        if not shares_mood and not is_infinite:
            return not (verb.tag_ == "VB" and verb.dep_ in ("ROOT", "ccomp", "conj"))
        vague = any(k.lower_ in ("any", "no") for k in head.children)
        is_purpose = is_infinite and verb.dep_ == "advcl" and head.tag_ in EVENT_TAGS
        if not shares_mood and not is_purpose and (head.lower_ not in lexicon.implicatives or vague):
            return False
        # "began to deny", "called a meeting to deny" and "can confirm or deny" happen if the verb above happens.
        verb = head
    return False


def is_nobody(noun: Token) -> bool:
    """Return True if a subject denotes nobody: *nobody*, *no official*, *few*."""
    return noun.lower_ in NOBODY_PRONOUNS or any(
        k.lower_ in ("no", "neither") and k.dep_ in ("det", "preconj") for k in noun.children
    )


def _has_factual_mood(verb: Token) -> bool:
    """Return True if the verb itself has no negation, no nonfactual modal and no condition."""
    parts = verb.children
    before = {t.lower_ for t in verb.doc.tokens[max(0, verb.i - MAX_PREPOSITION_DISTANCE) : verb.i]}
    if verb.tag_ == "VBG" and not before.isdisjoint(NONFACTUAL_PREPOSITIONS):
        return False
    if any(k.lower_ in ("nor", "neither") for k in [*parts, *verb.head.children]):
        return False
    return not (_is_conditional(verb) or any(k.dep_ == "neg" or _is_nonfactual_modal(k) for k in parts))


def _is_conditional(verb: Token) -> bool:
    """Return True if a conjunction makes the clause of a verb a condition or an open question."""
    is_present = verb.tag_ in ("VBZ", "VBP", "VB")
    conjunctions = (
        CONDITIONAL_CONJUNCTIONS | TEMPORAL_CONJUNCTIONS if is_present else CONDITIONAL_CONJUNCTIONS
    )
    return any(k.dep_ in ("mark", "advmod") and k.lower_ in conjunctions for k in verb.children)


def _is_nonfactual_modal(auxiliary: Token) -> bool:
    """Return True if a modal leaves open whether the event happens; *must* and the polite *I would* do not."""
    if auxiliary.tag_ != "MD":
        return False
    first_person = any(
        k.lower_ in FIRST_PERSON_SUBJECTS for k in auxiliary.head.children if k.dep_ == "nsubj"
    )
    return auxiliary.lower_ not in (POLITE_MODALS if first_person else OBLIGING_MODALS)


def is_acceptance_refused(verb: Token, lexicon: DenialLexicon) -> bool:
    """Return True if a verb of accepting is negated or refused: *did not accept that*, *refused to concede that*."""
    if _is_conditional(verb):
        return False
    if any(k.dep_ == "neg" or k.lower_ in ("never", "cannot") for k in verb.children):
        return not any(k.lower_ in ("will", "wo", "would", "might", "may") for k in verb.children)
    return (
        is_infinitive(verb) and verb.dep_ == "xcomp" and verb.head.lower_ in lexicon.word_classes["refusing"]
    )


def find_denier(verb: Token, words: ReportingWords) -> Token | None:
    """Return the head of who denies."""
    if verb.dep_ == "acl" and is_infinitive(verb):
        return find_noun_source(verb.head, words)
    if is_contracted_perfect(verb):
        return next(iter(get_children(verb, "nsubj", "nsubjpass")), None)
    reporting = find_reporting_verb(verb)
    return find_verb_source(verb if reporting is None else reporting, words)


def find_reporting_verb(verb: Token) -> Token | None:
    """Return the verb whose clause a verb of denying is wrongly attached to, or None.

    In *said that two men were hurt but denied wrongdoing* the parser joins *denied* to *hurt*; the tense of *said* and
    *denied* is the same, and the verb between has an auxiliary.
    """
    other, governing = verb.head, verb.head.head
    if (
        verb.dep_ != "conj"
        or other.dep_ != "ccomp"
        or get_children(verb, "nsubj", "nsubjpass", "aux", "auxpass")
    ):
        return None
    joined = other.tag_ == verb.tag_ and not get_children(other, "aux", "auxpass")
    return governing if governing.tag_ == verb.tag_ and not joined and governing.i < other.i else None


def find_denying_nouns(words: Sequence[Token], lexicon: DenialLexicon) -> Iterator[DenialAct]:
    """Yield *the general's denial that*, *his rejection of the idea that*."""
    for token in words:
        denying = lexicon.nouns.get(token.lower_)
        if denying is None or not token.tag_.startswith("NN") or token.dep_ == "compound":
            continue
        source = find_noun_source(token, lexicon.reporting_words)
        content = _find_noun_content(token, denying, lexicon)
        if content is not None:
            yield DenialAct("explicit", token, source, content, "denying-noun")
        elif source is not None and denying.lemma == "denial" and _is_bare_denial_noun(token, source):
            yield DenialAct("explicit", token, source, (token.i, token.i + 1), "denying-noun")


def _is_bare_denial_noun(noun: Token, source: Token) -> bool:
    """Return True if *his denial* has nothing after it that says what: no *of*, and no hyphen before it."""
    hyphen = noun.i > 0 and noun.nbor(-1).text == "-"
    return source.i != noun.i and not hyphen and not any(k.lower_ == "of" for k in get_children(noun, "prep"))


def _find_noun_content(noun: Token, denying: DenyingWord, lexicon: DenialLexicon) -> TokenRange | None:
    """Return the clause or the *of* phrase of a denying noun, or None."""
    for child in get_children(noun, "acl", "ccomp", "relcl"):
        if any(k.dep_ == "mark" and k.lower_ == "that" for k in child.children):
            return get_subtree_range(child)
    for child in get_children(noun, "prep"):
        inner = next((k for k in child.children if k.dep_ in ("pobj", "pcomp")), None)
        if child.lower_ != "of" or inner is None or _is_denial_of_service(inner, lexicon):
            continue
        if inner.dep_ == "pcomp" or is_disputable(inner, denying, lexicon):
            return get_subtree_range(inner)
    return None


def _is_denial_of_service(noun: Token, lexicon: DenialLexicon) -> bool:
    """Return True if the first noun of a phrase is one that is refused: *denial of service attacks*."""
    return any(t.lower_ in lexicon.withheld_nouns for t in noun.doc.tokens[noun.left_edge.i : noun.i + 1])
