"""The changes of a run to the mentions, and the type and name of each changed local id before and after the run.

Counts are carried forward from the stored rows. Mentions of unchanged documents are read only where the counts do not
suffice.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa

from tasks.corpus.entities_table import (
    EntityMentionCounts,
    choose_best_name,
    count_entity_mentions,
    get_type_and_name,
)
from tasks.corpus.entity_occurrences import Occurrences, ReadOccurrences
from tasks.corpus.publication_dates import PublicationDates
from tasks.entities.reference_loader import ReferenceTables

TypeAndName = tuple[str, str]
NO_MENTIONS = EntityMentionCounts()


@dataclass(frozen=True, slots=True)
class StoredEntities:
    """What is stored before a run; large tables are read on demand."""

    read_entities: Callable[[set[str]], pa.Table]
    """returns the rows of these entities"""
    read_names: Callable[[set[str]], pa.Table]
    """returns id, type and name of the entities that have one of some spelling keys"""
    joins: Mapping[str, str]
    """the entity of each local id that was joined to another, in any document"""
    read_pairs: Callable[[str, set[str]], pa.Table]
    """returns ``doc_id``, ``entity_id`` and ``local_entity_id`` of the mentions with an entity in unchanged documents
    whose value in one of these columns is one of some"""
    removed_mentions: pa.Table
    """the mentions in documents that are replaced or removed"""
    removed_dates: PublicationDates
    """the days of these documents"""
    read_mentions: Callable[[set[str], set[str]], pa.Table]
    """returns the mentions of local ids in unchanged documents, by doc_ids and local ids"""
    read_dates: Callable[[set[str]], PublicationDates]
    """returns the days of unchanged documents"""


@dataclass
class EntityChanges:
    """The local ids before and after a run; each property is computed once, when it is first needed."""

    stored: StoredEntities
    added_mentions: pa.Table
    """the mentions in documents that are added or replaced"""
    added_dates: PublicationDates
    """the days of these documents"""
    reference: ReferenceTables
    recalled_counts: dict[str, EntityMentionCounts] = field(default_factory=dict)
    """counts of the mentions in unchanged documents, for the local ids for which they were read"""

    @cached_property
    def occurrences(self) -> Occurrences:
        """The pairs of document and local id after the run."""
        return ReadOccurrences(self.stored.read_pairs, self.added_mentions)

    @cached_property
    def joined_before(self) -> Mapping[str, str]:
        """The entity of each local id that was joined to another."""
        return self.stored.joins

    @cached_property
    def members_before(self) -> dict[str, set[str]]:
        """The local ids of every joined entity, its own included."""
        members: dict[str, set[str]] = defaultdict(set)
        for local, entity in self.joined_before.items():
            members[entity] |= {local, entity}
        return members

    @cached_property
    def gained_counts(self) -> dict[str, EntityMentionCounts]:
        """The counts of the added mentions by local id."""
        return count_entity_mentions(self.added_mentions)

    @cached_property
    def lost_counts(self) -> dict[str, EntityMentionCounts]:
        """The counts of the removed mentions by local id."""
        return count_entity_mentions(self.stored.removed_mentions)

    @cached_property
    def touched_ids(self) -> set[str]:
        """The local ids whose mentions change, and those that the user merges, which every run examines."""
        return {
            *self.gained_counts,
            *self.lost_counts,
            *self.reference.merged_into,
            *self.reference.merged_into.values(),
        }

    @cached_property
    def rows_before(self) -> dict[str, dict[str, Any]]:
        """The stored rows of touched ids and of the entities that they were joined to, by id."""
        ids = {
            *self.touched_ids,
            *(self.joined_before.get(local, local) for local in self.touched_ids),
        }
        return {row["entity_id"]: row for row in self.get_rows(ids)}

    def get_rows(self, ids: Iterable[str]) -> list[dict[str, Any]]:
        """Return the stored rows of these entities."""
        rows: list[dict[str, Any]] = self.stored.read_entities(set(ids)).to_pylist()
        return rows

    def get_unjoined_row(self, local: str) -> dict[str, Any] | None:
        """Return the stored row of a local id that was not joined, or None."""
        return None if self.has_been_joined(local) else self.rows_before.get(local)

    def has_been_joined(self, local: str) -> bool:
        """Return True if a local id was one of several that form an entity."""
        return local in self.joined_before or local in self.members_before

    def recall_mentions(self, locals_: Iterable[str]) -> None:
        """Read the counts of these local ids in unchanged documents, unless already read."""
        missing = {local for local in locals_ if local not in self.recalled_counts}
        self.recalled_counts |= {local: EntityMentionCounts() for local in missing}
        documents = (
            set[str]().union(*self.occurrences.get_documents_by_entity(missing).values())
            - self.added_dates.keys()
        )
        if documents:
            self.recalled_counts |= count_entity_mentions(self.stored.read_mentions(documents, missing))

    def get_counts_after(self, local: str) -> EntityMentionCounts:
        """Return the counts of a local id after the run; its mentions must have been recalled."""
        return sum_mention_counts([self.recalled_counts[local], self.gained_counts.get(local, NO_MENTIONS)])

    @cached_property
    def touched_names(self) -> dict[str, tuple[TypeAndName | None, TypeAndName | None]]:
        """Type and name of the touched ids before and after the run, None where an id has no mentions."""
        recalled = {local for local in self.touched_ids if self.needs_recall(local)}
        self.recall_mentions(recalled)
        return {
            local: self.recall_names(local) if local in recalled else self.carry_names(local)
            for local in self.touched_ids
        }

    def needs_recall(self, local: str) -> bool:
        """Return True if type and name of a local id depend on its mentions in unchanged documents."""
        if local in self.reference.known_entities:
            return False
        if (row := self.get_unjoined_row(local)) is None:
            return self.has_been_joined(local)
        return not self.has_stable_type(row, {local})

    def has_stable_type(self, row: Mapping[str, Any], members: Iterable[str]) -> bool:
        """Return True if an entity certainly keeps its type: no other label gains more mentions, or loses fewer."""
        if row["entity_id"] in self.reference.known_entities:
            return True
        gained = Counter[str]()
        for local in members:
            gained.update(self.gained_counts.get(local, NO_MENTIONS).labels)
            gained.subtract(self.lost_counts.get(local, NO_MENTIONS).labels)
        own = gained.pop(row["entity_type"], 0)
        return own >= 0 and all(times <= own for label, times in gained.items() if label)

    def recall_names(self, local: str) -> tuple[TypeAndName | None, TypeAndName | None]:
        """Return type and name of a local id before and after the run, by its mentions."""
        before = sum_mention_counts([self.recalled_counts[local], self.lost_counts.get(local, NO_MENTIONS)])
        return self.get_identity(local, before), self.get_identity(local, self.get_counts_after(local))

    def get_identity(self, local: str, counts: EntityMentionCounts) -> TypeAndName | None:
        """Return type and name by the counts of the mentions; None if there are no mentions."""
        return get_type_and_name(counts, local, self.reference) if counts.labels else None

    def carry_names(self, local: str) -> tuple[TypeAndName | None, TypeAndName | None]:
        """Return type and name of a local id before and after the run, by the reference tables or its stored row."""
        known, row = self.reference.known_entities.get(local), self.get_unjoined_row(local)
        if known and (row or self.has_been_joined(local)):
            return ((known.entity_type, known.name),) * 2
        if row is None:
            return None, self.get_identity(local, self.gained_counts.get(local, NO_MENTIONS))
        forms, n_mentions = self.carry_counts(row, {local})
        after = (row["entity_type"], choose_best_name(forms, local)) if n_mentions else None
        return (row["entity_type"], row["name"]), after

    def carry_counts(self, row: Mapping[str, Any], members: Iterable[str]) -> tuple[Counter[str], int]:
        """Return forms and number of mentions after the run of an entity whose members do not change."""
        forms = Counter(dict(zip(row["aliases"], row["alias_counts"], strict=True)))
        n_mentions = row["n_mentions"]
        for local in members:
            gained = self.gained_counts.get(local, NO_MENTIONS)
            lost = self.lost_counts.get(local, NO_MENTIONS)
            forms.update(gained.forms)
            forms.subtract(lost.forms)
            n_mentions += gained.labels.total() - lost.labels.total()
        return +forms, n_mentions


def sum_mention_counts(parts: Iterable[EntityMentionCounts]) -> EntityMentionCounts:
    """Return the sum of several counts."""
    total = EntityMentionCounts()
    for counts in parts:
        total.labels.update(counts.labels)
        total.forms.update(counts.forms)
        total.documents |= counts.documents
    return total
