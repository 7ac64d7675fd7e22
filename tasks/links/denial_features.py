"""Features of a statement that may be a denial: its kind and rule, its words, and what others said before it."""

import math
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tasks.denials.classified_statements import (
    DENIAL_TYPES,
    ClassifiedStatement,
    TokenIndex,
    split_by_sentence,
)
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.denials.stances import find_predicates, is_negated_clause
from tasks.document.doc import Doc, Token
from tasks.document.records import Statement
from tasks.document.token_ranges import TokenRange
from tasks.links.link_evidence import PairScorer, RankedClaims, rank_claims
from tasks.links.statement_features import CONTRAST_MARKERS, StatementFeatures

MAX_ACCUSATION_DISTANCE = 4
"""sentences before a statement in which an accusation counts as near"""
MAX_CLAIM_NOUN_DISTANCE = 40
"""tokens before a sentence in which a claim noun is looked for"""
MAX_CONTRAST_TOKENS = 4
"""tokens at the start of a sentence in which a contrast marker is looked for"""
MAX_ROW_SENTENCES = 2
"""sentences before a statement in which a denial counts as just before"""
MAX_DENIALS_BEFORE = 50
"""statements before a statement that are looked at"""
MAX_SHARED_STEMS = 4
MAX_ELLIPSIS_WORDS = 4
MIN_LONG_WORDS = 35
MIN_LIKELY_SCORE = 0.5
MAX_UNLIKELY_SCORE = 0.35
NEGATION_TOKENS = frozenset(["not", "n't", "n’t"])
FIRST_PERSON_PRONOUNS = frozenset(["i", "we"])
THIRD_PERSON_PRONOUNS = frozenset(["he", "she", "it", "they"])
PAST_AUXILIARIES = frozenset(["did", "was", "were", "had", "has", "have"])
CHARGE_FEATURES = frozenset(["names_denier", "targets_denier"])
KIND_FEATURES = ("explicit", "labelling", "negated_assertion")
RULE_FEATURES = {"label": "labelled", "denying-verb": "unreported_act"}


@dataclass(frozen=True, slots=True)
class DenialCandidate:
    """A statement that may be a denial, its content by sentence, and the claims that it may answer."""

    doc: Doc
    classified: ClassifiedStatement
    features: StatementFeatures
    preceding: Sequence[StatementFeatures]
    """the statements before it in its document, the nearest last"""
    claims: RankedClaims
    """the claims that it may answer, best first"""
    sentences: Sequence[TokenRange]
    """its content by sentence"""
    negated_verbs: Sequence[Token]
    """the main verbs of its content whose clauses are negated"""
    lexicon: DenialLexicon

    @property
    def content_tokens(self) -> list[Token]:
        """The tokens of its content."""
        return [token for start, end in self.sentences for token in self.doc.tokens[start:end]]


def find_features(
    doc: Doc,
    classified: Sequence[ClassifiedStatement],
    pairs: PairScorer,
    lexicon: DenialLexicon,
    positions: Collection[int],
) -> dict[int, dict[str, float]]:
    """Return the features of the statements at ``positions``, each by name, without those that are 0."""
    tokens = TokenIndex(doc)
    certain = sorted(_find_certain_denials(classified, pairs.statements), key=lambda s: s.start)
    found = {}
    for i in positions:
        sentences = [
            piece
            for span in classified[i].statement.content
            for piece in split_by_sentence(doc, tokens.range(span))
        ]
        candidate = DenialCandidate(
            doc=doc,
            classified=classified[i],
            features=pairs.statements[i],
            preceding=pairs.statements[max(0, i - MAX_DENIALS_BEFORE) : i],
            claims=rank_claims(i, pairs),
            sentences=sentences,
            negated_verbs=[
                v
                for s in sentences
                for v, _ in find_predicates(doc, s, lexicon)
                if is_negated_clause(v, lexicon)
            ],
            lexicon=lexicon,
        )
        values = compute_candidate_features(candidate) | _compute_denial_neighbours(
            candidate.features, certain
        )
        found[i] = {name: float(value) for name, value in values.items() if value}
    return found


