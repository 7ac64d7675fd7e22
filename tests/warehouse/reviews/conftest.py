"""The warehouse that tests of reviews read and change."""

from pathlib import Path

import pytest

from tests.warehouse.invented_press import make_press_change
from warehouse.storage.store import Store


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    with Store(root).open_writer() as writer:
        writer.publish(make_press_change())
    return root
