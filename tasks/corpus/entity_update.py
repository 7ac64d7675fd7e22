"""Incremental update of the ``entities`` table, equal to what :mod:`tasks.corpus.entities_table` builds from scratch.

A run changes few documents. Only the entities that these mention can change, and the entities of the same blocks.
The counts of an entity are carried forward; its mentions are read only where the counts do not suffice: where a
spelling variant joins or leaves it, or where its first or last document is removed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol

import pyarrow as pa

from tasks.corpus.entities_table import choose_best_name, get_type_and_name, make_entity_row
from tasks.corpus.entity_changes import (
    NO_MENTIONS,
    EntityChanges,
    TypeAndName,
    sum_mention_counts,
)
from tasks.corpus.entity_occurrences import LOCAL_ID_COLUMN
from tasks.corpus.entity_renaming import EntityRenaming, find_outdated_ids
from tasks.corpus.publication_dates import PublicationDates
from tasks.corpus.spelling_variants import (
    BlockKey,
    join_spelling_variants,
    make_block_key,
    make_spelling_keys,
)
from warehouse.tables import ENTITIES, to_arrow

UNKNOWN_DAY = date.min
"""marks a first or last day that only the mentions can determine; no document is published on it"""


class DayChoice(Protocol):
    """``min`` or ``max`` of days."""

    def __call__(self, among: set[date], /, *, default: None) -> date | None:
        """Return one of the days, None if there are none."""


@dataclass
class EntityUpdate(EntityChanges):
    """The joins and the rows of the entities after a run."""

    @cached_property
    def concerned_names(self) -> dict[str, TypeAndName]:
        """Type and name of the touched ids, and of all local ids in a block of one of these."""
        touched = {local: after for local, (_, after) in self.touched_names.items() if after}
        names = {name for pair in self.touched_names.values() for name in pair if name}
        blocks = {key for name in names if (key := make_block_key(*name)) is not None}
        others = self.find_stored_names(blocks)
        return {local: name for local, name in others.items() if local not in self.touched_names} | touched

    def find_stored_names(self, blocks: set[BlockKey]) -> dict[str, TypeAndName]:
        """Return type and name of the untouched local ids that are stored and in these blocks."""
        if not blocks:
            return {}
        rows = self.stored.read_names({key for _, key in blocks})
        columns = (rows[column].to_pylist() for column in ("entity_id", "entity_type", "name"))
        stored = {entity: (kind, name) for entity, kind, name in zip(*columns, strict=True)}
        # Any form of a joined entity may be the name of a member; what a member is called only its mentions say.
        joined = {local for entity in stored for local in self.members_before.get(entity, ())}
        joined -= self.touched_ids
        self.recall_mentions(joined)
        # They are untouched, so the recalled counts are complete.
        members = {
            local: get_type_and_name(self.recalled_counts[local], local, self.reference)
            for local in joined
            if self.recalled_counts[local].labels
        }
        unjoined = {entity: name for entity, name in stored.items() if entity not in self.members_before}
        return {
            local: name for local, name in {**unjoined, **members}.items() if make_block_key(*name) in blocks
        }

    @cached_property
    def joined_ids(self) -> dict[str, str]:
        """The joins among :attr:`concerned_names`: local id to the id that replaces it."""
        return join_spelling_variants(self.concerned_names, self.occurrences, self.read_dates, self.reference)

    def read_dates(self, documents: set[str]) -> PublicationDates:
        """Return the days of documents after the run."""
        return {**self.stored.read_dates(documents - self.added_dates.keys()), **self.added_dates}

    def get_entity_before(self, local: str) -> str:
        """Return the entity that a local id was joined to."""
        return self.joined_before.get(local, local)

    def get_entity_after(self, local: str) -> str:
        """Return the entity that a local id is joined to after the run."""
        return (
            self.joined_ids.get(local, local)
            if local in self.concerned_names
            else self.get_entity_before(local)
        )

    @cached_property
    def moved_ids(self) -> set[str]:
        """The local ids whose entity changes."""
        return {
            local
            for local in self.concerned_names
            if self.get_entity_before(local) != self.get_entity_after(local)
        }

    def get_renaming(self) -> EntityRenaming:
        """Return the ids that must change in the rows of documents, added ones included."""
        entities = {local: self.get_entity_after(local) for local in {*self.moved_ids, *self.gained_counts}}
        joined = {local: entity for local, entity in entities.items() if entity != local}
        columns = ["doc_id", "entity_id", LOCAL_ID_COLUMN]
        text_schema = pa.schema([(name, pa.string()) for name in columns])
        parts = [self.added_mentions.select(columns).cast(text_schema)]
        if self.moved_ids:
            moved = self.stored.read_pairs(LOCAL_ID_COLUMN, self.moved_ids)
            parts.append(moved.select(columns).cast(text_schema))
        return find_outdated_ids(pa.concat_tables(parts), joined)

    def build_changed_rows(self) -> pa.Table:
        """Return the rows of ``entities`` that the run changes; one without mentions is of an entity that goes."""
        changed = set(map(self.get_entity_before, self.changed_ids))
        changed |= set(map(self.get_entity_after, self.changed_ids))
        old = {row["entity_id"]: row for row in self.get_rows(changed)}
        carried, rebuilt = list[dict[str, Any]](), dict[str, set[str]]()
        for entity in changed:
            before, after = self.get_members(entity, entity in old)
            if before == after and entity in old and (row := self.carry_row(old[entity], after)):
                carried.append(row)
            else:
                rebuilt[entity] = after
        rows = [*carried, *self.rebuild_rows(rebuilt)]
        # An entity that was not stored and has no mentions has no row at all.
        return to_arrow([row for row in rows if row["n_mentions"] or row["entity_id"] in old], ENTITIES)

    @cached_property
    def changed_ids(self) -> set[str]:
        """The local ids whose mentions or entity change."""
        return {*self.gained_counts, *self.lost_counts, *self.moved_ids}

    @cached_property
    def gained_members(self) -> dict[str, set[str]]:
        """The changed local ids that each entity has after the run."""
        members: dict[str, set[str]] = defaultdict(set)
        for local in self.changed_ids & self.concerned_names.keys():
            members[self.get_entity_after(local)].add(local)
        return members

    def get_members(self, entity: str, is_stored: bool) -> tuple[set[str], set[str]]:
        """Return the local ids of an entity before and after the run."""
        before = self.members_before.get(entity) or ({entity} if is_stored else set())
        return before, before - self.changed_ids | self.gained_members[entity]

    def carry_row(self, old: Mapping[str, Any], members: set[str]) -> dict[str, Any] | None:
        """Return the new row of an entity with unchanged members; None if its mentions are needed for it."""
        gained, lost = (
            {doc_id for local in members for doc_id in counts.get(local, NO_MENTIONS).documents}
            for counts in (self.gained_counts, self.lost_counts)
        )
        gained_days = _get_known_days(gained, self.added_dates)
        lost_days = _get_known_days(lost, self.stored.removed_dates)
        first = _carry_day(old["first_seen"], gained_days, lost_days, min)
        last = _carry_day(old["last_seen"], gained_days, lost_days, max)
        if not self.has_stable_type(old, members) or UNKNOWN_DAY in (first, last):
            return None
        forms, n_mentions = self.carry_counts(old, members)
        known = self.reference.known_entities.get(old["entity_id"])
        name = known.name if known else choose_best_name(forms, old["entity_id"])
        return dict(old) | {
            "name": name,
            "aliases": sorted(forms),
            "alias_counts": [forms[form] for form in sorted(forms)],
            "spelling_keys": make_spelling_keys({*forms, name}),
            "n_documents": old["n_documents"] + len(gained) - len(lost),
            "n_mentions": n_mentions,
            "first_seen": first,
            "last_seen": last,
        }

    def rebuild_rows(self, entities: Mapping[str, set[str]]) -> list[dict[str, Any]]:
        """Return the rows of entities from all mentions of their members."""
        self.recall_mentions(set[str]().union(*entities.values()))
        gathered = {
            entity: sum_mention_counts(map(self.get_counts_after, members))
            for entity, members in entities.items()
        }
        documents = set[str]().union(*(counts.documents for counts in gathered.values()))
        dates = self.read_dates(documents)
        return [make_entity_row(entity, counts, dates, self.reference) for entity, counts in gathered.items()]


def _get_known_days(documents: Iterable[str], dates: PublicationDates) -> set[date]:
    """Return the known days of publication of some documents."""
    return {day for document in documents if (day := dates.get(document)) is not None}


def _carry_day(seen: date | None, gained: set[date], lost: set[date], choose: DayChoice) -> date | None:
    """Return the new first or last day of an entity; UNKNOWN_DAY if the document of the old one may be removed."""
    best = choose({*gained, *({seen} if seen else ())}, default=None)
    return UNKNOWN_DAY if seen in lost and best not in gained else best
