"""Pairs of claims that state the same: candidates by shared words, without conflicts, and a score.

Whether two claims state the same depends on these two alone, not on the corpus: a further document changes no other
pair. Candidates share a speaker, two of the rarest words of the shorter claim and a period. Every pair that could be
accepted shares two of these words (prefix filtering, Chaudhuri et al. 2006), so that the order of rarity affects the
cost and not the result.
"""

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from tasks.corpus.claim_conflicts import has_conflict, have_words_exchanged
from tasks.corpus.claim_propositions import Proposition, Wording
from tasks.seeds import read_seed_rows

WINDOW_DAYS = 10
"""days that may lie between two claims that are compared"""
MIN_SHARED_STEMS = 3
MIN_CONTAINMENT = 0.5
"""share of the stems of the shorter claim that the other must have"""
MIN_CONTAINMENT_UNKNOWN = 0.8
"""likewise, if a speaker is unknown"""
MIN_SHARED_KEYS = 2
"""rare stems that two candidates share"""
MAX_CLAIMS_PER_KEY = 100
"""claims of one key that are all compared; of a longer list only those whose words are next in order"""
MAX_NEIGHBOURS = 10
"""neighbours on each side"""
MIN_SCORE = 0.7
"""at this score nine of ten pairs that are not obvious are right"""
MIN_COSINE, MIN_EXCERPT_PHRASES = 0.4, 0.6
"""of two claims, how much of both must be common, or how much of the shorter must be an excerpt of the other"""
MIN_SOURCE_OVERLAP = 0.5
"""share of the words for two speakers without a name that must be common"""
ANYBODY, UNKNOWN = "*", "?"
"""in place of a speaker in keys: any claim; a claim whose speaker is unknown"""

PeriodKey = tuple[str, str, int | None]
"""speaker, stem and period"""
Pair = tuple[int, int]
"""places of two propositions, the lower first"""


@dataclass(frozen=True, slots=True)
class SameClaimRules:
    """The weights of the features of a pair."""

    weights: Mapping[str, float]


def load_same_claim_rules() -> SameClaimRules:
    """Return the rules with the weights under ``seeds/``."""
    rows = read_seed_rows("claims/same_claim.csv")
    return SameClaimRules({row["feature"]: float(row["weight"]) for row in rows})


def find_same_claims(propositions: Sequence[Proposition], rules: SameClaimRules) -> dict[Pair, float]:
    """Return the pairs of propositions that state the same, with their scores.

    Args:
        propositions: sorted by key.
        rules: the weights of the features.
    """
    found = {}
    for i, j in find_candidate_pairs(propositions):
        one, other = propositions[i], propositions[j]
        score = score_pair(one, other, rules)
        if score >= MIN_SCORE and not have_words_exchanged(one.wording, other.wording):
            found[i, j] = score
    return found


def find_candidate_pairs(propositions: Sequence[Proposition]) -> set[Pair]:
    """Return the pairs that share a speaker, if both are known, and enough words, and have no conflict."""
    index = _ClaimIndex.from_propositions(propositions)
    found: set[Pair] = set()
    for i, claim in enumerate(propositions):
        for j in index.find_near(claim):
            pair = (min(i, j), max(i, j))
            if i != j and pair not in found and is_comparable(claim, propositions[j]):
                found.add(pair)
    return found


@dataclass(frozen=True, slots=True)
class _ClaimIndex:
    """The places of propositions by speaker, stem and period."""

    propositions: Sequence[Proposition]
    places: Mapping[PeriodKey, Sequence[int]]
    """in the order of the words"""
    counts: Mapping[str, int]
    """propositions with each stem"""

    @classmethod
    def from_propositions(cls, propositions: Sequence[Proposition]) -> "_ClaimIndex":
        """Return the index of propositions."""
        places: dict[PeriodKey, list[int]] = defaultdict(list)
        in_order = sorted(range(len(propositions)), key=lambda i: _get_word_order(propositions[i]))
        for i in in_order:
            claim = propositions[i]
            for stem in claim.wording.stems:
                for speaker in (*(claim.speakers or (UNKNOWN,)), ANYBODY):
                    places[speaker, stem, _get_period(claim.day)].append(i)
        counts = Counter(stem for claim in propositions for stem in claim.wording.stems)
        return cls(propositions=propositions, places=places, counts=counts)

    def find_near(self, claim: Proposition) -> Iterator[int]:
        """Yield the places of propositions that share a speaker, a period and rare words with one."""
        rare = sorted(claim.wording.stems, key=lambda stem: (self.counts[stem], stem))
        for speakers, least in (
            (claim.speakers, MIN_CONTAINMENT),
            ((UNKNOWN,) if claim.speakers else (ANYBODY,), MIN_CONTAINMENT_UNKNOWN),
        ):
            needed = _count_needed_stems(len(rare), least)
            keys = product(
                speakers, rare[: len(rare) - needed + MIN_SHARED_KEYS], _list_periods_near(claim.day)
            )
            found = Counter[int]()
            for key in keys:
                found.update(self._read_places(key, claim))
            yield from (place for place, times in found.items() if times >= MIN_SHARED_KEYS)

    def _read_places(self, key: PeriodKey, claim: Proposition) -> Sequence[int]:
        """Return the places of a key; of too many, those whose words are next to those of a claim in order, twice."""
        places = self.places.get(key, ())
        if len(places) <= MAX_CLAIMS_PER_KEY:
            return places
        order = _get_word_order(claim)
        at = bisect_left(places, order, key=lambda i: _get_word_order(self.propositions[i]))
        return [*places[max(0, at - MAX_NEIGHBOURS) : at + MAX_NEIGHBOURS]] * MIN_SHARED_KEYS


