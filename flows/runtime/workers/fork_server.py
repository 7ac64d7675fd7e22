"""The fork server: a process that has loaded the model, and from which workers are forked to share its memory.

It loads the model while Prefect and its server start, so nothing heavy is imported here. It is used on Linux only:
on other systems libraries do not survive a fork, and each worker loads the model itself.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from typing import Any

PRELOAD_VARIABLE = "COUNTERCLAIM_PRELOAD"
"""environment variable that names the model which the fork server loads"""
STANDARD_PRELOAD = ["__main__"]
"""modules that the standard library has a fork server import by default"""
HAS_FORK_SERVER = sys.platform == "linux"


@contextmanager
def keep_fork_server(model: str | None) -> Iterator[None]:
    """Run the fork server during a block, if a model is named; it loads the model while the block goes on.

    An inner block starts no second one, and ends the one of the outer block.
    """
    if model and HAS_FORK_SERVER:
        _start_fork_server(model)
    try:
        yield
    finally:
        _stop_fork_server()


def _start_fork_server(model: str) -> None:
    """Start the fork server, unless it runs."""
    multiprocessing.get_context("forkserver").set_forkserver_preload(["flows.runtime.workers.worker_preload"])
    os.environ[PRELOAD_VARIABLE] = model
    # Ctrl-C is for the run, which ends the fork server. The resource tracker unblocks SIGINT when it starts, so it
    # is started first.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    forkserver.ensure_running()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


def is_fork_server_running() -> bool:
    """Return True if the fork server runs that :func:`_start_fork_server` started; False for any other."""
    return PRELOAD_VARIABLE in os.environ and get_private_fork_server()._forkserver_pid is not None


def get_private_fork_server() -> Any:
    """Return the fork server of the standard library, of which ``_forkserver_pid`` and ``_stop()`` are used.

    Both are private. The public functions of ``multiprocessing.forkserver`` neither say whether it runs nor end it
    before this process ends, and until then it would hold a model that may have changed.
    """
    return forkserver._forkserver


def _stop_fork_server() -> None:
    """End the fork server at once, if it runs, even if it is still loading."""
    if is_fork_server_running():
        server = get_private_fork_server()
        os.kill(server._forkserver_pid, signal.SIGTERM)
        server._stop()
        multiprocessing.get_context("forkserver").set_forkserver_preload(STANDARD_PRELOAD)
        del os.environ[PRELOAD_VARIABLE]