def _find_certain_denials(
    classified: Sequence[ClassifiedStatement], statements: Sequence[StatementFeatures]
) -> list[StatementFeatures]:
    """Return the statements that are denials by their words."""
    return [
        s
        for s, c in zip(statements, classified, strict=True)
        if c.statement.kind in DENIAL_TYPES and not c.tentative
    ]


def compute_candidate_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of one candidate by name."""
    return {
        **_compute_kind_features(candidate),
        **_compute_cue_features(candidate),
        **_compute_word_features(candidate),
        **_compute_negation_features(candidate),
        **_compute_claim_features(candidate),
        **_compute_context_features(candidate),
    }


def _compute_kind_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of the rule that found a candidate and of the type of denial that it would be."""
    classified, s = candidate.classified, candidate.classified.statement
    found = {kind: s.kind == kind for kind in (*KIND_FEATURES, "lack_of_knowledge", "counter")}
    found |= {name: s.rule == rule for rule, name in RULE_FEATURES.items()}
    found |= {
        "by_words": not classified.tentative,
        "unreported": classified.latent,
        "nested": s.parent is not None,
        "headline": candidate.features.paragraph == 0,
        "refers_back": candidate.features.refers_back,
        "bare": s.rule == "bare-quotation",
        "quotation": s.manner == "direct",
    }
    return {name: float(value) for name, value in found.items()}


def _compute_cue_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of the source and the cue."""
    s = candidate.classified.statement
    found = {
        "has_source": float(s.source is not None),
        "author": float(s.source_type == "author" and s.kind != "lack_of_knowledge"),
    }
    cue_class = candidate.lexicon.cues.get(s.cue_lemma)
    return found if cue_class is None else found | {cue_class: 1.0}


def _compute_word_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of the words of the content and of its first sentence."""
    doc, lexicon, tokens = candidate.doc, candidate.lexicon, candidate.content_tokens
    words = [token for token in tokens if token.word.is_alpha]
    s, sentence = candidate.classified.statement, doc[tokens[0].i].sent
    before = [t.lower_ for t in sentence if t.i < tokens[0].i][:MAX_CONTRAST_TOKENS]
    contrast = CONTRAST_MARKERS | lexicon.words["contrast"]
    found = {
        "long": len(words) > MIN_LONG_WORDS,
        "ellipsis": s.source_type == "author"
        and len(words) <= MAX_ELLIPSIS_WORDS
        and _is_elliptic(doc, candidate.sentences[-1]),
        "set_right": any(lexicon.has_match("rebuttal", doc, span) for span in candidate.sentences),
        "contrast": s.source is not None and any(t.lower_ in lexicon.words["concession"] for t in sentence),
        "turn": not contrast.isdisjoint([*before, *(t.lower_ for t in tokens[:3])]),
        "universal": any(t.lower_ in lexicon.words["universal"] for t in words),
        "label_word": any(t.lower_ in lexicon.labels for t in tokens),
        "claim_noun": any(t.lower_ in lexicon.claim_nouns for t in tokens),
        "modal": any(t.tag_ == "MD" for t in tokens),
    }
    return {name: float(value) for name, value in found.items()}


