"""Entities after a run, from those before it: exactly what :mod:`tasks.corpus.entities_table` makes of all mentions.

A run changes few documents, and of the entities only those that these mention can change, with those whose names
have the same consonants. The counts of an entity are carried forward; its mentions are recalled only where
counts do not tell: where another spelling joins it or leaves it, or where its oldest document goes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import itemgetter
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from tasks.corpus.entities_table import best_name, identity, row
from tasks.corpus.entity_changes import NOTHING, Dates, Evidence, Identity, total
from tasks.corpus.entity_occurrences import LOCAL, Coded
from tasks.corpus.entity_renaming import Renaming, outdated
from tasks.corpus.name_blocks import may_share
from tasks.corpus.spelling_variants import JOINED_TYPES, block, join_variants
from warehouse.tables import ENTITIES, to_arrow

UNKNOWN = date.min
"""no day that is published on: only its mentions can tell an entity's"""


class Choice(Protocol):
    """The smallest or the largest."""

    def __call__(self, among: set[date], /, *, default: None) -> date | None:
        """Return one of some days, None if there is none."""


@dataclass
class Update(Evidence):
    """One run's change of the entities: which are joined, and their rows."""

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


def days(documents: Iterable[str], dates: Dates) -> set[date]:
    """Return the days on which some documents were published, as far as they are known."""
    return {day for document in documents if (day := dates.get(document)) is not None}


def carried_day(seen: date | None, gained: set[date], lost: set[date], choose: Choice) -> date | None:
    """Return the first or last day of an entity, by what it was; UNKNOWN if that day's document may have gone."""
    best = choose({*gained, *({seen} if seen else ())}, default=None)
    return UNKNOWN if seen in lost and best not in gained else best
