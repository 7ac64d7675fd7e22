"""Extract stored documents again, from their stored text."""

from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
from prefect import flow, runtime

from flows.parameters import (
    BatchSize,
    ClusterAddress,
    Day,
    ModelName,
    NonEmptyText,
    WarehouseAddress,
    WorkerCount,
)
from flows.pipeline.intake import Intake, spool_stored_documents
from flows.pipeline.run_summary import RunSummary
from flows.pipeline.stage import Stage
from flows.pipeline.staging import SPOOL_SCHEMA
from flows.runtime.progress import RunProgress
from flows.runtime.run_execution import run_pipeline
from flows.runtime.settings import (
    DEFAULT_BATCH_SIZE,
    DEFAULT_MODEL,
    DEFAULT_WAREHOUSE,
    DEFAULT_WORKERS,
    Runner,
)
from flows.runtime.workers.worker_pool import ExtractionSettings
from tasks.version import compute_extractor_version
from warehouse.errors import InputError
from warehouse.storage.store import Store

DOCUMENTS_PER_CHUNK = 1_000
"""documents held in memory at a time"""

NO_VERSION = ""
"""the version of no extractor: documents that are planned with it are extracted again"""


def _make_backfill_run_name() -> str:
    """Return the name of a run: from which day it extracts stored documents."""
    since = runtime.flow_run.parameters.get("since")
    return f"backfill since {since}" if since else "backfill of all documents"


@flow(name="backfill", flow_run_name=_make_backfill_run_name)
def backfill(
    since: Day | None = None,
    until: Day | None = None,
    extractor_version: NonEmptyText | None = None,
    warehouse: WarehouseAddress = DEFAULT_WAREHOUSE,
    model: ModelName = DEFAULT_MODEL,
    workers: WorkerCount = DEFAULT_WORKERS,
    batch_size: BatchSize = DEFAULT_BATCH_SIZE,
    runner: Runner = "process",
    cluster: ClusterAddress = None,
) -> RunSummary:
    """Extract stored documents again from their stored text; no source file is opened.

    Args:
        since: First day of publication. With neither day, all documents are extracted, undated ones too.
        until: Last day of publication; no limit by default.
        extractor_version: Only documents whose rows were made by this version (`documents.extractor_version`).
        warehouse: Folder of the tables, or s3://bucket/path.
        model: Package of the spaCy pipeline; it must be installed.
        workers: Workers that extract at the same time; each takes about 0.6 GB of memory.
        batch_size: Documents that a worker takes at a time, at most.
        runner: Where batches are extracted, as for the daily flow.
        cluster: Address of the cluster, as for the daily flow.
    """
    if since and until and until < since:
        raise InputError(f"until, {until}, is before since, {since}: no day lies between them.")
    Store(warehouse).check_present()
    is_selected = _make_document_filter(since, until, extractor_version)
    take_in = partial(_take_in_stored_documents, is_selected, compute_extractor_version(model))
    settings = ExtractionSettings(
        model=model, workers=workers, batch_size=batch_size, runner=runner, cluster=cluster
    )
    return run_pipeline(take_in, warehouse, settings)


def _take_in_stored_documents(
    is_selected: pc.Expression, version: str, store: Store, stage: Stage, progress: RunProgress
) -> tuple[Intake, pa.Table]:
    """Spool the selected documents in the stage; return the intake, and the documents as if never extracted."""
    documents = store.open_datasets(("documents",))["documents"].to_batches(
        columns=SPOOL_SCHEMA.names, filter=is_selected, batch_size=DOCUMENTS_PER_CHUNK
    )
    intake = spool_stored_documents(documents, store.read("rejects"), stage, version)
    progress.report_read(intake.document_count)
    readings = intake.readings.table
    versions = pa.nulls(readings.num_rows, pa.string()).fill_null(NO_VERSION)
    return intake, readings.append_column("extractor_version", versions)


def _make_document_filter(
    since: Day | None, until: Day | None, extractor_version: str | None
) -> pc.Expression:
    """Return the condition on ``documents`` that selects what to extract again."""
    condition = pc.field("doc_id").is_valid()
    if since:
        condition &= pc.field("published_at") >= since
    if until:
        condition &= pc.field("published_at") <= until
    if extractor_version:
        condition &= pc.field("extractor_version") == extractor_version
    return condition
