"""Features of what a statement repeats of its document: what is denied has mostly been said before."""

from bisect import bisect_right
from collections.abc import Sequence

from tasks.links.denial_candidates import DenialCandidate, find_negated_tokens, find_negations
from tasks.links.word_stems import get_topic_stem

MIN_COMPARED_STEMS = 4
"""stems below which a content counts as that long when it is compared with a sentence"""
MIN_HEADLINE_STEMS = 3
MIN_NEGATED_STEMS = 2
NEAR_SENTENCES = 8
"""sentences, white space between paragraphs included, that count as just before"""


def compute_repetition_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the shares of the stems of a content, and of what it negates, that occur elsewhere."""
    stems = candidate.context.stems
    start = min(candidate.tokens[0].i, candidate.doc[candidate.tokens[0].i].sent.start)
    content = [stem for t in candidate.tokens if (stem := get_topic_stem(t))]
    negated = [
        stem
        for t in find_negated_tokens(candidate.tokens, find_negations(candidate.tokens))
        if (stem := get_topic_stem(t))
    ]
    headline = stems.by_sentence[0] if stems.by_sentence else frozenset[str]()
    negated_given = [stems.first[s] < start for s in negated]
    return {
        "said_near": _find_closest(content, _get_sentences_before(candidate)),
        "headline_words": len(headline & set(content)) / max(MIN_HEADLINE_STEMS, len(headline)),
        "negated_given": _share(negated_given),
        "negated_new": float(bool(negated) and not any(negated_given)),
        "negated_repeated": _share([stems.count[s] > 1 for s in negated]),
        "negated_in_headline": len(headline & set(negated)) / max(MIN_NEGATED_STEMS, len(set(negated))),
    }


def _get_sentences_before(candidate: DenialCandidate) -> Sequence[frozenset[str]]:
    """Return the stems of the sentences just before that of a candidate."""
    last = bisect_right(candidate.doc.sentence_starts, candidate.tokens[0].i) - 1
    return candidate.context.stems.by_sentence[max(0, last - NEAR_SENTENCES) : last]


def _find_closest(content: Sequence[str], sentences: Sequence[frozenset[str]]) -> float:
    """Return the largest share of the stems of a content that one sentence has."""
    words = set(content)
    return max((len(words & s) for s in sentences), default=0) / max(MIN_COMPARED_STEMS, len(words))


def _share(values: Sequence[bool]) -> float:
    """Return the share of values that are true; 0 of none."""
    return sum(values) / len(values) if values else 0.0
