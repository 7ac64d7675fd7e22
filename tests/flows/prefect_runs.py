"""Sample texts, runs of the daily flow and what they leave in a warehouse, and a real Prefect worker."""

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import flows  # noqa: F401 - prepares the environment before Prefect is imported
from flows.runtime.server import PrefectServer
from warehouse.storage.store import Store
from warehouse.tables import TABLES

CHECKOUT_ROOT = Path(__file__).parents[2]
SAMPLE_TEXTS = {
    "denial": "The United States accused Russia of supplying weapons to the rebels. Russia denied the claim.\n",
    "speech": "“We will hold elections in May,” Prime Minister Abdul Dbeibah said on Tuesday.\n",
    "report": "According to the Red Cross, some 40 people were killed near Sirte on 3 May 2020.\n",
    "doubt": "Analysts said that the ceasefire would not last. The general called the report a lie.\n",
}
FINAL_STATES = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
RUN_COLUMNS = {"ingested_run", "run_id"}


def run_daily(*paths: Path | str, warehouse: Path | str, **given: Any) -> Any:
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    from flows.daily import daily

    # Ending the heartbeats of a run takes up to a second; runs of a worker have them.
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        return daily(paths=[str(path) for path in paths], warehouse=str(warehouse), **{"workers": 1, **given})


def read_all_tables(warehouse: Path | str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every table but ``runs``, in order of their keys, without the columns that name a run."""
    rows = {}
    for table in (t for t in TABLES.values() if t.name != "runs"):
        names = [c.name for c in table.columns if c.name not in RUN_COLUMNS]
        ordered = Store(warehouse).read(table.name).sort_by([(key, "ascending") for key in table.key])
        rows[table.name] = ordered.select(names).to_pylist()
    return rows


def hash_all_tables(warehouse: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that readers see, and of the Delta tables below them."""
    files = [
        p for name in ("_snapshots", "_delta") for p in sorted((warehouse / name).rglob("*")) if p.is_file()
    ]
    return {str(p.relative_to(warehouse)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


class PrefectWorker:
    """A real Prefect worker that can be stopped and restarted."""

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


def wait_for(what: str, found: Callable[[], Any], seconds: float = 300) -> Any:
    """Return the first true result of ``found``; raise AssertionError after ``seconds``, to end a hanging test."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        # A server under load may not answer a request in time.
        with suppress(TimeoutError):
            if value := found():
                return value
        time.sleep(0.5)  # frequent requests would slow the server down
    raise AssertionError(f"{what} did not happen within {seconds} seconds")


def await_run_end(server: PrefectServer, run_id: str) -> dict[str, Any]:
    """Return a flow run when it has ended."""

    def ended() -> dict[str, Any] | None:
        run: dict[str, Any] = server.request_json(f"/flow_runs/{run_id}")
        return run if run["state_type"] in FINAL_STATES else None

    found: dict[str, Any] = wait_for(f"the end of run {run_id}", ended)
    return found
