"""Extraction of batches in processes, in threads or on a cluster; a batch that fails is split."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from prefect import task
from prefect.futures import PrefectFuture, as_completed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.pipeline.batches import Batch
from flows.pipeline.extraction import extract_to_stage, get_knowledge, is_system_failure
from flows.pipeline.stage import Stage
from flows.pipeline.staging import discard_staged_half
from flows.runtime.failure_policy import EXTRACT_POLICY, MAX_BATCH_SECONDS
from flows.runtime.settings import DEFAULT_BATCH_SIZE, DEFAULT_MODEL, DEFAULT_WORKERS, Runner
from flows.runtime.workers import fork_server
from flows.runtime.workers.worker_processes import BatchOutcome, extract_in_processes

extract_batch_task = task(
    name="extract",
    task_run_name="{batch.task_name}",
    timeout_seconds=MAX_BATCH_SECONDS,
    **EXTRACT_POLICY,
)(extract_to_stage)


@dataclass(frozen=True, slots=True)
class ExtractionSettings:
    """How batches are extracted."""

    model: str = DEFAULT_MODEL
    workers: int = DEFAULT_WORKERS
    batch_size: int = DEFAULT_BATCH_SIZE
    """documents in a batch at most"""
    runner: Runner = "process"
    cluster: str | None = None
    """address of a Dask scheduler or of Ray; None for a cluster of this machine"""


def extract_batches(
    batches: Sequence[Batch], settings: ExtractionSettings
) -> Generator[tuple[Batch, BatchOutcome]]:
    """Yield each batch and its outcome when it is done.

    A batch of several documents that fails is split in two and tried again, until the document that causes the
    failure is found; the number of rounds is the logarithm of the size of the batch. A batch that fails because of the
    system is not split, since its halves would fail too.
    """
    with (
        fork_server.keep_fork_server(settings.model) if _uses_processes(batches, settings) else nullcontext()
    ):
        waiting = list(batches)
        while waiting:
            halves: list[Batch] = []
            for batch, outcome in _extract_batches_once(waiting, settings):
                if isinstance(outcome, dict) or len(batch.documents) == 1 or is_system_failure(outcome):
                    yield batch, outcome
                else:
                    discard_staged_half(Stage(batch.stage), batch.number, batch.half)
                    halves += batch.split()
            waiting = halves


def _uses_processes(batches: Sequence[Batch], settings: ExtractionSettings) -> bool:
    """Return True if batches are extracted in worker processes of this machine.

    A single worker extracts in the process of the run, unless there is a fork server: a new process would have to
    load Prefect and the model again.
    """
    return (
        settings.runner == "process"
        and bool(batches)
        and (settings.workers > 1 or fork_server.is_fork_server_running())
    )


def _extract_batches_once(
    batches: Sequence[Batch], settings: ExtractionSettings
) -> Iterator[tuple[Batch, BatchOutcome]]:
    """Yield each batch and its outcome when it is done; none is split."""
    if settings.runner in ("dask", "ray"):
        yield from _extract_on_runner(_make_task_runner(settings), batches)
    elif _uses_processes(batches, settings):
        yield from extract_in_processes(batches, settings.workers)
    elif settings.runner == "thread" and min(settings.workers, len(batches)) > 1:
        get_knowledge(settings.model)  # loaded once, before several threads need it
        yield from _extract_on_runner(_make_task_runner(settings), batches)
    else:
        for batch in batches:
            yield batch, extract_batch_task(batch, return_state=True).result(raise_on_failure=False)


def _make_task_runner(settings: ExtractionSettings) -> TaskRunner[Any]:
    """Return the task runner; the extras are imported only here, since Prefect starts slower with them."""
    runner: TaskRunner[Any]
    if settings.runner == "dask":
        from prefect_dask import DaskTaskRunner

        # One thread per worker, since extraction is no faster in two.
        own = {"n_workers": settings.workers, "threads_per_worker": 1, "dashboard_address": ":0"}
        runner = DaskTaskRunner(address=settings.cluster, cluster_kwargs=None if settings.cluster else own)
    elif settings.runner == "ray":
        from prefect_ray import RayTaskRunner

        own = {"num_cpus": settings.workers, "include_dashboard": False}
        runner = RayTaskRunner(settings.cluster, init_kwargs=None if settings.cluster else own)
    else:
        runner = ThreadPoolTaskRunner(max_workers=settings.workers)
    return runner


def _extract_on_runner(
    runner: TaskRunner[Any], batches: Sequence[Batch]
) -> Iterator[tuple[Batch, BatchOutcome]]:
    """Yield each batch and its outcome, from threads or from a cluster, which replaces workers that die."""
    with runner as pool:
        futures: dict[PrefectFuture[dict[str, int]], Batch] = {
            pool.submit(extract_batch_task, {"batch": batch}): batch for batch in batches
        }
        for future in as_completed(list(futures)):
            try:
                yield futures[future], future.result(raise_on_failure=False)
            except Exception as error:  # each kind of cluster raises its own errors if a worker dies
                yield futures[future], error
