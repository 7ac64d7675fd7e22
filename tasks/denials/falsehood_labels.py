"""Labels that call a claim false: *called it a lie*, *is a hoax*, *baseless claims*, *she lied to me*."""

from collections.abc import Iterable, Iterator, Sequence

from tasks.attribution.cue_frames import get_children
from tasks.attribution.source_phrases import is_passive
from tasks.denials.denial_acts import (
    CONDITIONAL_MARKERS,
    DEMONSTRATIVES,
    DenialAct,
    find_denier,
    has_content_clause,
    has_subject,
    is_claim_noun,
    is_factual,
)
from tasks.denials.denial_lexicon import COMPLETED_DENIALS, LYING_FORMS, DenialLexicon
from tasks.document.doc import Token
from tasks.document.token_ranges import TokenRange, get_subtree_range

BE_FORMS = frozenset(["be", "is", "are", "was", "were", "been", "being", "'s", "’s", "'re", "’re", "am"])
PROVING_FORMS = frozenset(["prove", "proves", "proved", "proven", "proving", "turn", "turns", "turned"])
SEEMING = frozenset(
    f"{stem}{ending}"
    for stem in ("appear", "seem", "look", "sound", "remain", "ring")
    for ending in ("", "s", "ed", "ing")
)
CLAUSE_END_MARKS = frozenset([",", ";", ":", ".", "—", "–", "--", "(", ")"])
MAX_LABEL_DISTANCE = 25
PERSONAL_COMPLEMENTS = frozenset(["in", "to", "about", "when", "that", "for"])


def find_labelling_verbs(words: Sequence[Token], knowledge: DenialLexicon) -> Iterator[DenialAct]:
    """Yield *called the report a lie*, *dismissed it as nonsense*."""
    for verb in words:
        frames = knowledge.label_verbs.get(verb.lower_)
        if frames is None or not verb.tag_.startswith("VB") or not is_factual(verb, knowledge):
            continue
        label = _find_next_label(verb, frames, knowledge)
        if label is None or (is_passive(verb) and not get_children(verb, "agent")):
            continue
        end = _find_label_end(label)
        subjects = get_children(verb, "nsubjpass")
        start = subjects[0].left_edge.i if subjects else verb.i + 1
        yield DenialAct(
            "labelling", verb, find_denier(verb, knowledge.reporting_words), (start, end), "labelling-verb"
        )


def _find_next_label(verb: Token, frames: frozenset[str], knowledge: DenialLexicon) -> Token | None:
    """Return the label that a verb gives to the object between the two, or None."""
    doc, seen_as, passive = verb.doc, False, is_passive(verb)
    for token in doc[verb.i + 1 : verb.i + MAX_LABEL_DISTANCE]:
        if token.text in CLAUSE_END_MARKS:
            return None
        if token.lower_ == "as":
            seen_as = True
        elif (label := knowledge.label(token)) is not None and label[0] != "truth":
            before = doc[verb.i + 1 : token.i]
            if not has_frame(frames, seen_as) or not (passive or has_object(before)):
                continue
            if label[1] != "claim" or any(is_claim_noun(t, knowledge) for t in before):
                return token
        elif token.tag_ in ("VBD", "VBZ", "VBP", "MD") and token.dep_ != "relcl":
            return None
    return None


def has_frame(frames: frozenset[str], seen_as: bool) -> bool:
    """Return True if a verb takes its label in this way: *dismissed it as a hoax*, *called it a hoax*."""
    return seen_as or "object" in frames


def has_object(words: Iterable[Token]) -> bool:
    """Return True if something stands among words that a label can be given to."""
    return any(t.tag_.startswith(("NN", "PRP", "DT")) and t.lower_ not in ("a", "an", "the") for t in words)


def _find_label_end(label: Token) -> int:
    """Return one past the last token of the phrase in which a label stands."""
    if label.dep_ in ("amod", "compound") and label.head.i > label.i:
        return label.head.i + 1
    closing = label.i + 1 < len(label.doc) and label.nbor().text in ("”", '"', "''", "’", "'")
    return label.i + 1 + closing


def find_predicate_labels(words: Sequence[Token], knowledge: DenialLexicon) -> Iterator[DenialAct]:
    """Yield *the report is a hoax*, *he was wrong in his claim*, *that is not true*, *proved false*."""
    for token in words:
        label = knowledge.label(token)
        verb = _find_copula(token) if label is not None else None
        if label is None or verb is None:
            continue
        subject = next(iter(get_children(verb, "nsubj", "nsubjpass", "csubj")), None)
        if subject is None or not _is_false_predication(verb, token, label, subject, knowledge):
            continue
        yield DenialAct("labelling", token, None, _get_main_clause(verb), "label", asserted=True)


