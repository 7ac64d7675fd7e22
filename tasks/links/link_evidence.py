"""Features of a pair of a denial and a claim, and the score of the pair."""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from tasks.denials.classified_statements import DENIAL_TYPES
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
"""the two highest scores with which denials answer each claim, with the position of the denial"""
UNCONTESTED: ContestedClaims = {}


class PairEvidence(NamedTuple):
    """The features of a pair that do not depend on other pairs, and their weighted sum."""

    found: Mapping[str, float]
    is_nested: bool = False
    """one contains the other: no feature of the context counts"""
    counts_contested: bool = True
    """that other denials answer the claim counts"""
    total: float = 0.0


RankedClaims = list[tuple[float, int, dict[str, float]]]
"""score, position and evidence of each claim, best first"""


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


class PairScorer(dict[tuple[int, int], PairEvidence]):
    """The features of the pairs of one document, each computed when it is first needed."""

    def __init__(self, statements: Sequence[StatementFeatures], weights: Mapping[str, float]) -> None:
        """Compute no pair yet."""
        super().__init__()
        self.statements = statements
        self.weights = weights
        self.claims: dict[int, Mapping[str, float]] = {}
        denials = sum(s.statement.kind in DENIAL_TYPES for s in statements)
        self.max_distance = max(MIN_DISTANCE, MAX_PAIRS // max(1, 2 * denials))

    def __missing__(self, pair: tuple[int, int]) -> PairEvidence:
        """Compute and keep the features of a pair."""
        denial, claim = self.statements[pair[0]], self.statements[pair[1]]
        if pair[1] not in self.claims:
            self.claims[pair[1]] = _gather_claim_evidence(claim)
        evidence = gather_pair_evidence(denial, claim, self.claims[pair[1]])
        self[pair] = evidence = evidence._replace(total=_sum_weights(evidence.found, self.weights))
        return evidence


def gather_pair_evidence(
    denial: StatementFeatures, claim: StatementFeatures, claim_evidence: Mapping[str, float]
) -> PairEvidence:
    """Return the features of a pair that do not depend on other pairs.

    Args:
        denial: the statement that denies.
        claim: the statement that it may answer.
        claim_evidence: the features of the claim alone.
    """
    if _has_inner_statement(denial, claim) or (
        denial.statement.cue is None and _has_inner_statement(claim, denial)
    ):
        return PairEvidence(_gather_nested_evidence(denial, claim), is_nested=True)
    words = _compare_words(denial, claim)
    found = {
        **_drop_absent(words),
        **claim_evidence,
        **_drop_absent(_compare_positions(denial, claim)),
        **_compare_parties(denial, claim),
    }
    # *These claims* refers to the nearest ones, whatever other denials answer.
    counts_contested = words["coverage"] > 0 or not denial.refers_back or denial.is_short
    return PairEvidence(found, counts_contested=counts_contested)


def _drop_absent(found: Mapping[str, float]) -> dict[str, float]:
    """Return the features that are not 0."""
    return {name: value for name, value in found.items() if value}


def _gather_context_evidence(
    denial: StatementFeatures, evidence: PairEvidence, nearness: int, chained: bool, contested: float
) -> dict[str, float]:
    """Return the features of a pair that depend on other claims and denials.

    Args:
        denial: the statement that denies.
        evidence: the features of the pair that do not.
        nearness: the number of claims that are nearer.
        chained: the same speaker's denial just before answers this claim.
        contested: the score with which another denial answers this claim.
    """
    if evidence.is_nested:
        return {}
    found = _gather_pointing_evidence(denial, nearness) if nearness < MAX_NEARNESS else {}
    if chained:
        found["chain"] = 1.0
    if contested and evidence.counts_contested:
        found["contested"] = contested
    return found


def _gather_nested_evidence(denial: StatementFeatures, claim: StatementFeatures) -> dict[str, float]:
    """Return the features of a claim that the denial contains, or that contains the denial in brackets.

    The words of a claim that the denial names are words of the denial, so that common words are no evidence.
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


def _gather_claim_evidence(claim: StatementFeatures) -> dict[str, float]:
    """Return what tells of a claim claim_evidence whether somebody will deny it."""
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


def _gather_pointing_evidence(denial: StatementFeatures, nearness: int) -> dict[str, float]:
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
    """Return the claims that a denial may answer, with score and features, best first."""
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
        evidence = pairs[denial, i]
        by_others = next((value for value, by in contested.get(i, ()) if by != denial), 0.0)
        more = _gather_context_evidence(features, evidence, near, i in chained, by_others)
        nearness += other
        value = to_probability(pairs.weights["bias"] + _sum_weights(more, pairs.weights, evidence.total))
        found.append((value, i, {**evidence.found, **more}))
    return sorted(found, key=lambda f: (-f[0], f[1]))


def find_contested_claims(denials: Sequence[int], pairs: PairScorer) -> ContestedClaims:
    """Return the two highest scores of each claim: what one speaker denies, others deny too."""
    answers: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for denial in denials:
        for value, claim, _ in rank_claims(denial, pairs):
            answers[claim].append((value, denial))
    return {claim: sorted(values, reverse=True)[:2] for claim, values in answers.items()}
