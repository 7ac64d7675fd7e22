"""Features of a pair of a denial and a claim, and their strength: how well the claim fits the denial.

The strength is the logistic function of the weighted features. It ranks claims and decides which are linked; the score
of a link, which is a probability, is computed from the strengths of all claims (``log_odds.py``).
"""

import copy
import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, Self

from tasks.denials.classified_statements import DENIAL_TYPES
from tasks.document.records import Statement
from tasks.links.log_odds import to_probability
from tasks.links.statement_features import StatementFeatures

LEAD_SENTENCES = 4
MAX_NEARNESS = 3
MAX_CLAIM_TOKENS = 12
"""length above which a longer claim is no likelier"""
MAX_QUESTION_DISTANCE = 3
MAX_FIGURE_DISTANCE = 2
MAX_PAIRS = 60_000
"""pairs of a denial and a claim that are compared in one document, unless ``MIN_DISTANCE`` requires more"""
MIN_DISTANCE = 24
"""statements before and after a denial that are always compared with it"""
ContestedClaims = Mapping[int, Sequence[tuple[float, int]]]
"""the two highest strengths with which denials answer each claim, with the position of the denial"""
UNCONTESTED: ContestedClaims = {}


class PairFeatures(NamedTuple):
    """The features of a pair that do not depend on other pairs, and their weighted sum."""

    features: Mapping[str, float]
    is_nested: bool = False
    """one contains the other: no feature of the context counts"""
    counts_contested: bool = True
    """that other denials answer the claim counts"""
    total: float = 0.0
    """the weighted sum of the features"""


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
    if _has_inner_statement(claim, denial):
        return denial.is_contrasted
    return claim.is_noun_cue or denial.statement.cue is None or not _has_inner_statement(denial, claim)


def _has_inner_statement(outer: StatementFeatures, inner: StatementFeatures) -> bool:
    """Return True if the content of ``outer`` contains the cue, or else the content, of ``inner``."""
    start, end = inner.anchor
    if start < outer.extent[0] or outer.extent[1] < end:
        return False
    return any(a <= start and end <= b for a, b in outer.statement.content)


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

        What is computed already stays: no feature of a pair depends on whether its denial is one.
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
            self.claims[pair[1]] = _compute_claim_features(claim)
        found = compute_pair_features(denial, claim, self.claims[pair[1]])
        self[pair] = found = found._replace(total=_sum_weights(found.features, self.weights))
        return found


def compute_pair_features(
    denial: StatementFeatures, claim: StatementFeatures, claim_features: Mapping[str, float]
) -> PairFeatures:
    """Return the features of a pair that do not depend on other pairs.

    Args:
        denial: the statement that denies.
        claim: the statement that it may answer.
        claim_features: the features of the claim alone.
    """
    if _has_inner_statement(denial, claim) or (
        denial.statement.cue is None and _has_inner_statement(claim, denial)
    ):
        return PairFeatures(_compute_nested_features(denial, claim), is_nested=True)
    words = _compare_words(denial, claim)
    found = {
        **_drop_absent(words),
        **claim_features,
        **_drop_absent(_compare_positions(denial, claim)),
        **_compare_parties(denial, claim),
    }
    # *These claims* refers to the nearest ones, whatever other denials answer.
    counts_contested = words["coverage"] > 0 or not denial.refers_back or denial.is_short
    return PairFeatures(found, counts_contested=counts_contested)


def _drop_absent(found: Mapping[str, float]) -> dict[str, float]:
    """Return the features that are not 0."""
    return {name: value for name, value in found.items() if value}


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


def _compute_nested_features(denial: StatementFeatures, claim: StatementFeatures) -> dict[str, float]:
    """Return the features of a claim that the denial contains, or that contains the denial in brackets.

    The words of a claim that the denial names are words of the denial, so that words in common say nothing.
    """
    if denial.statement.cue is not None:
        return {"named": 1.0}
    clause = not claim.is_phrase and claim.statement.rule != "np"
    return {"rebutted": 1.0} if clause or _has_inner_statement(claim, denial) else {}


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


def _compute_claim_features(claim: StatementFeatures) -> dict[str, float]:
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
    return _drop_absent(found)


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


def _compute_pointing_features(denial: StatementFeatures, nearness: int) -> dict[str, float]:
    """Return the features of a denial that refers back, or says little, and a claim near by."""
    near = 1 / (1 + nearness)
    if not (denial.refers_back or denial.is_short):
        return {}
    return _drop_absent({"back_reference": near * denial.refers_back, "ellipsis": near * denial.is_short})


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


def _sum_weights(found: Mapping[str, float], weights: Mapping[str, float], before: float = 0.0) -> float:
    """Return the weighted sum of features, added to ``before``."""
    return sum([weights.get(name, 0.0) * value for name, value in found.items()], before)


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
