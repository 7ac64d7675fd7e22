"""Features of a pair of a denial and a claim."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from tasks.links.statement_features import StatementFeatures

LEAD_SENTENCES = 4
"""sentences at the start of an article that sum it up"""
MAX_CLAIM_TOKENS = 12
"""length above which a longer claim is no likelier"""
MAX_QUESTION_DISTANCE = 3
"""sentences before a denial in which a question is what it answers"""
MAX_FIGURE_DISTANCE = 2
"""sentences before a denial in which a number is the one that it disputes"""


class PairFeatures(NamedTuple):
    """The features of a pair that do not depend on other pairs, and their weighted sum."""

    features: Mapping[str, float]
    is_nested: bool = False
    """one contains the other: no feature of the context counts"""
    counts_contested: bool = True
    """that other denials answer the claim counts"""
    total: float = 0.0
    """the weighted sum of the features"""


def compute_pair_features(
    denial: StatementFeatures, claim: StatementFeatures, claim_features: Mapping[str, float]
) -> PairFeatures:
    """Return the features of a pair that do not depend on other pairs.

    Args:
        denial: the statement that denies.
        claim: the statement that it may answer.
        claim_features: the features of the claim alone.
    """
    if has_inner_statement(denial, claim) or (
        denial.statement.cue is None and has_inner_statement(claim, denial)
    ):
        return PairFeatures(_compute_nested_features(denial, claim), is_nested=True)
    words = _compare_words(denial, claim)
    found = {
        **drop_absent(words),
        **claim_features,
        **drop_absent(_compare_positions(denial, claim)),
        **_compare_parties(denial, claim),
    }
    # *These claims* refers to the nearest ones, whatever other denials answer.
    counts_contested = words["coverage"] > 0 or not denial.refers_back or denial.is_short
    return PairFeatures(found, counts_contested=counts_contested)


def has_inner_statement(outer: StatementFeatures, inner: StatementFeatures) -> bool:
    """Return True if the content of ``outer`` contains the cue, or else the content, of ``inner``."""
    start, end = inner.anchor
    if start < outer.extent[0] or outer.extent[1] < end:
        return False
    return any(a <= start and end <= b for a, b in outer.statement.content)


def drop_absent(found: Mapping[str, float]) -> dict[str, float]:
    """Return the features that are not 0."""
    return {name: value for name, value in found.items() if value}


def _compute_nested_features(denial: StatementFeatures, claim: StatementFeatures) -> dict[str, float]:
    """Return the features of a claim that the denial contains, or that contains the denial in brackets.

    The words of a claim that the denial names are words of the denial, so that words in common say nothing.
    """
    if denial.statement.cue is not None:
        return {"named": 1.0}
    clause = not claim.is_phrase and claim.statement.rule != "np"
    return {"rebutted": 1.0} if clause or has_inner_statement(claim, denial) else {}


def _compare_words(denial: StatementFeatures, claim: StatementFeatures) -> dict[str, float]:
    """Return the features of the words that two contents have in common."""
    common = not claim.words.keys().isdisjoint(denial.words)
    shared = sum(w for s, w in denial.words.items() if s in claim.words) if common else 0.0
    size = math.sqrt(denial.weight * claim.weight) or 1.0
    close = 0 <= denial.sentence - claim.sentence <= MAX_FIGURE_DISTANCE
    return {
        "rare": _score_rarest_word(denial, claim),
        "coverage": shared / (denial.weight or 1.0),
        "overlap": shared / size,
        "figures": float(denial.has_figure and claim.has_figure and close),
        "polarity": float(denial.is_negated != claim.is_negated),
    }


def compute_claim_features(claim: StatementFeatures) -> dict[str, float]:
    """Return the features of a claim that make it likelier or less likely that somebody denies it."""
    found = {
        "empty": float(claim.refers_back or claim.names_only),
        "aimed": float(claim.is_target_only),
        "phrase": float(claim.is_phrase and not claim.is_charge),
        "accusing": float(claim.is_charge),
        "accuses": float(claim.statement.attitude in ("accusation", "condemnation")),
        "doubted": float(claim.is_doubted),
        "unsaid": float(claim.latent and claim.statement.cue is None),
        "lead": float(claim.sentence <= LEAD_SENTENCES),
        "length": math.log1p(min(claim.end - claim.start, MAX_CLAIM_TOKENS)),
        "quoted": float(claim.statement.manner == "direct"),
        "unnamed": float(not (claim.speaker or claim.is_charge)),
        "tentative": float(claim.is_tentative),
    }
    return drop_absent(found)


def _compare_positions(denial: StatementFeatures, claim: StatementFeatures) -> dict[str, float]:
    """Return the features of the positions of a pair."""
    before = denial.sentence - claim.sentence
    follows = claim.start > denial.start
    points_on = denial.refers_back and not claim.latent
    return {
        "asks": float(claim.is_question and 0 <= before <= MAX_QUESTION_DISTANCE),
        "adjacent": float(0 < before <= 2),
        "same_sentence": float(before == 0),
        "paragraph": float(abs(denial.paragraph - claim.paragraph) <= 1),
        "gap": math.log1p(abs(before)),
        # A denial in the headline answers claims of the text below.
        "later": float(follows and before != 0 and denial.paragraph > 0),
        "reply": float(follows and before == 0 and points_on),
        "beside": float(before == 0 and claim.statement.rule == "denied-claim"),
    }


def _compare_parties(denial: StatementFeatures, claim: StatementFeatures) -> dict[str, float]:
    """Return the features of the speakers and entities of a pair."""
    speaks, same = denial.speaker, not denial.speaker.isdisjoint(claim.speaker)
    found = {
        "shared_entity": not denial.about.isdisjoint(claim.about),
        "names_denier": not (speaks.isdisjoint(claim.about) and speaks.isdisjoint(claim.addressed)),
        "targets_denier": not speaks.isdisjoint(claim.targets),
        "names_claimant": not same and not denial.about.isdisjoint(claim.speaker),
        "same_speaker": same,
    }
    return {name: 1.0 for name, true in found.items() if true}


def _score_rarest_word(denial: StatementFeatures, claim: StatementFeatures) -> float:
    """Return the weight above one half of the rarest stem that both share, scaled to 0 to 1.

    Of a denial that only refers back (*the whole matter*), the stems of its whole sentence count.
    """
    elsewhere = denial.refers_back and claim.sentence != denial.sentence
    words = denial.sentence_words if elsewhere else denial.words
    if claim.words.keys().isdisjoint(words):
        return 0.0
    rarity = max((w for s, w in words.items() if s in claim.words), default=0.0)
    return max(0.0, 2 * rarity - 1)
