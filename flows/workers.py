"""The processes that extract: loaded once, deaf to Ctrl-C, gone when the run is gone."""

import multiprocessing
import os
import signal
import threading

from flows.steps import knowledge


def start_worker(model: str) -> None:
    """Prepare a worker process: it runs once in each, before the first batch."""
    # The run itself hears Ctrl-C and ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    knowledge(model)


def end_with_parent() -> None:
    """End this process when the run's process ends, also where that was killed and could tell nobody."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def stop_workers() -> None:
    """End the worker processes of this run at once."""
    for process in multiprocessing.active_children():
        process.terminate()
