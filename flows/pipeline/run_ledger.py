"""What each part of a run stores, removes and counts, and what the parts before it have done.

The plan covers everything that the run has read, so that publishing in parts does not change the result.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.corpus_steps.pending_groups import PendingGroups
from flows.pipeline.intake import Intake
from flows.pipeline.intake_plan import IntakePlan, SourceReading, list_accepted_sources, plan_intake
from flows.pipeline.run_parts import RunPart


@dataclass(frozen=True, slots=True)
class PartChanges:
    """What a part of a run does: in ``counts``, documents read = stored + unchanged + duplicate + rejected."""

    doc_ids: frozenset[str]
    """the documents to store"""
    removed: frozenset[str]
    """the stored documents to remove"""
    accepted: pa.Array
    """sources whose earlier rejects are resolved"""
    refused: frozenset[str]
    """sources of documents that could not be extracted"""
    counts: dict[str, int]


@dataclass
class RunLedger:
    """What a run has read, what the warehouse held before it, and what its parts have published so far."""

    intake: Intake
    known: pa.Table
    """the stored documents with an id or a source that the run has read, with the columns of ``StoredDocument``"""
    refused: set[str] = field(default_factory=set)
    """sources of documents that could not be extracted"""
    removed: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    pending_groups: PendingGroups = field(default_factory=PendingGroups)
    """the claims that the parts so far have stored without their groups"""

    @cached_property
    def plan(self) -> IntakePlan:
        """What to do with everything that was read, provided that every document can be extracted."""
        return plan_intake(self.intake.readings.table, self.known, self.intake.extractor_version)

    def plan_part_changes(self, part: RunPart, refused: frozenset[str], is_last: bool) -> PartChanges:
        """Return what a part does, given the sources of it that were refused; the last part does all that is left."""
        plan = self._plan_without(self.refused | refused)
        read = self.intake.readings.table
        stored = read.take(part.places.filter(pc.is_in(part.places, plan.to_store)))
        removed = plan.removed - self.removed
        if is_last:
            counts = self._count_rest(plan)
            accepted = list_accepted_sources(read, self.intake.rejected, self.refused | refused)
        else:
            of_part = self.known["doc_id"].filter(
                pc.is_in(self.known["source_uri"], stored["source_uri"].combine_chunks())
            )
            removed &= {*of_part.to_pylist()}
            accepted = list_accepted_sources(stored, (), refused)
            counts = {
                "read": len(part.places),
                "stored": stored.num_rows,
                "unchanged": 0,
                "duplicate": 0,
                "rejected": len(part.places) - stored.num_rows,
            }
        return PartChanges(
            doc_ids=frozenset(stored["doc_id"].to_pylist()),
            removed=removed,
            accepted=accepted,
            refused=refused,
            counts=counts,
        )

    def _plan_without(self, refused: set[str]) -> IntakePlan:
        """Return the plan without the new documents of refused sources: what is stored of these sources stays."""
        if not refused:
            return self.plan
        read = self.intake.readings.table
        is_refused = pc.is_in(read["source_uri"], pa.array(sorted(refused), pa.string()))
        failed = read["doc_id"].filter(pc.and_(is_refused, pc.is_valid(read["number"]))).combine_chunks()
        if not len(failed):
            return self.plan
        left = pc.indices_nonzero(pc.invert(pc.is_in(read["doc_id"], failed)))
        plan = plan_intake(
            read.select(list(SourceReading._fields)).take(left), self.known, self.intake.extractor_version
        )
        return replace(plan, to_store=left.take(plan.to_store).cast(pa.int64()))

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
