"""A Prefect server for one run, if the user has none.

The server is a child process that reads from a pipe: when this process ends, even by ``kill -9``, the pipe closes and
the server stops. Prefect is not imported here, so that it can be imported while the server starts.
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

from flows.runtime.environment import find_user_state_folder
from warehouse.errors import FailureError

STARTUP_SECONDS_VARIABLE = "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"
MAX_STOP_SECONDS = 10
MAX_RECORD_SECONDS = 30
"""how long a server may take to record the end of a run; on a busy machine ten are too few"""
ANSWER_SECONDS = 3.0
"""how long a server may take to answer a health check"""
RETURN_SECONDS = 45.0
"""how long a run waits for the user's server before it begins"""
WATCH_INTERVAL_SECONDS = 0.5
MAX_RESTARTS = 3
BUSY_STATUS = 503
DIRECT_RUN_TAG, PROCESS_TAG_PREFIX = "by-hand", "process-"
"""tags of a direct run: that it is one, and the id of its process"""


class ServerError(FailureError):
    """No server answers; the message says why and where its log is."""


@dataclass(frozen=True, slots=True)
class PrefectServer:
    """A Prefect API."""

    address: str
    is_own: bool = False
    """True if it was started for this run"""

    def await_ready(self) -> None:
        """Wait until the server answers; raise ServerError if it does not in time.

        The user's server may be restarting: it is asked more than once.
        """
        deadline = time.monotonic() + RETURN_SECONDS
        while not self.is_own and not self.is_answering() and time.monotonic() < deadline:
            time.sleep(1)
        try:
            self.request_json(
                "/health",
                seconds=float(os.environ[STARTUP_SECONDS_VARIABLE]) if self.is_own else ANSWER_SECONDS,
            )
        except OSError as error:
            raise ServerError(
                f"No Prefect server answers at {self.address} ({error}). If PREFECT_API_URL is set, start "
                f"that server or unset the variable; if not, see the log of the run's server: {_get_server_log_path()}"
            ) from error

    def is_answering(self) -> bool:
        """Return True if the server answers in time, even with an error other than that it is busy."""
        try:
            self.request_json("/health", seconds=ANSWER_SECONDS)
        except HTTPError as error:
            return error.code != BUSY_STATUS
        except (OSError, ValueError):
            return False
        return True

    def await_records(self, flow_run_id: str, tasks: int) -> None:
        """Wait until the server has recorded so many ended task runs of a flow run, which it does with a delay."""
        ended = ["COMPLETED", "FAILED", "CRASHED"]
        ended_task_runs = {
            "task_runs": {"flow_run_id": {"any_": [flow_run_id]}, "state": {"type": {"any_": ended}}}
        }
        deadline = time.monotonic() + MAX_RECORD_SECONDS
        while time.monotonic() < deadline:
            if self.request_json("/task_runs/count", ended_task_runs, MAX_RECORD_SECONDS) >= tasks:
                return
            time.sleep(0.1)

    def set_state(self, flow_run_id: str, state: dict[str, Any]) -> None:
        """Set the state of a flow run, whatever its present state."""
        self.request_json(
            f"/flow_runs/{flow_run_id}/set_state", {"state": state, "force": True}, MAX_RECORD_SECONDS
        )

    def mark_dead_runs_crashed(self) -> None:
        """Mark direct runs as crashed whose process is gone: it was killed together with the server of the run.

        On a permanent server, the automation that waits for heartbeats does this (``automations.yaml``).
        """
        running = {
            "flow_runs": {"tags": {"all_": [DIRECT_RUN_TAG]}, "state": {"type": {"any_": ["RUNNING"]}}}
        }
        for run in self.request_json("/flow_runs/filter", running):
            if not any(
                _is_process_alive(int(tag.removeprefix(PROCESS_TAG_PREFIX)))
                for tag in run["tags"]
                if tag.startswith(PROCESS_TAG_PREFIX)
            ):
                crashed = {"type": "CRASHED", "message": "The process of the run is gone."}
                self.set_state(run["id"], crashed)

    def request_json(self, path: str, body: dict[str, Any] | None = None, seconds: float = 30) -> Any:
        """Return the parsed answer of the API; while its database is busy, repeat the request."""
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
                if error.code != BUSY_STATUS or time.monotonic() > deadline:
                    raise
            time.sleep(0.2)


