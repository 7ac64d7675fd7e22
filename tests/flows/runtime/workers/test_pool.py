"""The worker processes of a run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.pipeline.extraction import load_versioned_knowledge
from flows.runtime.settings import DEFAULT_MODEL
from flows.runtime.workers.fork_server import keep_fork_server
from flows.runtime.workers.worker_processes import open_worker_pool
from tests.flows.prefect_runs import wait_for
from tests.writer_processes import WRITER_VARIABLE, find_living_processes

pytestmark = pytest.mark.usefixtures("server")


def loaded(_: int) -> tuple[int, int]:
    """Return the id of this process's parent, and how often the model was loaded for it."""
    return os.getppid(), load_versioned_knowledge.cache_info().misses


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are spawned")
def test_workers_are_forked_from_one_process_that_has_loaded_the_model() -> None:
    with keep_fork_server(DEFAULT_MODEL), open_worker_pool(DEFAULT_MODEL, 2) as pool:
        found = [*pool.map(loaded, range(4))]
    parents = {parent for parent, _ in found}
    assert len(parents) == 1
    assert os.getpid() not in parents
    # Loaded once, in the parent; the worker found it in the cache.
    assert {misses for _, misses in found} == {1}
    with pytest.raises(ProcessLookupError):
        os.kill(parents.pop(), 0)


def test_a_run_that_is_killed_takes_its_workers_and_their_parent_with_it(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    lines = [json.dumps({"text": f"The mayor of town {i} denied the claim. " * 50}) for i in range(40)]
    corpus.write_text("\n".join(lines), encoding="utf-8")
    tables = ["--warehouse", str(tmp_path / "tables"), "--workers", "2", "--batch-size", "1"]
    command = [sys.executable, "-m", "flows.cli", "run", str(corpus), *tables]
    with (tmp_path / "log").open("wb") as log:
        run = subprocess.Popen(
            command, env=os.environ | {WRITER_VARIABLE: str(corpus)}, stdout=log, stderr=log
        )
    # The run, the resource tracker, the fork server, and two workers.
    wait_for("the workers", lambda: len(find_living_processes(corpus)) >= 5 or run.poll() is not None)
    run.kill()
    assert run.wait() < 0
    wait_for("the end of all its processes", lambda: not find_living_processes(corpus), seconds=60)


def test_a_forkserver_of_somebody_else_is_not_taken_for_the_process_that_has_loaded_the_model() -> None:
    script = (
        "from multiprocessing import forkserver; from flows.runtime.workers import fork_server\n"
        "forkserver.ensure_running()\n"
        "print(fork_server.is_fork_server_running()); fork_server._stop_fork_server()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
