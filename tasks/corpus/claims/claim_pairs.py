"""Pairs of claims that state the same: enough shared words, no conflict, and a score.

Whether two claims state the same depends on these two alone, not on the corpus: a further document changes no other
pair.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from tasks.corpus.claims.claim_conflicts import has_conflict, have_words_exchanged
from tasks.corpus.claims.claim_index import (
    MIN_CONTAINMENT,
    MIN_CONTAINMENT_UNKNOWN,
    count_needed_stems,
)
from tasks.corpus.claims.claim_propositions import Proposition
from tasks.corpus.claims.claim_wording import ClaimWords, Wording, load_claim_words
from tasks.links.log_odds import compute_log_odds, to_probability
from tasks.seeds import read_seed_rows

WINDOW_DAYS = 10
"""days that may lie between two claims that are compared"""
MIN_SCORE = 0.7
"""at this score nine of ten pairs that are not obvious are right"""
MIN_COSINE, MIN_EXCERPT_PHRASES = 0.4, 0.6
"""of two claims, how much of both must be common, or how much of the shorter must be an excerpt of the other"""
MIN_SOURCE_OVERLAP = 0.5
"""share of the words for two speakers without a name that must be common"""


@dataclass(frozen=True, slots=True)
class SameClaimRules:
    """The weights of the features of a pair, and the words that decide conflicts."""

    weights: Mapping[str, float]
    words: ClaimWords


def load_same_claim_rules() -> SameClaimRules:
    """Return the rules with the weights under ``seeds/``."""
    rows = read_seed_rows("claims/same_claim.csv")
    return SameClaimRules({row["feature"]: float(row["weight"]) for row in rows}, load_claim_words())


def score_same_claim(one: Proposition, other: Proposition, rules: SameClaimRules) -> float | None:
    """Return the probability that two propositions state the same; None if they hardly do, or have a conflict."""
    if not is_comparable(one, other, rules.words):
        return None
    # The alignment of words can depend on which claim comes first.
    one, other = sorted((one, other), key=lambda claim: claim.key)
    score = score_pair(one, other, rules)
    is_same = score >= MIN_SCORE and not have_words_exchanged(one.wording, other.wording)
    return score if is_same else None


def is_comparable(one: Proposition, other: Proposition, words: ClaimWords) -> bool:
    """Return True if two propositions are near in time, share enough words and have no conflict."""
    return (
        one.kind == other.kind
        and _count_days_between(one, other) <= WINDOW_DAYS
        and _share_enough_words(one, other)
        and _may_be_one_speaker(one, other)
        and not has_conflict(one, other, words)
    )


def _share_enough_words(one: Proposition, other: Proposition) -> bool:
    """Return True if two propositions share enough stems; of a long one, an excerpt or a good part."""
    a, b = one.wording.stems, other.wording.stems
    least = MIN_CONTAINMENT if one.speakers and other.speakers else MIN_CONTAINMENT_UNKNOWN
    shared = len(a & b)
    if shared < count_needed_stems(min(len(a), len(b)), least):
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
    return to_probability(compute_log_odds(compute_features(one, other), rules.weights))


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