def _is_process_alive(pid: int) -> bool:
    """Return True if a process with this id runs on this machine."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def provide_server() -> Iterator[PrefectServer]:
    """Yield the Prefect API: the user's if PREFECT_API_URL is set, else one that is started for the run.

    The variable is set during the block, so that this process and its children find the server.
    """
    if address := os.environ.get("PREFECT_API_URL"):
        yield PrefectServer(address)
        return
    make_prefect_home()
    with RunServer() as own:
        os.environ["PREFECT_API_URL"] = own.address
        try:
            yield PrefectServer(own.address, is_own=True)
        finally:
            flush_prefect_queues()
            del os.environ["PREFECT_API_URL"]


class RunServer:
    """The server of one run; if it dies before the run ends, it is restarted on the same socket and database."""

    def __init__(self) -> None:
        """Open the socket; calls wait in its queue until a server answers."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._process = _start_server(self._listener)
        self._ending = threading.Event()
        self._watcher = threading.Thread(target=self._restart, daemon=True)

    @property
    def address(self) -> str:
        """The address of its API."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/api"

    def __enter__(self) -> Self:
        """Start to watch the server."""
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        self._ending.set()
        self._watcher.join()
        _stop_server(self._process)
        self._listener.close()

    def _restart(self) -> None:
        """Restart the server whenever it is gone, at most ``MAX_RESTARTS`` times."""
        for _ in range(MAX_RESTARTS):
            while self._process.poll() is None:
                if self._ending.wait(WATCH_INTERVAL_SECONDS):
                    return
            self._process = _start_server(self._listener)
        while self._process.poll() is None and not self._ending.wait(WATCH_INTERVAL_SECONDS):
            pass
        # No server will answer any more: with the socket closed, calls are refused at once instead of waiting.
        if not self._ending.is_set():
            self._listener.close()


def make_prefect_home() -> None:
    """Create the folder of Prefect's state and its log, and print a note if it is not the usual one.

    Raises:
        ServerError: the folder or the log cannot be written.
    """
    home = _get_server_log_path().parent
    try:
        home.mkdir(parents=True, exist_ok=True)
        _get_server_log_path().open("ab").close()
    except OSError as error:
        raise ServerError(
            f"Prefect's state cannot be kept in {home} ({error.strerror}): set PREFECT_HOME to a folder that "
            "you may write to."
        ) from error
    if home.is_relative_to(find_user_state_folder()):
        print(f"Prefect's state is kept in {home}: the usual folder cannot be written to.", file=sys.stderr)


def _get_server_log_path() -> Path:
    """Return the log file of the server of a run."""
    return Path(os.environ["PREFECT_HOME"]) / "server.log"


def _start_server(listener: socket.socket) -> subprocess.Popen[bytes]:
    """Start the server on a listening socket, so that its port cannot be taken and early calls wait."""
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    with _get_server_log_path().open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.runtime.server_process", str(listener.fileno())],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            pass_fds=[listener.fileno()],
            # In a session of its own, Ctrl-C reaches only the run, which stops the server when it is done.
            start_new_session=True,
        )


def flush_prefect_queues() -> None:
    """Send the log records and events that Prefect has queued for the server of a run, before the server stops.

    Otherwise Prefect would try to send them at the end of the process, to a server that is gone. Prefect has no
    public function for this: ``APILogWorker`` and ``EventsWorker`` are internal.
    """
    if "prefect.logging" in sys.modules:
        from prefect.events.worker import EventsWorker
        from prefect.logging.handlers import APILogWorker

        APILogWorker.drain_all(timeout=MAX_STOP_SECONDS)
        EventsWorker.drain_all(timeout=MAX_STOP_SECONDS)


def _stop_server(process: subprocess.Popen[bytes]) -> None:
    """Stop the server, and kill it if it does not stop in time."""
    process.terminate()
    try:
        process.wait(MAX_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
