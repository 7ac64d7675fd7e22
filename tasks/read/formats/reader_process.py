"""Untrusted formats are parsed in a process of their own, where a limit of time and memory can end it.

One process is started when the first such document comes, serves the next ones too, and is replaced after
it was ended. It ends with the process that started it, since its input does.
"""

import atexit
import json
import math
import os
import resource
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from tasks.read.errors import BROKEN_REASON, UnusableError, describe_library_error
from tasks.read.formats.reader_messages import from_message, to_message

MAX_MEMORY_BYTES = 1 << 30
"""bytes of address space for one parse"""
MAX_ANSWER_BYTES = 1 << 28
"""of one answer: the longest text allowed fits, each of its characters written as an escape"""
PROJECT_FOLDER = Path(__file__).parents[3]
LENGTH_BYTES = 8
READY = b"ready"
TOO_LARGE, TOO_SLOW = "too large", "too slow"
ENDED_BY: dict[int | None, str] = {-signal.SIGSEGV: BROKEN_REASON, -signal.SIGXCPU: TOO_SLOW}
"""exit code of the reader process → why there is no document"""
ADVICE_TO_USER = "open it and save it again, or split it"
MAX_START_SECONDS = 30.0
"""seconds for the process to start and import what it needs, beside those of the document"""

ENDING = 5.0
"""seconds for the process to be gone after its output has ended"""
PATIENCE = 5
"""seconds of the clock for each of processor time, on a machine that does much else"""
MIN_SECONDS, MAX_SECONDS = 6.0, 12.0
BYTES_A_SECOND = 4_000_000
"""how slowly a page, feed or message may be read: ordinary ones take a hundredth of a second"""


class ReaderProcess:
    """A process that calls functions of named modules, one at a time.

    What it parses may have taken it over: it answers in JSON, not in pickles, which could call functions here.
    """

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def call(self, function: Callable[[bytes], Any], payload: bytes, seconds: float) -> Any:
        """Return what the function returns for the payload, its tuples as lists.

        Raises:
            UnusableError: what the function raised, "too slow" or "too large" where it was ended.
        """
        with self._lock:
            answer = self._ask(function, payload, seconds)
            if isinstance(answer, UnusableError):
                # What failed for want of memory is not fit for another document.
                if answer.reason == TOO_LARGE:
                    self.stop()
                raise answer
            return answer

    def _ask(self, function: Callable[[bytes], Any], payload: bytes, seconds: float) -> Any:
        """Return the answer of the process, or raise UnusableError where there is none."""
        process = self._process or self._start()
        try:
            call = json.dumps([function.__module__, function.__name__, seconds])
            _send_value(process.stdin, call.encode())
            _send_value(process.stdin, payload)
            return from_message(_receive_value(process.stdout, time.monotonic() + seconds * PATIENCE))
        except TimeoutError:
            self.stop()
            raise UnusableError(TOO_SLOW, f"not read after {seconds:.0f} seconds: {ADVICE_TO_USER}") from None
        except (OSError, EOFError):
            reason = ENDED_BY.get(_await_end(process), TOO_LARGE)
            self.stop()
            told = f"not read after {seconds:.0f} seconds" if reason == TOO_SLOW else "ended what reads it"
            raise UnusableError(reason, f"{told}: {ADVICE_TO_USER}") from None
        except ValueError as error:
            self.stop()
            raise UnusableError(BROKEN_REASON, describe_library_error(error)) from error

    def stop(self) -> None:
        """End the process at once."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream:
                    stream.close()

    def _start(self) -> subprocess.Popen[bytes]:
        """Start the process and wait until it can take a document."""
        path = os.pathsep.join(filter(None, (str(PROJECT_FOLDER), os.environ.get("PYTHONPATH"))))
        process = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-c",
                "from tasks.read.formats.reader_process import serve_calls; serve_calls()",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": path},
            bufsize=0,
        )
        self._process = process
        try:
            _receive_value(process.stdout, time.monotonic() + MAX_START_SECONDS)
        except (TimeoutError, OSError, EOFError) as error:
            self.stop()
            raise UnusableError(
                "library missing", f"the process that reads it does not start: {error}"
            ) from None
        return process


def _await_end(process: subprocess.Popen[bytes]) -> int | None:
    """Return the exit code of a process whose output has ended; None if it goes on."""
    try:
        return process.wait(ENDING)
    except subprocess.TimeoutExpired:
        return None


@cache
def _get_reader_process(pid: int) -> ReaderProcess:
    """Return the reader process of this process; one that was forked must not share its parent's."""
    found = ReaderProcess()
    atexit.register(lambda: found.stop() if os.getpid() == pid else None)
    return found


