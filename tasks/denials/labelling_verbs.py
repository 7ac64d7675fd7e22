"""Verbs that call a claim false: by a label (*called it a lie*, *dismissed it as nonsense*) or alone (*she lied*)."""

from collections.abc import Iterable, Iterator, Sequence

from tasks.attribution.frames.dependents import get_children
from tasks.attribution.source_phrases import is_passive
from tasks.denials.claim_nouns import CLAIM_PRONOUNS, NOUN_CLAUSE_RELATIONS, is_claim_noun
from tasks.denials.denial_acts import DenialAct, find_denier, is_factual
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.denials.falsehood_labels import get_main_clause, is_person
from tasks.document.doc import Token

FINITE_TAGS = frozenset(["VBD", "VBZ", "VBP", "MD"])
CLAUSE_END_MARKS = frozenset([",", ";", ":", ".", "—", "–", "--", "(", ")"])
MAX_LABEL_DISTANCE = 25
"""tokens after a verb among which its label is looked for"""
MAX_WRONG_DISTANCE = 8
"""tokens before *wrong* among which its verb is looked for: *got the numbers wrong*"""


def find_labelling_verbs(words: Sequence[Token], lexicon: DenialLexicon) -> Iterator[DenialAct]:
    """Yield *called the report a lie*, *dismissed it as nonsense*."""
    for verb in words:
        frames = lexicon.label_verbs.get(verb.lower_)
        if frames is None or not verb.tag_.startswith("VB"):
            continue
        label = _find_next_label(verb, frames, lexicon)
        if label is None or not is_factual(verb, lexicon):
            continue
        if is_passive(verb) and not get_children(verb, "agent"):
            continue
        end = _find_label_end(label)
        subjects = get_children(verb, "nsubjpass")
        start = subjects[0].left_edge.i if subjects else verb.i + 1
        yield DenialAct(
            "labelling", verb, find_denier(verb, lexicon.reporting_words), (start, end), "labelling-verb"
        )


def _find_next_label(verb: Token, frames: frozenset[str], lexicon: DenialLexicon) -> Token | None:
    """Return the label that a verb gives to the object between the two, or None."""
    doc, seen_as, passive = verb.doc, False, is_passive(verb)
    for token in doc[verb.i + 1 : verb.i + MAX_LABEL_DISTANCE]:
        if token.text in CLAUSE_END_MARKS:
            return None
        if token.lower_ == "as":
            seen_as = True
        elif (label := lexicon.find_label(token)) is not None and label.part_of_speech != "truth":
            before = doc[verb.i + 1 : token.i]
            if not _takes_label(frames, seen_as) or not (passive or _has_object(before)):
                continue
            if label.needs != "claim" or any(is_claim_noun(t, lexicon) for t in before):
                return token
        elif token.tag_ in FINITE_TAGS and not _is_in_noun_clause(token, verb):
            return None
    return None


def _is_in_noun_clause(token: Token, verb: Token) -> bool:
    """Return True if a token is part of a clause of a noun after the verb: *called the report that he fled a hoax*."""
    while token.head is not token and token.head.i > verb.i:
        if token.dep_ in NOUN_CLAUSE_RELATIONS and token.head.tag_.startswith("NN"):
            return True
        token = token.head
    return token.dep_ == "relcl"


def _takes_label(frames: frozenset[str], seen_as: bool) -> bool:
    """Return True if a verb takes its label in this way: *dismissed it as a hoax*, *called it a hoax*."""
    return seen_as or "object" in frames


def _has_object(words: Iterable[Token]) -> bool:
    """Return True if one of the words can be the object that is labelled."""
    return any(
        t.lower_ in CLAIM_PRONOUNS
        or (t.tag_.startswith(("NN", "PRP", "DT")) and t.lower_ not in ("a", "an", "the"))
        for t in words
    )


def _find_label_end(label: Token) -> int:
    """Return one past the last token of the phrase of a label."""
    if label.dep_ in ("amod", "compound") and label.head.i > label.i:
        return label.head.i + 1
    closing = label.i + 1 < len(label.doc) and label.nbor().text in ("”", '"', "''", "’", "'")
    return label.i + 1 + closing


