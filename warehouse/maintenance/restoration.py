"""Restoration: publish the rows of an older version as the newest, without losing the versions between."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from warehouse.errors import WarehouseError
from warehouse.storage import delta_tables, version_pins
from warehouse.storage.data_files import make_add_action_of_file
from warehouse.storage.delta_tables import TableEdit
from warehouse.storage.file_damage import check_files_intact
from warehouse.storage.location import WarehouseLocation, locate_warehouse
from warehouse.storage.presence import check_warehouse_present
from warehouse.storage.publication import publish_version
from warehouse.storage.storage_errors import explain_storage_errors
from warehouse.storage.store import Store
from warehouse.storage.version_pins import CorpusStepStatus
from warehouse.storage.writer import Writer, retry_on_conflict
from warehouse.tables import TABLES, Table

UNRESTORED_TABLES = {"runs", "reviews"}
"""the record of runs and the verdicts of people are not undone"""


@dataclass(frozen=True)
class PublishedVersion:
    """One published version: when it was committed, and the versions of the tables."""

    version: int
    committed_at: datetime
    versions: dict[str, int]
    schema_version: int


def list_versions(root: Path | str) -> list[PublishedVersion]:
    """Return the published versions, newest first; files of those older than the retention may have been removed."""
    location = locate_warehouse(root)
    with explain_storage_errors(location, "read"):
        check_warehouse_present(location)
        documents = delta_tables.open_pinned_table(location, "documents")
    found = []
    for entry in version_pins.list_published_commits(documents, None):
        versions = version_pins.parse_pins(entry)
        moment = datetime.fromtimestamp(entry["timestamp"] / 1000, UTC)
        found.append(PublishedVersion(versions["documents"], moment, versions, int(entry["schema_version"])))
    return found


def restore_version(root: Path | str, version: int, on_wait: Callable[[str], None] | None = None) -> int:
    """Publish the rows of an older version as a new version and return it.

    ``runs`` and ``reviews`` keep all their rows.

    Raises WarehouseError if there is no such version, if it has another schema version, or if files of it have been
    removed or damaged since.
    """
    wanted = next((old for old in list_versions(root) if old.version == version), None)
    if wanted is None:
        known = ", ".join(str(old.version) for old in list_versions(root)[:10])
        raise WarehouseError(f"The warehouse {root} has no version {version}. The newest are: {known}.")
    if wanted.schema_version != list_versions(root)[0].schema_version:
        raise WarehouseError(
            f"Version {version} has schema version {wanted.schema_version}: its files have other columns "
            "than those of the newest version. Extract its documents again instead."
        )
    store = Store(root)
    with store.open_writer(on_wait) as writer, explain_storage_errors(writer.location):
        old = {n: v for n, v in wanted.versions.items() if n in TABLES.keys() - UNRESTORED_TABLES}
        now = retry_on_conflict(lambda: _commit_older_files(writer, old))
        publish_version(writer.location, writer.heads, now, store.keep)
    return now


def _commit_older_files(writer: Writer, old: Mapping[str, int]) -> int:
    location, heads = writer.location, writer.refresh_heads()
    edits = {name: _plan_restoring_edit(location, TABLES[name], heads[name], v) for name, v in old.items()}
    # Steps over all documents that failed have to be repeated on the older version too.
    owed_steps = version_pins.read_corpus_step_status(heads["documents"]).owed_steps
    return writer.commit(edits, CorpusStepStatus(owed_steps=owed_steps))["documents"]


def _plan_restoring_edit(
    location: WarehouseLocation, table: Table, head: DeltaTable, version: int
) -> TableEdit:
    """Return the edit that makes a table's files those of an older version."""
    try:
        then = delta_tables.list_files(delta_tables.open_table(location, table.name, version))
    except DeltaError as error:
        raise WarehouseError(
            f"Version {version} of {table.name} cannot be restored: the log does not reach back to it: {error}"
        ) from error
    now = delta_tables.list_files(head)
    try:
        again = [make_add_action_of_file(location, table, file) for file in then if file not in now]
    except FileNotFoundError as error:
        raise WarehouseError(
            f"Version {version} of {table.name} cannot be restored: compaction removed files of it that were "
            f"older than the retention: {error}"
        ) from error
    check_files_intact(location, table, [file for file in then if file not in now])
    return TableEdit(again, [file for file in now if file not in then])
