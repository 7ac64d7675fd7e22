"""Flows beside the daily one: extract stored documents anew, and keep the tables whole and compact."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from prefect import flow, get_run_logger, runtime

from flows.daily import carry_out
from flows.parameters import BatchSize, Cluster, Day, KeepHours, Model, Name, Warehouse, Workers
from flows.pipeline.intake import Intake
from flows.pipeline.intake_plan import Known, Reading
from flows.pipeline.run_summary import Summary
from flows.pipeline.staging import METADATA, Spool
from flows.runtime.progress import Meter
from flows.runtime.settings import BATCH_SIZE, MODEL, WAREHOUSE, WORKERS, Runner
from flows.runtime.worker_pool import Means
from tasks.document.records import Document, Metadata
from tasks.version import version_of
from warehouse.errors import FailureError, InputError
from warehouse.maintenance.compaction import RETENTION_HOURS, compact
from warehouse.storage.store import Store

CHUNK = 1_000
"""documents held at a time"""
ANEW = ""
"""the version of no extractor: what is known with it is planned to be extracted again"""
FIELDS = {field.name for field in fields(Document)} - {"metadata"}


class VerifyError(FailureError):
    """The warehouse breaks a promise: the message names the rows."""


def backfill_name() -> str:
    """Return the name of a run: from which day on it extracts stored documents."""
    since = runtime.flow_run.parameters.get("since")
    return f"backfill since {since}" if since else "backfill of all documents"


@flow(name="backfill", flow_run_name=backfill_name)
def backfill(
    since: Day | None = None,
    until: Day | None = None,
    extractor_version: Name | None = None,
    warehouse: Warehouse = WAREHOUSE,
    model: Model = MODEL,
    workers: Workers = WORKERS,
    batch_size: BatchSize = BATCH_SIZE,
    runner: Runner = "process",
    cluster: Cluster = None,
) -> Summary:
    """Extract stored documents anew from their stored text; no source file is opened.

    Args:
        since: First day of publication; where neither day is given, all documents, undated ones too.
        until: Last day of publication; the default is today and later.
        extractor_version: Only the documents whose rows this version made, as `documents.extractor_version` has it.
        warehouse: Folder of the tables, or s3://bucket/path.
        model: Package of the spaCy pipeline; it must be installed.
        workers: How many extract at the same time; each takes about 0.6 GB.
        batch_size: Most documents that one worker takes at a time.
        runner: Where batches are extracted, as for the daily flow.
        cluster: Address of the cluster, as for the daily flow.
    """
    if since and until and until < since:
        raise InputError(f"until, {until}, is before since, {since}: no day lies between them.")
    wanted = pc.field("doc_id").is_valid()
    if since:
        wanted &= pc.field("published_at") >= since
    if until:
        wanted &= pc.field("published_at") <= until
    if extractor_version:
        wanted &= pc.field("extractor_version") == extractor_version

    version = version_of(model)

    def take_in(store: Store, stage: Path, meter: Meter) -> tuple[Intake, list[Known]]:
        documents = store.datasets(("documents",))["documents"].to_batches(filter=wanted, batch_size=CHUNK)
        intake = recall(documents, store.read("rejects"), stage, version)
        meter.read(intake.count)
        return intake, [Known(*reading, ANEW) for reading in intake.readings]

    return carry_out(take_in, warehouse, Means(model, workers, batch_size, runner, cluster))


def recall(documents: Iterable[pa.RecordBatch], rejects: pa.Table, stage: Path, version: str) -> Intake:
    """Spool stored documents; a source that has been rejected since for other content stays rejected."""
    intake = Intake(version)
    refused = dict(zip(rejects["source_uri"].to_pylist(), rejects["content_sha256"].to_pylist(), strict=True))
    with Spool(stage) as spool:
        for row in (row for chunk in documents for row in chunk.to_pylist()):
            metadata = Metadata(**{name: row[name] for name in METADATA})
            document = Document(**{name: row[name] for name in FIELDS}, metadata=metadata)
            reading = Reading(document.source_uri, document.content_sha256, document.doc_id)
            intake.spooled[reading] = (spool.append(document), len(document.text))
            intake.readings.append(reading)
            if refused.get(reading.source_uri) == reading.content_sha256:
                intake.sources.add(reading.source_uri)
    return intake


@flow(name="maintenance", flow_run_name="maintenance of {warehouse}")
def maintenance(
    warehouse: Warehouse = WAREHOUSE, keep_hours: KeepHours = RETENTION_HOURS, deep: bool = True
) -> dict[str, Any]:
    """Verify the tables, merge their small files, and remove those that no version kept needs, while others read.

    What breaks a promise is left as it is found: the run fails and names it.

    Args:
        warehouse: Folder of the tables, or s3://bucket/path.
        keep_hours: How long an older version can be restored; in a bucket, longer than any run may take.
        deep: Verify every byte of the files too, and not their rows alone.
    """
    # They ask DuckDB, which prints pages about itself when a process ends that imported it: not every run.
    from warehouse.maintenance.integrity import verify_deep
    from warehouse.maintenance.verification import verify

    log = get_run_logger()
    if problems := (verify_deep if deep else verify)(warehouse):
        raise VerifyError(f"{warehouse} breaks {len(problems)} promises: {'; '.join(map(str, problems))}")
    report = asdict(compact(warehouse, keep_hours, log.info))
    log.info("every check passed; merged: %s", report)
    return report
