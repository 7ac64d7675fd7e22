"""The daily run: read, extract, resolve, publish.

``python -m flows.daily`` does what ``counterclaim run`` does, with the same arguments.
"""

import sys
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from prefect import flow, get_run_logger, runtime, task

from flows.parameters import (
    BatchSize,
    Cluster,
    Columns,
    Day,
    Model,
    Name,
    Paths,
    Said,
    Warehouse,
    Workers,
    forgotten,
)
from flows.pipeline.batches import counted
from flows.pipeline.extraction import refuse
from flows.pipeline.intake import Intake, Part, deal, known_documents, read
from flows.pipeline.intake_plan import Known
from flows.pipeline.resolution import resolve
from flows.pipeline.run_ledger import Ledger
from flows.pipeline.run_summary import Summary, run_row, summarise
from flows.pipeline.staging import discard_rows, staging
from flows.runtime.artifacts import Bar, is_of_a_deployment, name_by_size, publish_artifacts
from flows.runtime.failure_policy import RUN_ATTEMPTS, STEPS, ending
from flows.runtime.prefect_calls import Reporting, keep_summary, limit_exit, untagged
from flows.runtime.progress import Meter, metered, screen
from flows.runtime.settings import ARTICLES, BATCH_SIZE, MODEL, WAREHOUSE, WORKERS, Runner
from flows.runtime.worker_pool import Means, extracted
from tasks.document.records import Metadata
from tasks.version import version_of
from warehouse.storage.store import OvertakenError, Store, Writer

T = TypeVar("T")
TakeIn = Callable[[Store, Path, Meter], tuple[Intake, list[Known]]]
"""spools documents in the stage; returns them, and what the warehouse is taken to hold of them and their sources"""


def step(name: str, work: Callable[[], T]) -> T:
    """Do the work as a task of this name; what it needs is no parameter, so that Prefect need not walk it."""
    return task(name=name, task_run_name=name, **STEPS[name])(work)()


@dataclass
class Course:
    """A run under way: where it publishes its parts, on top of which version, and what came of them."""

    store: Store
    writer: Writer
    stage: Path
    base: int
    began: datetime
    """when the part began that is published next"""
    changed: bool = False
    run: dict[str, Any] = field(default_factory=dict)
    """the row of ``runs`` of the part that was published last"""
    rejects: list[dict[str, Any]] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    """errors of the steps over all documents that failed in the part that was published last"""

    def publish(self, part: Part, ledger: Ledger, is_last: bool) -> None:
        """Resolve and publish what the batches of a part made."""
        outcome = step("resolve", lambda: resolve(self.store, self.stage, ledger, part, is_last))
        parameters, version = runtime.flow_run.parameters, ledger.intake.version
        self.run = run_row(part.run_id, self.began, parameters, outcome.counts, version)
        published = step("publish", lambda: self.writer.publish(outcome.with_run(self.run), self.base))
        ledger.note(outcome.settled, outcome.counts)
        discard_rows(self.stage, (batch.number for batch in part.batches))
        self.base = published or self.base
        self.changed |= published is not None
        self.began = self.run["finished_at"]
        self.rejects += outcome.rejects
        self.failed = outcome.failed
        for name, error in outcome.failed.items():
            get_run_logger().error("%s failed: %s. The documents are published without it.", name, error)


def extract_all(parts: Sequence[Part], means: Means, meter: Meter) -> Generator[Part]:
    """Yield each part when its batches are extracted; those that fail leave rejects in the place of rows."""
    batches = [batch for part in parts for batch in part.batches]
    if not batches:
        yield from parts
        return
    meter.plan(sum(len(batch.documents) for batch in batches), len(batches))
    waiting = Counter({part.run_id: sum(len(batch.documents) for batch in part.batches) for part in parts})
    by_id = {part.run_id: part for part in parts}
    with closing(extracted(batches, means)) as all_found:
        for batch, found in all_found:
            if isinstance(found, BaseException):
                held = ", ".join(refuse(batch, found))
                failed = f"batch {batch.number} failed: {type(found).__name__}: {found}"
                get_run_logger().warning("%s; it held %s", failed, held, extra={"doc_id": held})
                meter.batch(len(batch.documents), f"failed, its documents are rejected: {found}")
            else:
                meter.batch(len(batch.documents), f"{found['claims']} claims, {found['denials']} denials")
            waiting[batch.run_id] -= len(batch.documents)
            if not waiting[batch.run_id]:
                part = by_id.pop(batch.run_id)
                if by_id:
                    yield part
    # The last one when the workers have gone, and their memory with them.
    yield part


def carry_out(take_in: TakeIn, warehouse: str, means: Means) -> Summary:
    """Take documents in, extract, resolve and publish them: what every flow that changes the tables does.

    Where another writer published meanwhile, as can happen on object storage, all is done again on top of it.
    A batch that failed for good ends the run as :func:`flows.runtime.failure_policy.ending` says.
    """
    for _ in range(RUN_ATTEMPTS - 1):
        try:
            return ending(attempt(take_in, warehouse, means))
        except OvertakenError as error:
            get_run_logger().warning(f"{error} Starting again.")
    return ending(attempt(take_in, warehouse, means))


