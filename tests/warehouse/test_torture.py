"""A few kills of real writers while readers look on; `python -m tests.torture` does hundreds."""

from pathlib import Path

import pytest

from tests.torture import torture


@pytest.mark.parametrize("writers", [1, 2])
def test_killed_writers_break_no_promise(writers: int, tmp_path: Path) -> None:
    report = torture("store", 3, writers, 7, tmp_path)
    assert report["wrong"] == []
    assert report["kills"] == 3
    assert report["looks"] > 10
