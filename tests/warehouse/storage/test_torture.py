"""A few kills of real writers while readers look on; `make torture` does hundreds."""

from pathlib import Path

import pytest

from tests.benchmarks.torture import torture
from tests.writer_processes import Program


@pytest.mark.parametrize(
    ("program", "kills", "writers"),
    [("store", 5, 1), ("store", 5, 2), pytest.param("cli", 10, 2, marks=pytest.mark.slow)],
)
def test_killed_writers_break_no_promise(program: Program, kills: int, writers: int, tmp_path: Path) -> None:
    report = torture(program, kills, writers, 7, tmp_path)
    assert report["wrong"] == []
    assert report["kills"] >= kills
    assert report["looks"] > 10
