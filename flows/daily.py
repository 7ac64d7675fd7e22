"""The daily run: read, extract, resolve, publish.

``python -m flows.daily`` does what ``counterclaim run`` does, with the same arguments.
"""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, TypeVar

from prefect import flow, get_run_logger, runtime, task
from prefect.cache_policies import NO_CACHE
from pydantic import Field

from flows.defaults import ARTICLES, BATCH_SIZE, MODEL, WAREHOUSE, WORKERS
from flows.extracting import Batch, refuse
from flows.pool import extracted
from flows.progress import Meter, metered
from flows.reading import Intake, deal, known_documents, read
from flows.resolving import resolve
from flows.staging import staging
from flows.summary import Summary, publish_artifacts, run_row, summarise
from tasks.extraction import version_of
from tasks.read.plan import Known
from tasks.records import Metadata
from warehouse.store import OvertakenError, Store

T = TypeVar("T")
ATTEMPTS = 4
"""times that a run starts again because another writer came first"""
TakeIn = Callable[[Store, Path, Meter], tuple[Intake, list[Known]]]
"""spools documents in the stage; returns them and what the warehouse is taken to know of them"""


def step(name: str, work: Callable[[], T]) -> T:
    """Do the work as a task of this name; what it needs is no parameter, so that Prefect need not walk it.

    No retries: reading reports what it cannot read, and a publication retries its own conflicts.
    """
    return task(name=name, task_run_name=name, cache_policy=NO_CACHE)(work)()


def extract_all(batches: Sequence[Batch], workers: int, meter: Meter) -> None:
    """Extract the batches; those that fail leave rejects in the place of rows."""
    if batches:
        meter.plan(sum(len(batch.documents) for batch in batches), len(batches))
    for batch, found in extracted(batches, workers):
        if isinstance(found, BaseException):
            refuse(batch, found)
            meter.batch(len(batch.documents), f"failed, its documents are rejected: {found}")
        else:
            meter.batch(len(batch.documents), f"{found['claims']} claims, {found['denials']} denials")


def carry_out(take_in: TakeIn, warehouse: str, model: str, workers: int, batch_size: int) -> Summary:
    """Take documents in, extract, resolve and publish them: what every flow that changes the tables does.

    Where another writer published meanwhile, as can happen on object storage, all is done again on top of it.
    """
    for _ in range(ATTEMPTS):
        try:
            return attempt(take_in, warehouse, model, workers, batch_size)
        except OvertakenError as error:
            get_run_logger().warning(f"{error} Starting again.")
    return attempt(take_in, warehouse, model, workers, batch_size)


def attempt(take_in: TakeIn, warehouse: str, model: str, workers: int, batch_size: int) -> Summary:
    """Do a whole run once."""
    started = datetime.now(UTC)
    run_id = f"{started:%Y%m%dT%H%M%S}-{str(runtime.flow_run.id)[:8]}"
    store = Store(warehouse)
    with (
        metered(get_run_logger().info) as meter,
        store.writing(meter.wait) as writer,
        staging(warehouse, run_id) as stage,
    ):
        base = store.version()
        intake, known = step("read", lambda: take_in(store, stage, meter))
        batches = deal(intake, known, stage, run_id, model, batch_size, workers)
        extract_all(batches, workers, meter)
        outcome = step("resolve", lambda: resolve(store, stage, intake, known, run_id))
        run = run_row(run_id, started, runtime.flow_run.parameters, outcome.counts, intake.version)
        version = step("publish", lambda: writer.publish(outcome.with_run(run), base))
    summary = summarise(run, len(batches) + 3, warehouse, version is not None, outcome.rejects)
    publish_artifacts(summary)
    return summary


def run_name() -> str:
    """Return the name of a run: what it reads, from whom if that is given, and when."""
    given = runtime.flow_run.parameters
    paths = given.get("paths") or [ARTICLES]
    source = ", ".join(Path(path).name for path in paths[:3]) + (", …" if len(paths) > 3 else "")
    return " · ".join(filter(None, (source, given.get("publisher"), f"{datetime.now(UTC):%Y-%m-%d %H:%M}")))


@flow(name="daily", flow_run_name=run_name)
def daily(
    paths: Sequence[str] = (ARTICLES,),
    warehouse: str = WAREHOUSE,
    publisher: str | None = None,
    published: date | None = None,
    model: str = MODEL,
    workers: Annotated[int, Field(ge=1, le=64)] = WORKERS,
    batch_size: Annotated[int, Field(ge=1, le=1000)] = BATCH_SIZE,
    columns: dict[str, str] | None = None,
) -> Summary:
    """Read news text and publish who said what, who denied it, and which claim each denial answers.

    Args:
        paths: Files, folders or globs of texts, pages, PDF, corpora, feeds, web archives or messages.
        warehouse: Folder of the tables, or s3://bucket/path; it is created where there is none.
        publisher: Outlet, for documents that do not name theirs.
        published: Date of publication, for documents that do not tell theirs.
        model: Package of the spaCy pipeline.
        workers: Processes that extract at the same time; each holds the model, about 1 GB.
        batch_size: Most documents that one process takes at a time.
        columns: Field (text, html, id, url, title, author, publisher, published_at) and the name that the
            columns of a corpus have for it, where that differs.
    """
    defaults = Metadata(publisher=publisher, published_at=published)

    def take_in(store: Store, stage: Path, meter: Meter) -> tuple[Intake, list[Known]]:
        known = known_documents(store)
        return read(paths, defaults, known, stage, meter.read, version_of(model), columns), known

    return carry_out(take_in, warehouse, model, workers, batch_size)


if __name__ == "__main__":
    # Not the flow of this module __main__: its tasks would be pickled by value and load the model each time.
    from flows.cli import main

    main(["run", *sys.argv[1:]])
