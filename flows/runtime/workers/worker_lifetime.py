"""The start of a worker process, and how it ends."""

import multiprocessing
import os
import resource
import signal
import threading
from pathlib import Path

from flows.pipeline.extraction import get_knowledge

MAX_WORKER_BYTES = 4_000_000_000
"""memory that a worker process may allocate in addition to what it has loaded"""


def initialise_worker(model: str) -> None:
    """Prepare a worker process; runs once in each, before the first batch."""
    limit_memory()
    # Ctrl-C is for the run, which ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    get_knowledge(model)


def limit_memory() -> None:
    """Limit the memory of this process, so that a document that needs more causes a MemoryError."""
    allowed = int(os.environ.get("COUNTERCLAIM_WORKER_MEMORY", MAX_WORKER_BYTES))
    hard_limit = resource.getrlimit(resource.RLIMIT_DATA)[1]
    limit = _read_reserved_memory() + allowed
    if hard_limit != resource.RLIM_INFINITY:
        limit = min(limit, hard_limit)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard_limit))


def _read_reserved_memory() -> int:
    """Return the bytes of private memory that this process has reserved; 0 if the system does not report it."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:")), 0)


def _exit_with_parent() -> None:
    """End this process when the process of the run ends, even if that was killed."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def terminate_workers() -> None:
    """End the worker processes of this run at once."""
    for process in multiprocessing.active_children():
        process.terminate()
