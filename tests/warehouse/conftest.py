"""Warehouses for tests: one to publish small rows to, and one with the invented press."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.sample_rows import PublishDocuments, Row, make_change
from tests.warehouse.invented_press import make_press_change
from warehouse.storage.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return the store of a warehouse that does not exist yet."""
    return Store(tmp_path / "data")


@pytest.fixture
def put(store: Store) -> PublishDocuments:
    """Return a function that publishes a change (see :func:`make_change`) and returns the version."""

    def publish(*documents: Mapping[str, list[Row]], **more: Any) -> int | None:
        with store.open_writer() as writer:
            return writer.publish(make_change(documents, **more))

    return publish


@pytest.fixture(scope="session")
def press(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a warehouse with the invented press, published once."""
    root = tmp_path_factory.mktemp("press") / "data"
    with Store(root).open_writer() as writer:
        writer.publish(make_press_change())
    return root
