"""The limit of processor time that one document may take: what exceeds it is a fault of the document alone."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = float(os.environ.get("COUNTERCLAIM_DOCUMENT_SECONDS", 60))
"""of processor time, for any document"""
SECONDS_PER_CHARACTER = SECONDS / 60_000
"""besides; extraction needs about a tenth of a millisecond for a character"""


class TimeLimitError(RuntimeError):
    """A document took more processor time than it may."""


def seconds_allowed(characters: int) -> float:
    """Return the seconds of processor time that a text of so many characters may take."""
    return SECONDS + SECONDS_PER_CHARACTER * characters


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeLimitError in the block once it has taken so many seconds of processor time.

    Only the main thread of a process can be interrupted, and only between steps of Python: elsewhere, and inside
    of libraries, nothing happens; a worker process has a limit besides that ends it.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "ITIMER_PROF"):
        yield
        return

    def expire(_signal: int, _frame: FrameType | None) -> None:
        raise TimeLimitError(
            f"more than {seconds:.0f} seconds of processor time; COUNTERCLAIM_DOCUMENT_SECONDS raises the limit"
        )

    before = signal.signal(signal.SIGPROF, expire)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
