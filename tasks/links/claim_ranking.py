"""Ranking of the claims that a denial may answer, by their strength: how well each fits the denial.

The strength is the logistic function of the weighted features of the pair. It ranks claims and decides which are
linked; the score of a link, which is a probability, is computed from the strengths of all claims (``log_odds.py``).
"""

import copy
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, Self

from tasks.denials.classified_statements import DENIAL_TYPES
from tasks.document.records import Statement
from tasks.links.log_odds import to_probability
from tasks.links.pair_features import (
    PairFeatures,
    compute_claim_features,
    compute_pair_features,
    drop_absent,
    has_inner_statement,
)
from tasks.links.statement_features import StatementFeatures

MAX_NEARNESS = 3
"""nearer claims beyond which a claim is not what a denial refers back to"""
MAX_PAIRS = 60_000
"""pairs of a denial and a claim that are compared in one document, unless ``MIN_DISTANCE`` requires more"""
MIN_DISTANCE = 24
"""statements before and after a denial that are always compared with it"""
ContestedClaims = Mapping[int, Sequence[tuple[float, int]]]
"""the two highest strengths with which denials answer each claim, with the position of the denial"""
UNCONTESTED: ContestedClaims = {}


class RankedClaim(NamedTuple):
    """A claim that a denial may answer."""

    strength: float
    """how well the claim fits the denial, from 0 to 1; no probability"""
    position: int
    """its position among the statements of its document"""
    features: dict[str, float]
    """the features of the pair that are not 0"""


RankedClaims = list[RankedClaim]
"""claims that a denial may answer, best first"""


class PairScorer(dict[tuple[int, int], PairFeatures]):
    """The features of the pairs of one document, by the positions of denial and claim; computed when first needed."""

    def __init__(self, statements: Sequence[StatementFeatures], weights: Mapping[str, float]) -> None:
        """Compute no pair yet."""
        super().__init__()
        self.statements = statements
        self.weights = weights
        self.claims: dict[int, Mapping[str, float]] = {}
        denials = sum(s.statement.kind in DENIAL_TYPES for s in statements)
        self.max_distance = max(MIN_DISTANCE, MAX_PAIRS // max(1, 2 * denials))

    def replace_statements(self, changed: Mapping[int, Statement]) -> Self:
        """Return the pairs with other kinds or confidences of some statements, by position.

        The features that were computed before are kept: none depends on the confidence of a statement, and only
        those of a claim on its kind, which is not decided again.
        """
        pairs = copy.copy(self)
        pairs.statements = [
            replace(s, statement=changed[i]) if i in changed else s for i, s in enumerate(self.statements)
        ]
        return pairs

    def __missing__(self, pair: tuple[int, int]) -> PairFeatures:
        """Compute and keep the features of a pair."""
        denial, claim = self.statements[pair[0]], self.statements[pair[1]]
        if pair[1] not in self.claims:
            self.claims[pair[1]] = compute_claim_features(claim)
        found = compute_pair_features(denial, claim, self.claims[pair[1]])
        self[pair] = found = found._replace(total=_sum_weights(found.features, self.weights))
        return found


def rank_claims(
    denial: int, pairs: PairScorer, chained: Collection[int] = (), contested: ContestedClaims = UNCONTESTED
) -> RankedClaims:
    """Return the claims that a denial may answer, best first.

    Args:
        denial: the position of the denial.
        pairs: the features of the pairs of its document.
        chained: the claims that the same speaker's denial just before answers.
        contested: for each claim, how strongly the denials of the document answer it.
    """
    found, nearness = [], 0
    features = pairs.statements[denial]
    for i in _find_candidate_claims(denial, pairs.statements, pairs.max_distance):
        claim = pairs.statements[i]
        other = (
            not claim.latent
            and claim.statement.kind != "intention"
            and features.speaker.isdisjoint(claim.speaker)
        )
        # Without a nearer claim, a denial refers back to the sentence of the author before it.
        is_last_sentence = claim.latent and nearness == 0 and claim.sentence < features.sentence
        near = nearness if other or is_last_sentence else MAX_NEARNESS
        pair = pairs[denial, i]
        by_others = next((strength for strength, by in contested.get(i, ()) if by != denial), 0.0)
        more = _compute_context_features(features, pair, near, i in chained, by_others)
        nearness += other
        strength = to_probability(pairs.weights["bias"] + _sum_weights(more, pairs.weights, pair.total))
        found.append(RankedClaim(strength, i, {**pair.features, **more}))
    return sorted(found, key=lambda c: (-c.strength, c.position))


def find_contested_claims(denials: Sequence[int], pairs: PairScorer) -> ContestedClaims:
    """Return the two highest strengths of each claim: what one speaker denies, others deny too."""
    answers: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for denial in denials:
        for claim in rank_claims(denial, pairs):
            answers[claim.position].append((claim.strength, denial))
    return {claim: sorted(strengths, reverse=True)[:2] for claim, strengths in answers.items()}


def _find_candidate_claims(
    position: int, statements: Sequence[StatementFeatures], max_distance: int
) -> list[int]:
    """Return the positions of the claims that the denial at a position may answer, the nearest first.

    Claims before the denial come first, by their ends, then those after it. A claim that contains the denial is
    left out unless the denial's clause contrasts with it. ``max_distance`` statements on each side are compared.
    """
    denial = statements[position]
    near = range(max(0, position - max_distance), min(len(statements), position + max_distance + 1))
    fitting = [
        (c.start >= denial.start, abs(denial.start - (c.end if c.start < denial.start else c.start)), i)
        for i in near
        if i != position
        and (c := statements[i]).statement.kind not in DENIAL_TYPES
        and _is_separate(denial, c)
    ]
    return [i for _, _, i in sorted(fitting)]


def _is_separate(denial: StatementFeatures, claim: StatementFeatures) -> bool:
    """Return True if neither contains the other, or the denial names the claim, or reports and rebuts it."""
    if has_inner_statement(claim, denial):
        return denial.is_contrasted
    return claim.is_noun_cue or denial.statement.cue is None or not has_inner_statement(denial, claim)


def _compute_context_features(
    denial: StatementFeatures, pair: PairFeatures, nearness: int, chained: bool, contested: float
) -> dict[str, float]:
    """Return the features of a pair that depend on other claims and denials.

    Args:
        denial: the statement that denies.
        pair: the features of the pair that do not.
        nearness: the number of claims that are nearer.
        chained: the same speaker's denial just before answers this claim.
        contested: the strength with which another denial answers this claim.
    """
    if pair.is_nested:
        return {}
    found = _compute_pointing_features(denial, nearness) if nearness < MAX_NEARNESS else {}
    if chained:
        found["chain"] = 1.0
    if contested and pair.counts_contested:
        found["contested"] = contested
    return found


def _compute_pointing_features(denial: StatementFeatures, nearness: int) -> dict[str, float]:
    """Return the features of a denial that refers back, or says little, and a claim near by."""
    near = 1 / (1 + nearness)
    if not (denial.refers_back or denial.is_short):
        return {}
    return drop_absent({"back_reference": near * denial.refers_back, "ellipsis": near * denial.is_short})


def _sum_weights(found: Mapping[str, float], weights: Mapping[str, float], before: float = 0.0) -> float:
    """Return the weighted sum of features, added to ``before``."""
    return sum([weights.get(name, 0.0) * value for name, value in found.items()], before)
