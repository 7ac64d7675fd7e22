"""The claims that a run of several parts has stored without their groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # A run that finds nothing new ends before spaCy is loaded.
    from tasks.corpus.claims.claim_propositions import Proposition

CLAIM_GROUP_STEP = "claim-groups"
MAX_CLAIMS_LEFT = 50_000
"""claims that a run of several parts replaces or removes before it finds the groups of all claims again"""

MAX_CLAIMS_OF_DAY = 1_000
"""new claims of a day that are known one by one; with more, all claims of the day count as new"""

ClaimsByDay = dict[date | None, set[str]]
"""claim ids by the day on which their document was published"""


@dataclass
class PendingGroups:
    """The claims that earlier parts of a run have stored without their groups, which the last part finds for all."""

    new: dict[date | None, set[str] | None] = field(default_factory=dict)
    """the claims that were added or changed, by day of publication; None for all claims of a day"""
    left: list[Proposition] = field(default_factory=list)
    """what the claims stated that were changed or removed"""
    is_begun: bool = False
    is_everything: bool = False
    """the groups of all claims are to be found again"""

    def note_owed_steps(self, owed: frozenset[str]) -> None:
        """Take over what the warehouse owed before the run."""
        if not self.is_begun:
            self.is_begun, self.is_everything = True, CLAIM_GROUP_STEP in owed

    def add(self, new: ClaimsByDay, left: list[Proposition]) -> None:
        """Add the claims that a part adds or changes, and what those stated that it changes or removes."""
        for day, claim_ids in new.items():
            before = self.new.setdefault(day, set())
            known = set[str]() if before is None else before | claim_ids
            self.new[day] = known if before is not None and len(known) <= MAX_CLAIMS_OF_DAY else None
        self.left += left
        if len(self.left) > MAX_CLAIMS_LEFT:
            self.is_everything, self.left = True, []