def _compute_negation_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of what is negated."""
    verbs = candidate.negated_verbs
    negated = [token.head for token in candidate.content_tokens if token.dep_ == "neg"]
    return {
        "never": float(any(k.lower_ == "never" for v in verbs for k in v.children)),
        "evaluative": float(any(k.dep_ == "acomp" for v in verbs[:1] for k in v.children)),
        "first_person": float(any(_has_first_person_subject(v, ("nsubj",)) for v in verbs[:1])),
        "self_subject": float(any(_has_own_subject(v, candidate.classified.statement) for v in verbs)),
        "negated_share": len(verbs) / len(candidate.sentences),
        "negated_first_person": float(any(map(_has_first_person_subject, negated))),
        "negated_past": float(any(map(_is_past, negated))),
    }


def _has_first_person_subject(verb: Token, relations: Collection[str] = ("nsubj", "nsubjpass")) -> bool:
    """Return True if *I* or *we* is the subject of a verb."""
    return any(k.lower_ in FIRST_PERSON_PRONOUNS and k.dep_ in relations for k in verb.children)


def _has_own_subject(verb: Token, statement: Statement) -> bool:
    """Return True if the subject of a verb is a pronoun that can stand for the source of the statement."""
    pronouns = (
        FIRST_PERSON_PRONOUNS
        if statement.manner == "direct"
        else FIRST_PERSON_PRONOUNS | THIRD_PERSON_PRONOUNS
    )
    return any(k.lower_ in pronouns and k.dep_ in ("nsubj", "nsubjpass") for k in verb.children)


def _is_past(verb: Token) -> bool:
    """Return True if a verb or its auxiliary is a past or perfect form."""
    return verb.lower_ in PAST_AUXILIARIES or any(k.lower_ in PAST_AUXILIARIES for k in verb.children)


def _is_elliptic(doc: Doc, sentence: TokenRange) -> bool:
    """Return True if a sentence omits what it negates: *She had not*."""
    words = [doc[i] for i in range(*sentence) if not (doc[i].is_punct or doc[i].is_space)]
    return bool(words) and words[-1].lower_ in NEGATION_TOKENS


def _compute_claim_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of the claims that a candidate may answer."""
    best, _, evidence = candidate.claims[0] if candidate.claims else (0.0, None, {})
    return {
        "best_link": best,
        "answers_charge": max(
            (
                found.get("coverage", 0.0)
                for _, _, found in candidate.claims
                if not CHARGE_FEATURES.isdisjoint(found)
            ),
            default=0.0,
        ),
        "unlinked": float(best < MAX_UNLIKELY_SCORE),
        "overlap": evidence.get("overlap", 0.0),
        "back_reference": evidence.get("back_reference", 0.0),
        "accused": float(
            candidate.classified.statement.kind == "counter"
            and any(v >= MIN_LIKELY_SCORE and "names_denier" in found for v, _, found in candidate.claims)
        ),
    }


def _compute_context_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of what others said in the sentences before."""
    features, doc = candidate.features, candidate.doc
    start = doc[features.start].sent.start
    before = {t.lower_ for t in doc.tokens[max(0, start - MAX_CLAIM_NOUN_DISTANCE) : start]}
    near = [
        s
        for s in candidate.preceding
        if 0 <= features.sentence - s.sentence <= MAX_ACCUSATION_DISTANCE
        and features.speaker.isdisjoint(s.speaker)
    ]
    claims = [s for s in near if s.statement.kind not in DENIAL_TYPES]
    shared = max((len(features.words.keys() & s.words.keys()) for s in claims), default=0)
    return {
        "claim_noun_before": float(not before.isdisjoint(candidate.lexicon.claim_nouns)),
        "accused_near": float(
            any(s.is_charge and not features.speaker.isdisjoint(s.targets | s.about) for s in claims)
        ),
        "spoken_of": float(any(not features.speaker.isdisjoint(s.about) for s in near)),
        "common_words": min(MAX_SHARED_STEMS, shared) / MAX_SHARED_STEMS,
    }


def _compute_denial_neighbours(
    features: StatementFeatures, certain: Sequence[StatementFeatures]
) -> dict[str, float]:
    """Return the features of the denials by their words near by; ``certain`` are those denials by their starts."""
    last = bisect_left(certain, features.start, key=lambda c: c.start)
    nearest = certain[max(0, last - MAX_DENIALS_BEFORE) : last]
    others = [c for c in certain[: last + MAX_DENIALS_BEFORE] if c is not features][-2 * MAX_DENIALS_BEFORE :]
    return {
        "after_denial": float(any(features.sentence - c.sentence <= MAX_ROW_SENTENCES for c in nearest)),
        "other_denials": math.log1p(len(others)),
        "denier_denies": float(any(not c.speaker.isdisjoint(features.speaker) for c in others)),
    }
