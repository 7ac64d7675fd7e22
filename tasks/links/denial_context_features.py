"""Features of the surroundings of a statement that may be a denial: charges, questions and denials near by."""

import math
from bisect import bisect_left
from collections.abc import Sequence

from tasks.denials.classified_statements import DENIAL_TYPES
from tasks.links.denial_candidates import LOG_SCALE, DenialCandidate
from tasks.links.statement_features import StatementFeatures

MAX_ACCUSATION_DISTANCE = 4
"""sentences before a statement in which an accusation counts as near"""
MAX_PROMPT_DISTANCE = 3
"""sentences before a statement in which a question or doubted claim counts as near, or around it a denial"""
MAX_CLAIM_NOUN_DISTANCE = 40
"""tokens before a sentence in which a claim noun is looked for"""
MAX_ROW_SENTENCES = 2
"""sentences before a statement in which a denial counts as just before"""
MAX_STATEMENTS_BEFORE = 50
"""statements before a statement that are looked at"""
MAX_STATEMENTS_AROUND = 200
"""statements on each side of a statement among which those about its speaker are counted"""
MAX_SHARED_STEMS = 4
BEST_CLAIM_FEATURES = {
    "doubted": "best_doubted",
    "shared_entity": "best_shares_entity",
    "polarity": "best_polarity",
}


def compute_context_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of what others said in the sentences before."""
    features, doc = candidate.features, candidate.doc
    start = doc[features.start].sent.start
    before = {t.lower_ for t in doc.tokens[max(0, start - MAX_CLAIM_NOUN_DISTANCE) : start]}
    near = [
        s
        for s in _get_preceding(candidate)
        if 0 <= features.sentence - s.sentence <= MAX_ACCUSATION_DISTANCE
        and features.speaker.isdisjoint(s.speaker)
    ]
    claims = [s for s in near if s.statement.kind not in DENIAL_TYPES]
    shared = max((len(features.words.keys() & s.words.keys()) for s in claims), default=0)
    return {
        "claim_noun_before": float(not before.isdisjoint(candidate.lexicon.claim_nouns)),
        "accused_near": float(any(_is_charge_against(s, features) for s in claims)),
        "spoken_of": float(any(not features.speaker.isdisjoint(s.about) for s in near)),
        "common_words": min(MAX_SHARED_STEMS, shared) / MAX_SHARED_STEMS,
    }


def _get_preceding(candidate: DenialCandidate) -> Sequence[StatementFeatures]:
    """Return the statements before a candidate, the nearest last."""
    last = candidate.position
    return candidate.context.statements[max(0, last - MAX_STATEMENTS_BEFORE) : last]


def _is_charge_against(claim: StatementFeatures, features: StatementFeatures) -> bool:
    """Return True if a claim accuses the speaker of a statement."""
    return claim.is_charge and not features.speaker.isdisjoint(claim.targets | claim.about)


def compute_party_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of how often and how near others speak of the speaker, or accuse him."""
    features, i = candidate.features, candidate.position
    statements = candidate.context.statements
    around = statements[max(0, i - MAX_STATEMENTS_AROUND) : i + MAX_STATEMENTS_AROUND]
    own = [s for s in around if not features.speaker.isdisjoint(s.speaker)]
    others = [s for s in around if features.speaker and features.speaker.isdisjoint(s.speaker)]
    about = [s for s in others if not features.speaker.isdisjoint(s.about)]
    charges = [s for s in others if s.statement.kind not in DENIAL_TYPES and _is_charge_against(s, features)]
    return {
        "charges": math.log1p(len(charges)) / LOG_SCALE,
        "charge_before": float(any(s.start < features.start for s in charges)),
        "charge_nearness": _measure_nearness(features, charges),
        "mention_nearness": _measure_nearness(features, about),
        "own_statements": math.log1p(len(own)) / LOG_SCALE,
    }


def _measure_nearness(features: StatementFeatures, others: Sequence[StatementFeatures]) -> float:
    """Return 1 if one of the statements is in the same sentence, less the farther before it is, 0 if none is before."""
    distances = [max(0, features.sentence - s.sentence) for s in others if s.start < features.start]
    return 1 / (1 + min(distances)) if distances else 0.0


def compute_prompt_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of the questions and doubted claims just before, and of the likeliest earlier claim."""
    features = candidate.features
    near = [
        s for s in _get_preceding(candidate) if 0 <= features.sentence - s.sentence <= MAX_PROMPT_DISTANCE
    ]
    prior = [
        claim
        for claim in candidate.claims
        if _is_separate_claim_before(candidate.context.statements[claim.position], features)
    ]
    best = max(prior, key=lambda claim: claim.strength).features if prior else {}
    return {
        "question_near": float(any(s.is_question for s in near)),
    } | {name: best.get(feature, 0.0) for feature, name in BEST_CLAIM_FEATURES.items()}


def _is_separate_claim_before(claim: StatementFeatures, features: StatementFeatures) -> bool:
    """Return True if a claim by another speaker begins before a statement and does not overlap it."""
    overlaps = claim.extent[0] < features.extent[1] and features.extent[0] < claim.extent[1]
    return claim.start < features.start and not overlaps and claim.speaker.isdisjoint(features.speaker)


def compute_neighbour_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of the denials by their words near by."""
    features, certain = candidate.features, candidate.context.certain
    last = bisect_left(certain, features.start, key=lambda c: c.start)
    nearest = certain[max(0, last - MAX_STATEMENTS_BEFORE) : last]
    others = [c for c in certain[: last + MAX_STATEMENTS_BEFORE] if c is not features]
    others = others[-2 * MAX_STATEMENTS_BEFORE :]
    # A denial by another speaker that follows a statement may deny that statement.
    near = [
        c
        for c in others
        if abs(c.sentence - features.sentence) <= MAX_PROMPT_DISTANCE
        and (c.start < features.start or not c.speaker.isdisjoint(features.speaker))
    ]
    return {
        "after_denial": float(any(features.sentence - c.sentence <= MAX_ROW_SENTENCES for c in nearest)),
        "other_denials": math.log1p(len(others)),
        "denier_denies": float(any(not c.speaker.isdisjoint(features.speaker) for c in others)),
        "denial_near": float(bool(near)),
        "denier_denies_near": float(any(not c.speaker.isdisjoint(features.speaker) for c in near)),
    }
