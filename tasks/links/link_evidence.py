"""What speaks for a denial answering a claim, and how much each piece of it weighs."""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from tasks.denials.classified_statements import DENIAL_TYPES
from tasks.links.statement_features import StatementFeatures
from tasks.seeds import read_seed_rows

LEAD_SENTENCES = 4
MAX_NEARNESS = 3
MAX_QUESTION_DISTANCE = 3
MAX_FIGURE_DISTANCE = 2
MAX_PAIRS = 60_000
"""pairs of a denial and a claim that one document is looked through for, as far as ``LEAST_REACH`` allows"""
MIN_REACH = 24
"""statements before a denial, and after it, that are looked at in any case"""
ContestedClaims = Mapping[int, Sequence[tuple[float, int]]]
"""how strongly denials answer each claim, the two strongest with the position of the denial"""
UNCONTESTED: ContestedClaims = {}


class PairEvidence(NamedTuple):
    """What speaks for a pair of statements, whatever else has been answered."""

    found: Mapping[str, float]
    final: bool = False
    """one holds the other: nothing else counts"""
    open_to_others: bool = True
    """that others deny the claim speaks for the pair too"""
    total: float = 0.0
    """the weight of it all"""


RankedClaims = list[tuple[float, int, dict[str, float]]]
"""score, position and evidence of each claim, best first"""


def load_link_weights() -> dict[str, float]:
    """Return the weight of each kind of evidence."""
    return {row["evidence"]: float(row["weight"]) for row in read_seed_rows("denials/evidence.csv")}


def _find_candidate_claims(position: int, sides: Sequence[StatementFeatures], reach: int) -> list[int]:
    """Return the positions of the claims that the denial at a position can answer, the nearest first.

    What stands before comes first, by where it ends; then what follows. A claim that holds the denial is none,
    unless the denial's clause is set against it. ``reach`` statements before and after are looked at.
    """
    denial = sides[position]
    near = range(max(0, position - reach), min(len(sides), position + reach + 1))
    fitting = [
        (c.start >= denial.start, abs(denial.start - (c.end if c.start < denial.start else c.start)), i)
        for i in near
        if i != position and (c := sides[i]).statement.kind not in DENIAL_TYPES and _is_separate(denial, c)
    ]
    return [i for _, _, i in sorted(fitting)]


def _is_separate(denial: StatementFeatures, claim: StatementFeatures) -> bool:
    """Return True if neither holds the other, but for a claim that the denial names, or reports and rebuts."""
    if _has_inner_statement(claim, denial):
        return denial.contrasted
    return claim.named or denial.statement.cue is None or not _has_inner_statement(denial, claim)


def _has_inner_statement(outer: StatementFeatures, inner: StatementFeatures) -> bool:
    """Return True if one content holds the other statement: it reports it, or names it."""
    start, end = inner.spot
    if start < outer.reach[0] or outer.reach[1] < end:
        return False
    return any(a <= start and end <= b for a, b in outer.statement.content)


