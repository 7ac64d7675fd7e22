"""A check before a run: if nothing is new, the run is recorded at once, without a server, a model or Prefect.

Only direct runs that would have to start a server of their own make it. It finds what the flow would find.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flows.pipeline.intake import (
    IntakeRequest,
    load_known_documents,
    load_known_rejects,
    take_in_stored_documents,
)
from flows.pipeline.run_ledger import RunLedger
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
    if not (base_version := store.read_version()) or store.read_owed_steps():
        return None
    version = compute_extractor_version(given["model"])
    request = IntakeRequest(extractor_version=version, **{name: given[name] for name in REQUEST_PARAMETERS})
    known = load_known_documents(store, request.paths)
    if not (intake := take_in_stored_documents(request, known, load_known_rejects(store))):
        return None
    run_id = f"{started:%Y%m%dT%H%M%S}-{os.urandom(4).hex()}"
    changes = RunLedger(intake, known.find_concerned(intake.readings)).plan_part_changes(
        RunPart(run_id, ()), frozenset(), is_last=True
    )
    if changes.removed or changes.counts["stored"]:
        return None
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