def find_lying_verbs(words: Sequence[Token], lexicon: DenialLexicon) -> Iterator[DenialAct]:
    """Yield *she lied to me*, *they misrepresented my record*, *he made the story up*, *I disagree*."""
    for token in words:
        if not token.tag_.startswith("VB") or not is_factual(token, lexicon):
            continue
        if _is_claimed_by_noun(token, lexicon):
            continue
        if (
            _is_lie(token, lexicon)
            or _is_misrepresentation(token, lexicon)
            or _is_fabrication(token, lexicon)
            or _is_error(token, lexicon)
            or _is_disagreement(token, lexicon)
        ):
            yield DenialAct("labelling", token, None, get_main_clause(token), "label", asserted=True)


def _is_claimed_by_noun(verb: Token, lexicon: DenialLexicon) -> bool:
    """Return True if a claim noun before a clause says that it is claimed: *accusations that she lied about it*."""
    before = verb.doc.tokens[verb.sent.start : get_main_clause(verb)[0]]
    if before and before[-1].lower_ == "that":
        before = before[:-1]
    return bool(before) and before[-1].lower_ in lexicon.claim_nouns and before[-1].tag_.startswith("NN")


def _is_lie(verb: Token, lexicon: DenialLexicon) -> bool:
    """Return True if a verb says that somebody lies, rather than where something lies."""
    if verb.lower_ not in lexicon.word_classes["lying"]:
        return False
    prepositions = {k.lower_ for k in get_children(verb, "prep", "dative")}
    if prepositions & {"to", "about"} or get_children(verb, "ccomp"):
        # *Charged him with lying to the court* accuses.
        return verb.tag_ != "VBG" or verb.dep_ == "acl" or _has_own_subject(verb)
    return verb.tag_ == "VBG" and not prepositions and any(map(is_person, get_children(verb, "nsubj")))


def _has_own_subject(verb: Token) -> bool:
    """Return True if a verb has a subject or an auxiliary."""
    return bool(get_children(verb, "nsubj", "aux"))


def _is_misrepresentation(verb: Token, lexicon: DenialLexicon) -> bool:
    """Return True if a verb says that somebody misrepresents something."""
    return verb.lower_ in lexicon.word_classes["misrepresenting"] and bool(
        get_children(verb, "dobj", "nsubjpass", "ccomp")
    )


def _is_fabrication(verb: Token, lexicon: DenialLexicon) -> bool:
    """Return True if a verb says that somebody invents a claim: *fabricated the story*, *made the story up*."""
    made_up = verb.lower_ in lexicon.word_classes["making"] and any(
        k.lower_ == "up" for k in get_children(verb, "prt")
    )
    if not made_up and verb.lower_ not in lexicon.word_classes["fabricating"]:
        return False
    objects = get_children(verb, "dobj", "nsubjpass")
    return any(k.lower_ in lexicon.claim_nouns or k.lower_ in CLAIM_PRONOUNS for k in objects)


def _is_error(verb: Token, lexicon: DenialLexicon) -> bool:
    """Return True if a verb says that somebody said what is wrong: *misspoke*, *erred in saying that*."""
    if verb.lower_ not in lexicon.word_classes["erring"]:
        return False
    gerunds = [k for p in get_children(verb, "prep") if p.lower_ == "in" for k in get_children(p, "pcomp")]
    return bool(gerunds) or verb.lower_.startswith("mis")


def find_wrong_objects(words: Sequence[Token], lexicon: DenialLexicon) -> Iterator[DenialAct]:
    """Yield *she has it wrong*, *he got the facts wrong*."""
    for token in words:
        if token.lower_ not in lexicon.word_classes["personal"] or token.dep_ == "amod":
            continue
        start = max(token.sent.start, token.i - MAX_WRONG_DISTANCE)
        before = list(token.doc.tokens[start : token.i])
        verb = next((t for t in reversed(before) if t.tag_.startswith("VB") or t.is_punct), None)
        if verb is None or verb.lower_ not in lexicon.word_classes["getting"]:
            continue
        if _has_object(token.doc[verb.i + 1 : token.i]) and is_factual(verb, lexicon):
            yield DenialAct("labelling", token, None, get_main_clause(verb), "label", asserted=True)


def _is_disagreement(verb: Token, lexicon: DenialLexicon) -> bool:
    """Return True if *I* or *we* disagree or dispute something, in the present."""
    if verb.lower_ not in lexicon.word_classes["disagreeing"] or verb.tag_ != "VBP":
        return False
    return any(k.lower_ in ("i", "we") for k in get_children(verb, "nsubj"))
