"""Cues beside quotations that the tables do not know: verbs that their place makes verbs of speaking.

*“Stop!” thundered the judge*; *the guard barked: “Stop!”*; *she issued this statement: “We left.”* A verb of the tables
that the tagger took for another part of speech is found here too (*the two write*, *Said Lee*).
"""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from tasks.attribution.quoting.quotations import (
    SENTENCE_STOPS,
    Quotation,
    get_next_token,
    get_previous_token,
    is_quoted_fragment,
    is_quoted_speech,
)
from tasks.document.doc import Doc, Token

if TYPE_CHECKING:
    from tasks.attribution.cue_lexicon import CueLexicon

FINITE_TAGS = frozenset(["VBD", "VBZ", "VBP"])
NOUN_TAGS = ("NN", "PRP")
OWN_ENDS = frozenset([",", "?", "!", "…", "...", "—"])
"""last characters of quoted words that a cue follows"""
INTRODUCING_MARKS = frozenset([":", ","])
BARRIERS = frozenset(["”", '"', ";", "–", "—", "--", "-"])
"""marks between a verb and a quotation that do not belong together"""
MAX_SUBJECT_TOKENS = 8
MAX_ADJUNCT_TOKENS = 8
"""tokens between a verb and the colon after it"""
MAX_ANNOUNCING_TOKENS = 14
"""the same before a paragraph of its own"""


def find_unlisted_cues(
    doc: Doc, quotations: Sequence[Quotation], known: Collection[int], lexicon: "CueLexicon"
) -> Iterator[Token]:
    """Yield the verbs beside quotations that speak by their place; ``known`` are the cues of the tables, by token."""
    for quotation in quotations:
        if is_quoted_fragment(doc, quotation):
            if (verb := _find_naming_verb(doc, quotation, known, lexicon)) is not None:
                yield verb
            continue
        if not is_quoted_speech(doc, quotation):
            continue
        verb = _find_verb_after(doc, quotation, known, lexicon)
        if verb is None:
            verb = _find_verb_before(doc, quotation, known, lexicon)
        if verb is not None:
            yield verb


def _find_naming_verb(
    doc: Doc, quotation: Quotation, known: Collection[int], lexicon: "CueLexicon"
) -> Token | None:
    """Return the verb by which somebody calls a thing so in quotation marks: *heralded the deal as a “triumph”*."""
    i = quotation.start - 1
    if i > 0 and doc[i].tag_ == "DT":
        i -= 1
    if i < 1 or doc[i].lower_ != "as":
        return None
    verb = doc[i].head if doc[i].head.tag_.startswith("VB") else doc[i].head.head
    if verb.i in known or verb.tag_ not in (*FINITE_TAGS, "VBN", "VBG") or _is_auxiliary(verb, lexicon):
        return None
    has_roles = any(k.dep_ == "dobj" and verb.i < k.i < i for k in verb.rights)
    return verb if has_roles and any(k.dep_ == "nsubj" for k in verb.lefts) else None


def _find_verb_after(
    doc: Doc, quotation: Quotation, known: Collection[int], lexicon: "CueLexicon"
) -> Token | None:
    """Return the verb after a quotation that begins its sentence: *“Stop!” thundered the judge*, *“…,” he fumed*."""
    leading = get_previous_token(doc, quotation.start)
    if quotation.open or not (leading is None or leading.text in SENTENCE_STOPS or "\n" in leading.text):
        return None
    if doc[quotation.end - 2].text not in OWN_ENDS or (first := get_next_token(doc, quotation.end)) is None:
        return None
    stop = min(first.i + MAX_SUBJECT_TOKENS, len(doc))
    if any(i in known for i in range(first.i, stop)):
        return None
    verb = first.nbor() if first.tag_ == "RB" and first.i + 1 < len(doc) else first
    if _may_speak(verb, lexicon) and _has_noun_after(verb):
        return verb
    if doc[quotation.end - 2].text != "," or not (
        first.tag_.startswith((*NOUN_TAGS, "DT")) or first.is_alpha
    ):
        return None
    return next(
        (t for t in _get_clause_tokens(doc, first.i, stop) if _ends_attribution(t, first, lexicon)), None
    )