def run_in_reader_process(
    function: Callable[[bytes], Any], payload: bytes, seconds: float | None = None
) -> Any:
    """Return ``function(payload)``, computed in the reader process within so many seconds of its processor.

    On a busy machine any page can take long by the clock. Without a number of seconds, the limit follows from
    the length of the payload.
    """
    if seconds is None:
        seconds = min(MAX_SECONDS, MIN_SECONDS + len(payload) / BYTES_A_SECOND)
    return _get_reader_process(os.getpid()).call(function, payload, seconds)


def serve_calls() -> None:
    """Answer calls from standard input until it ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    calls, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb", 0)
    os.dup2(2, 1)  # what a library prints must not mix with the answers
    _send_value(answers, READY)
    while header := calls.read(LENGTH_BYTES):
        module, name, seconds = json.loads(calls.read(int.from_bytes(header)))
        payload = calls.read(int.from_bytes(calls.read(LENGTH_BYTES)))
        _limit_seconds(math.ceil(time.process_time() + seconds))
        _send_value(answers, _compute_answer(module, name, payload))
        _limit_seconds(resource.RLIM_INFINITY)


def _limit_seconds(seconds: int) -> None:
    """Let the system end this process after so many seconds of processor time since its start."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds if most == resource.RLIM_INFINITY else most, most))


def _compute_answer(module: str, name: str, payload: bytes) -> bytes:
    """Return the result of a call as a message, or why there is none."""
    try:
        answer = to_message(getattr(import_module(module), name)(payload))
    except UnusableError as problem:
        return to_message(problem)
    except MemoryError:
        told = f"over {MAX_MEMORY_BYTES >> 20:,} MB of memory to read it: {ADVICE_TO_USER}"
        return to_message(UnusableError(TOO_LARGE, told))
    except Exception as error:
        return to_message(UnusableError(BROKEN_REASON, describe_library_error(error)))
    if len(answer) > MAX_ANSWER_BYTES:
        told = f"what is in it takes over {MAX_ANSWER_BYTES >> 20:,} MB: {ADVICE_TO_USER}"
        return to_message(UnusableError(TOO_LARGE, told))
    return answer


def _send_value(stream: Any, content: bytes) -> None:
    """Write bytes with their length before them."""
    for part in (len(content).to_bytes(LENGTH_BYTES), content):
        view = memoryview(part)
        while view:
            view = view[stream.write(view) :]


def _receive_value(stream: Any, deadline: float) -> bytes:
    """Return the next bytes sent; raise TimeoutError after the deadline, EOFError at the end."""
    size = int.from_bytes(_read_exactly(stream, LENGTH_BYTES, deadline))
    if size > MAX_ANSWER_BYTES:
        raise EOFError
    return _read_exactly(stream, size, deadline)


def _read_exactly(stream: BinaryIO, size: int, deadline: float) -> bytes:
    """Return so many bytes."""
    content = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while len(content) < size:
            if not selector.select(max(deadline - time.monotonic(), 0)):
                raise TimeoutError
            if not (found := os.read(stream.fileno(), min(size - len(content), 1 << 20))):
                raise EOFError
            content += found
    return bytes(content)
