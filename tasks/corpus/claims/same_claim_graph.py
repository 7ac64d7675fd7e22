"""The pairs of claims that state the same, found for those claims that a question reaches.

Claims are loaded and compared by period, each with the periods before and after. What is loaded is forgotten in turn,
so that a corpus of any length can be compared from its first day to its last. For few claims of a period only those are
loaded that resemble them.
"""

from array import array
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from tasks.corpus.claims.claim_index import ClaimIndex, Numbers, Vocabulary
from tasks.corpus.claims.claim_pairs import WINDOW_DAYS, SameClaimRules, score_same_claim
from tasks.corpus.claims.claim_propositions import Proposition
from tasks.corpus.claims.claim_source import ClaimSource, Days

MAX_LOADED_PERIODS = 16
"""periods whose claims stay in memory: at most seven before and after that of a changed claim are asked for"""

NEAR_PERIODS = 3
"""a period and those before and after it: what comparing all claims of a period needs"""

MAX_FEW_CLAIMS = 64
"""claims of a period for which only those that resemble them are loaded, instead of three whole periods"""

Period = int | None
"""number of a period of :data:`~tasks.corpus.claims.claim_pairs.WINDOW_DAYS` days; None for claims without a day"""


@dataclass(frozen=True, slots=True)
class ClaimPairs:
    """Pairs of claims that state the same, by number, each in both orders."""

    members: Numbers
    neighbours: Numbers
    scores: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _LoadedClaims:
    """Claims, all of a period or some, and the number of each."""

    index: ClaimIndex
    numbers: Numbers


