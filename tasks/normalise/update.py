"""Entities after a run, from those before it: exactly what :mod:`tasks.normalise.across` makes of all mentions.

A run changes few documents, and of the entities only those that these mention can change, with those whose names
have the same consonants. The counts of an entity are carried forward; its mentions are recalled only where
counts do not tell: where another spelling joins it or leaves it, or where its oldest document goes.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import itemgetter
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from tasks.normalise.across import Gathered, best_name, gather, identity, row
from tasks.normalise.blocks import may_share
from tasks.normalise.reference import Reference
from tasks.normalise.rejoin import Renaming, outdated
from tasks.normalise.standing import LOCAL, Coded, Standing, joins
from tasks.normalise.variants import JOINED_TYPES, block, join_variants
from warehouse.tables import ENTITIES, to_arrow

Identity = tuple[str, str]
"""type and name"""
Dates = Mapping[str, date | None]
"""day of publication by document"""
UNKNOWN = date.min
NOTHING = Gathered()


class Choice(Protocol):
    """The smallest or the largest."""

    def __call__(self, among: set[date], /, *, default: None) -> date | None:
        """Return one of some days, None if there is none."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored before a run, as far as it is asked for."""

    entities: pa.Table
    """what :func:`tasks.normalise.across.resolve_across_documents` made of all mentions and this reference"""
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
class Update:
    """One run's change of the entities; what it rests on is worked out once."""

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

    # What is known of single local ids.

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

    # What is joined.

    @cached_property
    def concerned(self) -> dict[str, Identity]:
        """Type and name of all that is touched, and of all whose names share a block with one of these."""
        now = {local: after for local, (_, after) in self.names.items() if after}
        blocks = {block(*one) for pair in self.names.values() for one in pair if one} - {None}
        others = {**self.alone_in(blocks), **self.joined_in(blocks)}
        return {local: one for local, one in others.items() if local not in self.names} | now

    def alone_in(self, blocks: set[Any]) -> dict[str, Identity]:
        """Return the entities in these blocks that were not joined to another."""
        rows = self.stored.entities.select(["entity_id", "entity_type", "name"]).combine_chunks()
        if not blocks or not rows.num_rows:
            return {}
        name = rows["name"].chunk(0)
        likely = rows.filter(pa.array(may_share(name, blocks)))
        columns = (likely[column].to_pylist() for column in rows.column_names)
        return {
            entity: (kind, name)
            for entity, kind, name in zip(*columns, strict=True)
            if kind in JOINED_TYPES and entity not in self.members_before and block(kind, name) in blocks
        }

    def joined_in(self, blocks: set[Any]) -> dict[str, Identity]:
        """Return the members of joined entities that fall into these blocks by their own names."""
        asked = {
            local
            for entity, members in self.members_before.items()
            if self.may_be_in(entity, blocks)
            for local in members - self.touched
        }
        self.ask(asked)
        # Nothing touches them: what stays is all there is.
        found = {
            local: identity(self.recalled[local], local, self.reference)
            for local in asked
            if self.recalled[local].labels
        }
        return {local: one for local, one in found.items() if block(*one) in blocks}

    def may_be_in(self, entity: str, blocks: set[Any]) -> bool:
        """Tell whether any form of a joined entity falls into one of these blocks.

        What a member is called is one of its forms; or the tables name it, and it was joined to what is spelt alike.
        """
        row = self.rows_before.get(entity)
        names = row["aliases"] if row else ()
        return any(block(kind, name) in blocks for kind in JOINED_TYPES for name in names)

    @cached_property
    def joined(self) -> dict[str, str]:
        """Which of all that is concerned is joined to which."""
        return join_variants(self.concerned, self.standing, self.reference)

    def entity_before(self, local: str) -> str:
        """Return the entity that a local id was joined to."""
        return self.before.get(local, local)

    def entity_after(self, local: str) -> str:
        """Return the entity that a local id is joined to after the run."""
        return self.joined.get(local, local) if local in self.concerned else self.entity_before(local)

    @cached_property
    def moved(self) -> set[str]:
        """The local ids that are joined to another entity than before."""
        return {local for local in self.concerned if self.entity_before(local) != self.entity_after(local)}

    def renaming(self) -> Renaming:
        """Return the ids that have to change in rows of documents, those that come among them."""
        joined = {local: self.entity_after(local) for local in {*self.moved, *self.gains}}
        differs = {local: after for local, after in joined.items() if after != local}
        columns = ["doc_id", "entity_id", LOCAL]
        staying = self.stored.staying.select(columns)
        held = staying.filter(pa.array(Coded.of(staying[LOCAL]).holds(self.moved)))
        plain = pa.schema([(name, pa.string()) for name in columns])
        parts = [held.cast(plain), self.coming.select(columns).cast(plain)]
        return outdated(pa.concat_tables(parts), differs)

    # The rows.

    def entities(self) -> pa.Table:
        """Return the whole table after the run."""
        changed = {f(one) for one in self.shifted for f in (self.entity_before, self.entity_after)}
        old = {row["entity_id"]: row for row in self.rows_of(changed)}
        carried, rebuilt = list[dict[str, Any]](), dict[str, set[str]]()
        for entity in changed:
            was, now = self.members(entity, entity in old)
            if was == now and entity in old and (row := self.carried_row(old[entity], now)):
                carried.append(row)
            else:
                rebuilt[entity] = now
        rows = to_arrow(
            [*filter(itemgetter("n_mentions"), [*carried, *self.rebuilt_rows(rebuilt)])], ENTITIES
        )
        stay = pc.invert(pc.is_in(self.stored.entities["entity_id"], pa.array(sorted(changed), pa.string())))
        whole = pa.concat_tables([self.stored.entities.filter(stay).cast(ENTITIES.schema), rows])
        return whole.sort_by([(name, "ascending") for name in ENTITIES.sort])

    @cached_property
    def shifted(self) -> set[str]:
        """The local ids that are mentioned more or less than before, or joined to another entity."""
        return {*self.gains, *self.losses, *self.moved}

    @cached_property
    def arrived(self) -> dict[str, set[str]]:
        """The local ids among these that each entity has after the run."""
        arrived: dict[str, set[str]] = defaultdict(set)
        for local in self.shifted & self.concerned.keys():
            arrived[self.entity_after(local)].add(local)
        return arrived

    def members(self, entity: str, is_stored: bool) -> tuple[set[str], set[str]]:
        """Return the local ids of an entity before and after the run."""
        was = self.members_before.get(entity) or ({entity} if is_stored else set())
        return was, was - self.shifted | self.arrived[entity]

    def carried_row(self, old: Mapping[str, Any], members: set[str]) -> dict[str, Any] | None:
        """Return the row of an entity whose members stay the same; None if only its mentions can tell it."""
        gained, lost = (
            {d for m in members for d in by.get(m, NOTHING).documents} for by in (self.gains, self.losses)
        )
        first = carried_day(old["first_seen"], days(gained, self.came), days(lost, self.stored.left), min)
        last = carried_day(old["last_seen"], days(gained, self.came), days(lost, self.stored.left), max)
        if not self.keeps_type(old, members) or UNKNOWN in (first, last):
            return None
        forms, mentions = self.carried(old, members)
        known = self.reference.known.get(old["entity_id"])
        return dict(old) | {
            "name": known.name if known else best_name(forms, old["entity_id"]),
            "aliases": sorted(forms),
            "alias_counts": [forms[form] for form in sorted(forms)],
            "n_documents": old["n_documents"] + len(gained) - len(lost),
            "n_mentions": mentions,
            "first_seen": first,
            "last_seen": last,
        }

    def rebuilt_rows(self, entities: Mapping[str, set[str]]) -> list[dict[str, Any]]:
        """Return the rows of entities by all the mentions of their members."""
        self.ask(set[str]().union(*entities.values()))
        gathered = {entity: total(map(self.after, members)) for entity, members in entities.items()}
        documents = set[str]().union(*(one.documents for one in gathered.values()))
        dates = {**self.stored.dates(documents - self.came.keys()), **self.came}
        return [row(entity, one, dates, self.reference) for entity, one in gathered.items()]


def total(parts: Iterable[Gathered]) -> Gathered:
    """Return what several say together."""
    whole = Gathered()
    for one in parts:
        whole.labels.update(one.labels)
        whole.forms.update(one.forms)
        whole.documents |= one.documents
    return whole


def days(documents: Iterable[str], dates: Dates) -> set[date]:
    """Return the days on which some documents were published, as far as they are known."""
    return {day for document in documents if (day := dates.get(document)) is not None}


def carried_day(seen: date | None, gained: set[date], lost: set[date], choose: Choice) -> date | None:
    """Return the first or last day of an entity, by what it was; UNKNOWN if that day's document may have gone."""
    best = choose({*gained, *({seen} if seen else ())}, default=None)
    return UNKNOWN if seen in lost and best not in gained else best
