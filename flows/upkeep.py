"""Flows beside the daily one: extract stored documents anew, and keep the tables compact."""

from dataclasses import asdict, fields
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.compute as pc
from prefect import flow, get_run_logger
from pydantic import Field

from flows.daily import carry_out
from flows.defaults import BATCH_SIZE, MODEL, WAREHOUSE, WORKERS
from flows.progress import Meter
from flows.reading import Intake
from flows.staging import METADATA, Spool
from flows.summary import Summary
from tasks.extraction import version_of
from tasks.read.plan import Known, Reading
from tasks.records import Document, Metadata
from warehouse.compact import RETENTION_HOURS
from warehouse.compact import compact as merge
from warehouse.store import Store

ANEW = ""
"""the version of no extractor: what is known with it is planned to be extracted again"""
FIELDS = {field.name for field in fields(Document)} - {"metadata"}


@flow(name="backfill", flow_run_name="backfill since {since}")
def backfill(
    since: date,
    until: date | None = None,
    extractor_version: str | None = None,
    warehouse: str = WAREHOUSE,
    model: str = MODEL,
    workers: Annotated[int, Field(ge=1, le=64)] = WORKERS,
    batch_size: Annotated[int, Field(ge=1, le=1000)] = BATCH_SIZE,
) -> Summary:
    """Extract stored documents anew from their stored text; no source file is opened.

    Args:
        since: First day of publication.
        until: Last day of publication; the default is today and later.
        extractor_version: Only the documents whose rows this version made, as `documents.extractor_version` has it.
        warehouse: Folder of the tables, or s3://bucket/path.
        model: Package of the spaCy pipeline.
        workers: Processes that extract at the same time; each holds the model, about 1 GB.
        batch_size: Most documents that one process takes at a time.
    """
    wanted = pc.field("published_at") >= since
    if until:
        wanted &= pc.field("published_at") <= until
    if extractor_version:
        wanted &= pc.field("extractor_version") == extractor_version

    version = version_of(model)

    def take_in(store: Store, stage: Path, meter: Meter) -> tuple[Intake, list[Known]]:
        intake = recall(store.read("documents", None, wanted), store.read("rejects"), stage, version)
        meter.read(intake.count)
        return intake, [Known(*reading, ANEW) for reading in intake.readings]

    return carry_out(take_in, warehouse, model, workers, batch_size)


def recall(documents: pa.Table, rejects: pa.Table, stage: Path, version: str) -> Intake:
    """Spool stored documents; a source that has been rejected since for other content stays rejected."""
    intake = Intake(version)
    refused = dict(zip(rejects["source_uri"].to_pylist(), rejects["content_sha256"].to_pylist(), strict=True))
    with Spool(stage) as spool:
        for row in documents.to_pylist():
            metadata = Metadata(**{name: row[name] for name in METADATA})
            document = Document(**{name: row[name] for name in FIELDS}, metadata=metadata)
            reading = Reading(document.source_uri, document.content_sha256, document.doc_id)
            intake.spooled[reading] = (spool.append(document), len(document.text))
            intake.readings.append(reading)
            if refused.get(reading.source_uri) == reading.content_sha256:
                intake.sources.add(reading.source_uri)
    return intake


@flow(name="compact", flow_run_name="compact {warehouse}")
def compact(
    warehouse: str = WAREHOUSE, keep_hours: Annotated[int, Field(ge=0)] = RETENTION_HOURS
) -> dict[str, Any]:
    """Merge small files of the tables and remove those that no version kept needs, while others read.

    Args:
        warehouse: Folder of the tables, or s3://bucket/path.
        keep_hours: How long an older version can be restored; on object storage no run may take longer.
    """
    report = asdict(merge(warehouse, keep_hours, get_run_logger().info))
    get_run_logger().info(str(report))
    return report
