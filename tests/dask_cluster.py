"""A Dask cluster for tests: a scheduler, and workers that share no folder with each other or with the run."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

MAX_STARTUP_SECONDS = 120


@dataclass
class DaskCluster:
    """A scheduler and its workers, each a process of its own."""

    folder: Path
    address: str = ""
    workers: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start_worker(self, number: int) -> None:
        """Start a worker in a folder of its own, which is also its home and its place for temporary files."""
        own = self.folder / f"worker-{number}"
        own.mkdir(exist_ok=True)
        command = ["distributed.cli.dask_worker", self.address, "--nthreads", "1", "--nworkers", "1"]
        self.workers[number] = subprocess.Popen(
            [sys.executable, "-m", *command, "--no-dashboard", "--local-directory", str(own)],
            cwd=own,
            env=os.environ | {"TMPDIR": str(own), "HOME": str(own), "PREFECT_HOME": str(own / "prefect")},
        )

    def kill_worker(self, number: int) -> None:
        """Kill a worker, and the process that would start it again."""
        parent = psutil.Process(self.workers[number].pid)
        for process in (parent, *parent.children(recursive=True)):
            process.kill()


@contextmanager
def serve_dask_cluster(folder: Path, workers: int) -> Iterator[DaskCluster]:
    """Serve a cluster until the end of the block; its processes write below a folder."""
    file = folder / "scheduler.json"
    command = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    scheduler = subprocess.Popen([sys.executable, "-m", *command, "--scheduler-file", str(file)])
    cluster = DaskCluster(folder)
    try:
        cluster.address = _await_address(file)
        for number in range(workers):
            cluster.start_worker(number)
        yield cluster
    finally:
        for process in (*cluster.workers.values(), scheduler):
            process.terminate()
        for process in (*cluster.workers.values(), scheduler):
            process.wait(60)


def _await_address(file: Path) -> str:
    """Return the address that the scheduler writes into a file when it is ready."""
    deadline = time.monotonic() + MAX_STARTUP_SECONDS
    while time.monotonic() < deadline:
        if file.exists() and (written := file.read_text(encoding="utf-8")):
            return str(json.loads(written)["address"])
        time.sleep(0.2)
    raise TimeoutError(f"The Dask scheduler did not start in {MAX_STARTUP_SECONDS} s.")
