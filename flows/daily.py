"""The daily run: read, extract, resolve, publish.

``python -m flows.daily`` does what ``counterclaim run`` does, with the same arguments.
"""

import runpy
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
from prefect import flow, runtime

from flows.parameters import (
    BatchSize,
    ClusterAddress,
    ColumnNames,
    Day,
    ForgettableParameter,
    ModelName,
    NonEmptyText,
    SiteAddress,
    SourcePaths,
    WarehouseAddress,
    WebAddress,
    WorkerCount,
)
from flows.pipeline.intake import Intake, IntakeRequest, load_known_documents, take_in_documents
from flows.pipeline.run_summary import RunSummary
from flows.pipeline.stage import Stage
from flows.runtime.progress import RunProgress
from flows.runtime.run_execution import run_pipeline
from flows.runtime.settings import (
    DEFAULT_BATCH_SIZE,
    DEFAULT_MODEL,
    DEFAULT_WAREHOUSE,
    DEFAULT_WORKERS,
    SAMPLE_ARTICLES,
    Runner,
)
from flows.runtime.site_updates import choose_site, update_site
from flows.runtime.workers.worker_pool import ExtractionSettings
from tasks.version import compute_extractor_version
from warehouse.storage.store import Store

MAX_PATHS_NAMED = 3
"""paths in the name of a run"""


def _make_daily_run_name() -> str:
    """Return the name of a run: what it reads, the publisher if one is given, and the time."""
    given = runtime.flow_run.parameters
    paths = given.get("paths") or [SAMPLE_ARTICLES]
    source = ", ".join(Path(path).name for path in paths[:MAX_PATHS_NAMED])
    source += ", …" if len(paths) > MAX_PATHS_NAMED else ""
    return " · ".join(filter(None, (source, given.get("publisher"), f"{datetime.now(UTC):%Y-%m-%d %H:%M}")))


@flow(name="daily", flow_run_name=_make_daily_run_name)
def daily(
    paths: SourcePaths = (SAMPLE_ARTICLES,),
    warehouse: WarehouseAddress = DEFAULT_WAREHOUSE,
    publisher: NonEmptyText | None = None,
    published: Day | None = None,
    model: ModelName = DEFAULT_MODEL,
    workers: WorkerCount = DEFAULT_WORKERS,
    batch_size: BatchSize = DEFAULT_BATCH_SIZE,
    columns: ColumnNames = None,
    runner: Runner = "process",
    cluster: ClusterAddress = None,
    forget: Sequence[ForgettableParameter] = (),
    site: NonEmptyText | None = None,
    publish: SiteAddress = None,
    site_url: WebAddress = None,
) -> RunSummary:
    """Read news text and publish who said what, who denied it, and which claim each denial answers.

    Args:
        paths: Files, folders or globs of texts, web pages, PDF and Word files, corpora, feeds, web archives or e-mail
            messages, on the machine that runs the flow.
        warehouse: Folder of the tables, or s3://bucket/path; created if it does not exist.
        publisher: Publisher of documents that do not state theirs. It is remembered for later runs.
        published: Date of publication of documents that do not state theirs. It is remembered for later runs.
        model: Package of the spaCy pipeline; it must be installed.
        workers: Workers that extract at the same time; each takes about 0.6 GB of memory.
        batch_size: Documents that a worker takes at a time, at most.
        columns: Names of the columns of a corpus, by field (text, html, id, url, title, author, publisher,
            published_at), if they differ from the names of the fields.
        runner: Where batches are extracted: in processes or threads of this machine, or on a Dask or Ray
            cluster, which needs the extra of that name.
        cluster: Address of the Dask scheduler (tcp://host:8786) or of Ray (ray://host:10001). If none is given, a
            local cluster is started for the run.
        forget: Values of earlier runs that no longer hold for these documents: publisher, published.
        site: Folder of a site, as `counterclaim report --site` writes it, to bring up to date after the run; none by
            default. The artifact `site` links to its new accusations, new denials and newly contested claims.
        publish: Place in a bucket, s3://bucket/prefix, to which what changed in the site is uploaded; none by default.
        site_url: Address at which readers find the site, https://...; the links of the artifact lead there. Without it
            they lead to the folder, which a browser opens only if the link is copied.
    """
    target = choose_site(site, publish, site_url)
    request = IntakeRequest(
        paths=paths,
        publisher=publisher,
        published=published,
        columns=dict[str, str]((columns or {}).items()),
        forget=forget,
        extractor_version=compute_extractor_version(model),
    )
    settings = ExtractionSettings(
        model=model, workers=workers, batch_size=batch_size, runner=runner, cluster=cluster
    )
    summary = run_pipeline(partial(_take_in_sources, request), warehouse, settings)
    if target:
        update_site(warehouse, target)
    return summary


def _take_in_sources(
    request: IntakeRequest, store: Store, stage: Stage, progress: RunProgress
) -> tuple[Intake, pa.Table]:
    """Spool the new documents of the sources in the stage; return the intake, and the stored documents concerned."""
    known = load_known_documents(store, request.paths)
    intake = take_in_documents(request, known, stage, progress.report_read)
    return intake, known.find_concerned(intake.readings.table)


if __name__ == "__main__":
    # The command line imports the flows, so the flows cannot import it. It also imports this module under its own name,
    # since tasks of a module __main__ are pickled by value and would load the model each time.
    sys.argv.insert(1, "run")
    runpy.run_module("flows.cli", run_name="__main__")
