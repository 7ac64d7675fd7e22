"""The second step as a plain function: a batch of documents becomes staged rows or rejects."""

import multiprocessing
import resource
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from functools import lru_cache

from flows.pipeline.batches import BATCH_FAILED, Batch
from flows.pipeline.stage import Stage
from flows.pipeline.staging import (
    discard_staged_half,
    read_spooled_documents,
    read_spooled_readings,
    to_reject_rows,
    write_staged_rows,
)
from tasks.document.records import Document, Rejected
from tasks.extraction import extract_batch
from tasks.knowledge import Knowledge, load_knowledge
from tasks.limits import compute_allowed_seconds
from tasks.version import compute_extractor_version
from warehouse.storage.fault_points import reach_fault_point


def get_knowledge(model: str) -> Knowledge:
    """Return the model and the tables under ``seeds/``: loaded once a process, and again when they have changed."""
    return load_versioned_knowledge(model, compute_extractor_version(model))


@lru_cache(maxsize=1)
def load_versioned_knowledge(model: str, _version: str) -> Knowledge:
    """Return the knowledge of an extractor version; the version is only the key of the cache."""
    return load_knowledge(model)


def extract_to_stage(batch: Batch) -> dict[str, int]:
    """Extract one batch, write its rows to the stage, and return the number of rows by table."""
    reach_fault_point(f"extract:{batch.number}")
    stage = Stage(batch.stage)
    documents = read_spooled_documents(stage, batch.documents)
    for document in documents:
        reach_fault_point(f"document:{document.source_uri}")
    with limit_cpu_time(documents):
        result = extract_batch(documents, get_knowledge(batch.model), batch.run_id)
    rejects = to_reject_rows(result.rejected, batch.run_id)
    return write_staged_rows(stage, batch.number, {**result.tables, "rejects": rejects}, batch.half)


@contextmanager
def limit_cpu_time(documents: Sequence[Document]) -> Iterator[None]:
    """End this process if the documents take twice the processor time that they are allowed.

    The kernel ends it, since nothing else interrupts a library that does not return to Python. The limit applies only
    to processes that ``multiprocessing`` started (workers of this machine or of a Dask cluster), never to the process
    of the run.
    """
    if multiprocessing.parent_process() is None:
        yield
        return
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    allowed = sum(compute_allowed_seconds(len(document.text)) for document in documents)
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used + 2 * allowed) + 1, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))


def reject_batch(batch: Batch, error: BaseException) -> list[str]:
    """Write rejects for the documents of a batch that could not be extracted, and return the ids of the documents."""
    reason, advice = _explain_failure(error)
    detail = f"{type(error).__name__}: {error}. {advice}".encode("utf-8", "backslashreplace").decode()
    readings = read_spooled_readings(Stage(batch.stage), batch.documents)
    discard_staged_half(Stage(batch.stage), batch.number, batch.half)
    refused = [
        Rejected(reading.source_uri, "extract", reason, detail[:1000], reading.content_sha256)
        for reading in readings
    ]
    write_staged_rows(
        Stage(batch.stage), batch.number, {"rejects": to_reject_rows(refused, batch.run_id)}, batch.half
    )
    return [reading.doc_id for reading in readings]


def is_system_failure(error: BaseException) -> bool:
    """Return True if a batch failed because of the system (a disk, a network) and not because of its documents."""
    return isinstance(error, OSError) and not isinstance(error, TimeoutError)


def _explain_failure(error: BaseException) -> tuple[str, str]:
    """Return the reason for rejecting the documents of a batch that failed, and a note on what follows."""
    if is_system_failure(error):
        return BATCH_FAILED, "The next run tries again"
    if isinstance(error, BrokenExecutor):
        return "worker died", (
            "It was extracted alone, twice: it took too much processor time or memory, or broke a library. "
            "COUNTERCLAIM_DOCUMENT_SECONDS and COUNTERCLAIM_WORKER_MEMORY raise the limits"
        )
    if isinstance(error, TimeoutError):
        return "time limit", "It was extracted alone"
    return "extraction failed", "It was extracted alone"
