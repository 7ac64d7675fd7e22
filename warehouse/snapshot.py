"""Snapshots: reading all tables at one version. ``_current`` is resolved once, and every table opened below it.

``with warehouse.open("warehouse/data") as snapshot:`` keeps the files of its version until the block ends, however
many versions are published meanwhile. A reader that opens plain paths must finish while its version is among
the newest few.
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

from warehouse.errors import WarehouseError
from warehouse.folder_names import CURRENT_LINK
from warehouse.tables import PARTITION_COLUMN, TABLES

if TYPE_CHECKING:
    # Not a dependency of Counterclaim: only ``to_pandas`` needs it.
    import pandas as pd

PIN_FILE = ".pin"
MAX_PIN_ATTEMPTS = 100
HIVE_PARTITIONING = ds.partitioning(pa.schema([(PARTITION_COLUMN, pa.string())]), flavor="hive")


@dataclass(frozen=True)
class Snapshot:
    """One published version of every table."""

    path: Path

    @property
    def version(self) -> int:
        """The number of the version; every publication increases it."""
        return int(self.path.name.removeprefix("v"))

    def dataset(self, name: str) -> ds.Dataset:
        """Return a table as an Arrow dataset of the declared schema."""
        parts = HIVE_PARTITIONING if TABLES[name].partitioned else None
        return ds.dataset(self.path / name, TABLES[name].schema, format="parquet", partitioning=parts)

    def to_pandas(self, name: str) -> "pd.DataFrame":
        """Return a whole table as a data frame."""
        frame: pd.DataFrame = self.dataset(name).to_table().to_pandas()
        return frame


@contextmanager
def open(root: Path | str) -> Iterator[Snapshot]:
    """Open the published version of a warehouse and keep its files until the block ends.

    Raises WarehouseError if nothing has been published.
    """
    handle, path = _pin_current_version(Path(root))
    try:
        yield Snapshot(path)
    finally:
        os.close(handle)


def _pin_current_version(root: Path) -> tuple[int, Path]:
    """Return an open, locked handle of the current version and its folder; retry if it was pruned in between."""
    for _ in range(MAX_PIN_ATTEMPTS):
        path = find_current_version(root)
        try:
            handle = os.open(path / PIN_FILE, os.O_RDONLY)
        except FileNotFoundError:
            continue
        fcntl.flock(handle, fcntl.LOCK_SH)
        if (path / PIN_FILE).exists():
            return handle, path
        os.close(handle)
    raise WarehouseError(
        f"{root}/{CURRENT_LINK} leads to {path}, which does not exist. Any `counterclaim run` publishes it again."
    )


def find_current_version(root: Path) -> Path:
    """Return the folder of the published version; WarehouseError if nothing is published."""
    try:
        return root.resolve() / (root / CURRENT_LINK).readlink()
    except OSError as error:
        raise WarehouseError(
            f"No warehouse is published at {root}: it has no {CURRENT_LINK} link. "
            "Run `counterclaim run --warehouse DIR` first, or name the folder of one."
        ) from error
