"""The run of a flow: take documents in, extract them in parts, resolve and publish each part."""

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import pyarrow as pa
from prefect import get_run_logger, runtime, task

from flows.pipeline.batches import Batch
from flows.pipeline.extraction import reject_batch
from flows.pipeline.intake import Intake
from flows.pipeline.resolution import resolve_part
from flows.pipeline.run_ledger import RunLedger
from flows.pipeline.run_parts import PartSettings, RunPart, plan_parts
from flows.pipeline.run_summary import RunSummary, make_run_row, summarise_tables
from flows.pipeline.stage import Stage, open_cluster_stage, open_stage
from flows.pipeline.staging import discard_staged_rows, share_documents
from flows.runtime.artifacts import (
    ProgressArtifact,
    add_document_count_to_run_name,
    is_deployment_run,
    publish_artifacts,
)
from flows.runtime.failure_policy import MAX_RUN_ATTEMPTS, STEP_POLICIES, to_final_state
from flows.runtime.prefect_calls import OptionalCalls, keep_summary, limit_exit_time, remove_run_tags
from flows.runtime.progress import RunProgress, make_console, track_progress
from flows.runtime.workers.worker_pool import ExtractionSettings, extract_batches
from flows.runtime.workers.worker_processes import BatchOutcome
from flows.text_formats import format_document_count
from warehouse.storage.store import Store
from warehouse.storage.writer import OvertakenError, Writer

Result = TypeVar("Result")

IntakeStep = Callable[[Store, Stage, RunProgress], tuple[Intake, pa.Table]]
"""spools documents in the stage; returns the intake, and the stored documents with its ids or sources"""


def _run_as_task(name: str, work: Callable[[], Result]) -> Result:
    """Do the work as a task of this name; its input is no parameter, so that Prefect does not walk through it."""
    return task(name=name, task_run_name=name, **STEP_POLICIES[name])(work)()


@dataclass
class PartPublisher:
    """Publishes the parts of a run one after the other, and keeps the results."""

    store: Store
    writer: Writer
    stage: Stage
    base_version: int
    """the version that the next part is published on top of"""
    part_started_at: datetime
    changed: bool = False
    """True if a part has changed the tables"""
    run_row: dict[str, Any] = field(default_factory=dict)
    """the row of ``runs`` of the last part"""
    rejects: list[dict[str, Any]] = field(default_factory=list)
    failed_steps: dict[str, str] = field(default_factory=dict)
    """errors of the corpus steps that failed in the last part"""

    def publish(self, part: RunPart, ledger: RunLedger, is_last: bool) -> None:
        """Resolve and publish the rows that the batches of a part left in the stage."""
        outcome = _run_as_task("resolve", lambda: resolve_part(self.store, self.stage, ledger, part, is_last))
        parameters, version = runtime.flow_run.parameters, ledger.intake.extractor_version
        self.run_row = make_run_row(part.run_id, self.part_started_at, parameters, outcome.counts, version)
        change = outcome.to_change_with_run(self.run_row)
        published = _run_as_task("publish", lambda: self.writer.publish(change, self.base_version))
        ledger.record_part(outcome.part_changes, outcome.counts)
        discard_staged_rows(self.stage, (batch.number for batch in part.batches))
        self.base_version = published or self.base_version
        self.changed |= published is not None
        self.part_started_at = self.run_row["finished_at"]
        self.rejects += outcome.rejects
        self.failed_steps = outcome.failed_steps
        for name, error in outcome.failed_steps.items():
            get_run_logger().error(
                "The step %s failed: %s. The documents are published without its result.", name, error
            )


def _extract_parts(
    parts: Sequence[RunPart], settings: ExtractionSettings, progress: RunProgress
) -> Generator[RunPart]:
    """Yield each part when its batches are extracted; a batch that failed has left rejects instead of rows."""
    batches = [batch for part in parts for batch in part.batches]
    if not batches:
        yield from parts
        return
    progress.report_plan(sum(len(batch.documents) for batch in batches), len(batches))
    waiting = Counter({part.run_id: sum(len(batch.documents) for batch in part.batches) for part in parts})
    parts_by_id = {part.run_id: part for part in parts}
    with closing(extract_batches(batches, settings)) as outcomes:
        for batch, outcome in outcomes:
            _report_batch(batch, outcome, progress)
            waiting[batch.run_id] -= len(batch.documents)
            if not waiting[batch.run_id]:
                part = parts_by_id.pop(batch.run_id)
                if parts_by_id:
                    yield part
    # The last part follows when the workers have ended and their memory is free.
    yield part