def _find_copula(token: Token) -> Token | None:
    """Return the verb (*is*, *proved*) whose predicate a label is or heads, or None."""
    if token.tag_ == "VBN" and get_children(token, "nsubjpass"):
        return token
    head = token
    while head.dep_ in ("amod", "compound", "conj", "pobj", "advmod", "nmod") and head.head.i != head.i:
        if head.dep_ == "pobj" and head.head.lower_ not in ("of", "but"):
            return None
        head = head.head if head.dep_ != "pobj" else head.head.head
    if head.dep_ in ("attr", "acomp", "oprd", "xcomp", "advcl"):
        verb = head.head
        if verb.lower_ in BE_FORMS and verb.dep_ == "xcomp":
            verb = verb.head
        return verb if verb.lower_ in BE_FORMS | PROVING_FORMS | SEEMING else None
    return None


def _is_false_predication(
    verb: Token, token: Token, label: tuple[str, str], subject: Token, knowledge: DenialLexicon
) -> bool:
    """Return True if a predicate says of a claim, or of who made it, that it is false."""
    negated = any(k.dep_ == "neg" for k in verb.children) or any(
        k.lower_ in ("no", "not") for k in token.children
    )
    pos, needs = label
    if (pos == "truth") != negated or _is_hypothetical(verb):
        return False
    about_claim = subject.lower_ in knowledge.claim_nouns or subject.lower_ in DEMONSTRATIVES
    names_claim = any(t.lower_ in knowledge.claim_nouns for t in subject.subtree)
    if needs == "claim" or pos == "truth":
        complemented = any(
            k.lower_ in PERSONAL_COMPLEMENTS for k in [*token.children, *token.rights, *verb.rights]
        )
        personal = token.lower_ in ("wrong", "mistaken", "incorrect", "truthful") and complemented
        return about_claim or names_claim or personal
    return True


def _is_hypothetical(verb: Token) -> bool:
    """Return True if a clause is conditional or asks."""
    if any(k.lower_ in CONDITIONAL_MARKERS or k.tag_ == "MD" for k in verb.children):
        return True
    return verb.sent[-1].text == "?"


def _get_main_clause(verb: Token) -> TokenRange:
    """Return the clause of a verb without clauses that only accompany it, and without a mark before it."""
    start, end = get_subtree_range(verb)
    own = [k for k in verb.children if k.dep_ in ("nsubj", "nsubjpass", "csubj", "expl")]
    if own:
        start = own[0].left_edge.i
    for child in verb.children:
        if child.i > verb.i and child.dep_ in ("conj", "parataxis") and has_subject(child):
            end = min(end, child.left_edge.i)
    return start, end


def find_attributive_labels(words: Sequence[Token], knowledge: DenialLexicon) -> Iterator[DenialAct]:
    """Yield *baseless claims*, *the debunked story that*: a label on a noun that is a claim."""
    for token in words:
        label = knowledge.label(token)
        noun = token.head
        if noun.dep_ == "amod" and noun.head.i > noun.i:
            noun = noun.head
        if (
            token.dep_ not in ("amod", "compound", "conj")
            or token.i >= noun.i
            or noun.lower_ not in knowledge.claim_nouns
        ):
            continue
        certain = knowledge.claim_nouns[noun.lower_] == "" or has_content_clause(noun)
        false = label is not None and label[0] == "adjective" and (label[1] == "" or has_content_clause(noun))
        if certain and (token.lower_ in COMPLETED_DENIALS or false):
            yield DenialAct(
                "labelling", token, None, get_subtree_range(noun), "label-on-claim", asserted=True
            )


def find_label_nouns(words: Sequence[Token], knowledge: DenialLexicon) -> Iterator[DenialAct]:
    """Yield *the lie that the vote was rigged*, *these conspiracy theories*: a claim named by its label."""
    for token in words:
        label = knowledge.label(token)
        if (
            label != ("noun", "")
            or token.dep_ in ("attr", "oprd", "compound")
            or not token.tag_.startswith("NN")
        ):
            continue
        if (
            token.dep_ == "dobj"
            and token.head.lower_ in knowledge.spreading
            and is_factual(token.head, knowledge)
        ):
            yield DenialAct("labelling", token, None, _get_main_clause(token.head), "label", asserted=True)
        elif has_content_clause(token) or any(
            k.lower_ in ("these", "this", "those") or k.dep_ == "poss" for k in token.children
        ):
            yield DenialAct(
                "labelling", token, None, get_subtree_range(token), "label-on-claim", asserted=True
            )


def find_lying_verbs(words: Sequence[Token], knowledge: DenialLexicon) -> Iterator[DenialAct]:
    """Yield *she lied to me*, *he is lying about his taxes*."""
    for token in words:
        if (
            token.lower_ not in LYING_FORMS
            or not token.tag_.startswith("VB")
            or not is_factual(token, knowledge)
        ):
            continue
        told = any(k.dep_ in ("prep", "dative") and k.lower_ == "to" for k in token.children)
        if told or get_children(token, "ccomp"):
            yield DenialAct("labelling", token, None, _get_main_clause(token), "label", asserted=True)
