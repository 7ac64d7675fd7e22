"""The second step as a plain function, and the worker processes that it runs in."""

import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from flows.pipeline.batches import BATCH_FAILED, Batch
from flows.pipeline.staging import discard_piece, reject_rows, take, take_readings, write_rows
from tasks.document.records import Document, Rejected
from tasks.extraction import Knowledge, extract_batch, load_knowledge
from tasks.limits import seconds_allowed
from tasks.version import version_of
from warehouse.storage.location import reached

WORKER_MEMORY = 4_000_000_000
"""bytes that a worker process may allocate beside what it has loaded"""


def knowledge(model: str) -> Knowledge:
    """Return the model and the reference tables, loaded once a process and again where they have changed."""
    return known(model, version_of(model))


@lru_cache(maxsize=1)
def known(model: str, _version: str) -> Knowledge:
    """Return what is known, as of a version."""
    return load_knowledge(model)


def extract(batch: Batch) -> dict[str, int]:
    """Extract one batch, leave its rows in the stage, and return the number of rows of each table."""
    reached(f"extract:{batch.number}")
    stage = Path(batch.stage)
    documents = take(stage, batch.documents)
    for document in documents:
        reached(f"document:{document.source_uri}")
    with hard_limit(documents):
        result = extract_batch(documents, knowledge(batch.model), batch.run_id)
    rejects = reject_rows(result.rejected, batch.run_id)
    return write_rows(stage, batch.number, {**result.tables, "rejects": rejects}, batch.piece)


@contextmanager
def hard_limit(documents: Sequence[Document]) -> Iterator[None]:
    """End this process where the documents take twice the processor time that they may.

    The kernel does it: a library that does not return to Python notices nothing else. Only a process that
    ``multiprocessing`` started is ended: a worker of this machine, or of a Dask cluster, and never that of the run.
    """
    if multiprocessing.parent_process() is None:
        yield
        return
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    allowed = sum(seconds_allowed(len(document.text)) for document in documents)
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used + 2 * allowed) + 1, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))


def refuse(batch: Batch, error: BaseException) -> list[str]:
    """Leave rejects for the documents of a batch that could not be extracted, and return the ids of these."""
    reason, advice = explain_failure(error)
    detail = f"{type(error).__name__}: {error}. {advice}".encode("utf-8", "backslashreplace").decode()
    readings = take_readings(Path(batch.stage), batch.documents)
    discard_piece(Path(batch.stage), batch.number, batch.piece)
    refused = [
        Rejected(reading.source_uri, "extract", reason, detail[:1000], reading.content_sha256)
        for reading in readings
    ]
    write_rows(Path(batch.stage), batch.number, {"rejects": reject_rows(refused, batch.run_id)}, batch.piece)
    return [reading.doc_id for reading in readings]


def is_failure_of_system(error: BaseException) -> bool:
    """Return True if a batch failed of the system (a disk, a network), and not of what its documents hold."""
    return isinstance(error, OSError) and not isinstance(error, TimeoutError)


def explain_failure(error: BaseException) -> tuple[str, str]:
    """Return why the documents of a batch are rejected that failed with an error, and what follows."""
    if is_failure_of_system(error):
        return BATCH_FAILED, "The next run tries again"
    if isinstance(error, BrokenExecutor):
        return "worker died", (
            "It was extracted alone, twice: it took too much processor time or memory, or broke a library. "
            "COUNTERCLAIM_DOCUMENT_SECONDS and COUNTERCLAIM_WORKER_MEMORY raise the limits"
        )
    if isinstance(error, TimeoutError):
        return "time limit", "It was extracted alone"
    return "extraction failed", "It was extracted alone"


def start_worker(model: str) -> None:
    """Prepare a worker process: it runs once in each, before the first batch."""
    limit_memory()
    # The run itself hears Ctrl-C, and ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    knowledge(model)


def limit_memory() -> None:
    """Let this process allocate so much memory and no more: what exceeds it is a MemoryError of one document."""
    held = int(os.environ.get("COUNTERCLAIM_WORKER_MEMORY", WORKER_MEMORY))
    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    wanted = data_size() + held
    resource.setrlimit(
        resource.RLIMIT_DATA, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most)
    )


def data_size() -> int:
    """Return the bytes of private memory that this process has reserved; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:")), 0)


def end_with_parent() -> None:
    """End this process when the run's process ends, also where that was killed and could tell nobody."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def stop_workers() -> None:
    """End the worker processes of this run at once."""
    for process in multiprocessing.active_children():
        process.terminate()
