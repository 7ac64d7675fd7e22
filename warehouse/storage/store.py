"""The store: one writer at a time replaces the rows of documents in every table at once.

The order of a publication: every table but ``documents`` is committed to Delta; ``documents`` last, with the
versions of the others: that commit is the commit point of all; then plain readers get the new version. A
writer that dies before the commit point has changed nothing; one that dies after it has its work finished
by the next.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError

from warehouse.file_lock import exclusive
from warehouse.storage import delta_tables, run_journal
from warehouse.storage.delta_tables import DataFile, Edit, Resolution
from warehouse.storage.file_damage import read_checked
from warehouse.storage.location import Place, WarehouseError, locate, reached, settle
from warehouse.storage.presence import check_present, check_usable, is_present
from warehouse.storage.publication import kept_versions, publish
from warehouse.storage.recovery import recover, whole
from warehouse.storage.storage_errors import complaints
from warehouse.storage.table_edits import absorbed, replace_all, replace_documents
from warehouse.tables import DOCUMENTS, ENTITIES, PARTITION, REJECTS, RUNS, TABLES, Table, check, to_arrow

ATTEMPTS = 20
PAUSE = 0.1
"""seconds, at first"""
Made = TypeVar("Made")


class OvertakenError(WarehouseError):
    """Another writer published since the rows were read that a change rests on."""


@dataclass(frozen=True)
class Change:
    """What one publication brings.

    ``tables`` holds, by name, all rows of the documents that are added or replaced; the whole of
    ``entities``; the rows of ``rejects`` that are new; one row of ``runs``. A table that is not named keeps
    its rows, but for those of documents that are replaced or removed. ``removed`` names documents whose rows
    go and do not come back, ``resolved_rejects`` the sources that are no longer rejected. ``resolved_by`` says
    which version of the extractor made ``entities``, of all mentions: a later change by it may start from them.
    ``owed`` names the steps over all documents that are still to be done; None leaves that as it is.
    """

    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()
    resolved_rejects: frozenset[str] = frozenset()
    resolved_by: str | None = None
    owed: frozenset[str] | None = None

    def rows(self, table: Table) -> pa.Table:
        """Return the new rows of a table, none if it is not named."""
        return self.tables.get(table.name, table.schema.empty_table())


@dataclass(frozen=True)
class Store:
    """A warehouse folder: read at its pinned version, written by one writer at a time."""

    root: Path | str
    keep: int = field(default_factory=kept_versions)
    opened: dict[str, DeltaTable] = field(default_factory=dict, compare=False, repr=False)
    """tables that were read: to look for what came since costs a tenth of opening them again"""

    @property
    def place(self) -> Place:
        """Where the warehouse lies."""
        return locate(self.root)

    @contextmanager
    def writing(self, on_wait: Callable[[str], None] | None = None) -> Iterator["Writer"]:
        """Take the lock, make the warehouse whole, and yield its writer.

        Where there is no warehouse yet, it is made. Where another writer holds the lock, ``on_wait`` is told once
        who it is. Raises WarehouseError if the folder is another's or cannot be written, if tables of it are gone
        or a newer Counterclaim wrote them.
        """
        place = self.place
        with complaints(place):
            check_usable(place)
        with locked(place, on_wait):
            with complaints(place):
                heads = persist(lambda: recover(place))
                delta_tables.check_current(heads)
                publish(place, heads, delta_tables.pins(heads["documents"])["documents"], self.keep)
            yield Writer(place, self.keep, heads)

    def version(self) -> int:
        """Return the newest published version; 0 where there is none yet."""
        documents = self._documents()
        return delta_tables.pins(documents)["documents"] if documents else 0

    def read(
        self, table: str, columns: list[str] | None = None, filter: pc.Expression | None = None
    ) -> pa.Table:
        """Return rows of a table at the pinned version; none where there is no warehouse yet."""
        contract, documents = TABLES[table], self._documents()
        if documents is None:
            return contract.schema.empty_table().select(columns or contract.schema.names)
        with complaints(self.place, "read"):
            rows = self._dataset(table, delta_tables.pins(documents)[table])
            return rows.to_table(columns=columns, filter=filter)

    def coded(self, table: str, columns: list[str]) -> pa.Table:
        """Return columns of text at the pinned version as dictionaries; none where there is no warehouse yet."""
        documents = self._documents()
        with complaints(self.place, "read"):
            found = self._files(table, delta_tables.pins(documents)[table]) if documents else []
            return delta_tables.coded(self.place, TABLES[table], found, columns)

    def resolved_by(self) -> str | None:
        """Return the version of the extractor that made ``entities`` of all mentions, if that is known."""
        documents = self._documents()
        return delta_tables.resolution(documents).by if documents else None

    def owed_steps(self) -> frozenset[str]:
        """Return the steps over all documents that failed in an earlier run and have not been made good."""
        documents = self._documents()
        return delta_tables.resolution(documents).owed if documents else frozenset()

    def datasets(self, names: Iterable[str] = TABLES) -> dict[str, ds.Dataset]:
        """Return tables as Arrow datasets, all at one version; WarehouseError where there is no warehouse."""
        if (documents := self._documents()) is None:
            check_present(self.place)
            documents = self.opened["documents"] = delta_tables.open_pinned(self.place, "documents")
        versions = delta_tables.pins(documents)
        return {name: self._dataset(name, versions[name]) for name in names}

    def _documents(self) -> DeltaTable | None:
        """Return ``documents`` at its newest version, None where it has not been created."""
        opened = self.opened.get("documents")
        with complaints(self.place, "read"):
            if opened is not None:
                opened.update_incremental()
            elif is_present(self.place):
                opened = self.opened["documents"] = delta_tables.open_pinned(self.place, "documents")
        return opened

    def _dataset(self, name: str, version: int) -> ds.Dataset:
        return delta_tables.dataset(self.place, TABLES[name], self._files(name, version))

    def _files(self, name: str, version: int) -> list[DataFile]:
        """Return the files of a table at a version; a table that came after that version has none."""
        if not version and not delta_tables.exists(self.place, name):
            return []
        return delta_tables.files(self._table(name, version))

    def _table(self, name: str, version: int) -> DeltaTable:
        """Return a table at a version."""
        opened = self.opened.get(name)
        if opened is None or opened.version() != version:
            opened = delta_tables.open_pinned(self.place, name, version)
            if name != "documents":
                self.opened[name] = opened
        return opened


@dataclass(frozen=True)
class Writer:
    """The one writer of a locked, recovered warehouse."""

    place: Place
    keep: int
    heads: dict[str, DeltaTable]
    """every table as it was opened last; empty once a commit failed that others may stand in the way of"""

    def publish(self, change: Change, base: int | None = None) -> int | None:
        """Replace rows in every table as one version and return it; None if nothing but the run is new.

        A change that was made from stored rows names the version that they were read at as its ``base``.
        Raises ContractError if rows break the contract, OvertakenError if the base is no longer the newest
        version, WarehouseError if they cannot be written.
        """
        if "rejects" in change.tables:
            change = replace(change, tables={**change.tables, "rejects": _once(change.rows(REJECTS))})
        for name, rows in change.tables.items():
            check(rows, TABLES[name])
        with complaints(self.place):
            return persist(lambda: self._attempt(change, base))

    def _attempt(self, change: Change, base: int | None) -> int | None:
        heads = self.renewed()
        newest = delta_tables.pins(heads["documents"])["documents"]
        if base is not None and base != newest:
            raise OvertakenError(f"Another writer published version {newest} of {self.place.uri} meanwhile.")
        runs = change.rows(RUNS)
        edits = document_edits(self.place, heads, change)
        resolution = self._resolution(change, edits)
        if not any(edits.values()) and resolution.owed == delta_tables.resolution(heads["documents"]).owed:
            run_journal.note(self.place, runs)
            return None
        runs = pa.concat_tables([run_journal.noted(self.place), runs])
        edits["runs"] = with_runs(self.place, heads["runs"], runs)
        reached("written")
        versions = self.commit(edits, resolution)
        run_journal.clear(self.place, runs)
        publish(self.place, heads, versions["documents"], self.keep)
        return versions["documents"]

    def _resolution(self, change: Change, edits: Mapping[str, Edit]) -> Resolution:
        """Return what made the entities that are published: as before, where nothing changes of what they rest on."""
        before = delta_tables.resolution(self.heads["documents"])
        owed = before.owed if change.owed is None else change.owed
        if change.resolved_by or any(edits.get(name) for name in ("documents", "mentions", "entities")):
            return Resolution(change.resolved_by, owed)
        return Resolution(before.by, owed)

    def renewed(self) -> dict[str, DeltaTable]:
        """Return the tables at their newest versions, whole.

        Under the lock of a folder nobody else moves them: who does so without it makes the commit fail.
        """
        if not self.heads:
            self.heads.update(recover(self.place))
        elif self.place.local is None:
            self.heads.update(whole(self.place, self.heads))
        return self.heads

    def commit(self, edits: Mapping[str, Edit], resolution: Resolution) -> dict[str, int]:
        """Commit the edits of all tables as :func:`commit_all` does; after a failure they are opened anew."""
        try:
            return commit_all(self.place, self.heads, edits, resolution)
        except Exception:
            self.heads.clear()
            raise


def commit_all(
    place: Place, heads: Mapping[str, DeltaTable], edits: Mapping[str, Edit], resolution: Resolution
) -> dict[str, int]:
    """Commit the edits of all tables on top of their opened versions, ``documents`` last with its pins.

    Returns the versions that now belong together; the opened tables are then at these. Raises
    CommitFailedError, having published nothing, where another writer came first.
    """
    versions = {name: head.version() for name, head in heads.items()}
    for name in TABLES:
        if name != "documents" and edits.get(name):
            versions[name] = delta_tables.commit(TABLES[name], heads[name], edits[name])
            reached(f"commit:{name}")
    settle(place)
    versions["documents"] += 1
    edit, pins = edits.get("documents", Edit()), delta_tables.pin_metadata(versions, resolution)
    delta_tables.commit(DOCUMENTS, heads["documents"], edit, pins)
    settle(place)
    reached("commit:documents")
    return versions


def document_edits(place: Place, heads: Mapping[str, DeltaTable], change: Change) -> dict[str, Edit]:
    """Return the edit of every table but ``runs``."""
    stored = {name: delta_tables.files(head) for name, head in heads.items()}
    replaced = set(change.rows(DOCUMENTS)["doc_id"].to_pylist()) | change.removed
    partitioned = [table for table in TABLES.values() if table.partitioned]
    concerned = {t.name: replaced | set(change.rows(t)["doc_id"].to_pylist()) for t in partitioned}
    months = _months(place, stored["documents"], set[str]().union(*concerned.values()))
    edits = {}
    for table in partitioned:
        ids = concerned[table.name]
        held = {months[doc_id] for doc_id in ids if doc_id in months}
        documents = pa.array(sorted(ids), pa.string())
        edits[table.name] = replace_documents(
            place, table, stored[table.name], documents, held, change.rows(table)
        )
    edits["rejects"] = _rejects(place, stored["rejects"], change)
    if "entities" in change.tables:
        edits["entities"] = replace_all(place, ENTITIES, stored["entities"], change.rows(ENTITIES))
    return edits


def _months(place: Place, stored: Sequence[DataFile], documents: set[str]) -> dict[str, str]:
    """Return the month in which the rows of each of these documents stand, where it is stored already."""
    wanted = pc.field("doc_id").isin(pa.array(sorted(documents), pa.string()))
    found = delta_tables.dataset(place, DOCUMENTS, stored).to_table(
        columns=["doc_id", PARTITION], filter=wanted
    )
    return dict(zip(found["doc_id"].to_pylist(), found[PARTITION].to_pylist(), strict=True))


def _rejects(place: Place, stored: Sequence[DataFile], change: Change) -> Edit:
    """Return the edit of the rejects: a source is rejected for what was found last, or no longer."""
    new = change.rows(REJECTS)
    sources = pa.array(sorted(change.resolved_rejects | set(new["source_uri"].to_pylist())), pa.string())
    known = delta_tables.dataset(place, REJECTS, stored)
    if not new.num_rows and not known.count_rows(filter=pc.field("source_uri").isin(sources)):
        return Edit()
    kept = read_checked(place, REJECTS, stored).filter(~pc.field("source_uri").isin(sources))
    return replace_all(place, REJECTS, stored, pa.concat_tables([kept, new]))


def _once(rejects: pa.Table) -> pa.Table:
    """Return one row a source and stage: of two lines that go by one name, the same whatever came first."""
    rows = sorted(rejects.to_pylist(), key=lambda row: [str(row[name]) for name in REJECTS.schema.names])
    return to_arrow({(row["source_uri"], row["stage"]): row for row in rows}.values(), REJECTS)


def with_runs(place: Place, head: DeltaTable, runs: pa.Table) -> Edit:
    """Return the edit that adds rows to ``runs``, each once; it absorbs small files, not the whole table."""
    stored = delta_tables.files(head)
    known = delta_tables.dataset(place, RUNS, stored).to_table(columns=["run_id"])
    fresh = runs.filter(pc.invert(pc.is_in(runs["run_id"], known["run_id"].combine_chunks())))
    if not fresh.num_rows:
        return Edit()
    small = absorbed(stored, fresh.num_rows)
    rows = pa.concat_tables([fresh, read_checked(place, RUNS, small)])
    return Edit(delta_tables.write_files(place, RUNS, rows, None), small)


def persist(attempt: Callable[[], Made]) -> Made:
    """Try again, after a random pause, while other writers commit first: on object storage none waits."""
    for i in range(ATTEMPTS):
        try:
            return attempt()
        except CommitFailedError:
            time.sleep(random.uniform(0, PAUSE * 2 ** min(i, 5)))
    return attempt()


@contextmanager
def locked(place: Place, on_wait: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the lock of a warehouse, whose folder is made if need be; object storage has none."""
    with ExitStack() as stack:
        if place.local:
            with complaints(place):
                (place.local / "_snapshots").mkdir(parents=True, exist_ok=True)
                stack.enter_context(exclusive(place.local / ".lock", on_wait))
        yield
