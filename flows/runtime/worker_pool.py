"""Batches over workers: processes, threads or a cluster; a batch that fails is split."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect import task
from prefect.futures import PrefectFuture, as_completed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.pipeline.batches import Batch
from flows.pipeline.extraction import extract, is_failure_of_system, knowledge
from flows.pipeline.staging import discard_piece
from flows.runtime import fork_server
from flows.runtime.failure_policy import BATCH_SECONDS, EXTRACT
from flows.runtime.settings import BATCH_SIZE, MODEL, WORKERS, Runner
from flows.runtime.worker_processes import Found, extract_in_processes

extract_batch = task(
    name="extract",
    task_run_name="extract batch {batch.number} of {batch.of}: {batch.size}",
    timeout_seconds=BATCH_SECONDS,
    **EXTRACT,
)(extract)


@dataclass(frozen=True, slots=True)
class Means:
    """What extraction has at hand: the model, and workers that take batches of at most so many documents."""

    model: str = MODEL
    workers: int = WORKERS
    batch_size: int = BATCH_SIZE
    runner: Runner = "process"
    cluster: str | None = None
    """address of a Dask scheduler or of Ray"""


def extracted(batches: Sequence[Batch], means: Means) -> Generator[tuple[Batch, Found]]:
    """Yield each batch and its counts, or what it failed of, when it is done.

    A batch of several documents that fails is split in two and tried again, until the one document is found that
    is to blame: as many rounds as the logarithm of its size. A system that fails is no fault of a document, and
    fails the halves too: such batches are not split.
    """
    with fork_server.loading(means.model) if uses_processes(batches, means) else nullcontext():
        waiting = list(batches)
        while waiting:
            halves: list[Batch] = []
            for batch, found in extracted_once(waiting, means):
                if isinstance(found, dict) or len(batch.documents) == 1 or is_failure_of_system(found):
                    yield batch, found
                else:
                    discard_piece(Path(batch.stage), batch.number, batch.piece)
                    halves += batch.split()
            waiting = halves


def uses_processes(batches: Sequence[Batch], means: Means) -> bool:
    """Return True if batches are extracted in worker processes of this machine.

    One worker alone extracts in the process of the run, unless there is a process to fork that has loaded Prefect and
    the model: another process would have to load both again.
    """
    return means.runner == "process" and bool(batches) and (means.workers > 1 or fork_server.is_started())


def extracted_once(batches: Sequence[Batch], means: Means) -> Iterator[tuple[Batch, Found]]:
    """Yield each batch and its counts, or what it failed of, when it is done; none is split."""
    if means.runner in ("dask", "ray"):
        yield from on(runner_of(means), batches)
    elif uses_processes(batches, means):
        yield from extract_in_processes(batches, means.workers)
    elif means.runner == "thread" and min(means.workers, len(batches)) > 1:
        knowledge(means.model)  # before several threads ask for it
        yield from on(runner_of(means), batches)
    else:
        for batch in batches:
            yield batch, extract_batch(batch, return_state=True).result(raise_on_failure=False)


def runner_of(means: Means) -> TaskRunner[Any]:
    """Return the task runner; the extras are imported here alone, since Prefect starts slower with them."""
    runner: TaskRunner[Any]
    if means.runner == "dask":
        from prefect_dask import DaskTaskRunner

        # One thread a worker: Python extracts no faster in two.
        own = {"n_workers": means.workers, "threads_per_worker": 1, "dashboard_address": ":0"}
        runner = DaskTaskRunner(address=means.cluster, cluster_kwargs=None if means.cluster else own)
    elif means.runner == "ray":
        from prefect_ray import RayTaskRunner

        own = {"num_cpus": means.workers, "include_dashboard": False}
        runner = RayTaskRunner(means.cluster, init_kwargs=None if means.cluster else own)
    else:
        runner = ThreadPoolTaskRunner(max_workers=means.workers)
    return runner


def on(runner: TaskRunner[Any], batches: Sequence[Batch]) -> Iterator[tuple[Batch, Found]]:
    """Yield each batch and what it made or failed of, on threads or a cluster that replaces dead workers."""
    with runner as pool:
        futures: dict[PrefectFuture[dict[str, int]], Batch] = {
            pool.submit(extract_batch, {"batch": batch}): batch for batch in batches
        }
        for future in as_completed(list(futures)):
            try:
                yield futures[future], future.result(raise_on_failure=False)
            except Exception as error:  # each cluster has errors of its own for a worker that died
                yield futures[future], error
