"""Calls to Prefect's API that a run can do without, since the server may go away during the run.

The work of a run never depends on the server. A call that fails is left out. At its end the run waits some time for a
server that does not answer, so that the final state is recorded if the server is only restarting.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Thread
from typing import TYPE_CHECKING

from httpx import HTTPStatusError, TransportError
from prefect.context import SettingsContext, TagsContext, get_settings_context
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES

from flows.runtime.server import PrefectServer

if TYPE_CHECKING:
    from flows.pipeline.run_summary import RunSummary

SERVER_ERRORS = (TransportError, HTTPStatusError)
"""errors of a call to a server that is gone or cannot answer"""
MAX_RETURN_SECONDS = 45.0
"""how long a run that has published waits for a server that does not answer"""
MAX_EXIT_SECONDS = 40.0
"""how long the process of a deployment's run may take at its end to send its last events"""

PUBLISHED_SUMMARIES: ContextVar[list["RunSummary"]] = ContextVar("PUBLISHED_SUMMARIES")
"""the summaries of runs that have published, kept even if their state cannot be recorded"""


def is_server_error(error: BaseException) -> bool:
    """Return True if a call failed because the server is gone or cannot answer.

    Prefect raises a RuntimeError if its first call, which asks for the version of the server, fails.
    """
    return isinstance(error, SERVER_ERRORS) or (
        isinstance(error, RuntimeError) and isinstance(error.__cause__, SERVER_ERRORS)
    )


class OptionalCalls:
    """Makes the calls to Prefect's API that a run can do without."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        """Keep the function that logs warnings, and the settings of calls without retries.

        Prefect validates all settings whenever a copy is made, which costs more than a call.
        """
        self._warn = warn
        self._settings = get_settings_context().settings.copy_with_update({PREFECT_CLIENT_MAX_RETRIES: 0})
        self._is_lost = False

    def try_call(self, call: Callable[[], object]) -> None:
        """Call the API once, without retries; do nothing while the server does not answer."""
        if self._is_lost and not _is_server_answering():
            return
        try:
            with SettingsContext(profile=get_settings_context().profile, settings=self._settings):
                call()
            self._is_lost = False
        except Exception as error:
            if not is_server_error(error):
                raise
            if not self._is_lost:
                self._warn(f"The Prefect server does not answer ({error}): the run goes on without it.")
            self._is_lost = True

    def await_server(self) -> None:
        """Wait up to ``MAX_RETURN_SECONDS`` for the server to answer, so that Prefect can record the end of the run."""
        deadline = time.monotonic() + MAX_RETURN_SECONDS
        while not (is_answering := _is_server_answering()) and time.monotonic() < deadline:
            time.sleep(1)
        if not is_answering:
            self._warn("The Prefect server does not answer: it may show a wrong final state for this run.")


def _is_server_answering() -> bool:
    """Return True if the server answers, or if no address of one is set."""
    address = PREFECT_API_URL.value()
    return not address or PrefectServer(address).is_answering()


@contextmanager
def remove_run_tags() -> Iterator[None]:
    """Run the tasks of a block without the tags of the run: each tag costs a call for a concurrency slot."""
    with TagsContext(current_tags=set()):
        yield


@contextmanager
def collect_summaries() -> Iterator[list["RunSummary"]]:
    """Yield a list that receives the summary of a run in this block when its tables are published."""
    kept: list[RunSummary] = []
    token = PUBLISHED_SUMMARIES.set(kept)
    try:
        yield kept
    finally:
        PUBLISHED_SUMMARIES.reset(token)


def keep_summary(summary: "RunSummary") -> None:
    """Add the summary of a run that has published to the list of :func:`collect_summaries`, if there is one."""
    if (kept := PUBLISHED_SUMMARIES.get(None)) is not None:
        kept.append(summary)


def limit_exit_time() -> None:
    """End the process of a deployment's run if the server does not answer at its end.

    Prefect would otherwise try without limit to send its last events before the process ends.
    """
    if address := PREFECT_API_URL.value():
        Thread(target=_exit_without_server, args=(PrefectServer(address),), daemon=True).start()


def _exit_without_server(server: PrefectServer) -> None:
    answered_at = time.monotonic()
    while time.monotonic() - answered_at < MAX_RETURN_SECONDS + MAX_EXIT_SECONDS:
        time.sleep(1)
        if server.is_answering():
            answered_at = time.monotonic()
    os._exit(1)
