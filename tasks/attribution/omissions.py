"""What somebody does not do: *avoided blaming her*, *stopped short of accusing her*, *refused to condemn it*."""

from tasks.attribution.frames.dependents import is_infinitive
from tasks.attribution.reporting_words import ReportingWords
from tasks.document.doc import Token

MAX_STEPS = 8
"""verbs and prepositions above a verb that are looked at"""
OMITTED_PREPOSITIONS = frozenset(["of", "from"])
"""prepositions between a word of not doing and what is not done"""
INFINITIVE_RELATIONS = frozenset(["xcomp", "advcl", "ccomp"])


def is_omitted(verb: Token, words: ReportingWords) -> bool:
    """Return True if a word above a verb says that it is not done; but *could not avoid blaming her*."""
    for _ in range(MAX_STEPS):
        if verb.dep_ != "conj" or verb.tag_ != verb.head.tag_:
            break
        # *Refused to blame or accuse her*: what is joined in the same form is not done either.
        verb = verb.head
    holder = _find_governing_word(verb)
    if holder is None or not _is_omission(holder, words):
        return False
    return not any(k.dep_ == "neg" for word in (holder, holder.head) for k in word.children)


def _find_governing_word(verb: Token) -> Token | None:
    """Return the word that an infinitive or a gerund completes, beyond its preposition; None for other verbs."""
    if verb.dep_ == "pcomp" and verb.head.lower_ in OMITTED_PREPOSITIONS:
        return verb.head.head
    if is_infinitive(verb):
        return verb.head if verb.dep_ in INFINITIVE_RELATIONS else None
    # *They refuse, blaming the army*: after a comma a gerund is no complement.
    is_complement = verb.dep_ == "xcomp" and verb.tag_ == "VBG" and verb.head.i < verb.i
    return verb.head if is_complement and verb.nbor(-1).text != "," else None


def _is_omission(word: Token, words: ReportingWords) -> bool:
    """Return True for a word of not doing, and for a verb with such an adverb: *stopped short*."""
    return word.lower_ in words.omissions or any(
        k.dep_ == "advmod" and k.lower_ in words.omissions for k in word.rights
    )
