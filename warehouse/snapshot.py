"""A reader's view of one version: resolve ``_current`` once and open every table below it.

``with warehouse.open("warehouse/data") as snapshot:`` keeps the files of its version until it is closed,
however many versions are published meanwhile; a reader that opens plain paths has the newest few to be done.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.dataset as ds

from warehouse.storage.location import WarehouseError
from warehouse.tables import PARTITION, TABLES

if TYPE_CHECKING:
    # Not installed with Counterclaim: only those who ask for a data frame need it.
    import pandas as pd

PIN = ".pin"
TRIES = 100
HIVE = ds.partitioning(pa.schema([(PARTITION, pa.string())]), flavor="hive")


@dataclass(frozen=True)
class Snapshot:
    """One published version of every table."""

    path: Path

    @property
    def version(self) -> int:
        """The version, counted up by every publication."""
        return int(self.path.name.removeprefix("v"))

    def dataset(self, name: str) -> ds.Dataset:
        """Return a table as an Arrow dataset of the contract's schema."""
        parts = HIVE if TABLES[name].partitioned else None
        return ds.dataset(self.path / name, TABLES[name].schema, format="parquet", partitioning=parts)

    def to_pandas(self, name: str) -> "pd.DataFrame":
        """Return a whole table as a data frame."""
        frame: pd.DataFrame = self.dataset(name).to_table().to_pandas()
        return frame


@contextmanager
def open(root: Path | str) -> Iterator[Snapshot]:
    """Open the published version of a warehouse and keep its files until the block ends.

    Raises WarehouseError where nothing has been published.
    """
    handle, path = _pin(Path(root))
    try:
        yield Snapshot(path)
    finally:
        os.close(handle)


def _pin(root: Path) -> tuple[int, Path]:
    """Take a shared lock on the current version; try again where it was pruned in between."""
    for _ in range(TRIES):
        path = current(root)
        try:
            handle = os.open(path / PIN, os.O_RDONLY)
        except FileNotFoundError:
            continue
        fcntl.flock(handle, fcntl.LOCK_SH)
        if (path / PIN).exists():
            return handle, path
        os.close(handle)
    raise WarehouseError(
        f"{root}/_current names {path}, which is not there. Any `counterclaim run` publishes it anew."
    )


def current(root: Path) -> Path:
    """Return the folder of the version that is published now."""
    try:
        return root.resolve() / (root / "_current").readlink()
    except OSError as error:
        raise WarehouseError(
            f"No warehouse is published at {root}: it has no _current link. "
            "Run `counterclaim run --warehouse DIR` first, or name the folder of one."
        ) from error
