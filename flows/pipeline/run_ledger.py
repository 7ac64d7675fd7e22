"""What of the documents that were read a part of the run stores, and what has gone before it.

The plan of the whole run decides, over everything that was read: publishing it in parts changes nothing in the end.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from flows.pipeline.intake import Intake, Part
from flows.pipeline.intake_plan import Known, Plan, plan


@dataclass(frozen=True, slots=True)
class Settled:
    """What a part of a run does: ``counts`` has documents read = stored + unchanged + duplicate + rejected."""

    doc_ids: frozenset[str]
    """the documents to store"""
    removed: frozenset[str]
    accepted: frozenset[str]
    """sources that are no longer rejected"""
    refused: frozenset[str]
    """sources of documents that could not be extracted"""
    counts: dict[str, int]


@dataclass
class Ledger:
    """What a run has read, what the warehouse held before it, and what its parts have done so far."""

    intake: Intake
    known: Sequence[Known]
    refused: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)

    def settle(self, part: Part, refused: frozenset[str], is_last: bool) -> Settled:
        """Return what a part does, of whose sources some were refused; the last does what is left.

        A source whose new document failed gives up nothing: what was stored from it stays.
        """
        failed = {
            reading.doc_id for reading in self.intake.spooled if reading.source_uri in self.refused | refused
        }
        readings = [reading for reading in self.intake.readings if reading.doc_id not in failed]
        final = plan(readings, self.known, self.intake.version)
        mine = {reading.doc_id: reading.source_uri for reading in part.readings}
        doc_ids = frozenset(mine.keys() & (final.new.keys() | final.changed.keys()))
        removed = final.removed - self.removed
        if is_last:
            counts = self.rest(final)
            accepted = self.intake.sources - self.refused - {one.source_uri for one in self.intake.rejected}
        else:
            sources = {mine[doc_id] for doc_id in doc_ids}
            removed &= {row.doc_id for row in self.known if row.source_uri in sources}
            accepted = self.intake.sources & sources
            counts = {
                "read": len(mine),
                "stored": len(doc_ids),
                "unchanged": 0,
                "duplicate": 0,
                "rejected": len(mine) - len(doc_ids),
            }
        return Settled(doc_ids, removed, frozenset(accepted - refused), refused, counts)

    def rest(self, final: Plan) -> dict[str, int]:
        """Return the counts of the last part: those of the whole run without what is counted already."""
        read = self.intake.count
        whole = {
            "read": read,
            "stored": final.stored,
            "unchanged": final.unchanged,
            "duplicate": final.duplicate,
            "rejected": read - final.stored - final.unchanged - final.duplicate,
        }
        return {name: number - self.counts[name] for name, number in whole.items()}

    def note(self, done: Settled, counts: dict[str, int]) -> None:
        """Note what a part has published."""
        self.refused |= done.refused
        self.removed |= done.removed
        self.counts.update(counts)
