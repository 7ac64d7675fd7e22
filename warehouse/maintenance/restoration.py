"""Going back: make an older version the newest, without losing what came between."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from warehouse.storage import delta_tables
from warehouse.storage.delta_tables import Edit, Resolution
from warehouse.storage.file_damage import check_intact
from warehouse.storage.location import Place, WarehouseError, locate
from warehouse.storage.presence import check_present
from warehouse.storage.publication import publish
from warehouse.storage.storage_errors import complaints
from warehouse.storage.store import Store, Writer, persist
from warehouse.tables import TABLES, Table

LOGGED = "runs"
"""what happened is not undone"""


@dataclass(frozen=True)
class Version:
    """One published version and when it was committed."""

    version: int
    committed_at: datetime
    versions: dict[str, int]
    schema_version: int


def history(root: Path | str) -> list[Version]:
    """Return the published versions, newest first; those older than the retention may lack files."""
    place = locate(root)
    with complaints(place, "read"):
        check_present(place)
        documents = delta_tables.open_pinned(place, "documents")
    found = []
    for entry in delta_tables.published(documents, None):
        versions = delta_tables.pinned(entry)
        moment = datetime.fromtimestamp(entry["timestamp"] / 1000, UTC)
        found.append(Version(versions["documents"], moment, versions, int(entry["schema_version"])))
    return found


def restore(root: Path | str, version: int, on_wait: Callable[[str], None] | None = None) -> int:
    """Publish the rows of an older version as a new one and return it; ``runs`` keeps what happened.

    Raises WarehouseError if there is no such version, or files of it have been removed since.
    """
    wanted = next((old for old in history(root) if old.version == version), None)
    if wanted is None:
        known = ", ".join(str(old.version) for old in history(root)[:10])
        raise WarehouseError(f"The warehouse {root} has no version {version}. The newest are: {known}.")
    if wanted.schema_version != history(root)[0].schema_version:
        raise WarehouseError(
            f"Version {version} has schema version {wanted.schema_version}: its files have other columns "
            "than those of the newest. Extract its documents anew instead."
        )
    store = Store(root)
    with store.writing(on_wait) as writer, complaints(writer.place):
        old = {name: v for name, v in wanted.versions.items() if name in TABLES and name != LOGGED}
        now = persist(lambda: _go_back(writer, old))
        publish(writer.place, writer.heads, now, store.keep)
    return now


def _go_back(writer: Writer, old: Mapping[str, int]) -> int:
    place, heads = writer.place, writer.renewed()
    edits = {name: _back(place, TABLES[name], heads[name], v) for name, v in old.items()}
    # What the steps over all documents still owe, they owe in an older version too.
    owed = delta_tables.resolution(heads["documents"]).owed
    return writer.commit(edits, Resolution(owed=owed))["documents"]


def _back(place: Place, table: Table, head: DeltaTable, version: int) -> Edit:
    """Return the edit that makes a table's files those of an older version."""
    try:
        then = delta_tables.files(delta_tables.open_table(place, table.name, version))
    except DeltaError as error:
        raise WarehouseError(
            f"The log of {table.name} does not reach back to version {version}: {error}"
        ) from error
    now = delta_tables.files(head)
    try:
        again = [delta_tables.as_added(place, table, file) for file in then if file not in now]
    except FileNotFoundError as error:
        raise WarehouseError(
            f"Version {version} of {table.name} cannot be restored: compaction removed what was older than "
            f"its retention: {error}"
        ) from error
    check_intact(place, table, [file for file in then if file not in now])
    return Edit(again, [file for file in now if file not in then])
