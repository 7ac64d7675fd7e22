"""The browser of the tests that read a site, and where it saves files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.report.browsing import REDUCED_MOTION, start_browser


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, downloads: Path) -> Iterator[Any]:
    driver = start_browser(tmp_path_factory.mktemp("profile"), downloads)
    # A page that still scrolls cannot be clicked.
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [REDUCED_MOTION]})
    yield driver
    driver.quit()