def _get_clause_tokens(doc: Doc, start: int, stop: int) -> Iterator[Token]:
    """Yield the tokens up to the first mark."""
    for token in doc.tokens[start:stop]:
        if token.is_punct or token.is_space:
            return
        yield token


def _ends_attribution(verb: Token, first: Token, lexicon: "CueLexicon") -> bool:
    """Return True if a verb after its subject has no object or clause of its own: *he fumed on Monday*."""
    if verb.i == first.i or not _may_speak(verb, lexicon) or verb.i + 1 >= len(verb.doc):
        return False
    if any(k.dep_ in ("dobj", "ccomp", "xcomp", "attr", "acomp") and k.i > verb.i for k in verb.children):
        return False
    has_subject = any(k.dep_ == "nsubj" and first.i <= k.i < verb.i for k in verb.children)
    following = verb.nbor()
    return has_subject and (following.is_punct or following.tag_ in ("IN", "RB", "TO", "RP"))


def _has_noun_after(verb: Token) -> bool:
    """Return True if a noun phrase that may be its subject follows a verb."""
    for token in verb.doc.tokens[verb.i + 1 : verb.i + 1 + MAX_SUBJECT_TOKENS]:
        if token.is_punct or token.is_space or token.tag_ in ("IN", "TO"):
            return False
        if token.tag_.startswith(NOUN_TAGS) and token.tag_ != "PRP$":
            return True
    return False


def _find_verb_before(
    doc: Doc, quotation: Quotation, known: Collection[int], lexicon: "CueLexicon"
) -> Token | None:
    """Return the verb before a colon or comma and a quotation: *he barked: “…”*, *issued this statement: “…”*."""
    mark = quotation.start - 1
    while mark >= 0 and doc[mark].is_space:
        mark -= 1
    if mark < 1 or doc[mark].text not in INTRODUCING_MARKS:
        return None
    reach = 1
    if doc[mark].text == ":":
        reach = MAX_ADJUNCT_TOKENS if mark == quotation.start - 1 else MAX_ANNOUNCING_TOKENS
    for i in range(mark - 1, max(mark - 1 - reach, -1), -1):
        token = doc[i]
        if i in known or token.text in SENTENCE_STOPS or "\n" in token.text or token.text in BARRIERS:
            return None
        if token.tag_ in FINITE_TAGS and not _is_auxiliary(token, lexicon):
            has_subject = any(k.dep_ == "nsubj" for k in token.children) or token.dep_ == "conj"
            return token if has_subject else None
    return _find_opening_cue(doc, mark, lexicon)


def _find_opening_cue(doc: Doc, mark: int, lexicon: "CueLexicon") -> Token | None:
    """Return a verb of the tables that begins a sentence and that the tagger took for a name: *Said Ann Lee, “…”*."""
    for i in range(mark - 2, max(mark - MAX_SUBJECT_TOKENS, -1), -1):
        before = get_previous_token(doc, i)
        if before is None or before.text in SENTENCE_STOPS or "\n" in before.text:
            named = all(t.tag_.startswith("NNP") or t.tag_ == "DT" for t in doc[i + 1 : mark])
            return doc[i] if named and lexicon.is_quoting_form(doc[i].lower_) else None
    return None


def _is_auxiliary(token: Token, lexicon: "CueLexicon") -> bool:
    """Return True for a form of a verb that never speaks: *be*, *have*, *do*."""
    return token.lower_ in lexicon.reporting_words.word_classes["auxiliary"]


def _may_speak(token: Token, lexicon: "CueLexicon") -> bool:
    """Return True for a finite verb that is no auxiliary, and a form of a verb of the tables however it is tagged."""
    if _is_auxiliary(token, lexicon):
        return False
    return token.tag_ in FINITE_TAGS or lexicon.is_quoting_form(token.lower_)
