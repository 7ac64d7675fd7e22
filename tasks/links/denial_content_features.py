"""Features of the words of a statement that may be a denial: its form, what it negates, and its labels."""

import math
from collections.abc import Collection

from tasks.document.doc import Doc, Token
from tasks.document.function_words import (
    CONTRAST_CONJUNCTIONS,
    DEMONSTRATIVES,
    FIRST_PERSON_SUBJECTS,
    THIRD_PERSON_SUBJECTS,
)
from tasks.document.records import Statement
from tasks.document.token_ranges import TokenRange
from tasks.links.denial_candidates import LOG_SCALE, DenialCandidate

MAX_CONTRAST_TOKENS = 4
"""tokens at the start of a sentence in which a contrast marker is looked for"""
MAX_ELLIPSIS_WORDS = 4
MAX_BRIEF_WORDS = 8
MIN_LONG_WORDS = 35
NEGATION_TOKENS = frozenset(["not", "n't", "n’t"])
PAST_AUXILIARIES = frozenset(["did", "was", "were", "had", "has", "have"])
WORD_GROUPS = {
    "second_person": frozenset(["you", "your"]),
    "future": frozenset(["will", "'ll", "’ll", "wo", "going"]),
    "would": frozenset(["would", "'d", "’d"]),
    "obliging": frozenset(["should", "must", "need"]),
    "alternative": frozenset(["but", "rather", "instead"]),
}
"""closed classes of words whose presence in the content is a feature"""
POINTING_WORDS = DEMONSTRATIVES | {"such"}
OPENING_GROUPS = {
    "opens_pointing": DEMONSTRATIVES | {"it"},
}
TAG_GROUPS = {
    "past": ("VBD",),
    "present": ("VBZ", "VBP"),
    "number": ("CD",),
    "name": ("NNP", "NNPS"),
}


def compute_word_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of the words of the content and of its first sentence."""
    doc, lexicon, tokens = candidate.doc, candidate.lexicon, candidate.tokens
    words = [token for token in tokens if token.word.is_alpha]
    s, sentence = candidate.classified.statement, doc[tokens[0].i].sent
    before = [t.lower_ for t in sentence if t.i < tokens[0].i][:MAX_CONTRAST_TOKENS]
    contrast = CONTRAST_CONJUNCTIONS | lexicon.word_classes["contrast"]
    found = {
        "long": len(words) > MIN_LONG_WORDS,
        "ellipsis": s.source_type == "author"
        and len(words) <= MAX_ELLIPSIS_WORDS
        and _is_elliptic(doc, candidate.sentences[-1]),
        "set_right": any(lexicon.has_pattern("rebuttal", doc, span) for span in candidate.sentences),
        "contrast": s.source is not None
        and any(t.lower_ in lexicon.word_classes["concession"] for t in sentence),
        "turn": not contrast.isdisjoint([*before, *(t.lower_ for t in tokens[:3])]),
        "universal": any(t.lower_ in lexicon.word_classes["universal"] for t in words),
        "label_word": any(t.lower_ in lexicon.labels for t in tokens),
        "claim_noun": any(t.lower_ in lexicon.claim_nouns for t in tokens),
        "modal": any(t.tag_ == "MD" for t in tokens),
    }
    return {name: float(value) for name, value in found.items()}


def compute_form_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of the form of the content: its length, persons, tenses and opening words."""
    # *That* before a clause points to nothing.
    words = [t for t in candidate.tokens if (t.is_alpha or t.tag_ == "RB") and not _is_complementizer(t)]
    forms, tags = [t.lower_ for t in words], {t.tag_ for t in candidate.tokens}
    text = candidate.doc.text[slice(*candidate.classified.statement.content[-1])]
    found = {name: not group.isdisjoint(forms) for name, group in WORD_GROUPS.items()}
    found |= {name: not group.isdisjoint(forms[:1]) for name, group in OPENING_GROUPS.items()}
    found |= {name: not tags.isdisjoint(group) for name, group in TAG_GROUPS.items()}
    found |= {
        "demonstrative": any(t.lower_ in POINTING_WORDS and t.tag_ in ("DT", "PDT", "JJ") for t in words),
        "opens_first_person": not FIRST_PERSON_SUBJECTS.isdisjoint(forms[:2]),
        "brief": len(words) <= MAX_BRIEF_WORDS,
        "verbless": not any(tag.startswith("VB") or tag == "MD" for tag in tags),
        "asking": text.rstrip("\"”’' ").endswith("?"),
    }
    return {name: float(value) for name, value in found.items()} | {
        "words": math.log1p(len(words)) / LOG_SCALE
    }


def _is_complementizer(token: Token) -> bool:
    """Return True if a token is the *that* that begins a clause."""
    return token.lower_ == "that" and token.tag_ in ("IN", "WDT")


def compute_negation_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of what is negated."""
    verbs = candidate.negated_verbs
    negated = [token.head for token in candidate.tokens if token.dep_ == "neg"]
    return {
        "never": float(any(k.lower_ == "never" for v in verbs for k in v.children)),
        "evaluative": float(any(k.dep_ == "acomp" for v in verbs[:1] for k in v.children)),
        "first_person": float(any(_has_first_person_subject(v, ("nsubj",)) for v in verbs[:1])),
        "self_subject": float(any(_has_own_subject(v, candidate.classified.statement) for v in verbs)),
        "negated_share": len(verbs) / len(candidate.sentences),
        "negated_first_person": float(any(map(_has_first_person_subject, negated))),
        "negated_past": float(any(map(_is_past, negated))),
    }


def compute_label_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of the labels in the content and at the cue, and of the verb that denies."""
    lexicon, cue = candidate.lexicon, candidate.classified.statement.cue_token
    cue_tokens = [candidate.doc[cue]] if cue is not None else []
    found: dict[str, float] = {}
    for token in [*candidate.tokens, *cue_tokens]:
        if token.lower_ in lexicon.triggers and (label := lexicon.find_label(token)) is not None:
            found["label_weak" if label.needs else "label_strong"] = 1.0
    if not candidate.classified.tentative:
        found |= {f"verb_{v.object}": 1.0 for t in cue_tokens for v in lexicon.verbs.get(t.lower_, ())}
    return found


def _has_first_person_subject(verb: Token, relations: Collection[str] = ("nsubj", "nsubjpass")) -> bool:
    """Return True if *I* or *we* is the subject of a verb."""
    return any(k.lower_ in FIRST_PERSON_SUBJECTS and k.dep_ in relations for k in verb.children)


def _has_own_subject(verb: Token, statement: Statement) -> bool:
    """Return True if the subject of a verb is a pronoun that can refer to the source of the statement."""
    pronouns = (
        FIRST_PERSON_SUBJECTS
        if statement.manner == "direct"
        else FIRST_PERSON_SUBJECTS | THIRD_PERSON_SUBJECTS
    )
    return any(k.lower_ in pronouns and k.dep_ in ("nsubj", "nsubjpass") for k in verb.children)


def _is_past(verb: Token) -> bool:
    """Return True if a verb or its auxiliary is a past or perfect form."""
    return verb.lower_ in PAST_AUXILIARIES or any(k.lower_ in PAST_AUXILIARIES for k in verb.children)


def _is_elliptic(doc: Doc, sentence: TokenRange) -> bool:
    """Return True if a sentence omits what it negates: *She had not*."""
    words = [doc[i] for i in range(*sentence) if not (doc[i].is_punct or doc[i].is_space)]
    return bool(words) and words[-1].lower_ in NEGATION_TOKENS
