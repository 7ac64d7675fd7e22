"""The store: reads the tables of a warehouse at their pinned versions and opens its writer."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import DeltaTable

from warehouse.storage import delta_tables
from warehouse.storage.data_files import DataFile, make_dataset, read_coded_columns
from warehouse.storage.location import WarehouseLocation, locate_warehouse
from warehouse.storage.presence import check_location_usable, check_warehouse_present, is_warehouse_present
from warehouse.storage.publication import get_kept_versions, publish_version
from warehouse.storage.recovery import recover_tables
from warehouse.storage.storage_errors import explain_storage_errors
from warehouse.storage.version_pins import check_schema_current, read_corpus_step_status, read_pins
from warehouse.storage.writer import Writer, hold_warehouse_lock, retry_on_conflict
from warehouse.tables import TABLES

BATCHES_AHEAD, FILES_AHEAD = 2, 1
"""batches and files that are read in advance while a table is iterated"""


@dataclass(frozen=True)
class Store:
    """A warehouse: read at its pinned version, written by one writer at a time."""

    root: Path | str
    keep: int = field(default_factory=get_kept_versions)
    """published versions to keep for plain readers"""
    opened: dict[str, DeltaTable] = field(default_factory=dict, compare=False, repr=False)
    """tables opened before: bringing one up to date costs a tenth of opening it again"""

    @property
    def location(self) -> WarehouseLocation:
        """The location of the warehouse."""
        return locate_warehouse(self.root)

    @contextmanager
    def open_writer(self, on_wait: Callable[[str], None] | None = None) -> Iterator[Writer]:
        """Take the lock, recover the warehouse, or create it if there is none, and yield its writer.

        If another writer holds the lock, ``on_wait`` is called once with a description of it. Raises WarehouseError
        if the folder holds something else or cannot be written, if tables are missing, or if another version
        of Counterclaim wrote them.
        """
        location = self.location
        with explain_storage_errors(location):
            check_location_usable(location)
        with hold_warehouse_lock(location, on_wait):
            with explain_storage_errors(location):
                heads = retry_on_conflict(lambda: recover_tables(location))
                check_schema_current(heads)
                publish_version(location, heads, read_pins(heads["documents"])["documents"], self.keep)
            yield Writer(location=location, keep=self.keep, heads=heads)

    def check_present(self) -> None:
        """Raise WarehouseError if there is no warehouse, or one that cannot be used as it is."""
        with explain_storage_errors(self.location, "read"):
            check_warehouse_present(self.location)

    def read_version(self) -> int:
        """Return the newest published version; 0 if there is none yet."""
        documents = self._open_documents()
        return read_pins(documents)["documents"] if documents else 0

    def read(
        self, table: str, columns: list[str] | None = None, filter: pc.Expression | None = None
    ) -> pa.Table:
        """Return rows of a table at the pinned version; none if there is no warehouse yet."""
        schema, documents = TABLES[table].schema, self._open_documents()
        if documents is None:
            return schema.empty_table().select(columns or schema.names)
        with explain_storage_errors(self.location, "read"):
            rows = self._make_dataset(table, read_pins(documents)[table])
            return rows.to_table(columns=columns, filter=filter)

    def iterate(
        self, table: str, columns: list[str], filter: pc.Expression | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Yield rows of a table at the pinned version in batches, so that a large table is never held whole."""
        if (documents := self._open_documents()) is None:
            return
        with explain_storage_errors(self.location, "read"):
            rows = self._make_dataset(table, read_pins(documents)[table])
            yield from rows.to_batches(
                columns=columns, filter=filter, batch_readahead=BATCHES_AHEAD, fragment_readahead=FILES_AHEAD
            )

    def iterate_coded(self, table: str, columns: list[str]) -> Iterator[pa.Table]:
        """Yield text columns at the pinned version, dictionary-encoded, file by file."""
        if (documents := self._open_documents()) is None:
            return
        with explain_storage_errors(self.location, "read"):
            for file in self._list_files(table, read_pins(documents)[table]):
                yield read_coded_columns(self.location, TABLES[table], [file], columns)

    def read_resolving_version(self) -> str | None:
        """Return the version of the extractor that made ``entities`` from all mentions, if known."""
        documents = self._open_documents()
        return read_corpus_step_status(documents).resolved_by if documents else None

    def read_owed_steps(self) -> frozenset[str]:
        """Return the steps over all documents that failed in an earlier run and have not been repeated."""
        documents = self._open_documents()
        return read_corpus_step_status(documents).owed_steps if documents else frozenset()

    def open_datasets(self, names: Iterable[str] = TABLES) -> dict[str, ds.Dataset]:
        """Return tables as Arrow datasets, all at one version; WarehouseError if there is no warehouse."""
        if (documents := self._open_documents()) is None:
            check_warehouse_present(self.location)
            documents = self.opened["documents"] = delta_tables.open_pinned_table(self.location, "documents")
        versions = read_pins(documents)
        return {name: self._make_dataset(name, versions[name]) for name in names}

    def _open_documents(self) -> DeltaTable | None:
        """Return ``documents`` opened at its newest version; None if it has not been created."""
        opened = self.opened.get("documents")
        with explain_storage_errors(self.location, "read"):
            if opened is not None:
                opened.update_incremental()
            elif is_warehouse_present(self.location):
                opened = self.opened["documents"] = delta_tables.open_pinned_table(self.location, "documents")
        return opened

    def _make_dataset(self, name: str, version: int) -> ds.Dataset:
        return make_dataset(self.location, TABLES[name], self._list_files(name, version))

    def _list_files(self, name: str, version: int) -> list[DataFile]:
        """Return the files of a table at a version; none if the table was created after that version."""
        if not version and not delta_tables.is_table_created(self.location, name):
            return []
        return delta_tables.list_files(self._open_table(name, version))

    def _open_table(self, name: str, version: int) -> DeltaTable:
        """Return a table opened at a version."""
        opened = self.opened.get(name)
        if opened is None or opened.version() != version:
            opened = delta_tables.open_pinned_table(self.location, name, version)
            if name != "documents":
                self.opened[name] = opened
        return opened
