"""The process that workers are forked from: it has loaded the model, and they share its memory.

It loads while others still start, so nothing heavy is imported here. Linux alone has it: the libraries of other
systems do not stand a fork, and workers load the model there themselves.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker

PRELOAD = "COUNTERCLAIM_PRELOAD"
"""the variable that names the model for the process that workers are forked from"""
DEFAULT_PRELOAD = ["__main__"]
"""what the standard library has such a process import"""
AVAILABLE = sys.platform == "linux"


@contextmanager
def loading(model: str | None) -> Iterator[None]:
    """Keep the process for a block, if a model is named; it loads while the block goes on.

    A block within a block starts no second one, and ends the one there is.
    """
    if model and AVAILABLE:
        start(model)
    try:
        yield
    finally:
        stop()


def start(model: str) -> None:
    """Start the process, unless it runs."""
    multiprocessing.get_context("forkserver").set_forkserver_preload(["flows.runtime.worker_preload"])
    os.environ[PRELOAD] = model
    # The run itself hears Ctrl-C, and ends this process. Starting the tracker would lift the block again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    forkserver.ensure_running()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


def is_started() -> bool:
    """Return True if workers can be forked from a process that :func:`start` started, and from no other's."""
    return PRELOAD in os.environ and forkserver._forkserver._forkserver_pid is not None  # type: ignore[attr-defined]


def stop() -> None:
    """End the process, if it runs, and though it still loads: it holds a model that may change."""
    if is_started():
        os.kill(forkserver._forkserver._forkserver_pid, signal.SIGTERM)  # type: ignore[attr-defined]
        forkserver._forkserver._stop()  # type: ignore[attr-defined]
        multiprocessing.get_context("forkserver").set_forkserver_preload(DEFAULT_PRELOAD)
        del os.environ[PRELOAD]