def _report_batch(batch: Batch, outcome: BatchOutcome, progress: RunProgress) -> None:
    """Report the result of a batch; the documents of one that failed are rejected."""
    if not isinstance(outcome, BaseException):
        progress.report_batch(
            len(batch.documents), f"{outcome['claims']} claims, {outcome['denials']} denials"
        )
        return
    doc_ids = ", ".join(reject_batch(batch, outcome))
    failed = f"batch {batch.number} failed: {type(outcome).__name__}: {outcome}"
    get_run_logger().warning("%s; it held %s", failed, doc_ids, extra={"doc_id": doc_ids})
    progress.report_batch(len(batch.documents), f"failed, its documents are rejected: {outcome}")


def _extract_and_publish(
    parts: Sequence[RunPart],
    ledger: RunLedger,
    publisher: PartPublisher,
    settings: ExtractionSettings,
    progress: RunProgress,
) -> None:
    """Extract the parts and publish each when its batches are extracted."""
    with closing(_extract_parts(parts, settings, progress)) as extracted:
        for left, part in zip(reversed(range(len(parts))), extracted, strict=True):
            publisher.publish(part, ledger, is_last=not left)
            if left:
                progress.report_line(f"published {format_document_count(ledger.counts['stored'])} so far")


def run_pipeline(take_in: IntakeStep, warehouse: str, settings: ExtractionSettings) -> RunSummary:
    """Take documents in, extract, resolve and publish them, as every flow does that changes the tables.

    If another writer has published meanwhile, which can happen on object storage, the run is repeated on top of that
    version. If batches or steps failed, the run ends as :func:`flows.runtime.failure_policy.to_final_state` says.
    """
    for _ in range(MAX_RUN_ATTEMPTS - 1):
        try:
            return to_final_state(_attempt_run(take_in, warehouse, settings))
        except OvertakenError as error:
            get_run_logger().warning(f"{error} Starting again.")
    return to_final_state(_attempt_run(take_in, warehouse, settings))


def _attempt_run(take_in: IntakeStep, warehouse: str, settings: ExtractionSettings) -> RunSummary:
    """Do a whole run once, whether Prefect's server answers or not."""
    optional_calls = OptionalCalls(get_run_logger().warning)
    with remove_run_tags():
        summary = publish_all(take_in, warehouse, settings, optional_calls)
    keep_summary(summary)
    optional_calls.try_call(lambda: publish_artifacts(summary))
    if is_deployment_run():
        limit_exit_time()
    optional_calls.await_server()
    return summary


def _open_row_stage(
    warehouse: str, run_id: str, stage: Stage, settings: ExtractionSettings
) -> AbstractContextManager[Stage]:
    """Return the context of the stage into which workers write rows: the run's own, or one that a cluster reaches."""
    return open_cluster_stage(warehouse, run_id, stage) if settings.cluster else nullcontext(stage)


def _share_part(part: RunPart, stage: Stage, shared: Stage) -> RunPart:
    """Return a part whose batches read their documents from a stage that the workers of a cluster reach."""
    return replace(part, batches=tuple(share_documents(batch, stage, shared) for batch in part.batches))


def publish_all(
    take_in: IntakeStep, warehouse: str, settings: ExtractionSettings, optional_calls: OptionalCalls
) -> RunSummary:
    """Take in, extract and publish documents in parts, and return the summary of the run."""
    started = datetime.now(UTC)
    run_id = f"{started:%Y%m%dT%H%M%S}-{str(runtime.flow_run.id)[:8]}"
    store = Store(warehouse)
    with (
        track_progress(
            get_run_logger().info,
            ProgressArtifact(optional_calls).update,
            make_console(quiet=is_deployment_run()),
        ) as progress,
        store.open_writer(progress.report_waiting) as writer,
        open_stage(warehouse, run_id) as stage,
        _open_row_stage(warehouse, run_id, stage, settings) as row_stage,
    ):
        publisher = PartPublisher(store, writer, row_stage, store.read_version(), started)
        intake, known = _run_as_task("read", lambda: take_in(store, stage, progress))
        optional_calls.try_call(lambda: add_document_count_to_run_name(intake.document_count))
        ledger = RunLedger(intake, known)
        parts = plan_parts(intake, ledger.plan, _make_part_settings(stage, run_id, settings))
        if row_stage is not stage:
            parts = [_share_part(part, stage, row_stage) for part in parts]
        _extract_and_publish(parts, ledger, publisher, settings, progress)
    return RunSummary(
        run=publisher.run_row | {"run_id": run_id, "started_at": started, "counts": dict(ledger.counts)},
        warehouse=warehouse,
        changed=publisher.changed,
        tables=summarise_tables(warehouse),
        flow_run_id=str(runtime.flow_run.id),
        task_run_count=1 + sum(len(part.batches) + 2 for part in parts),
        rejects=publisher.rejects,
        failed_steps=publisher.failed_steps,
    )


def _make_part_settings(stage: Stage, run_id: str, settings: ExtractionSettings) -> PartSettings:
    """Return the settings by which a run is divided into parts."""
    return PartSettings(
        stage=stage,
        run_id=run_id,
        model=settings.model,
        batch_size=settings.batch_size,
        workers=settings.workers,
    )
