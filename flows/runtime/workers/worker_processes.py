"""Extraction of batches in worker processes, which may die.

For each batch a thread of the run executes a Prefect task and waits in it for a worker process. The workers do not use
Prefect: whether a batch is done depends on its process alone, never on the server. (Prefect's own task runner for
processes waits in the worker until its events are sent, without limit if their sender has ended.)
"""

import multiprocessing
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
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
from functools import partial

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


def extract_as_task(work: Callable[[Batch], RowCounts], batch: Batch) -> BatchOutcome:
    """Do the work on a batch as a task, and return its outcome.

    The work is no parameter of the task, so that Prefect does not walk through it.
    """
    name = f"extract batch {batch.number} of {batch.batch_count}: {batch.size_text}"
    state = task(name="extract", task_run_name=name, **EXTRACT_POLICY)(lambda: work(batch))(return_state=True)
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

    Returns the batches that were in progress then, and those that had not begun.
    """
    waiting, lost = deque(batches), list[Batch]()
    in_progress: dict[Future[BatchOutcome], Batch] = {}
    with (
        open_worker_pool(batches[0].model, workers) as pool,
        ThreadPoolExecutor(workers) as threads,
        _stop_workers_on_error(),
    ):
        while in_progress or (waiting and not lost):
            while waiting and not lost and len(in_progress) < workers:
                batch = waiting.popleft()
                call = partial(extract_as_task, partial(_extract_in_worker, pool), batch)
                # Each thread needs its own copy of the context, by which Prefect knows the run.
                in_progress[threads.submit(copy_context().run, call)] = batch
            for future in wait(in_progress, return_when=FIRST_COMPLETED).done:
                batch, outcome = in_progress.pop(future), future.result()
                if isinstance(outcome, BrokenExecutor):
                    lost.append(batch)
                else:
                    yield batch, outcome
    return sorted(lost, key=lambda batch: batch.number), list(waiting)


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


@contextmanager
def _stop_workers_on_error() -> Iterator[None]:
    """End the worker processes if the block fails, so that the threads waiting for them end too."""
    try:
        yield
    except BaseException:
        terminate_workers()
        raise
