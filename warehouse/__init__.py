"""Table contracts, the store, readers and SQL views."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from warehouse.snapshot import Snapshot, open

__all__ = ["Snapshot", "open"]


def __getattr__(name: str) -> Any:
    """Import the readers when they are asked for: pyarrow's datasets take pandas in where it is installed."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from warehouse import snapshot

    return getattr(snapshot, name)
