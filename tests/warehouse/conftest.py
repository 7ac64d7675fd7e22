"""A warehouse to put small rows in."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.sample_rows import Row, change
from warehouse.storage.store import Store

Put = Callable[..., int | None]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return the store of a warehouse that does not exist yet."""
    return Store(tmp_path / "data")


@pytest.fixture
def put(store: Store) -> Put:
    """Return a function that publishes a change (see :func:`change`) and returns the version."""

    def publish(*documents: Mapping[str, list[Row]], **more: Any) -> int | None:
        with store.writing() as writer:
            return writer.publish(change(documents, **more))

    return publish
