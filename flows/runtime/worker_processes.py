"""Batches in worker processes, and what happens when one of these dies.

A thread of the run does a task of Prefect for each batch and waits there for a worker process. The workers know
nothing of Prefect: whether a batch is done follows from its process, and no server is waited for. (Prefect's own task
runner for processes waits in the worker until its events are sent, for ever where their sender has ended.)
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
from flows.pipeline.extraction import extract, start_worker, stop_workers
from flows.runtime import fork_server
from flows.runtime.failure_policy import BATCH_SECONDS, EXTRACT, DiedTwiceError

Counts = dict[str, int]
"""number of rows by table"""
Found = Counts | BaseException
"""number of rows by table, or what a batch failed of"""


def extract_recorded(work: Callable[[Batch], Counts], batch: Batch) -> Found:
    """Do the work on a batch as a task, and return what it made or failed of.

    The work is no parameter, so that Prefect need not walk it.
    """
    name = f"extract batch {batch.number} of {batch.of}: {batch.size}"
    state = task(name="extract", task_run_name=name, **EXTRACT)(lambda: work(batch))(return_state=True)
    found: Found = state.result(raise_on_failure=False)
    return found


def extract_in_processes(batches: Sequence[Batch], workers: int) -> Generator[tuple[Batch, Found]]:
    """Yield each batch and its counts, or what it failed of, though a worker may die of it.

    A worker that dies takes the batches with it that are under way. They are tried again one at a time: a worker
    that dies then has died of the one batch that it had.
    """
    suspects: list[Batch] = []
    waiting = list(batches)
    while waiting:
        lost, waiting = yield from _in_pool(waiting, workers)
        suspects += lost
    while suspects:
        lost, suspects = yield from _in_pool(suspects, 1)
        for batch in lost:
            yield batch, DiedTwiceError("the worker process died of it twice")


def _in_pool(
    batches: Sequence[Batch], workers: int
) -> Generator[tuple[Batch, Found], None, tuple[list[Batch], list[Batch]]]:
    """Yield each finished batch and its counts until a worker dies.

    Return the batches that were under way then, and those that had not begun.
    """
    waiting, lost = deque(batches), list[Batch]()
    under_way: dict[Future[Found], Batch] = {}
    with (
        worker_pool(batches[0].model, workers) as pool,
        ThreadPoolExecutor(workers) as threads,
        stopping_workers(),
    ):
        while under_way or (waiting and not lost):
            while waiting and not lost and len(under_way) < workers:
                batch = waiting.popleft()
                call = partial(extract_recorded, partial(_extract_in, pool), batch)
                # Each thread needs a copy of its own of what tells Prefect which run this is.
                under_way[threads.submit(copy_context().run, call)] = batch
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                batch, found = under_way.pop(future), future.result()
                if isinstance(found, BrokenExecutor):
                    lost.append(batch)
                else:
                    yield batch, found
    return sorted(lost, key=lambda batch: batch.number), list(waiting)


def _extract_in(pool: ProcessPoolExecutor, batch: Batch) -> Counts:
    """Extract a batch in a worker process; raise TimeoutError, and end the workers, if it takes too long."""
    future = pool.submit(extract, batch)
    if not wait([future], BATCH_SECONDS).done:
        stop_workers()
        raise TimeoutError(f"the batch took more than {BATCH_SECONDS:,.0f} seconds")
    return future.result()


@contextmanager
def worker_pool(model: str, workers: int) -> Iterator[ProcessPoolExecutor]:
    """Yield worker processes, which start with the first batches.

    They are forked from the process that has loaded the model where there is one, and else load it themselves.
    """
    context = multiprocessing.get_context("forkserver" if fork_server.is_started() else "spawn")
    with ProcessPoolExecutor(workers, context, start_worker, (model,)) as pool:
        yield pool


@contextmanager
def stopping_workers() -> Iterator[None]:
    """End the worker processes at once where the block ends early: the threads that wait for them end then."""
    try:
        yield
    except BaseException:
        stop_workers()
        raise
