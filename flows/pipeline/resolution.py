"""The third step as a plain function: the staged rows of a part become one change of the warehouse."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.claim_grouping import CLAIM_GROUP_STEP, update_claim_groups
from flows.pipeline.entity_joining import join_entities
from flows.pipeline.fallbacks import (
    add_local_entities,
    dissolve_changed_groups,
    keep_links_within_documents,
    keep_valid_duplicate_marks,
)
from flows.pipeline.run_ledger import PartChanges, RunLedger
from flows.pipeline.run_parts import RunPart
from flows.pipeline.staging import read_staged_rows, to_reject_rows
from flows.pipeline.stored_rows import (
    DOCUMENT_TABLES,
    AffectedDocuments,
    add_stored_rows,
    find_affected_months,
    get_doc_ids,
    keep_rows_of,
    list_months_around,
    read_rows_of_others,
)
from tasks.corpus.cross_document_links import (
    CLAIM_COLUMNS,
    DENIAL_COLUMNS,
    link_across_documents,
    load_cross_link_rules,
)
from tasks.corpus.near_duplicates import find_connected_rows, find_earliest_duplicates
from warehouse.storage.store import Store
from warehouse.storage.table_edits import WarehouseChange
from warehouse.tables import DENIAL_LINKS, PARTITION_COLUMN, REJECTS, RUNS, UNKNOWN_MONTH, to_arrow

LINK_COLUMNS = {
    "documents": ["doc_id", "published_at"],
    "claims": [*CLAIM_COLUMNS],
    "denials": [*DENIAL_COLUMNS],
    "denial_links": DENIAL_LINKS.schema.names,
}
"""the columns that linking across documents reads"""
LINK_REACH_MONTHS = 1
"""months before and after a denial that its window of thirty days can reach"""
COMMON_WORD_MONTHS = 3
"""further months whose claims decide which words are too common to be evidence of a link"""


TableStep = Callable[[dict[str, pa.Table]], dict[str, pa.Table]]


@dataclass(frozen=True, slots=True)
class PartOutcome:
    """What a part of a run changes in the warehouse, and its counts."""

    warehouse_change: WarehouseChange
    part_changes: PartChanges
    counts: dict[str, int]
    failed_steps: dict[str, str] = field(default_factory=dict)
    """errors of the corpus steps that failed, by step"""

    @property
    def rejects(self) -> list[dict[str, Any]]:
        """The documents rejected in this part."""
        rows: list[dict[str, Any]] = self.warehouse_change.tables["rejects"].to_pylist()
        return rows

    def to_change_with_run(self, run: dict[str, Any]) -> WarehouseChange:
        """Return the change of the warehouse, the row of ``runs`` included."""
        tables = {**self.warehouse_change.tables, "runs": to_arrow([run], RUNS)}
        return replace(self.warehouse_change, tables=tables)


def resolve_part(store: Store, stage: Path, ledger: RunLedger, part: RunPart, is_last: bool) -> PartOutcome:
    """Return what a part of the run changes, from the rows that its batches left in the stage."""
    numbers = [batch.number for batch in part.batches]
    refused = read_staged_rows(stage, "rejects", numbers)
    changes = ledger.plan_part_changes(part, frozenset(refused["source_uri"].to_pylist()), is_last)
    unusable = to_reject_rows(ledger.intake.rejected if is_last else (), part.run_id)
    rejects = pa.concat_tables([refused, to_arrow(unusable, REJECTS)])
    tables = {
        name: keep_rows_of(read_staged_rows(stage, name, numbers), changes.doc_ids)
        for name in DOCUMENT_TABLES
    }
    rows = {name: tables[name].num_rows for name in ("claims", "denials")}
    owed = store.read_owed_steps()
    failed: dict[str, str] = {}
    version = ledger.intake.extractor_version
    if changes.doc_ids or changes.removed or owed:
        replaced = changes.doc_ids & {row.doc_id for row in ledger.known}
        affected = AffectedDocuments(removed=changes.removed, replaced=replaced, owed_steps=owed)
        tables, failed = _run_corpus_steps(store, tables, affected, version)
    # Later steps compare entities: while the joining of entities is owed, so are they.
    owed_later = frozenset(["links", CLAIM_GROUP_STEP]) if "entities" in failed else frozenset[str]()
    is_resolved = "entities" in tables and "entities" not in failed
    change = WarehouseChange(
        {**tables, "rejects": rejects},
        changes.removed,
        changes.accepted,
        version if is_resolved else None,
        frozenset(failed) | owed_later,
    )
    return PartOutcome(
        warehouse_change=change,
        part_changes=changes,
        counts={**changes.counts, **rows},
        failed_steps=failed,
    )


def _run_corpus_steps(
    store: Store, tables: dict[str, pa.Table], affected: AffectedDocuments, version: str
) -> tuple[dict[str, pa.Table], dict[str, str]]:
    """Return the tables after the corpus steps, and the errors of the steps that failed.

    If a step fails, the documents are published without its result.
    """
    removed = affected.removed
    steps: dict[str, tuple[TableStep, TableStep]] = {
        "near-duplicates": (
            lambda t: _update_near_duplicates(store, t, affected),
            lambda t: keep_valid_duplicate_marks(store, t, removed),
        ),
        "entities": (
            lambda t: join_entities(store, t, removed, version),
            lambda t: add_local_entities(store, t),
        ),
        "links": (
            lambda t: _update_links_across(store, t, affected),
            lambda t: keep_links_within_documents(store, t, removed),
        ),
        CLAIM_GROUP_STEP: (
            lambda t: update_claim_groups(store, t, affected),
            lambda t: dissolve_changed_groups(store, t, removed),
        ),
    }
    failed = {}
    for name, (step, fallback) in steps.items():
        try:
            tables = step(tables)
        except OSError:
            # A disk or a network may recover soon: Prefect retries the whole step.
            raise
        except Exception as error:
            failed[name] = f"{type(error).__name__}: {error}"[:500]
            tables = fallback(tables)
    return tables, failed


def _update_near_duplicates(
    store: Store, tables: dict[str, pa.Table], affected: AffectedDocuments
) -> dict[str, pa.Table]:
    """Return the tables with the earliest document of each group of near-duplicates in ``duplicate_of``.

    If the earliest document of a group has changed, the stored documents of the group are added to the tables, with
    all their rows.
    """
    columns = ["doc_id", "near_keys", "published_at", "duplicate_of"]
    gone = pa.array(sorted(get_doc_ids(tables) | affected.removed), pa.string())
    stored, own = store.read("documents", columns), tables["documents"].select(columns)
    is_gone = pc.is_in(stored["doc_id"], gone)
    # Only groups that a changed document was or is in can have another earliest document.
    is_owed = "near-duplicates" in affected.owed_steps
    changed = (stored if is_owed else pa.concat_tables([stored.filter(is_gone), own]))["near_keys"]
    concerned = find_connected_rows(stored["near_keys"], pc.list_flatten(changed))
    stored = stored.filter(pc.and_not(pa.array(concerned), is_gone))
    rows = pa.concat_tables([stored, own])
    first = find_earliest_duplicates(zip(*(rows[name].to_pylist() for name in columns[:3]), strict=True))
    marks = zip(stored["doc_id"].to_pylist(), stored["duplicate_of"].to_pylist(), strict=True)
    tables = add_stored_rows(store, tables, {doc_id for doc_id, mark in marks if first[doc_id] != mark})
    documents = tables["documents"]
    place = documents.schema.get_field_index("duplicate_of")
    column = pa.array([first[doc_id] for doc_id in documents["doc_id"].to_pylist()], pa.string())
    return {**tables, "documents": documents.set_column(place, documents.schema.field(place), column)}


def _update_links_across(
    store: Store, tables: dict[str, pa.Table], affected: AffectedDocuments
) -> dict[str, pa.Table]:
    """Return the tables with the links of every denial whose links to claims of other documents changed.

    Only the months that a changed document can reach are read, so that the cost does not grow with the history. If
    the step is owed, all months are read.
    """
    gone = get_doc_ids(tables) | affected.removed
    months = find_affected_months(store, tables, {*affected.removed, *affected.replaced})
    if "links" in affected.owed_steps:
        months |= {*store.read("documents", [PARTITION_COLUMN])[PARTITION_COLUMN].to_pylist()}
    near, wide = (
        list_months_around(months, LINK_REACH_MONTHS),
        list_months_around(months, LINK_REACH_MONTHS + COMMON_WORD_MONTHS),
    )
    reach = {"claims": wide, "documents": wide, "denials": near, "denial_links": near}
    rows = {
        name: pa.concat_tables(
            [
                read_rows_of_others(store, name, gone, LINK_COLUMNS[name], _make_link_filter(name, within)),
                tables[name].select(LINK_COLUMNS[name]),
            ]
        )
        for name, within in reach.items()
    }
    linked = link_across_documents(
        rows["claims"], rows["denials"], rows["documents"], rows["denial_links"], load_cross_link_rules()
    )
    was, now = _group_links_by_document(rows["denial_links"]), _group_links_by_document(linked)
    # A document that has lost all its links would keep its stored ones: all its rows are written again.
    tables = add_stored_rows(store, tables, was.keys() - now.keys() - get_doc_ids(tables))
    changed = {doc_id for doc_id, links in now.items() if links != was.get(doc_id)}
    return {**tables, "denial_links": keep_rows_of(linked, changed | get_doc_ids(tables))}


def _make_link_filter(name: str, months: set[str]) -> pc.Expression:
    """Return the condition that rows lie in these months and, for claims, that the day of the claim is known."""
    within = pc.field(PARTITION_COLUMN).isin(sorted(months))
    if name != "claims":
        return within
    return within & ((pc.field(PARTITION_COLUMN) != UNKNOWN_MONTH) | pc.field("said_on").is_valid())


def _group_links_by_document(links: pa.Table) -> dict[str, list[dict[str, Any]]]:
    """Return the links of each document, sorted by denial and rank."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in links.sort_by([("denial_id", "ascending"), ("rank", "ascending")]).to_pylist():
        rows.setdefault(row["doc_id"], []).append(row)
    return rows
