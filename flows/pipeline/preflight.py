"""A check before a direct run: is anything new? It finds what the flow would find.

If nothing is new and the run would have to start a server of its own, it is recorded at once, without a server, a model
or Prefect. If something is new, the model can be loaded while Prefect starts.
"""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from flows.pipeline.intake import (
    Intake,
    IntakeRequest,
    load_known_documents,
    load_known_rejects,
    take_in_stored_documents,
)
from flows.pipeline.run_ledger import PartChanges, RunLedger
from flows.pipeline.run_parts import RunPart
from flows.pipeline.run_summary import RunSummary, make_run_row, summarise_tables
from flows.pipeline.staging import to_reject_rows
from tasks.version import compute_extractor_version
from warehouse.storage.edits.table_edits import WarehouseChange
from warehouse.storage.store import Store
from warehouse.tables import REJECTS, RUNS, to_arrow

REQUEST_PARAMETERS = ("paths", "publisher", "published", "columns", "forget")


def record_unchanged_run(given: dict[str, Any], on_wait: Callable[[str], None]) -> RunSummary | None:
    """Record a run in which nothing is new and return its summary; return None, with no change, if anything is.

    ``given`` holds the parameters of :func:`flows.daily.daily`; ``on_wait`` gets the name of another writer that
    holds the lock.
    """
    started, store = datetime.now(UTC), Store(given["warehouse"])
    base_version = store.read_version()
    run_id = f"{started:%Y%m%dT%H%M%S}-{os.urandom(4).hex()}"
    if (unchanged := _find_unchanged_intake(given, store, run_id)) is None:
        return None
    intake, changes = unchanged
    version = intake.extractor_version
    counts = {**changes.counts, "claims": 0, "denials": 0}
    rejects = to_reject_rows(intake.rejected, run_id)
    with store.open_writer(on_wait) as writer:
        if store.read_version() != base_version:
            return None
        run = make_run_row(run_id, started, given, counts, version)
        rows = {"runs": to_arrow([run], RUNS), "rejects": to_arrow(rejects, REJECTS)}
        change = WarehouseChange(rows, resolved_rejects=changes.accepted)
        is_changed = writer.publish(change, base_version) is not None
    return RunSummary(
        run=run,
        warehouse=given["warehouse"],
        changed=is_changed,
        tables=summarise_tables(given["warehouse"]),
        rejects=rejects,
    )


def has_news(given: Mapping[str, Any]) -> bool:
    """Return True if a run would store, replace, remove or newly reject anything, or do what an earlier run owes."""
    return _find_unchanged_intake(given, Store(given["warehouse"]), "") is None


def _find_unchanged_intake(
    given: Mapping[str, Any], store: Store, run_id: str
) -> tuple[Intake, PartChanges] | None:
    """Return what a run in which nothing is new takes in and changes; None if anything is new or owed."""
    if not store.read_version() or store.read_owed_steps():
        return None
    version = compute_extractor_version(given["model"])
    request = IntakeRequest(extractor_version=version, **{name: given[name] for name in REQUEST_PARAMETERS})
    known = load_known_documents(store, request.paths)
    if not (intake := take_in_stored_documents(request, known, load_known_rejects(store))):
        return None
    changes = RunLedger(intake, known.find_concerned(intake.readings.table)).plan_part_changes(
        RunPart(run_id, pa.array([], pa.int64())), frozenset(), is_last=True
    )
    return None if changes.removed or changes.counts["stored"] else (intake, changes)
