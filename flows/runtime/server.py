"""One Prefect server for one run, where the user has none.

The server is a child that holds one end of a pipe: when this process ends, killed with -9 or not, the pipe
closes and the server stops. It is started without importing Prefect here, so that the two start side by side.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError

from flows.runtime.environment import user_state
from warehouse.errors import FailureError

STARTUP_SECONDS = "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"
STOP_SECONDS = 10
RECORD_SECONDS = 15
ANSWER_SECONDS = 3.0
"""that a server may take to say that it is there"""
RETURN_SECONDS = 45.0
"""that a run waits for a server of the user's before it begins"""
WATCH_SECONDS = 0.5
RESTARTS = 3
BUSY = 503
BY_HAND, PID = "by-hand", "process-"
"""tags of a direct run: that it is one, and the number of its process"""


class ServerError(FailureError):
    """No server answers: the message says why and where its log is."""


@dataclass(frozen=True, slots=True)
class Server:
    """A Prefect API and its address; ``own`` if it was started for this run."""

    address: str
    own: bool = False

    def await_ready(self) -> None:
        """Wait until the server answers, or raise ServerError if it does not in time.

        A server of the user's may be starting again: it is asked more than once.
        """
        deadline = time.monotonic() + RETURN_SECONDS
        while not self.own and not self.is_answering() and time.monotonic() < deadline:
            time.sleep(1)
        try:
            self.ask("/health", seconds=float(os.environ[STARTUP_SECONDS]) if self.own else ANSWER_SECONDS)
        except OSError as error:
            raise ServerError(
                f"No Prefect server answers at {self.address} ({error}). If PREFECT_API_URL is set, start "
                f"that server or unset the variable; if not, {log_path()} tells what stopped the run's own."
            ) from error

    def is_answering(self) -> bool:
        """Return True if the server answers in time, and be it that it refuses."""
        try:
            self.ask("/health", seconds=ANSWER_SECONDS)
        except HTTPError as error:
            return error.code != BUSY
        except (OSError, ValueError):
            return False
        return True

    def await_records(self, flow_run_id: str, tasks: int) -> None:
        """Wait until a flow run has so many ended task runs: the server records them some time later."""
        ended = ["COMPLETED", "FAILED", "CRASHED"]
        done = {"task_runs": {"flow_run_id": {"any_": [flow_run_id]}, "state": {"type": {"any_": ended}}}}
        deadline = time.monotonic() + RECORD_SECONDS
        while self.ask("/task_runs/count", done, RECORD_SECONDS) < tasks and time.monotonic() < deadline:
            time.sleep(0.1)

    def set_state(self, flow_run_id: str, state: dict[str, Any]) -> None:
        """Set the state of a flow run, whatever it was."""
        self.ask(f"/flow_runs/{flow_run_id}/set_state", {"state": state, "force": True}, RECORD_SECONDS)

    def end_dead_runs(self) -> None:
        """Mark direct runs as crashed whose process is gone: it was killed together with its own server.

        On a server that goes on, the automation that waits for heartbeats does it (``automations.yaml``).
        """
        running = {"flow_runs": {"tags": {"all_": [BY_HAND]}, "state": {"type": {"any_": ["RUNNING"]}}}}
        for run in self.ask("/flow_runs/filter", running):
            if not any(is_alive(int(tag.removeprefix(PID))) for tag in run["tags"] if tag.startswith(PID)):
                crashed = {"type": "CRASHED", "message": "The process of the run is gone."}
                self.set_state(run["id"], crashed)

    def ask(self, path: str, body: dict[str, Any] | None = None, seconds: float = 30) -> Any:
        """Return what the API answers, from JSON; while its database is busy, ask again."""
        request = urllib.request.Request(
            self.address + path,
            json.dumps(body).encode() if body else None,
            {"Content-Type": "application/json"},
        )
        deadline = time.monotonic() + seconds
        while True:
            try:
                with urllib.request.urlopen(request, timeout=seconds) as answer:
                    return json.load(answer)
            except HTTPError as error:
                if error.code != BUSY or time.monotonic() > deadline:
                    raise
            time.sleep(0.2)


def is_alive(pid: int) -> bool:
    """Tell whether a process of this number runs here."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def serving() -> Iterator[Server]:
    """Yield the Prefect API: the user's if PREFECT_API_URL is set, else one that is started for the run.

    The variable is set meanwhile, so that this process and its children find the server.
    """
    if address := os.environ.get("PREFECT_API_URL"):
        yield Server(address)
        return
    make_home()
    with OwnServer() as own:
        os.environ["PREFECT_API_URL"] = own.address
        try:
            yield Server(own.address, own=True)
        finally:
            flush()
            del os.environ["PREFECT_API_URL"]


class OwnServer:
    """The server of one run, started again on the same socket and database where it dies before the run ends."""

    def __init__(self) -> None:
        """Open the socket; calls that come while no server answers wait in its queue."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._process = start(self._listener)
        self._ending = threading.Event()
        self._watcher = threading.Thread(target=self._restart, daemon=True)

    @property
    def address(self) -> str:
        """The address of its API."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/api"

    def __enter__(self) -> Self:
        """Begin to watch it."""
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._ending.set()
        self._watcher.join()
        stop(self._process)
        self._listener.close()

    def _restart(self) -> None:
        """Start the server again, some times at most, whenever it is gone."""
        for _ in range(RESTARTS):
            while self._process.poll() is None:
                if self._ending.wait(WATCH_SECONDS):
                    return
            self._process = start(self._listener)
        while self._process.poll() is None and not self._ending.wait(WATCH_SECONDS):
            pass
        # Nobody answers any more: refused at once, no call waits for an answer that does not come.
        if not self._ending.is_set():
            self._listener.close()


def make_home() -> None:
    """Make the folder of Prefect's state and its log, or raise ServerError; say it where it is not the usual one."""
    home = log_path().parent
    try:
        home.mkdir(parents=True, exist_ok=True)
        log_path().open("ab").close()
    except OSError as error:
        raise ServerError(
            f"Prefect's state cannot be kept in {home} ({error.strerror}): set PREFECT_HOME to a folder that "
            "you may write to."
        ) from error
    if home.is_relative_to(user_state()):
        print(f"Prefect's state is kept in {home}: the usual folder cannot be written to.", file=sys.stderr)


def log_path() -> Path:
    """Return the file that a run's own server writes its log to."""
    return Path(os.environ["PREFECT_HOME"]) / "server.log"


def start(listener: socket.socket) -> subprocess.Popen[bytes]:
    """Start the server on a socket that listens already: nobody can take its port, and early calls wait."""
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    with log_path().open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.runtime.server_process", str(listener.fileno())],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            pass_fds=[listener.fileno()],
            # A session of its own: Ctrl-C must reach the run, which stops the server when it is done.
            start_new_session=True,
        )


def flush() -> None:
    """Send what Prefect, if imported, has queued for the server: later it would wait for it in vain."""
    if "prefect.logging" in sys.modules:
        from prefect.events.worker import EventsWorker
        from prefect.logging.handlers import APILogWorker

        APILogWorker.drain_all(timeout=STOP_SECONDS)
        EventsWorker.drain_all(timeout=STOP_SECONDS)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the server, by force if it does not end in time."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