class SameClaimGraph:
    """The claims of a corpus and their pairs, as far as they were asked for. Each proposition has a number."""

    def __init__(self, source: ClaimSource, rules: SameClaimRules) -> None:
        """Begin without any claim."""
        self.keys: list[str] = []
        """the key of the proposition of each number"""
        self.days: list[date | None] = []
        self.claim_ids: list[tuple[str, ...]] = []
        """the claims that state the proposition"""
        self._source, self._rules = source, rules
        self._numbers, self._words = Vocabulary(), Vocabulary()
        self._loaded: OrderedDict[Period, _LoadedClaims] = OrderedDict()
        self._compared = set[int]()
        """the propositions whose pairs are known"""
        self._neighbours: dict[int, list[int]] = {}
        self._pairs = array("q"), array("q"), array("d")

    def iterate_changed(
        self, claim_ids: Mapping[date | None, Set[str] | None], left: Sequence[Proposition] = ()
    ) -> Iterator[set[int]]:
        """Yield, period by period, the propositions that changed: what follows from them is best asked for at once.

        Args:
            claim_ids: the new and changed claims by day; None means all claims of the day.
            left: what the claims stated that were changed or have left the corpus. What stated the same changed.
        """
        of_days = self._compare_days({day for day, of_day in claim_ids.items() if of_day is None})
        wanted: dict[Period, set[str]] = defaultdict(set)
        for day, of_day in claim_ids.items():
            wanted[_get_period(day)] |= of_day or set()
        left_by_period = defaultdict(list)
        for claim in left:
            left_by_period[_get_period(claim.day)].append(claim)
        for period in _sort_periods({*wanted, *left_by_period}):
            found = {*of_days[period].tolist()} if period in of_days else set[int]()
            if wanted[period]:
                found |= self._find_stated(period, wanted[period])
            yield found | self._find_former_neighbours(period, left_by_period[period])

    def _compare_days(self, days: Set[date | None]) -> dict[Period, Numbers]:
        """Find the pairs of all claims of some days, and return their propositions by period.

        One period after the other, so that few are in memory at a time: what is asked of these claims later needs none.
        """
        by_period = defaultdict(set)
        for day in days:
            by_period[_get_period(day)].add(day)
        found = {}
        for period in _sort_periods(by_period):
            loaded = self._load_period(period)
            is_asked = [claim.day in by_period[period] for claim in loaded.index.claims]
            found[period] = loaded.numbers[np.array(is_asked, bool)]
            self._compare_claims(period, found[period])
            # The next period needs itself and this one, and loads the one after it.
            self._forget_periods(NEAR_PERIODS - 1)
        return found

    def find_neighbours(self, asked: set[int]) -> set[int]:
        """Return the propositions that state the same as one of these."""
        by_period = defaultdict(list)
        for number in asked - self._compared:
            by_period[_get_period(self.days[number])].append(number)
        for period in _sort_periods(by_period):
            self._compare_claims(period, np.array(by_period[period]))
        return {near for number in asked for near in self._neighbours.get(number, ())}

    def _find_stated(self, period: Period, claim_ids: Set[str]) -> set[int]:
        """Return the propositions of a period that some claims state."""
        loaded = self._load_stated(period, claim_ids)
        return {
            number
            for claim, number in zip(loaded.index.claims, loaded.numbers.tolist(), strict=True)
            if claim.is_stated_by(claim_ids)
        }

    def _find_former_neighbours(self, period: Period, left: Sequence[Proposition]) -> set[int]:
        """Return the propositions that state the same as one of a period that has left the corpus."""
        found = set[int]()
        index = ClaimIndex.from_claims(left, self._words)
        for other in self._load_near(period, left) if left else ():
            for places, candidates in index.find_candidates(np.arange(len(left)), other.index):
                for one, place in zip(places.tolist(), candidates.tolist(), strict=True):
                    if self._were_neighbours(left[one], other.index.claims[place]):
                        found.add(int(other.numbers[place]))
        return found

    def get_pairs(self) -> ClaimPairs:
        """Return the pairs of the claims whose neighbours were asked for."""
        first, second, scores = map(np.array, self._pairs)
        return ClaimPairs(
            np.concatenate([first, second]), np.concatenate([second, first]), np.tile(scores, 2)
        )

    def _were_neighbours(self, gone: Proposition, claim: Proposition) -> bool:
        """Return True if a claim stated the same as one that has left, or stated one proposition with it."""
        is_equal = gone.day == claim.day and gone.wording.words == claim.wording.words
        return is_equal or score_same_claim(gone, claim, self._rules) is not None

    def _compare_claims(self, period: Period, asked: Numbers) -> None:
        """Add the pairs of some claims of a period."""
        own = self._load_stated(period, {self.keys[number] for number in asked.tolist()})
        places = np.flatnonzero(np.isin(own.numbers, asked))
        for other in self._load_near(period, [own.index.claims[place] for place in places.tolist()]):
            is_done = np.fromiter(
                (n in self._compared for n in other.numbers.tolist()), bool, len(other.numbers)
            )
            for found, candidates in own.index.find_candidates(places, other.index):
                ours, theirs = own.numbers[found], other.numbers[candidates]
                # A pair of two claims that are asked for is found twice.
                is_again = np.isin(theirs, asked) & (theirs <= ours) | is_done[candidates]
                self._add_pairs(own, other, found[~is_again].tolist(), candidates[~is_again].tolist())
        self._compared.update(asked.tolist())

    def _add_pairs(
        self, own: _LoadedClaims, other: _LoadedClaims, found: Sequence[int], candidates: Sequence[int]
    ) -> None:
        """Add those candidates that state the same, given by places."""
        first, second, scores = self._pairs
        for one, place in zip(found, candidates, strict=True):
            score = score_same_claim(own.index.claims[one], other.index.claims[place], self._rules)
            if score is not None:
                i, j = int(own.numbers[one]), int(other.numbers[place])
                first.append(i)
                second.append(j)
                scores.append(score)
                self._neighbours.setdefault(i, []).append(j)
                self._neighbours.setdefault(j, []).append(i)

    def _load_stated(self, period: Period, claim_ids: Set[str]) -> _LoadedClaims:
        """Return the claims of a period, or if few are wanted only what they state."""
        if len(claim_ids) > MAX_FEW_CLAIMS or period in self._loaded:
            return self._load_period(period)
        return self._add_claims(self._source.read_stated(_list_days(period), claim_ids))

    def _load_near(self, period: Period, claims: Sequence[Proposition]) -> Iterator[_LoadedClaims]:
        """Yield the claims near some claims of a period, if these are few at least those that state the same."""
        for near in _list_periods_near(period):
            if len(claims) > MAX_FEW_CLAIMS or near in self._loaded:
                yield self._load_period(near)
            else:
                yield self._add_claims(self._source.read_similar(_list_days(near), claims))

    def _load_period(self, period: Period) -> _LoadedClaims:
        """Return the claims of a period, and forget those that were not needed for longest."""
        if period not in self._loaded:
            self._loaded[period] = self._add_claims(self._source.read_all(_list_days(period)))
        self._loaded.move_to_end(period)
        self._forget_periods(MAX_LOADED_PERIODS)
        return self._loaded[period]

    def _forget_periods(self, kept: int) -> None:
        """Keep so many periods in memory: those that were needed last."""
        while len(self._loaded) > kept:
            self._loaded.popitem(last=False)

    def _add_claims(self, claims: Sequence[Proposition]) -> _LoadedClaims:
        """Return claims with an index and their numbers."""
        numbers = np.fromiter(map(self._number_claim, claims), np.int64, len(claims))
        return _LoadedClaims(ClaimIndex.from_claims(claims, self._words), numbers)

    def _number_claim(self, claim: Proposition) -> int:
        """Return the number of a proposition."""
        number = self._numbers[claim.key]
        if number == len(self.keys):
            self.keys.append(claim.key)
            self.days.append(claim.day)
            self.claim_ids.append(tuple(one.claim_id for one in claim.occurrences))
        return number


def _get_period(day: date | None) -> Period:
    """Return the number of the period that contains a day."""
    return None if day is None else day.toordinal() // WINDOW_DAYS


def _list_days(period: Period) -> Days:
    """Return the first and the last day of a period."""
    if period is None:
        return None
    first = date.fromordinal(max(period * WINDOW_DAYS, 1))
    return first, first + timedelta(days=WINDOW_DAYS - 1)


def _list_periods_near(period: Period) -> Collection[Period]:
    """Return a period and its neighbours; undated claims are compared with each other only."""
    return (None,) if period is None else (period - 1, period, period + 1)


def _sort_periods(periods: Iterable[Period]) -> Iterator[Period]:
    """Yield periods in the order of time, that of undated claims first."""
    return iter(sorted(periods, key=lambda period: -1 if period is None else period))
