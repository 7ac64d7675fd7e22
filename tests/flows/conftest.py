"""One Prefect server and one worker for all tests of the flows: starting them takes longer than a small run."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import flows  # noqa: F401 - prepares the environment before Prefect is imported
from flows.runtime.server import Server, serving
from warehouse.file_lock import exclusive

ROOT = Path(__file__).parents[2]
ARTICLES = {
    "denial": "The United States accused Russia of supplying weapons to the rebels. Russia denied the claim.\n",
    "speech": "“We will hold elections in May,” Prime Minister Abdul Dbeibah said on Tuesday.\n",
    "report": "According to the Red Cross, some 40 people were killed near Sirte on 3 May 2020.\n",
    "doubt": "Analysts said that the ceasefire would not last. The general called the report a lie.\n",
}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve Prefect for the session, with a database of its own.

    To lay its tables takes half of the start: the first of several workers does it for all.
    """
    patch = pytest.MonkeyPatch()
    home, session = tmp_path_factory.mktemp("prefect"), session_folder(tmp_path_factory)
    patch.setenv("PREFECT_HOME", str(home))
    patch.delenv("PREFECT_API_URL", raising=False)
    # A server of every day lets a run that finds its slot taken wait for 30 seconds.
    patch.setenv("PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS", "1")
    patch.setenv("PREFECT_WORKER_QUERY_SECONDS", "1")
    patch.setenv("PYTHONPATH", str(ROOT))
    with ExitStack() as starting:
        starting.enter_context(exclusive(session / "starting"))
        laid = session / "prefect.db"
        if laid.exists():
            shutil.copy(laid, home)
        with serving() as one:
            from prefect.context import refresh_global_settings_context

            # Prefect was imported before there was an address: its threads would start a server of their own.
            refresh_global_settings_context()
            one.await_ready()
            if not laid.exists():
                with closing(sqlite3.connect(home / laid.name)) as database:
                    database.execute("VACUUM INTO ?", [str(laid)])
            starting.close()
            yield one
    patch.undo()


def session_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of this session that its workers share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def home(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create all deployments by the one command, and return the folder that their runs work in."""
    folder = tmp_path_factory.mktemp("deployed")
    assert os.environ["PREFECT_API_URL"] == server.address
    subprocess.run([sys.executable, "-m", "flows.deploy"], cwd=folder, check=True, capture_output=True)
    return folder


class Worker:
    """A real worker that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "counterclaim"]
        with (self.folder / "worker.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:  # it waits for runs that it started, which nobody needs any more
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="session")
def worker(home: Path) -> Iterator[Worker]:
    """Start the worker."""
    one = Worker(home)
    yield one
    one.stop()


ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


def wait_for(what: str, found: Callable[[], Any], seconds: float = 300) -> Any:
    """Return what is found as soon as it is; the limit is only there to end a test that hangs."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := found():
            return value
        time.sleep(0.5)  # a server that is asked all the time has less for what it is asked about
    raise AssertionError(f"{what} did not come about within {seconds} seconds")


def await_end(server: Server, run_id: str) -> dict[str, Any]:
    """Return a flow run when it has ended."""

    def ended() -> dict[str, Any] | None:
        run: dict[str, Any] = server.ask(f"/flow_runs/{run_id}")
        return run if run["state_type"] in ENDED else None

    found: dict[str, Any] = wait_for(f"the end of run {run_id}", ended)
    return found


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a corpus of small articles, one a line."""
    path = tmp_path / "corpus.jsonl"
    lines = [
        {
            "id": name,
            "text": text,
            "publisher": "Example News",
            "published_at": date(2020, 5, day).isoformat(),
        }
        for day, (name, text) in enumerate(ARTICLES.items(), 1)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def counterclaim(server: Server, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs the command line in this process: (exit code, output, errors)."""
    from flows.cli import main

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        assert os.environ["PREFECT_API_URL"] == server.address
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return int(stop.value.code or 0), out, err

    return call
