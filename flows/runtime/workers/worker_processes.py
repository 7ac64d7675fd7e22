"""Extraction of batches in worker processes, which may die.

For each batch a thread of the run executes a Prefect task and waits in it for a worker process. The workers do not use
Prefect: whether a batch is done depends on its process alone, never on the server. (Prefect's own task runner for
processes waits in the worker until its events are sent, without limit if their sender has ended.)
"""

import multiprocessing
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from threading import Event

from prefect import task

from flows.pipeline.batches import Batch
from flows.pipeline.extraction import extract_to_stage
from flows.runtime.failure_policy import EXTRACT_POLICY, MAX_BATCH_SECONDS, DiedTwiceError
from flows.runtime.workers import fork_server
from flows.runtime.workers.worker_lifetime import initialise_worker, terminate_workers

RowCounts = dict[str, int]
"""number of rows by table"""
BatchOutcome = RowCounts | BaseException
"""number of rows by table, or the error that a batch failed with"""

MAX_PARTS_AT_ONCE = 2
"""parts of a run that are extracted at the same time: while one is resolved, the workers extract the next"""


def extract_as_task(work: Callable[[Batch], RowCounts], batch: Batch) -> BatchOutcome:
    """Do the work on a batch as a task, and return its outcome.

    The work is no parameter of the task, so that Prefect does not walk through it.
    """
    extract = task(name="extract", task_run_name=batch.task_name, **EXTRACT_POLICY)(lambda: work(batch))
    state = extract(return_state=True)
    outcome: BatchOutcome = state.result(raise_on_failure=False)
    return outcome


def extract_in_processes(batches: Sequence[Batch], workers: int) -> Generator[tuple[Batch, BatchOutcome]]:
    """Yield each batch and its outcome, even if a batch ends its worker.

    When a worker dies, all batches in progress are lost. They are tried again one at a time: if a worker dies then,
    the one batch that it had is the cause.
    """
    suspects: list[Batch] = []
    waiting = list(batches)
    while waiting:
        lost, waiting = yield from _extract_until_worker_dies(waiting, workers)
        suspects += lost
    while suspects:
        lost, suspects = yield from _extract_until_worker_dies(suspects, 1)
        for batch in lost:
            yield batch, DiedTwiceError("the worker process died of it twice")


def _extract_until_worker_dies(
    batches: Sequence[Batch], workers: int
) -> Generator[tuple[Batch, BatchOutcome], None, tuple[list[Batch], list[Batch]]]:
    """Yield each finished batch and its outcome until a worker dies.

    The workers go on while the caller works on what it got: what is ready waits for it.

    Returns the batches that were in progress when the worker died, and those that had not begun.
    """
    waiting, lost, not_begun = deque(batches), list[Batch](), list[Batch]()
    submitted: dict[Future[BatchOutcome | None], Batch] = {}
    with _open_workers(batches[0].model, workers) as pool:
        while submitted or (waiting and not lost):
            while waiting and not lost and _may_submit(waiting[0], submitted.values()):
                batch = waiting.popleft()
                submitted[pool.submit(batch)] = batch
            for future in wait(submitted, return_when=FIRST_COMPLETED).done:
                batch, outcome = submitted.pop(future), future.result()
                if outcome is None:
                    not_begun.append(batch)
                elif isinstance(outcome, BrokenExecutor):
                    lost.append(batch)
                else:
                    yield batch, outcome
    return _sort_batches(lost), [*_sort_batches(not_begun), *waiting]


def _may_submit(batch: Batch, submitted: Iterable[Batch]) -> bool:
    """Return True if a batch belongs to the parts of the run that may be extracted together with those submitted."""
    return len({batch.run_id, *(other.run_id for other in submitted)}) <= MAX_PARTS_AT_ONCE


def _sort_batches(batches: Iterable[Batch]) -> list[Batch]:
    """Return batches in the order of their numbers."""
    return sorted(batches, key=lambda batch: batch.number)


@dataclass(frozen=True, slots=True)
class _WorkerPool:
    """Worker processes, and as many threads, which each wait for a worker to extract a batch."""

    processes: ProcessPoolExecutor
    threads: ThreadPoolExecutor
    is_ending: Event
    """set when a worker has died or the run has failed: no other batch begins"""

    def submit(self, batch: Batch) -> "Future[BatchOutcome | None]":
        """Have a batch extracted by the next free worker; None is the outcome if it was not begun."""
        # Each thread needs its own copy of the context, by which Prefect knows the run.
        return self.threads.submit(copy_context().run, self._extract, batch)

    def _extract(self, batch: Batch) -> BatchOutcome | None:
        if self.is_ending.is_set():
            return None
        outcome = extract_as_task(partial(_extract_in_worker, self.processes), batch)
        if isinstance(outcome, BrokenExecutor):
            self.is_ending.set()
        return outcome


@contextmanager
def _open_workers(model: str, workers: int) -> Iterator[_WorkerPool]:
    """Yield workers, which are ended if the block fails, so that the threads that wait for them end too."""
    with open_worker_pool(model, workers) as processes, ThreadPoolExecutor(workers) as threads:
        pool = _WorkerPool(processes, threads, Event())
        try:
            yield pool
        except BaseException:
            pool.is_ending.set()
            terminate_workers()
            raise


def _extract_in_worker(pool: ProcessPoolExecutor, batch: Batch) -> RowCounts:
    """Extract a batch in a worker process; end the workers and raise TimeoutError if it takes too long."""
    future = pool.submit(extract_to_stage, batch)
    if not wait([future], MAX_BATCH_SECONDS).done:
        terminate_workers()
        raise TimeoutError(f"the batch took more than {MAX_BATCH_SECONDS:,.0f} seconds")
    return future.result()


@contextmanager
def open_worker_pool(model: str, workers: int) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of worker processes, which start with the first batches.

    They are forked from the fork server if there is one; otherwise each loads the model itself.
    """
    context = multiprocessing.get_context("forkserver" if fork_server.is_fork_server_running() else "spawn")
    with ProcessPoolExecutor(workers, context, initialise_worker, (model,)) as pool:
        yield pool
