"""Untrusted formats are parsed in a process of their own, where a limit of time and memory can end it.

One process is started when the first such document comes, serves the next ones too, and is replaced after
it was ended. It ends with the process that started it, since its input does.
"""

import atexit
import os
import pickle
import resource
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from tasks.read.errors import UnusableError

MAX_MEMORY = 1 << 30
"""bytes of address space for one parse"""
CHECKOUT = Path(__file__).parents[3]
HEADER = 8
EXPLAIN = "open it and save it again, or split it"
STARTING = 30.0
"""seconds for the process to start and import what it needs, beside those of the document"""


class ReaderProcess:
    """A process that calls functions of named modules, one at a time."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def call(self, function: Callable[[bytes], Any], payload: bytes, seconds: float) -> Any:
        """Return what the function returns for the payload.

        Raises:
            UnusableError: what the function raised, "too slow" or "too large" where it was ended.
        """
        with self._lock:
            process = self._process or self._start()
            try:
                _send(process.stdin, (function.__module__, function.__name__, payload))
                answer = _receive(process.stdout, time.monotonic() + seconds)
            except TimeoutError:
                self.stop()
                raise UnusableError("too slow", f"not read after {seconds:.0f} seconds: {EXPLAIN}") from None
            except (OSError, EOFError):
                self.stop()
                raise UnusableError("too large", f"ended what reads it: {EXPLAIN}") from None
            if answer is None or isinstance(answer, UnusableError):
                # What failed for want of memory is not fit for another document.
                if answer is None or answer.reason == "too large":
                    self.stop()
                raise answer or UnusableError("too large", EXPLAIN)
            return answer[0]

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
        path = os.pathsep.join(filter(None, (str(CHECKOUT), os.environ.get("PYTHONPATH"))))
        process = subprocess.Popen(
            [sys.executable, "-c", "from tasks.read.formats.reader_process import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": path},
            bufsize=0,
        )
        self._process = process
        try:
            _receive(process.stdout, time.monotonic() + STARTING)
        except (TimeoutError, OSError, EOFError) as error:
            self.stop()
            raise UnusableError(
                "library missing", f"the process that reads it does not start: {error}"
            ) from None
        return process


@cache
def _process_of(pid: int) -> ReaderProcess:
    """Return the reader process of this process; one that was forked must not share its parent's."""
    found = ReaderProcess()
    atexit.register(lambda: found.stop() if os.getpid() == pid else None)
    return found


def call_confined(function: Callable[[bytes], Any], payload: bytes, seconds: float) -> Any:
    """Return ``function(payload)``, computed in the reader process within so many seconds."""
    return _process_of(os.getpid()).call(function, payload, seconds)


def serve() -> None:
    """Answer calls from standard input until it ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    calls, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb", 0)
    os.dup2(2, 1)  # nothing that a library prints may stand between the answers
    _send(answers, True)
    while header := calls.read(HEADER):
        module, name, payload = pickle.loads(calls.read(int.from_bytes(header)))
        _send(answers, _answer(module, name, payload))


def _answer(module: str, name: str, payload: bytes) -> tuple[Any] | UnusableError:
    """Return the result of a call, or why there is none."""
    try:
        return (getattr(import_module(module), name)(payload),)
    except UnusableError as problem:
        return problem
    except MemoryError:
        return UnusableError("too large", f"over {MAX_MEMORY >> 20:,} MB of memory to read it: {EXPLAIN}")


def _send(stream: Any, value: object) -> None:
    """Write a value with its length before it."""
    content = pickle.dumps(value)
    view = memoryview(len(content).to_bytes(HEADER) + content)
    while view:
        view = view[stream.write(view) :]


def _receive(stream: Any, deadline: float) -> Any:
    """Return the next value; raise TimeoutError after the deadline, EOFError at the end."""
    size = int.from_bytes(_read_exactly(stream, HEADER, deadline))
    return pickle.loads(_read_exactly(stream, size, deadline))


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
