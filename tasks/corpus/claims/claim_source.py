"""Where the comparison of claims reads them: by period, or only those that resemble some claims."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from tasks.corpus.claims.claim_index import MIN_SHARED_STEMS
from tasks.corpus.claims.claim_propositions import Proposition

Days = tuple[date, date] | None
"""the first and the last of some days; None for what has no day"""


class ClaimSource(Protocol):
    """What the claims of a corpus state, by day.

    Each method returns propositions sorted by key, each with all claims that state it.
    """

    def read_all(self, days: Days) -> Sequence[Proposition]:
        """Return all propositions of some days."""

    def read_stated(self, days: Days, claim_ids: Set[str]) -> Sequence[Proposition]:
        """Return the propositions of some days that these claims state."""

    def read_similar(self, days: Days, claims: Sequence[Proposition]) -> Sequence[Proposition]:
        """Return at least those propositions of some days that can state the same as one of these."""


@dataclass(frozen=True, slots=True)
class ClaimsInMemory:
    """The claims of a corpus that is held in memory."""

    propositions: Sequence[Proposition]
    """sorted by key"""

    def read_all(self, days: Days) -> Sequence[Proposition]:
        """Return all propositions of some days."""
        return [claim for claim in self.propositions if _is_within(claim.day, days)]

    def read_stated(self, days: Days, claim_ids: Set[str]) -> Sequence[Proposition]:
        """Return the propositions of some days that these claims state."""
        return [claim for claim in self.read_all(days) if claim.is_stated_by(claim_ids)]

    def read_similar(self, days: Days, claims: Sequence[Proposition]) -> Sequence[Proposition]:
        """Return the propositions of some days that share enough stems with one of these."""
        return [
            claim
            for claim in self.read_all(days)
            if any(len(claim.wording.stems & one.wording.stems) >= MIN_SHARED_STEMS for one in claims)
        ]


def _is_within(day: date | None, days: Days) -> bool:
    """Return True for one of some days, or for no day if there are none."""
    return day is None if days is None else day is not None and days[0] <= day <= days[1]
