"""A look before a run: where nothing is new, that is said at once, without a server, a model or Prefect.

Only runs by hand take it that would have to start a server of their own. What it finds is what the flow would.
"""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flows.parameters import forgotten
from flows.pipeline.intake import Intake, Part, known_documents
from flows.pipeline.intake_plan import Reading
from flows.pipeline.run_ledger import Ledger
from flows.pipeline.run_summary import Summary, run_row, summarise
from flows.pipeline.stored_documents import KnownDocuments, Recogniser
from tasks.document.records import Metadata, Rejected
from tasks.read.cleaning import clean
from tasks.read.readers import read_documents
from tasks.version import version_of
from warehouse.storage.store import Change, Store
from warehouse.tables import RUNS, to_arrow


def unchanged(given: dict[str, Any], on_wait: Callable[[str], None]) -> Summary | None:
    """Note a run in which nothing is new, and return its summary; None if anything is, having changed nothing.

    ``given`` holds the parameters of :func:`flows.daily.daily`; ``on_wait`` is told who else is writing.
    """
    started, store = datetime.now(UTC), Store(given["warehouse"])
    if not (base := store.version()) or store.owed_steps():
        return None
    known = known_documents(store)
    defaults = Metadata(publisher=given["publisher"], published_at=given["published"])
    version = version_of(given["model"])
    if not (
        intake := recognised(
            given["paths"], defaults, known, version, given["columns"], forgotten(given["forget"])
        )
    ):
        return None
    run_id = f"{started:%Y%m%dT%H%M%S}-{os.urandom(4).hex()}"
    settled = Ledger(intake, known.concerned(intake.readings)).settle(
        Part(run_id, ()), frozenset(), is_last=True
    )
    if settled.removed or settled.counts["stored"]:
        return None
    counts = {**settled.counts, "claims": 0, "denials": 0}
    with store.writing(on_wait) as writer:
        if store.version() != base:
            return None
        run = run_row(run_id, started, given, counts, version)
        rows = {"runs": to_arrow([run], RUNS)}
        changed = writer.publish(Change(rows, resolved_rejects=settled.accepted), base) is not None
    return summarise(run, "", 0, given["warehouse"], changed, [])


def recognised(
    paths: Sequence[str],
    defaults: Metadata,
    known: KnownDocuments,
    version: str,
    columns: Mapping[str, str] | None,
    forget: Collection[str] = (),
) -> Intake | None:
    """Return what the paths hold if all of it is stored, or is a copy of what is; None at the first that is not."""
    recogniser, intake = Recogniser(known, version, forget), Intake(version)
    stored = {*recogniser.unchanged.values()}
    for found in read_documents(paths, defaults, columns):
        if isinstance(found, Rejected):
            return None
        found, digest, doc_id = recogniser.recognise(found)
        if not doc_id:
            document = clean(found)
            if isinstance(document, Rejected) or document.doc_id not in stored:
                return None
            doc_id = document.doc_id
        intake.accept(Reading(found.source_uri, digest, doc_id))
    return intake
