"""The third step as a plain function: the staged rows of a part become one change of the warehouse."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pyarrow as pa

from flows.pipeline.corpus_steps.claim_grouping import put_off_claim_groups, update_claim_groups
from flows.pipeline.corpus_steps.corpus_knowledge import load_versioned_corpus_knowledge
from flows.pipeline.corpus_steps.cross_document_linking import update_links_across
from flows.pipeline.corpus_steps.entity_joining import CHANGED_ENTITIES, join_entities
from flows.pipeline.corpus_steps.fallbacks import (
    add_local_entities,
    dissolve_changed_groups,
    keep_links_within_documents,
    keep_valid_marks,
)
from flows.pipeline.corpus_steps.near_duplicate_marks import update_near_duplicates
from flows.pipeline.corpus_steps.pending_groups import CLAIM_GROUP_STEP, PendingGroups
from flows.pipeline.run_ledger import PartChanges, RunLedger
from flows.pipeline.run_parts import RunPart
from flows.pipeline.stage import Stage
from flows.pipeline.staging import read_staged_rows, to_reject_rows
from flows.pipeline.stored_rows import (
    DOCUMENT_TABLES,
    keep_rows_of,
)
from tasks.corpus.claims.claim_pairs import SameClaimRules
from warehouse.storage.edits.table_edits import WarehouseChange
from warehouse.storage.store import Store
from warehouse.tables import ENTITIES, REJECTS, RUNS, TABLES, check_table_contract, to_arrow

TableStep = Callable[[dict[str, pa.Table]], dict[str, pa.Table]]
GroupingStep = Callable[
    [Store, dict[str, pa.Table], frozenset[str], SameClaimRules, PendingGroups], dict[str, pa.Table]
]


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


def resolve_part(store: Store, stage: Stage, ledger: RunLedger, part: RunPart, is_last: bool) -> PartOutcome:
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
    failed: dict[str, str] = {}
    version = ledger.intake.extractor_version
    pending, owed_before = ledger.pending_groups, store.read_owed_steps()
    pending.note_owed_steps(owed_before)
    if changes.doc_ids or changes.removed or owed_before:
        tables, failed = run_corpus_steps(store, tables, changes.removed, version, pending, is_last)
    # Later steps compare entities: while the joining of entities is owed, so are they.
    owed = {*failed, *(("links", CLAIM_GROUP_STEP) if "entities" in failed else ())}
    pending.is_everything |= CLAIM_GROUP_STEP in owed
    is_resolved = bool(tables.keys() & {"entities", CHANGED_ENTITIES}) and "entities" not in failed
    entity_changes = tables.pop(CHANGED_ENTITIES, None)
    change = WarehouseChange(
        tables={**tables, "rejects": rejects},
        removed=changes.removed,
        resolved_rejects=changes.accepted,
        resolved_by=version if is_resolved else None,
        entity_changes=entity_changes,
        owed_steps=frozenset(owed if is_last else owed | {CLAIM_GROUP_STEP}),
    )
    return PartOutcome(
        warehouse_change=change,
        part_changes=changes,
        counts={**changes.counts, **rows},
        failed_steps=failed,
    )


def run_corpus_steps(
    store: Store,
    tables: dict[str, pa.Table],
    removed: frozenset[str],
    version: str,
    pending: PendingGroups,
    is_last: bool,
) -> tuple[dict[str, pa.Table], dict[str, str]]:
    """Return the tables after the corpus steps, and the errors of the steps that failed.

    If a step fails, or leaves rows that break the contract of their table, the documents are published without its
    result.

    Args:
        store: the warehouse before this part of a run.
        tables: the rows of the documents of the part.
        removed: stored documents that the part removes.
        version: version of the extractor.
        pending: the claims without groups of earlier parts; those of this part are added if it is not the last.
        is_last: this is the last part of the run.
    """
    failed = {}
    grouping = update_claim_groups if is_last else put_off_claim_groups
    for name, (step, fallback) in _list_corpus_steps(store, removed, version, grouping, pending).items():
        try:
            stepped = step(tables)
            _check_new_rows(tables, stepped)
            tables = stepped
        except OSError:
            # The disk or the network of the stage may recover soon: Prefect retries the whole step.
            raise
        except Exception as error:
            failed[name] = f"{type(error).__name__}: {error}"[:500]
            tables = fallback(tables)
    return tables, failed


def _list_corpus_steps(
    store: Store, removed: frozenset[str], version: str, group_claims: GroupingStep, pending: PendingGroups
) -> dict[str, tuple[TableStep, TableStep]]:
    """Return the corpus steps by name and in order, each with what replaces it if it fails."""
    owed = store.read_owed_steps()
    # Called in the steps, so that tables that cannot be loaded fail only the steps that need them.
    load_knowledge = partial(load_versioned_corpus_knowledge, version)
    return {
        "near-duplicates": (
            lambda t: update_near_duplicates(store, t, removed, "near-duplicates" in owed),
            lambda t: keep_valid_marks(store, t, removed),
        ),
        "entities": (
            lambda t: join_entities(store, t, removed, version),
            lambda t: add_local_entities(store, t),
        ),
        "links": (
            lambda t: update_links_across(
                store, t, removed, "links" in owed, load_knowledge().cross_link_rules
            ),
            lambda t: keep_links_within_documents(store, t, removed),
        ),
        CLAIM_GROUP_STEP: (
            lambda t: group_claims(store, t, removed, load_knowledge().same_claim_rules, pending),
            lambda t: dissolve_changed_groups(store, t, removed),
        ),
    }


def _check_new_rows(before: Mapping[str, pa.Table], after: Mapping[str, pa.Table]) -> None:
    """Raise ContractError if a step added or changed rows so that they break the contract of their table."""
    for name, rows in after.items():
        if rows is not before.get(name):
            check_table_contract(rows, ENTITIES if name == CHANGED_ENTITIES else TABLES[name])
