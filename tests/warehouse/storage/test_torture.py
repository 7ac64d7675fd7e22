"""A few kills of real writers while readers read; `make torture` does hundreds."""

from pathlib import Path

import pytest

from tests.benchmarks.torture import WRITER_NAMES, TortureRun, torture_writers
from tests.writer_processes import WriterProgram


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "kills", "writers"),
    [("store", 5, 1), ("store", 5, 2), ("cli", 10, 2)],
)
def test_killed_writers_break_no_promise(
    program: WriterProgram, kills: int, writers: int, tmp_path: Path
) -> None:
    it = TortureRun(program=program, folder=tmp_path, owners=WRITER_NAMES[:writers], seed=7)
    report = torture_writers(it, kills)
    assert report["wrong"] == []
    assert report["kills"] >= kills
    assert report["looks"] > 5
