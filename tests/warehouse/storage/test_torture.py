"""A few kills of real writers while readers read; `make torture` does hundreds."""

from pathlib import Path

import pytest

from tests.benchmarks.torture import WRITER_NAMES, TortureRun, torture_writers
from tests.writer_processes import WriterProgram


@pytest.mark.parametrize(
    ("program", "kills", "writers"),
    [("store", 3, 2), pytest.param("cli", 10, 2, marks=pytest.mark.slow)],
)
def test_killed_writers_break_no_promise(
    program: WriterProgram, kills: int, writers: int, tmp_path: Path
) -> None:
    it = TortureRun(program=program, folder=tmp_path, owners=WRITER_NAMES[:writers], seed=7)
    report = torture_writers(it, kills)
    assert report["wrong"] == []
    assert report["kills"] >= kills
    assert report["looks"] > 5
