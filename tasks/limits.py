"""The limit of processor time for one document; a document that exceeds it is rejected."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

BASE_SECONDS = float(os.environ.get("COUNTERCLAIM_DOCUMENT_SECONDS", 60))
"""seconds of processor time that any document may take"""
SECONDS_PER_CHARACTER = BASE_SECONDS / 60_000
"""further seconds per character; extraction takes about 0.0001 seconds per character"""


class TimeLimitError(RuntimeError):
    """A document exceeded its limit of processor time."""


def compute_allowed_seconds(n_chars: int) -> float:
    """Return the seconds of processor time that a text of ``n_chars`` characters may take."""
    return BASE_SECONDS + SECONDS_PER_CHARACTER * n_chars


@contextmanager
def limit_processor_time(seconds: float) -> Iterator[None]:
    """Raise TimeLimitError in the block after ``seconds`` of processor time.

    Works only in the main thread and only between Python instructions: in other threads and in a call of a C
    extension the block is not interrupted. Worker processes have a limit of their own that ends them.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "ITIMER_PROF"):
        yield
        return

    def raise_time_limit(_signal: int, _frame: FrameType | None) -> None:
        raise TimeLimitError(
            f"more than {seconds:.0f} seconds of processor time; COUNTERCLAIM_DOCUMENT_SECONDS raises the limit"
        )

    previous_handler = signal.signal(signal.SIGPROF, raise_time_limit)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous_handler)
