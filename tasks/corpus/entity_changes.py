"""What a run changes of what the mentions say: of each entity of single documents, its name before and after.

Counts are carried forward from the stored rows. Mentions of documents that stay are recalled only where counts do
not tell.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tasks.corpus.entities_table import Gathered, best_name, gather, identity
from tasks.corpus.entity_occurrences import Standing, joins
from tasks.entities.reference_loader import Reference

Identity = tuple[str, str]
"""type and name"""
Dates = Mapping[str, date | None]
"""day of publication by document"""
NOTHING = Gathered()


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored before a run, as far as it is asked for."""

    entities: pa.Table
    """what :func:`tasks.corpus.entities_table.resolve_across_documents` made of all mentions and this reference"""
    staying: pa.Table
    """``doc_id``, ``entity_id`` and ``local_entity_id``, best as dictionaries, of all mentions of documents that stay
    and have an entity"""
    leaving: pa.Table
    """the mentions of documents that are replaced or removed"""
    left: Dates
    """days of these documents"""
    recall: Callable[[set[str], set[str]], pa.Table]
    """returns mentions by their documents, which stay, and local ids"""
    dates: Callable[[set[str]], Dates]
    """returns the days of documents that stay"""


@dataclass
class Evidence:
    """What is known of the entities of single documents before and after a run; each thing is worked out once."""

    stored: Stored
    coming: pa.Table
    """the mentions of documents that are added or replaced"""
    came: Dates
    """days of these documents"""
    reference: Reference
    recalled: dict[str, Gathered] = field(default_factory=dict)
    """what the mentions that stay say of an entity, where that had to be asked"""

    @cached_property
    def standing(self) -> Standing:
        """Which documents mention which entities after the run."""
        return Standing.of(self.stored.staying, self.coming)

    @cached_property
    def before(self) -> dict[str, str]:
        """Which local ids were joined to which entity."""
        return joins([self.stored.staying, self.stored.leaving])

    @cached_property
    def members_before(self) -> dict[str, set[str]]:
        """The local ids of every entity that several may have been joined to, its own among them."""
        members: dict[str, set[str]] = defaultdict(set)
        for local, entity in self.before.items():
            members[entity] |= {local, entity}
        return members

    @cached_property
    def gains(self) -> dict[str, Gathered]:
        """What the documents that come say."""
        return gather(self.coming)

    @cached_property
    def losses(self) -> dict[str, Gathered]:
        """What the documents that go said."""
        return gather(self.stored.leaving)

    @cached_property
    def touched(self) -> set[str]:
        """The local ids whose mentions change, and those that the user joins: these are looked at in every run."""
        return {*self.gains, *self.losses, *self.reference.merge, *self.reference.merge.values()}

    @cached_property
    def rows_before(self) -> dict[str, dict[str, Any]]:
        """The stored rows that a change may concern: of what is touched or was joined, by id."""
        ids = {*self.touched, *self.before.values(), *(self.before.get(one, one) for one in self.touched)}
        return {row["entity_id"]: row for row in self.rows_of(ids)}

    def rows_of(self, ids: Iterable[str]) -> list[dict[str, Any]]:
        """Return the stored rows of these entities."""
        wanted = pc.is_in(self.stored.entities["entity_id"], pa.array(sorted(ids), pa.string()))
        rows: list[dict[str, Any]] = self.stored.entities.filter(wanted).to_pylist()
        return rows

    def alone(self, local: str) -> dict[str, Any] | None:
        """Return the stored row that is this local id's and no other's."""
        return None if self.was_joined(local) else self.rows_before.get(local)

    def was_joined(self, local: str) -> bool:
        """Tell whether a local id was one of several that are one entity."""
        return local in self.before or local in self.members_before

    def ask(self, locals_: Iterable[str]) -> None:
        """Recall what the mentions that stay say of these local ids."""
        asked = {local for local in locals_ if local not in self.recalled}
        self.recalled |= {local: Gathered() for local in asked}
        documents = set[str]().union(*self.standing.documents_of(asked).values()) - self.came.keys()
        if documents:
            self.recalled |= gather(self.stored.recall(documents, asked))

    def after(self, local: str) -> Gathered:
        """Return what the mentions say of a local id after the run; it must have been asked for."""
        return total([self.recalled[local], self.gains.get(local, NOTHING)])

    @cached_property
    def names(self) -> dict[str, tuple[Identity | None, Identity | None]]:
        """Type and name of all that is touched, before and after the run; None where it is known not to be there."""
        unclear = {local for local in self.touched if self.is_unclear(local)}
        self.ask(unclear)
        return {
            local: self.recalled_names(local) if local in unclear else self.carried_names(local)
            for local in self.touched
        }

    def is_unclear(self, local: str) -> bool:
        """Tell whether only its mentions can tell what a local id is called."""
        if local in self.reference.known:
            return False
        if (row := self.alone(local)) is None:
            return self.was_joined(local)
        return not self.keeps_type(row, {local})

    def keeps_type(self, row: Mapping[str, Any], members: Iterable[str]) -> bool:
        """Tell whether an entity's type is surely what it was: where no other gains more mentions, or loses less."""
        if row["entity_id"] in self.reference.known:
            return True
        gained = Counter[str]()
        for local in members:
            gained.update(self.gains.get(local, NOTHING).labels)
            gained.subtract(self.losses.get(local, NOTHING).labels)
        own = gained.pop(row["entity_type"], 0)
        return own >= 0 and all(times <= own for label, times in gained.items() if label)

    def recalled_names(self, local: str) -> tuple[Identity | None, Identity | None]:
        """Return what a local id was and is called, by its mentions."""
        was = total([self.recalled[local], self.losses.get(local, NOTHING)])
        return self.identity_of(local, was), self.identity_of(local, self.after(local))

    def identity_of(self, local: str, one: Gathered) -> Identity | None:
        """Return type and name by what the mentions say; None where there is none."""
        return identity(one, local, self.reference) if one.labels else None

    def carried_names(self, local: str) -> tuple[Identity | None, Identity | None]:
        """Return what a local id was and is called, by the tables, or by its row and what is added to it."""
        known, row = self.reference.known.get(local), self.alone(local)
        if known and (row or self.was_joined(local)):
            return ((known.entity_type, known.name),) * 2
        if row is None:
            return None, self.identity_of(local, self.gains.get(local, NOTHING))
        forms, mentions = self.carried(row, {local})
        now = (row["entity_type"], best_name(forms, local)) if mentions else None
        return (row["entity_type"], row["name"]), now

    def carried(self, row: Mapping[str, Any], members: Iterable[str]) -> tuple[Counter[str], int]:
        """Return the forms and the number of mentions of an entity whose members stay the same."""
        forms = Counter(dict(zip(row["aliases"], row["alias_counts"], strict=True)))
        mentions = row["n_mentions"]
        for local in members:
            gained, lost = self.gains.get(local, NOTHING), self.losses.get(local, NOTHING)
            forms.update(gained.forms)
            forms.subtract(lost.forms)
            mentions += gained.labels.total() - lost.labels.total()
        return +forms, mentions


def total(parts: Iterable[Gathered]) -> Gathered:
    """Return what several say together."""
    whole = Gathered()
    for one in parts:
        whole.labels.update(one.labels)
        whole.forms.update(one.forms)
        whole.documents |= one.documents
    return whole
