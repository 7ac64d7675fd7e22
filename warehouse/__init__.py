"""The warehouse: table contracts, storage, queries, views, export and report."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from warehouse.snapshot import Snapshot, open

__all__ = ["Snapshot", "open"]


def __getattr__(name: str) -> Any:
    """Import ``warehouse.snapshot`` on first use: pyarrow.dataset imports pandas if it is installed, which is slow."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from warehouse import snapshot

    return getattr(snapshot, name)
