"""Whether an act was done: what is negated, possible or in the future blames nobody."""

from collections.abc import Sequence

from tasks.accusations.accusation_words import AccusationWords
from tasks.accusations.actors import MAX_CLIMBS
from tasks.attribution.candidates import HYPOTHETICAL_MODALS
from tasks.attribution.omissions import is_omitted
from tasks.attribution.source_phrases import is_passive
from tasks.document.doc import Token
from tasks.document.function_words import CONDITIONAL_CONJUNCTIONS
from tasks.document.token_ranges import TokenRange

FUTURE_AUXILIARIES = HYPOTHETICAL_MODALS | frozenset(["will", "shall", "wo", "'ll", "’ll"])
NEGATIVE_DETERMINERS = frozenset(["no", "neither", "nobody", "none", "without"])
CONDITIONAL_MARKS = CONDITIONAL_CONJUNCTIONS | {"lest"}
CLAUSE_RELATIONS = frozenset(["ROOT", "ccomp", "relcl", "advcl", "parataxis"])
FINITE_TAGS = frozenset(["VBD", "VBZ", "VBP"])
AUXILIARY_TAGS = frozenset(["MD", "VBZ", "VBP", "VBD"])
OPENING_TOKENS, CLOSING_TOKENS = 3, 2
"""tokens at the ends of a sentence among which its first word and its question mark are"""
LIMITS = frozenset(["only", "just", "merely", "simply"])


def is_realised(token: Token, content: Sequence[TokenRange], words: AccusationWords) -> bool:
    """Return True if an act was done, is being done or is prepared, according to the verbs above it in the content."""
    if any(k.lower_ in NEGATIVE_DETERMINERS and k.dep_ in ("det", "neg") for k in token.children):
        return False
    if _is_in_polar_question(token):
        return False
    current = token
    for _ in range(MAX_CLIMBS):
        if _is_unrealised_clause(current, words):
            return False
        head = current.head
        if (
            (current.dep_ in CLAUSE_RELATIONS and not _is_purpose(current))
            or _is_own_clause(current)
            or head is current
        ):
            return True
        if not any(start <= head.i < end for start, end in content):
            return True
        current = head
    return True


def _is_in_polar_question(token: Token) -> bool:
    """Return True if the sentence asks whether something is so: *Did the firm hide it?*, not *Why did it hide it?*."""
    sentence = token.sent
    size = sentence.end - sentence.start
    opening = (sentence[i] for i in range(min(size, OPENING_TOKENS)))
    first = next((t for t in opening if not t.is_punct and t.tag_ != "CC"), None)
    is_question = any(sentence[size - i].text == "?" for i in range(1, min(size, CLOSING_TOKENS) + 1))
    return (
        is_question
        and first is not None
        and first.dep_ in ("aux", "auxpass", "ROOT")
        and first.tag_ in AUXILIARY_TAGS
    )


def _is_own_clause(verb: Token) -> bool:
    """Return True if a coordinated verb has a tense of its own: *will meet, and has met*."""
    return verb.dep_ == "conj" and (
        verb.tag_ in FINITE_TAGS or any(k.tag_ in FINITE_TAGS for k in verb.lefts)
    )


def _is_unrealised_clause(verb: Token, words: AccusationWords) -> bool:
    """Return True if a verb is negated, modal, conditional, left undone, or an infinitive of what is not yet done."""
    children = verb.children
    if any(k.dep_ == "neg" and not _is_limited(k) for k in children):
        return True
    if verb.dep_ in ("acl", "relcl") and verb.head.lower_ in words.word_classes["possibility"]:
        # *In the event that the firm fails*, *a scenario in which the firm fails*.
        return True
    if not verb.tag_.startswith("VB"):
        return False
    if any(k.dep_ == "aux" and k.lower_ in FUTURE_AUXILIARIES for k in children):
        return True
    if any(k.dep_ == "mark" and k.lower_ in CONDITIONAL_MARKS for k in children):
        return True
    if any(k.dep_ == "mark" and k.lower_ == "than" for k in children) or verb.head.lower_ == "than":
        # *Hit harder than it was hit by the flood*.
        return True
    if is_omitted(verb, words.reporting_words):
        return True
    perfect = any(k.lower_ == "have" for k in children)
    return _is_infinitive(verb) and not perfect and not _is_purpose(verb) and not _is_prepared(verb, words)


def _is_limited(negation: Token) -> bool:
    """Return True if a negation denies only a limit: *not only stole the money*."""
    following = negation.doc[negation.i + 1 : negation.i + 2]
    return any(t.lower_ in LIMITS for t in following)


def _is_infinitive(verb: Token) -> bool:
    """Return True if a verb has *to* before it."""
    return any(k.tag_ == "TO" for k in verb.children)


def _is_purpose(verb: Token) -> bool:
    """Return True if an infinitive is what another act is done for: *closed the paper to silence its critics*."""
    is_compared = any(k.tag_ == "JJR" for k in verb.head.rights)
    # *It is cheaper to rob them*.
    return verb.dep_ == "advcl" and _is_infinitive(verb) and verb.i > verb.head.i and not is_compared


def _is_prepared(infinitive: Token, words: AccusationWords) -> bool:
    """Return True if the verb above an infinitive does or prepares it: *tried to kill*, *is alleged to kill*."""
    head = infinitive.head
    if infinitive.dep_ == "acl":
        return head.lower_ in words.word_classes["attempt"]
    return head.lower_ in words.preparing or (infinitive.dep_ == "xcomp" and is_passive(head))
