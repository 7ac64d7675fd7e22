"""One Prefect server and one worker for all tests of the flows: starting them takes longer than a small run."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path

import pytest

import flows  # noqa: F401 - prepares the environment before Prefect is imported
from flows.runtime.server import PrefectServer, provide_server
from tests.flows.prefect_runs import CHECKOUT_ROOT, SAMPLE_TEXTS, PrefectWorker
from warehouse.file_lock import hold_file_lock


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    """Serve Prefect for the session, with its own database.

    Creating the database takes half of the start, so the first of several test workers does it for all.
    """
    patch = pytest.MonkeyPatch()
    home, session = tmp_path_factory.mktemp("prefect"), _find_session_folder(tmp_path_factory)
    patch.setenv("PREFECT_HOME", str(home))
    patch.delenv("PREFECT_API_URL", raising=False)
    # By default, a run that finds its concurrency slot taken waits for 30 seconds.
    patch.setenv("PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS", "1")
    patch.setenv("PREFECT_WORKER_QUERY_SECONDS", "1")
    patch.setenv("PYTHONPATH", str(CHECKOUT_ROOT))
    with ExitStack() as starting:
        starting.enter_context(hold_file_lock(session / "starting"))
        created = session / "prefect.db"
        if created.exists():
            shutil.copy(created, home)
        with provide_server() as one:
            from prefect.context import refresh_global_settings_context

            # Prefect was imported before the address was set: its threads would start another server.
            refresh_global_settings_context()
            one.await_ready()
            if not created.exists():
                with closing(sqlite3.connect(home / created.name)) as database:
                    database.execute("VACUUM INTO ?", [str(created)])
            starting.close()
            yield one
    patch.undo()


def _find_session_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of this session that the test workers share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def home(server: PrefectServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create all deployments with ``flows.deploy``, and return the working folder of their runs."""
    folder = tmp_path_factory.mktemp("deployed")
    assert os.environ["PREFECT_API_URL"] == server.address
    subprocess.run([sys.executable, "-m", "flows.deploy"], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def worker(home: Path) -> Iterator[PrefectWorker]:
    """Start a Prefect worker for the session."""
    one = PrefectWorker(home)
    yield one
    one.stop()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a JSON Lines corpus of small articles."""
    path = tmp_path / "corpus.jsonl"
    lines = [
        {
            "id": name,
            "text": text,
            "publisher": "Example News",
            "published_at": date(2020, 5, day).isoformat(),
        }
        for day, (name, text) in enumerate(SAMPLE_TEXTS.items(), 1)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def counterclaim(
    server: PrefectServer, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs the command line in this process: (exit code, output, errors)."""
    from flows.cli import main

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        assert os.environ["PREFECT_API_URL"] == server.address
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return int(stop.value.code or 0), out, err

    return call
