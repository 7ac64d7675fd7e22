"""Table contracts, the store, readers and SQL views."""

from warehouse.snapshot import Snapshot, open

__all__ = ["Snapshot", "open"]
