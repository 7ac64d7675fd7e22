"""The writer of a warehouse: one at a time replaces the rows of documents in all tables at once.

A publication commits every table but ``documents`` to Delta, then ``documents`` with the versions of the others:
that commit is the commit point of all tables. Then it publishes the version to plain readers. A writer that dies
before the commit point has changed nothing; the next writer finishes the work of one that dies after it.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError

from warehouse.errors import WarehouseError
from warehouse.file_lock import hold_file_lock
from warehouse.folder_names import SNAPSHOTS_FOLDER
from warehouse.storage import run_journal
from warehouse.storage.delta_tables import TableEdit, commit_edit
from warehouse.storage.edits.table_edits import (
    WarehouseChange,
    deduplicate_rejects,
    plan_edits,
    plan_run_edit,
)
from warehouse.storage.fault_points import reach_fault_point
from warehouse.storage.location import WarehouseLocation, flush_to_disk
from warehouse.storage.publication import publish_version
from warehouse.storage.recovery import recover_tables, refresh_tables
from warehouse.storage.storage_errors import explain_storage_errors
from warehouse.storage.version_pins import (
    CorpusStepStatus,
    make_pin_metadata,
    read_corpus_step_status,
    read_pins,
)
from warehouse.tables import DOCUMENTS, ENTITIES, REJECTS, RUNS, TABLES, check_table_contract

MAX_COMMIT_ATTEMPTS = 20
FIRST_PAUSE_SECONDS = 0.1
"""longest pause after the first conflict; it doubles up to five times"""
Result = TypeVar("Result")


class OvertakenError(WarehouseError):
    """Another writer published since the rows were read from which a change was made."""


@dataclass(frozen=True)
class Writer:
    """The only writer of a locked, recovered warehouse."""

    location: WarehouseLocation
    keep: int
    """published versions to keep for plain readers"""
    heads: dict[str, DeltaTable]
    """every table as opened last; empty after a failed commit, so that the tables are opened again"""

    def publish(self, change: WarehouseChange, base: int | None = None) -> int | None:
        """Publish a change as one version and return it; None if nothing but the run is new.

        ``base`` is the version at which the stored rows were read from which the change was made, if any were.
        Raises ContractError if rows break the contract, OvertakenError if ``base`` is not the newest version,
        WarehouseError if the rows cannot be written.
        """
        if "rejects" in change.tables:
            rejects = deduplicate_rejects(change.get_rows(REJECTS))
            change = replace(change, tables={**change.tables, "rejects": rejects})
        for name, rows in change.tables.items():
            check_table_contract(rows, TABLES[name])
        if change.entity_changes is not None:
            check_table_contract(change.entity_changes, ENTITIES)
        with explain_storage_errors(self.location):
            return retry_on_conflict(lambda: self._publish_once(change, base))

    def _publish_once(self, change: WarehouseChange, base: int | None) -> int | None:
        heads = self.refresh_heads()
        newest = read_pins(heads["documents"])["documents"]
        if base is not None and base != newest:
            raise OvertakenError(
                f"Another writer published version {newest} of {self.location.uri} after version {base} was read."
            )
        runs = change.get_rows(RUNS)
        edits = plan_edits(self.location, heads, change)
        before = read_corpus_step_status(heads["documents"])
        status = _update_corpus_step_status(before, change, edits)
        if not any(edits.values()) and status.owed_steps == before.owed_steps:
            run_journal.save_pending_runs(self.location, runs)
            return None
        runs = pa.concat_tables([run_journal.read_pending_runs(self.location), runs])
        edits["runs"] = plan_run_edit(self.location, heads["runs"], runs)
        reach_fault_point("written")
        versions = self.commit(edits, status)
        run_journal.remove_pending_runs(self.location, runs)
        publish_version(self.location, heads, versions["documents"], self.keep)
        return versions["documents"]

    def refresh_heads(self) -> dict[str, DeltaTable]:
        """Return the tables opened at their newest versions, recovered.

        In a folder nobody else commits while the lock is held: a program that ignores it makes the commit fail.
        """
        if not self.heads:
            self.heads.update(recover_tables(self.location))
        elif self.location.local_folder is None:
            self.heads.update(refresh_tables(self.location, self.heads))
        return self.heads

    def commit(self, edits: Mapping[str, TableEdit], status: CorpusStepStatus) -> dict[str, int]:
        """Commit the edits of all tables as :func:`commit_tables` does; after a failure, forget the opened tables."""
        try:
            return commit_tables(self.location, self.heads, edits, status)
        except Exception:
            self.heads.clear()
            raise


def _update_corpus_step_status(
    before: CorpusStepStatus, change: WarehouseChange, edits: Mapping[str, TableEdit]
) -> CorpusStepStatus:
    """Return the status after a change: ``resolved_by`` stays if the tables that entities depend on do not change."""
    owed_steps = before.owed_steps if change.owed_steps is None else change.owed_steps
    if change.resolved_by or any(edits.get(name) for name in ("documents", "mentions", "entities")):
        return CorpusStepStatus(resolved_by=change.resolved_by, owed_steps=owed_steps)
    return CorpusStepStatus(resolved_by=before.resolved_by, owed_steps=owed_steps)


def commit_tables(
    location: WarehouseLocation,
    heads: Mapping[str, DeltaTable],
    edits: Mapping[str, TableEdit],
    status: CorpusStepStatus,
) -> dict[str, int]:
    """Commit the edits of all tables on top of their opened versions, ``documents`` last with its pins.

    Returns the versions that now belong together, to which the opened tables are brought up to date. Raises
    CommitFailedError, with nothing published, if another writer committed first.
    """
    versions = {name: head.version() for name, head in heads.items()}
    for name in TABLES:
        if name != "documents" and edits.get(name):
            versions[name] = commit_edit(TABLES[name], heads[name], edits[name])
            reach_fault_point(f"commit:{name}")
    flush_to_disk(location)
    versions["documents"] += 1
    pins = make_pin_metadata(versions, status)
    commit_edit(DOCUMENTS, heads["documents"], edits.get("documents", TableEdit()), pins)
    flush_to_disk(location)
    reach_fault_point("commit:documents")
    return versions


def retry_on_conflict(attempt: Callable[[], Result]) -> Result:
    """Return what ``attempt`` returns, repeated after a random pause if another writer committed first.

    On object storage there is no lock: writers conflict instead of waiting.
    """
    for i in range(MAX_COMMIT_ATTEMPTS):
        try:
            return attempt()
        except CommitFailedError:
            time.sleep(random.uniform(0, FIRST_PAUSE_SECONDS * 2 ** min(i, 5)))
    return attempt()


@contextmanager
def hold_warehouse_lock(
    location: WarehouseLocation, on_wait: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Hold the lock of a warehouse, creating its folder if need be; object storage has no lock."""
    with ExitStack() as stack:
        if location.local_folder:
            with explain_storage_errors(location):
                (location.local_folder / SNAPSHOTS_FOLDER).mkdir(parents=True, exist_ok=True)
                stack.enter_context(hold_file_lock(location.local_folder / ".lock", on_wait))
        yield
