"""The invented press, published once."""

from pathlib import Path

import pytest

from tests.warehouse.invented_press import desk
from warehouse.storage.store import Store


@pytest.fixture(scope="session")
def press(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the warehouse."""
    root = tmp_path_factory.mktemp("press") / "data"
    with Store(root).writing() as writer:
        writer.publish(desk())
    return root