def attempt(take_in: TakeIn, warehouse: str, means: Means) -> Summary:
    """Do a whole run once, whether Prefect's server answers or not."""
    reporting = Reporting(get_run_logger().warning)
    with untagged():
        summary = publish_all(take_in, warehouse, means, reporting)
    keep_summary(summary)
    reporting.try_call(lambda: publish_artifacts(summary))
    if is_of_a_deployment():
        limit_exit()
    reporting.await_server()
    return summary


def publish_all(take_in: TakeIn, warehouse: str, means: Means, reporting: Reporting) -> Summary:
    """Take in, extract and publish documents in parts, and return what came of them."""
    started = datetime.now(UTC)
    run_id = f"{started:%Y%m%dT%H%M%S}-{str(runtime.flow_run.id)[:8]}"
    store = Store(warehouse)
    with (
        metered(get_run_logger().info, Bar(reporting).move, screen(is_of_a_deployment())) as meter,
        store.writing(meter.wait) as writer,
        staging(warehouse, run_id) as stage,
    ):
        course = Course(store, writer, stage, store.version(), started)
        intake, known = step("read", lambda: take_in(store, stage, meter))
        reporting.try_call(lambda: name_by_size(intake.count))
        ledger = Ledger(intake, known)
        parts = deal(intake, known, stage, run_id, means.model, means.batch_size, means.workers)
        with closing(extract_all(parts, means, meter)) as ready:
            for left, part in zip(reversed(range(len(parts))), ready, strict=True):
                course.publish(part, ledger, is_last=not left)
                if left:
                    meter.say(f"published {counted(ledger.counts['stored'])} so far")
    run = course.run | {"run_id": run_id, "started_at": started, "counts": dict(ledger.counts)}
    tasks = 1 + sum(len(part.batches) + 2 for part in parts)
    return replace(
        summarise(run, str(runtime.flow_run.id), tasks, warehouse, course.changed, course.rejects),
        failed_steps=course.failed,
    )


def run_name() -> str:
    """Return the name of a run: what it reads, from whom if that is given, and when."""
    given = runtime.flow_run.parameters
    paths = given.get("paths") or [ARTICLES]
    source = ", ".join(Path(path).name for path in paths[:3]) + (", …" if len(paths) > 3 else "")
    return " · ".join(filter(None, (source, given.get("publisher"), f"{datetime.now(UTC):%Y-%m-%d %H:%M}")))


@flow(name="daily", flow_run_name=run_name)
def daily(
    paths: Paths = (ARTICLES,),
    warehouse: Warehouse = WAREHOUSE,
    publisher: Name | None = None,
    published: Day | None = None,
    model: Model = MODEL,
    workers: Workers = WORKERS,
    batch_size: BatchSize = BATCH_SIZE,
    columns: Columns = None,
    runner: Runner = "process",
    cluster: Cluster = None,
    forget: Sequence[Said] = (),
) -> Summary:
    """Read news text and publish who said what, who denied it, and which claim each denial answers.

    Args:
        paths: Files, folders or globs of texts, pages, PDF, corpora, feeds, web archives or messages, as the
            machine sees them that runs the flow.
        warehouse: Folder of the tables, or s3://bucket/path; it is created where there is none.
        publisher: Outlet, for documents that do not name theirs. It is remembered: later runs need not say it.
        published: Date of publication, for documents that do not state theirs. It is remembered too.
        model: Package of the spaCy pipeline; it must be installed.
        workers: How many extract at the same time; each takes about 0.6 GB.
        batch_size: Most documents that one worker takes at a time.
        columns: Field (text, html, id, url, title, author, publisher, published_at) and the name that the
            columns of a corpus have for it, where that differs.
        runner: Where batches are extracted: in processes or threads of this machine, or on a Dask or Ray
            cluster, which need the extras of these names.
        cluster: Address of the Dask scheduler (tcp://host:8786) or of Ray (ray://host:10001); where none is
            given, a cluster of this machine is started for the run.
        forget: What was said of these documents in earlier runs and no longer holds: publisher, published.
    """
    defaults = Metadata(publisher=publisher, published_at=published)
    names = dict[str, str]((columns or {}).items())

    def take_in(store: Store, stage: Path, meter: Meter) -> tuple[Intake, list[Known]]:
        known = known_documents(store)
        intake = read(paths, defaults, known, stage, meter.read, version_of(model), names, forgotten(forget))
        return intake, known.concerned(intake.readings)

    return carry_out(take_in, warehouse, Means(model, workers, batch_size, runner, cluster))


if __name__ == "__main__":
    # Not the flow of this module __main__: its tasks would be pickled by value and load the model each time.
    from flows.cli import main

    main(["run", *sys.argv[1:]])
