"""What somebody does not do, or only means to do: *avoided blaming her*, *wants to blame her*."""

from collections.abc import Iterator

from tasks.attribution.frames.dependents import is_infinitive
from tasks.attribution.reporting_words import ReportingWords
from tasks.document.doc import Token

MAX_STEPS = 8
"""verbs before a verb with which it is joined"""
OMITTED_PREPOSITIONS = frozenset(["of", "from"])
"""prepositions between a word of not doing and what is not done"""
DEGREES = frozenset(["more", "most", "less", "least", "only"])
"""words before *likely* or *willing* in sentences that say what was done"""
ALTERNATIVES = (("rather", "than"), ("instead", "of"))
"""words before a verb that is not done: *rather than blame her*, *instead of blaming her*"""
COMPLEMENT_RELATIONS = frozenset(["acomp", "attr", "xcomp", "dobj", "oprd"])
"""relations of a word to a verb whose negation is its own: *was not willing*, *has no intention*"""


def is_omitted(verb: Token, words: ReportingWords) -> bool:
    """Return True if a word above a verb says that it is not done: *avoided blaming her*, *did not want to blame her*.

    But *could not avoid blaming her*. What something else was done instead of is not done either.
    """
    before = tuple(t.lower_ for t in verb.doc.tokens[max(0, verb.i - 2) : verb.i])
    if verb.tag_ in ("VB", "VBG") and before in ALTERNATIVES:
        return True
    holder = _find_governing_word(verb)
    if holder is None:
        return False
    kinds = ("meant", "attempted") if _is_negated(holder) else ("undone",)
    return any(form in words.omissions[kind] for form in _list_forms(holder) for kind in kinds)


def is_only_meant(verb: Token, words: ReportingWords) -> bool:
    """Return True if a word above a verb says that it is not done yet: *wants to blame her*, *is expected to*.

    But *men were more likely to say so* and *was not only willing to say so*: they did.
    """
    holder = _find_governing_word(verb)
    if holder is None or any(t.lower_ in DEGREES for t in holder.doc.tokens[max(0, holder.i - 1) : holder.i]):
        return False
    return any(form in words.omissions["meant"] for form in _list_forms(holder))


def _find_governing_word(verb: Token) -> Token | None:
    """Return the word that an infinitive or a gerund completes, beyond its preposition; None for other verbs."""
    for _ in range(MAX_STEPS):
        if verb.dep_ != "conj" or verb.tag_ != verb.head.tag_:
            break
        # *Refused to blame or accuse her*: what is joined in the same form is not done either.
        verb = verb.head
    if verb.dep_ == "pcomp" and verb.head.lower_ in OMITTED_PREPOSITIONS:
        return verb.head.head if verb.head.head.i != verb.head.i else None
    if is_infinitive(verb):
        # *Set up a website to accuse her*: a purpose.
        is_purpose = any(k.dep_ in ("dobj", "prt") for k in verb.head.children)
        return (
            verb.head
            if verb.dep_ in ("xcomp", "ccomp") or (verb.dep_ == "advcl" and not is_purpose)
            else None
        )
    # *They refuse, blaming the army*: after a comma a gerund is no complement.
    is_complement = verb.dep_ == "xcomp" and verb.tag_ == "VBG" and verb.head.i < verb.i
    return verb.head if is_complement and verb.nbor(-1).text != "," else None


def _is_negated(word: Token) -> bool:
    """Return True if a word, or the verb that it completes, is negated; but *not only willing*."""
    holders = (word, word.head) if word.dep_ in COMPLEMENT_RELATIONS else (word,)
    return any(
        (k.dep_ == "neg" and k.doc[k.i + 1].lower_ != "only") or (k.dep_ == "det" and k.lower_ == "no")
        for holder in holders
        for k in holder.children
    )


def _list_forms(word: Token) -> Iterator[str]:
    """Yield a word and its adverbs after it, as *short* in *stopped short*."""
    yield word.lower_
    yield from (k.lower_ for k in word.rights if k.dep_ == "advmod")
