"""What a run tells Prefect beside its states, and the server that may go away meanwhile.

What a run does never depends on the server. What it cannot tell is left out; at its end it waits some time for a
server that does not answer, so that the last state is recorded where one was only started again.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Thread
from typing import TYPE_CHECKING

from httpx import HTTPStatusError, TransportError
from prefect.context import TagsContext
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from flows.runtime.server import Server

if TYPE_CHECKING:
    from flows.pipeline.run_summary import Summary

UNANSWERED = (TransportError, HTTPStatusError)
"""errors of a call to a server that is gone, or that cannot do its work"""
WAIT_SECONDS = 45.0
"""that a run which has published waits for a server that does not answer"""
EXIT_SECONDS = 40.0
"""that the process of a deployment's run waits at its end for a server to take what is left to send"""

DONE: ContextVar[list["Summary"]] = ContextVar("DONE")
"""where the summary of a run is kept that has published, whatever becomes of its state"""


class Reporting:
    """The calls of a run to Prefect's API that it can do without."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        """Take a function that notes warnings."""
        self._warn = warn
        self._is_lost = False

    def try_call(self, call: Callable[[], object]) -> None:
        """Call the API, once; do nothing while the server does not answer."""
        if self._is_lost and not is_answering():
            return
        try:
            with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):
                call()
            self._is_lost = False
        except UNANSWERED as error:
            if not self._is_lost:
                self._warn(f"The Prefect server does not answer ({error}): the run goes on without it.")
            self._is_lost = True

    def await_server(self) -> None:
        """Wait for a server that does not answer, some time, before Prefect has to record the end of the run."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not (answers := is_answering()) and time.monotonic() < deadline:
            time.sleep(1)
        if not answers:
            self._warn(
                "The Prefect server does not answer: it may show another end of this run than there was."
            )


def is_answering() -> bool:
    """Return True if the server answers, or if there is none that could."""
    address = PREFECT_API_URL.value()
    return not address or Server(address).is_answering()


@contextmanager
def untagged() -> Iterator[None]:
    """Run the tasks of a block without the tags of the run: for each tag they would ask the server for a slot."""
    with TagsContext(current_tags=set()):
        yield


@contextmanager
def keeping_summary() -> Iterator[list["Summary"]]:
    """Yield a list that gets the summary of a run in this block when its tables are published."""
    kept: list[Summary] = []
    token = DONE.set(kept)
    try:
        yield kept
    finally:
        DONE.reset(token)


def keep_summary(summary: "Summary") -> None:
    """Keep the summary of a run that has published, if somebody asked for it."""
    if (kept := DONE.get(None)) is not None:
        kept.append(summary)


def limit_exit() -> None:
    """End this process, of a deployment's run, if at its end the server does not answer.

    Prefect sends what is left to send before a process ends, however long nobody takes it.
    """
    if address := PREFECT_API_URL.value():
        Thread(target=_exit_unheard, args=(Server(address),), daemon=True).start()


def _exit_unheard(server: Server) -> None:
    heard = time.monotonic()
    while time.monotonic() - heard < WAIT_SECONDS + EXIT_SECONDS:
        time.sleep(1)
        if server.is_answering():
            heard = time.monotonic()
    os._exit(1)
