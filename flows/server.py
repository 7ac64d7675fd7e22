"""One Prefect server for one run, where the user has none.

The server is a child that holds one end of a pipe: when this process ends, killed with -9 or not, the pipe
closes and the server stops. It is started without importing Prefect here, so that the two start side by side.
"""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STARTUP_SECONDS = "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"
STOP_SECONDS = 10


class ServerError(RuntimeError):
    """The server did not start: the message says why and where its log is."""


@contextmanager
def serving() -> Iterator[str]:
    """Yield the address of the Prefect API: the user's if PREFECT_API_URL is set, else one started for the run.

    The variable is set meanwhile, so that this process and its children find the server; call
    :func:`await_ready` before the first use.
    """
    if address := os.environ.get("PREFECT_API_URL"):
        yield address
        return
    home = Path(os.environ["PREFECT_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        process = _start(listener)
    os.environ["PREFECT_API_URL"] = address
    try:
        yield address
    finally:
        del os.environ["PREFECT_API_URL"]
        _stop(process)


def await_ready(address: str) -> None:
    """Wait until the server answers.

    Raises:
        ServerError: it did not answer in time, or ended.
    """
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=float(os.environ[STARTUP_SECONDS])) as answer:
            answer.read()
    except OSError as error:
        raise ServerError(
            f"No Prefect server answers at {address} ({error}). If PREFECT_API_URL is set, start that server or unset "
            f"the variable; otherwise see {log_path()} for what stopped the run's own server."
        ) from error


def log_path() -> Path:
    """Return the file that a run's own server writes its log to."""
    return Path(os.environ["PREFECT_HOME"]) / "server.log"


def _start(listener: socket.socket) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C must reach the run first, which stops the server when it is done.
    with log_path().open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.server_process", str(listener.fileno())],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
