"""The daily flow on a Dask cluster of separate processes and on Ray makes the same rows, even if workers die."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.prefect_runs import read_all_tables, run_daily
from warehouse.maintenance.verification import verify_tables

Expected = tuple[Path, dict[str, list[dict[str, Any]]]]
pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("server")]
dask = pytest.importorskip("prefect_dask", reason="needs the extra dask: make test-cluster")
ray = pytest.importorskip("prefect_ray", reason="needs the extra ray: make test-cluster")


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a Dask scheduler and two workers as separate processes; return the address of the scheduler."""
    import json

    from tests.flows.prefect_runs import wait_for

    file = tmp_path_factory.mktemp("dask") / "scheduler.json"
    dask = [sys.executable, "-m", "distributed.cli"]
    common = ["--scheduler-file", str(file), "--no-dashboard"]
    started = [
        subprocess.Popen(
            [*dask[:2], f"{dask[2]}.dask_scheduler", "--host", "127.0.0.1", "--port", "0", *common]
        ),
        subprocess.Popen(
            [*dask[:2], f"{dask[2]}.dask_worker", "--nthreads", "1", "--nworkers", "2", *common]
        ),
    ]
    yield json.loads(wait_for("the scheduler", lambda: file.exists() and file.read_text()))["address"]
    for process in reversed(started):
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="module")
def expected(
    tmp_path_factory: pytest.TempPathFactory,
) -> Expected:
    """Return a corpus and the rows that worker processes make of it."""
    import json

    from tests.flows.prefect_runs import SAMPLE_TEXTS

    folder = tmp_path_factory.mktemp("expected")
    lines = [json.dumps({"id": name, "text": text}) for name, text in SAMPLE_TEXTS.items()]
    (folder / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
    run_daily(folder / "corpus.jsonl", warehouse=folder / "tables", workers=2, batch_size=1)
    return folder / "corpus.jsonl", read_all_tables(folder / "tables")


def test_dask_cluster_at_an_address_makes_the_same_rows(
    scheduler: str, expected: Expected, tmp_path: Path
) -> None:
    corpus, rows = expected
    run_daily(corpus, warehouse=tmp_path / "tables", batch_size=1, runner="dask", cluster=scheduler)
    assert read_all_tables(tmp_path / "tables") == rows


@pytest.mark.parametrize("runner", ["dask", "ray"])
def test_workers_that_die_are_survived(
    runner: str,
    expected: Expected,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from flows.runtime.failure_policy import PartialRunError

    corpus, rows = expected
    given: dict[str, Any] = {"batch_size": 1, "workers": 2, "runner": runner}
    with monkeypatch.context() as fault:
        fault.setenv("COUNTERCLAIM_FAULT", "extract:2")
        with pytest.raises(PartialRunError, match="1 of 4 documents wait"):
            run_daily(corpus, warehouse=tmp_path / "tables", **given)
    run_daily(corpus, warehouse=tmp_path / "tables", **given)
    assert read_all_tables(tmp_path / "tables") == rows
    assert verify_tables(tmp_path / "tables") == []
