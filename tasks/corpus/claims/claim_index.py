"""An index of the claims of one period: those that share a speaker and rare stems with given claims.

A claim can state the same as another only if the other has two of its rarest stems (prefix filtering, Chaudhuri et al.
2006): so many stems are compared that all others together are too few. The order of rarity affects the cost and not the
result. Entries are arrays of numbers, since the claims of a month have millions of them.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tasks.corpus.claims.claim_propositions import Proposition

MIN_SHARED_STEMS = 3
MIN_CONTAINMENT = 0.5
"""share of the stems of the shorter claim that the other must have"""
MIN_CONTAINMENT_UNKNOWN = 0.8
"""likewise, if a speaker is unknown"""
MIN_SHARED_KEYS = 2
"""rare stems that two candidates share"""
MAX_CLAIMS_PER_KEY = 1000
"""claims of one key that are all compared; those of a longer list only with those that begin with the same words"""
COMPARED_BEGINNING = 3
"""words of such a beginning"""
CLAIMS_AT_ONCE = 256
"""claims whose candidates are looked up together: some megabytes of matches"""
ANYBODY, UNKNOWN = "*", "?"
"""in place of a speaker in keys: any claim; a claim whose speaker is unknown"""
SPEAKER_SHIFT = 32
"""bits of the number of a stem in a key"""
BEGINNING_FACTOR = 0x9E3779B97F4A7C1
"""odd, so that keys with different beginnings hardly ever become equal"""

Numbers = NDArray[np.int64]


class Vocabulary(dict[str, int]):
    """A number for each string: speakers, stems and beginnings of claims."""

    def __missing__(self, text: str) -> int:
        """Give the next number to a string that has none."""
        self[text] = number = len(self)
        return number


@dataclass(frozen=True, slots=True)
class Entries:
    """Keys, and the place of the claim that has each."""

    keys: Numbers
    places: Numbers

    def sort(self) -> "Entries":
        """Return the entries in the order of their keys."""
        order = np.argsort(self.keys, kind="stable")
        return Entries(self.keys[order], self.places[order])

    def keep(self, which: NDArray[np.bool_]) -> "Entries":
        """Return some of the entries."""
        return Entries(self.keys[which], self.places[which])

    def add_beginnings(self, beginnings: Numbers) -> "Entries":
        """Return the entries with keys that only claims with the same beginning share."""
        return Entries(self.keys * BEGINNING_FACTOR + beginnings[self.places], self.places)

    def find_matches(self, asked: "Entries") -> tuple[Numbers, Numbers]:
        """Return the places of the entries asked for and of the entries with the same keys; these must be sorted."""
        low = np.searchsorted(self.keys, asked.keys, "left")
        counts = np.searchsorted(self.keys, asked.keys, "right") - low
        ends = np.cumsum(counts)
        total = int(ends[-1]) if len(ends) else 0
        within = np.arange(total) - np.repeat(ends - counts, counts)
        return np.repeat(asked.places, counts), self.places[np.repeat(low, counts) + within]


@dataclass(frozen=True, slots=True)
class ClaimIndex:
    """The claims of one period by speaker and stem. A place is a position in ``claims``."""

    claims: Sequence[Proposition]
    beginnings: Numbers
    """number of the first words of each claim"""
    every: Entries
    """an entry for each stem of a claim, in order of the keys, without those of long lists"""
    every_of_long: Entries
    """the entries of long lists, with the beginnings of the claims"""
    long_keys: Numbers
    rare: Entries
    """an entry for each of the rarest stems of a claim, of which another must have two"""
    rare_with_beginning: Entries
    """the same entries with the beginnings of the claims"""

    @classmethod
    def from_claims(cls, claims: Sequence[Proposition], vocabulary: Vocabulary) -> "ClaimIndex":
        """Return the index of the claims of a period."""
        counts = Counter(stem for claim in claims for stem in claim.wording.stems)
        stems = [sorted(claim.wording.stems, key=lambda stem: (counts[stem], stem)) for claim in claims]
        every = _make_entries((_list_keys(c, s, vocabulary) for c, s in zip(claims, stems, strict=True)))
        rare = _make_entries((_list_rare_keys(c, s, vocabulary) for c, s in zip(claims, stems, strict=True)))
        begun = (" ".join(claim.wording.words[:COMPARED_BEGINNING]) for claim in claims)
        beginnings = np.fromiter((vocabulary[text] for text in begun), np.int64, len(claims))
        long_keys = _find_long_keys(every.keys)
        is_long = np.isin(every.keys, long_keys)
        of_long = every.keep(is_long).add_beginnings(beginnings)
        return cls(
            claims=claims,
            beginnings=beginnings,
            every=every.keep(~is_long).sort(),
            every_of_long=of_long.keep(~np.isin(of_long.keys, _find_long_keys(of_long.keys))).sort(),
            long_keys=long_keys,
            rare=rare.sort(),
            rare_with_beginning=rare.add_beginnings(beginnings).sort(),
        )

    def find_candidates(self, places: Numbers, other: "ClaimIndex") -> Iterator[tuple[Numbers, Numbers]]:
        """Yield the places of claims of this index, with those of their candidates in another or in this one.

        Args:
            places: of the claims of this index whose candidates are wanted.
            other: the index that is searched.
        """
        for start in range(0, len(places), CLAIMS_AT_ONCE):
            is_asked = np.zeros(len(self.claims), bool)
            is_asked[places[start : start + CLAIMS_AT_ONCE]] = True
            yield _count_matches([*self._match_rare_stems(is_asked, other)], len(other.claims))

    def _match_rare_stems(
        self, is_asked: NDArray[np.bool_], other: "ClaimIndex"
    ) -> Iterator[tuple[Numbers, Numbers]]:
        """Yield the matches of the rare stems of these claims with all of others, then of all with the rare ones."""
        rare = self.rare.keep(is_asked[self.rare.places])
        is_long = np.isin(rare.keys, other.long_keys)
        yield from (
            _join_matches(
                other.every.find_matches(rare.keep(~is_long)),
                other.every_of_long.find_matches(rare.keep(is_long).add_beginnings(self.beginnings)),
            ),
            _join_matches(
                other.rare.find_matches(self.every.keep(is_asked[self.every.places])),
                other.rare_with_beginning.find_matches(
                    self.every_of_long.keep(is_asked[self.every_of_long.places])
                ),
            ),
        )


def count_needed_stems(stems: int, containment: float) -> int:
    """Return how many stems of a claim another must have."""
    return max(MIN_SHARED_STEMS, math.ceil(containment * stems))


def _list_keys(claim: Proposition, stems: Sequence[str], vocabulary: Vocabulary) -> list[int]:
    """Return the keys under which a claim is found."""
    return _combine((*(claim.speakers or (UNKNOWN,)), ANYBODY), stems, vocabulary)


def _list_rare_keys(claim: Proposition, stems: Sequence[str], vocabulary: Vocabulary) -> list[int]:
    """Return the keys under which candidates for a claim are looked up, given its stems from the rarest on."""
    found = []
    for speakers, containment in (
        (claim.speakers, MIN_CONTAINMENT),
        ((UNKNOWN,) if claim.speakers else (ANYBODY,), MIN_CONTAINMENT_UNKNOWN),
    ):
        compared = len(stems) - count_needed_stems(len(stems), containment) + MIN_SHARED_KEYS
        found += _combine(speakers, stems[:compared], vocabulary)
    return found


def _combine(speakers: Iterable[str], stems: Iterable[str], vocabulary: Vocabulary) -> list[int]:
    """Return the key of each speaker with each stem."""
    numbers = [vocabulary[stem] for stem in stems]
    return [vocabulary[speaker] << SPEAKER_SHIFT | number for speaker in speakers for number in numbers]


def _make_entries(keys: Iterable[Sequence[int]]) -> Entries:
    """Return the keys of all claims, given for each claim."""
    found: list[int] = []
    counts: list[int] = []
    for of_claim in keys:
        found += of_claim
        counts.append(len(of_claim))
    return Entries(np.array(found, np.int64), np.repeat(np.arange(len(counts)), counts))


def _find_long_keys(keys: Numbers) -> Numbers:
    """Return the keys of more than :data:`MAX_CLAIMS_PER_KEY` claims."""
    found, counts = np.unique(keys, return_counts=True)
    return found[counts > MAX_CLAIMS_PER_KEY]


def _join_matches(*matches: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
    """Return matches that were found under keys of two kinds as one."""
    asked, found = zip(*matches, strict=True)
    return np.concatenate(asked), np.concatenate(found)


def _count_matches(matches: Sequence[tuple[Numbers, Numbers]], size: int) -> tuple[Numbers, Numbers]:
    """Return the pairs of places that one of the ways to look them up matched often enough, each once.

    Args:
        matches: for each way the places of the claims asked for, and of those that share a key.
        size: number of claims in the index that was searched.
    """
    codes = []
    for asked, found in matches:
        pairs, counts = np.unique(asked * size + found, return_counts=True)
        codes.append(pairs[counts >= MIN_SHARED_KEYS])
    pairs = np.unique(np.concatenate(codes))
    return np.divmod(pairs, max(size, 1))
