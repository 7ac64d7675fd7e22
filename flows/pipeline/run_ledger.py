"""What each part of a run stores, removes and counts, and what the parts before it have done.

The plan covers everything that the run has read, so that publishing in parts does not change the result.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from flows.pipeline.corpus_steps.pending_groups import PendingGroups
from flows.pipeline.intake import Intake
from flows.pipeline.intake_plan import IntakePlan, StoredDocument, plan_intake
from flows.pipeline.run_parts import RunPart


@dataclass(frozen=True, slots=True)
class PartChanges:
    """What a part of a run does: in ``counts``, documents read = stored + unchanged + duplicate + rejected."""

    doc_ids: frozenset[str]
    """the documents to store"""
    removed: frozenset[str]
    """the stored documents to remove"""
    accepted: frozenset[str]
    """sources whose earlier rejects are resolved"""
    refused: frozenset[str]
    """sources of documents that could not be extracted"""
    counts: dict[str, int]


@dataclass
class RunLedger:
    """What a run has read, what the warehouse held before it, and what its parts have published so far."""

    intake: Intake
    known: Sequence[StoredDocument]
    """the stored documents with an id or a source that the run has read"""
    refused: set[str] = field(default_factory=set)
    """sources of documents that could not be extracted"""
    removed: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    pending_groups: PendingGroups = field(default_factory=PendingGroups)
    """the claims that the parts so far have stored without their groups"""

    @cached_property
    def plan(self) -> IntakePlan:
        """What to do with everything that was read, provided that every document can be extracted."""
        return plan_intake(self.intake.readings, self.known, self.intake.extractor_version)

    def plan_part_changes(self, part: RunPart, refused: frozenset[str], is_last: bool) -> PartChanges:
        """Return what a part does, given the sources of it that were refused; the last part does all that is left."""
        plan = self._plan_without(self.refused | refused)
        sources_by_id = {reading.doc_id: reading.source_uri for reading in part.readings}
        doc_ids = frozenset(d for d in sources_by_id if d in plan.new or d in plan.changed)
        removed = plan.removed - self.removed
        if is_last:
            counts = self._count_rest(plan)
            unusable = {rejected.source_uri for rejected in self.intake.rejected}
            accepted = self.intake.accepted_sources - self.refused - unusable
        else:
            sources = {sources_by_id[doc_id] for doc_id in doc_ids}
            removed &= {row.doc_id for row in self.known if row.source_uri in sources}
            accepted = self.intake.accepted_sources & sources
            counts = {
                "read": len(sources_by_id),
                "stored": len(doc_ids),
                "unchanged": 0,
                "duplicate": 0,
                "rejected": len(sources_by_id) - len(doc_ids),
            }
        return PartChanges(
            doc_ids=doc_ids,
            removed=removed,
            accepted=frozenset(accepted - refused),
            refused=refused,
            counts=counts,
        )

    def _plan_without(self, refused: set[str]) -> IntakePlan:
        """Return the plan without the new documents of refused sources: what is stored of these sources stays."""
        if not refused:
            return self.plan
        failed = {reading.doc_id for reading in self.intake.spooled if reading.source_uri in refused}
        if not failed:
            return self.plan
        readings = [reading for reading in self.intake.readings if reading.doc_id not in failed]
        return plan_intake(readings, self.known, self.intake.extractor_version)

    def _count_rest(self, plan: IntakePlan) -> dict[str, int]:
        """Return the counts of the last part: those of the whole run less what earlier parts have counted."""
        read = self.intake.document_count
        whole = {
            "read": read,
            "stored": plan.stored,
            "unchanged": plan.unchanged,
            "duplicate": plan.duplicate,
            "rejected": read - plan.stored - plan.unchanged - plan.duplicate,
        }
        return {name: count - self.counts[name] for name, count in whole.items()}

    def record_part(self, changes: PartChanges, counts: dict[str, int]) -> None:
        """Record that a part is published."""
        self.refused |= changes.refused
        self.removed |= changes.removed
        self.counts.update(counts)