def _get_word_order(claim: Proposition) -> tuple[tuple[str, ...], str]:
    """Return what propositions are sorted by, so that equal beginnings are neighbours."""
    return claim.wording.words, claim.key


def _get_period(day: date | None) -> int | None:
    """Return the number of the period of :data:`WINDOW_DAYS` days that contains a day."""
    return None if day is None else day.toordinal() // WINDOW_DAYS


def _list_periods_near(day: date | None) -> tuple[int | None, ...]:
    """Return the period of a day and its neighbours; undated claims are compared with each other only."""
    period = _get_period(day)
    return (None,) if period is None else (period - 1, period, period + 1)


def _count_needed_stems(stems: int, containment: float) -> int:
    """Return how many stems of a claim another must have."""
    return max(MIN_SHARED_STEMS, math.ceil(containment * stems))


def is_comparable(one: Proposition, other: Proposition) -> bool:
    """Return True if two propositions are near in time, share enough words and have no conflict."""
    return (
        _share_enough_words(one, other)
        and _may_be_one_speaker(one, other)
        and _count_days_between(one, other) <= WINDOW_DAYS
        and one.kind == other.kind
        and not has_conflict(one, other)
    )


def _share_enough_words(one: Proposition, other: Proposition) -> bool:
    """Return True if two propositions share enough stems; of a long one, an excerpt or a good part."""
    a, b = one.wording.stems, other.wording.stems
    least = MIN_CONTAINMENT if one.speakers and other.speakers else MIN_CONTAINMENT_UNKNOWN
    shared = len(a & b)
    if shared < _count_needed_stems(min(len(a), len(b)), least):
        return False
    is_good_part = shared >= MIN_COSINE * math.sqrt(len(a) * len(b))
    return is_good_part or _share_phrases(one.wording, other.wording) >= MIN_EXCERPT_PHRASES


def _share_phrases(a: Wording, b: Wording) -> float:
    """Return the share of the sequences of three words of the shorter content that the other has."""
    shortest = min(len(a.trigrams), len(b.trigrams))
    return len(a.trigrams & b.trigrams) / shortest if shortest else 0.0


def _may_be_one_speaker(one: Proposition, other: Proposition) -> bool:
    """Return True if two claims share a speaker, or if a speaker is unknown and the words for them may mean one."""
    if one.speakers and other.speakers:
        return bool(one.speakers & other.speakers)
    a, b = one.source_stems, other.source_stems
    if one.speakers or other.speakers or not a or not b:
        return True
    return len(a & b) >= MIN_SOURCE_OVERLAP * len(a | b)


def _count_days_between(one: Proposition, other: Proposition) -> int:
    """Return the days between two propositions, both with or both without a day."""
    return 0 if one.day is None or other.day is None else abs((one.day - other.day).days)


def score_pair(one: Proposition, other: Proposition, rules: SameClaimRules) -> float:
    """Return the probability that two comparable propositions state the same."""
    features = compute_features(one, other)
    log_odds = rules.weights["bias"] + sum(rules.weights[name] * x for name, x in features.items())
    return 1 / (1 + math.exp(-log_odds))


def compute_features(one: Proposition, other: Proposition) -> dict[str, float]:
    """Return the features of a pair, by name."""
    a, b = one.wording, other.wording
    shared = len(a.stems & b.stems)
    return {
        "cosine": shared / math.sqrt(len(a.stems) * len(b.stems)),
        "containment": shared / min(len(a.stems), len(b.stems)),
        "phrases": _share_phrases(a, b),
        "shared": min(math.log2(shared), 4.0),
        "unknown_speaker": float(not (one.speakers and other.speakers)),
        "same_cue": float(one.cue_lemma == other.cue_lemma),
        "same_accused": float(bool(one.accused & other.accused)),
        "both_quoted": float(a.is_quoted and b.is_quoted),
    }