class PairScorer(dict[tuple[int, int], PairEvidence]):
    """What speaks for each pair of statements wherever it is weighed: a document's, each gathered once."""

    def __init__(self, sides: Sequence[StatementFeatures], weights: Mapping[str, float]) -> None:
        """Begin with none of the pairs of these sides."""
        super().__init__()
        self.sides = sides
        self.weights = weights
        self.claims: dict[int, Mapping[str, float]] = {}
        denials = sum(side.statement.kind in DENIAL_TYPES for side in sides)
        self.reach = max(MIN_REACH, MAX_PAIRS // max(1, 2 * denials))

    def __missing__(self, pair: tuple[int, int]) -> PairEvidence:
        """Gather what speaks for a denial and a claim."""
        denial, claim = self.sides[pair[0]], self.sides[pair[1]]
        if pair[1] not in self.claims:
            self.claims[pair[1]] = _gather_claim_evidence(claim)
        weighed = gather_pair_evidence(denial, claim, self.claims[pair[1]])
        self[pair] = weighed = weighed._replace(total=_sum_weights(weighed.found, self.weights))
        return weighed


def gather_pair_evidence(
    denial: StatementFeatures, claim: StatementFeatures, alone: Mapping[str, float]
) -> PairEvidence:
    """Return what speaks for a pair whatever else has been answered; ``alone``: what the claim tells by itself."""
    if _has_inner_statement(denial, claim) or (
        denial.statement.cue is None and _has_inner_statement(claim, denial)
    ):
        return PairEvidence(_gather_nested_evidence(denial, claim), final=True)
    words = _compare_words(denial, claim)
    found = {
        **_drop_absent(words),
        **alone,
        **_drop_absent(_compare_positions(denial, claim)),
        **_compare_parties(denial, claim),
    }
    # A denial that only points to *these claims* says of itself which; what others deny says nothing of that.
    open_to_others = words["coverage"] > 0 or not denial.refers_back or denial.short
    return PairEvidence(found, open_to_others=open_to_others)


def _drop_absent(found: Mapping[str, float]) -> dict[str, float]:
    """Return the evidence that there is."""
    return {name: value for name, value in found.items() if value}


def _gather_context_evidence(
    denial: StatementFeatures, weighed: PairEvidence, nearness: int, chained: bool, contested: float
) -> dict[str, float]:
    """Return what speaks for a pair beside what lasts, by kind: it depends on the other claims and denials.

    Args:
        denial: the side that denies.
        weighed: what speaks for the pair in any case.
        nearness: how many claims stand nearer, 0 for the nearest.
        chained: the same speaker's denial just before answers this claim.
        contested: how strongly another denial of the document answers this claim, 0 to 1.
    """
    if weighed.final:
        return {}
    found = _gather_pointing_evidence(denial, nearness) if nearness < MAX_NEARNESS else {}
    if chained:
        found["chain"] = 1.0
    if contested and weighed.open_to_others:
        found["contested"] = contested
    return found


def _gather_nested_evidence(denial: StatementFeatures, claim: StatementFeatures) -> dict[str, float]:
    """Return what speaks for a claim that the denial holds, or that holds the denial in brackets.

    What a denial names it repeats word for word: that tells nothing, and a claim of its own is better.
    """
    if denial.statement.cue is not None:
        return {"named": 1.0}
    clause = not claim.phrase and claim.statement.rule != "np"
    return {"rebutted": 1.0} if clause or _has_inner_statement(claim, denial) else {}


def _compare_words(denial: StatementFeatures, claim: StatementFeatures) -> dict[str, float]:
    """Return what two contents have in common."""
    common = not claim.words.keys().isdisjoint(denial.words)
    shared = sum(w for s, w in denial.words.items() if s in claim.words) if common else 0.0
    size = math.sqrt(denial.weight * claim.weight) or 1.0
    close = 0 <= denial.sentence - claim.sentence <= MAX_FIGURE_DISTANCE
    return {
        "rare": _score_rarest_word(denial, claim),
        "coverage": shared / (denial.weight or 1.0),
        "overlap": shared / size,
        "figures": float(denial.figures and claim.figures and close),
    }


def _gather_claim_evidence(claim: StatementFeatures) -> dict[str, float]:
    """Return what tells of a claim alone whether somebody will deny it."""
    found = {
        "empty": float(claim.refers_back or claim.hollow),
        "aimed": float(claim.aimed),
        "phrase": float(claim.phrase and not claim.charges),
        "accusing": float(claim.charges),
        "accuses": float(claim.statement.attitude in ("accusation", "condemnation")),
        "doubted": float(claim.doubted),
        "unsaid": float(claim.latent and claim.statement.cue is None),
        "lead": float(claim.sentence <= LEAD_SENTENCES),
    }
    return _drop_absent(found)


def _compare_positions(denial: StatementFeatures, claim: StatementFeatures) -> dict[str, float]:
    """Return what tells of a pair by where the two stand."""
    before = denial.sentence - claim.sentence
    follows = claim.start > denial.start
    points_on = denial.refers_back and not claim.latent
    return {
        "asks": float(claim.asks and 0 <= before <= MAX_QUESTION_DISTANCE),
        "adjacent": float(0 < before <= 2),
        "paragraph": float(abs(denial.paragraph - claim.paragraph) <= 1),
        "gap": math.log1p(abs(before)),
        # A headline denies what the text tells after it.
        "later": float(follows and before != 0 and denial.paragraph > 0),
        "reply": float(follows and before == 0 and points_on),
        "beside": float(before == 0 and claim.statement.rule == "denied-claim"),
    }


def _compare_parties(denial: StatementFeatures, claim: StatementFeatures) -> dict[str, float]:
    """Return what tells of a pair by who speaks, and of whom."""
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
    """Return what tells of a claim near by that a denial points to it, or says too little to mean another."""
    near = 1 / (1 + nearness)
    if not (denial.refers_back or denial.short):
        return {}
    return _drop_absent({"back_reference": near * denial.refers_back, "ellipsis": near * denial.short})


def _score_rarest_word(denial: StatementFeatures, claim: StatementFeatures) -> float:
    """Return how far the rarest word that both share exceeds middling rarity, 0 to 1.

    Where the denial only points back (*the whole matter*), the rest of its sentence says to what.
    """
    elsewhere = denial.refers_back and claim.sentence != denial.sentence
    words = denial.wider if elsewhere else denial.words
    if claim.words.keys().isdisjoint(words):
        return 0.0
    rarity = max((w for s, w in words.items() if s in claim.words), default=0.0)
    return max(0.0, 2 * rarity - 1)


def _sum_weights(found: Mapping[str, float], weights: Mapping[str, float], before: float = 0.0) -> float:
    """Return the weight of all that speaks for a pair, added to that of what came before."""
    return sum([weights[name] * value for name, value in found.items()], before)


def _to_probability(total: float, weights: Mapping[str, float]) -> float:
    """Return the strength of a pair whose evidence weighs so much, 0 to 1."""
    return 1 / (1 + math.exp(-(weights["bias"] + total)))


def rank_claims(
    denial: int, pairs: PairScorer, chained: Collection[int] = (), contested: ContestedClaims = UNCONTESTED
) -> RankedClaims:
    """Return the claims that a denial can answer with score and evidence, best first."""
    found, nearness = [], 0
    side = pairs.sides[denial]
    for i in _find_candidate_claims(denial, pairs.sides, pairs.reach):
        claim = pairs.sides[i]
        other = (
            not claim.latent
            and claim.statement.kind != "intention"
            and side.speaker.isdisjoint(claim.speaker)
        )
        # With no claim by anybody nearer, a denial points to what the text itself has said.
        said_last = claim.latent and nearness == 0 and claim.sentence < side.sentence
        near = nearness if other or said_last else MAX_NEARNESS
        weighed = pairs[denial, i]
        by_others = next((value for value, by in contested.get(i, ()) if by != denial), 0.0)
        more = _gather_context_evidence(side, weighed, near, i in chained, by_others)
        nearness += other
        value = _to_probability(_sum_weights(more, pairs.weights, weighed.total), pairs.weights)
        found.append((value, i, {**weighed.found, **more}))
    return sorted(found, key=lambda f: (-f[0], f[1]))


def find_contested_claims(denials: Sequence[int], pairs: PairScorer) -> ContestedClaims:
    """Return for each claim the two denials that answer it most strongly: what one denies, others deny too."""
    answers: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for denial in denials:
        for value, claim, _ in rank_claims(denial, pairs):
            answers[claim].append((value, denial))
    return {claim: sorted(values, reverse=True)[:2] for claim, values in answers.items()}
