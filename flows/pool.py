"""Batches over worker processes: the policy of extraction, and what happens when a worker dies."""

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import BrokenExecutor

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture, as_completed
from prefect.task_runners import ProcessPoolTaskRunner
from prefect.tasks import exponential_backoff

from flows.extracting import Batch, extract, start_worker, stop_workers

Found = dict[str, int] | BaseException
"""number of rows by table, or what a batch failed of"""

# A worker can run out of memory, or lose its disk for a moment: that passes. A document that cannot be
# extracted is a reject, no error; what still fails after two retries is refused, and the other batches land.
extract_batch = task(
    name="extract",
    task_run_name="extract batch {batch.number}",
    retries=2,
    retry_delay_seconds=exponential_backoff(backoff_factor=2),
    retry_jitter_factor=0.5,
    timeout_seconds=1800,
    cache_policy=NO_CACHE,
)(extract)


def extracted(batches: Sequence[Batch], workers: int) -> Iterator[tuple[Batch, Found]]:
    """Yield each batch and its counts, or what it failed of, when it is done."""
    if min(workers, len(batches)) <= 1:
        # A process would import Prefect and the model anew.
        for batch in batches:
            yield batch, extract_batch(batch, return_state=True).result(raise_on_failure=False)
    else:
        yield from in_any_process(batches, workers)


def in_any_process(batches: Sequence[Batch], workers: int) -> Iterator[tuple[Batch, Found]]:
    """Yield each batch and its counts, or what it failed of, though a worker may die of it."""
    lost = yield from in_processes(batches, workers)
    # A worker that dies takes all that waits with it, and one of those that were under way is the cause.
    under_way = 2 * workers + 1
    if lost[under_way:]:
        yield from in_any_process(lost[under_way:], workers)
    suspects = lost[:under_way]
    while suspects and (suspects := (yield from in_processes(suspects, 1))):
        # One process takes them in order: it died of the first that it did not finish.
        yield suspects.pop(0), BrokenExecutor("the worker process died of it twice")


def in_processes(batches: Sequence[Batch], workers: int) -> Generator[tuple[Batch, Found], None, list[Batch]]:
    """Yield each finished batch and its counts; return those that were lost with a worker, in order."""
    lost = []
    with ProcessPoolTaskRunner(workers, initializer=start_worker, initargs=(batches[0].model,)) as pool:
        futures: dict[PrefectFuture[dict[str, int]], Batch] = {
            pool.submit(extract_batch, {"batch": batch}): batch for batch in batches
        }
        try:
            for future in as_completed(list(futures)):
                try:
                    yield futures[future], future.result(raise_on_failure=False)
                except BrokenExecutor:
                    lost.append(futures[future])
        except BaseException:
            stop_workers()
            raise
    return sorted(lost, key=lambda batch: batch.number)
