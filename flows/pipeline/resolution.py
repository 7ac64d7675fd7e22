"""The third step as a plain function: what batches made becomes one change of the warehouse."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.entity_joining import join_entities
from flows.pipeline.fallbacks import with_local_entities, without_links_across, without_marks
from flows.pipeline.intake import Part
from flows.pipeline.run_ledger import Ledger, Settled
from flows.pipeline.staging import read_rows, reject_rows
from flows.pipeline.stored_rows import BY_DOCUMENT, ids_of, only, others, touched_months, with_stored
from tasks.corpus.cross_document_links import OF_CLAIMS, OF_DENIALS, link_across
from tasks.corpus.near_duplicates import mark_duplicates, reached
from warehouse.storage.store import Change, Store
from warehouse.tables import DENIAL_LINKS, PARTITION, REJECTS, RUNS, UNKNOWN, to_arrow

LINKED = {
    "documents": ["doc_id", "published_at"],
    "claims": [*OF_CLAIMS],
    "denials": [*OF_DENIALS],
    "denial_links": DENIAL_LINKS.schema.names,
}
"""the columns that linking across documents reads"""
REACH = 1
"""months that a denial's window of thirty days can reach"""
MARGIN = 3
"""further months whose claims decide which words are too common to be evidence"""


Step = Callable[[dict[str, pa.Table]], dict[str, pa.Table]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a part of a run changes in the warehouse, and its counts."""

    change: Change
    counts: dict[str, int]
    settled: Settled
    failed: dict[str, str] = field(default_factory=dict)
    """errors of the steps over all documents that failed, by step"""

    @property
    def rejects(self) -> list[dict[str, Any]]:
        """The documents refused in this part."""
        rows: list[dict[str, Any]] = self.change.tables["rejects"].to_pylist()
        return rows

    def with_run(self, run: dict[str, Any]) -> Change:
        """Return the change with the run's own row."""
        return replace(self.change, tables={**self.change.tables, "runs": to_arrow([run], RUNS)})


def resolve(store: Store, stage: Path, ledger: Ledger, part: Part, is_last: bool) -> Outcome:
    """Return the change that a part of the run makes, and its counts."""
    numbers = [batch.number for batch in part.batches]
    refused = read_rows(stage, "rejects", numbers)
    settled = ledger.settle(part, frozenset(refused["source_uri"].to_pylist()), is_last)
    unusable = reject_rows(ledger.intake.rejected if is_last else (), part.run_id)
    rejects = pa.concat_tables([refused, to_arrow(unusable, REJECTS)])
    tables = {name: only(read_rows(stage, name, numbers), settled.doc_ids) for name in BY_DOCUMENT}
    rows = {name: tables[name].num_rows for name in ("claims", "denials")}
    owed = store.owed_steps()
    failed: dict[str, str] = {}
    if settled.doc_ids or settled.removed or owed:
        replaced = settled.doc_ids & {row.doc_id for row in ledger.known}
        tables, failed = over_all_documents(
            store, tables, Touched(settled.removed, replaced, owed), ledger.intake.version
        )
    # Links across documents compare entities: those that are joined later are linked later.
    owes_links = frozenset(["links"]) if "entities" in failed else frozenset[str]()
    is_resolved = "entities" in tables and "entities" not in failed
    change = Change(
        {**tables, "rejects": rejects},
        settled.removed,
        settled.accepted,
        ledger.intake.version if is_resolved else None,
        frozenset(failed) | owes_links,
    )
    return Outcome(change, {**settled.counts, **rows}, settled, failed)


@dataclass(frozen=True, slots=True)
class Touched:
    """What the steps over all documents have to look at beside the new rows."""

    removed: frozenset[str]
    """stored documents that go"""
    replaced: frozenset[str]
    """stored documents whose rows are replaced"""
    owed: frozenset[str]
    """steps that an earlier run failed at: they are done over all documents"""


def over_all_documents(
    store: Store, tables: dict[str, pa.Table], touched: Touched, version: str
) -> tuple[dict[str, pa.Table], dict[str, str]]:
    """Return the tables after the steps over all documents, and the errors of those that failed, by step.

    A step that fails costs its result and nothing else: the documents are published without it.
    """
    removed = touched.removed
    steps: dict[str, tuple[Step, Step]] = {
        "near-duplicates": (
            lambda t: mark_copies(store, t, removed, over_all="near-duplicates" in touched.owed),
            lambda t: without_marks(store, t, removed),
        ),
        "entities": (
            lambda t: join_entities(store, t, removed, version),
            lambda t: with_local_entities(store, t),
        ),
        "links": (
            lambda t: link_documents(store, t, removed, touched.replaced, over_all="links" in touched.owed),
            lambda t: without_links_across(store, t, removed),
        ),
    }
    failed = {}
    for name, (step, fallback) in steps.items():
        try:
            tables = step(tables)
        except OSError:
            # A disk or a network may be back in a moment: the whole is tried again.
            raise
        except Exception as error:
            failed[name] = f"{type(error).__name__}: {error}"[:500]
            tables = fallback(tables)
    return tables, failed


def mark_copies(
    store: Store, tables: dict[str, pa.Table], removed: frozenset[str], *, over_all: bool = False
) -> dict[str, pa.Table]:
    """Return the tables with the first of each group of near-duplicates named in ``duplicate_of``.

    Only the groups that a changed document was in, or is in now, are looked at, unless all are asked for. A stored
    document whose group has another first now is added to the tables, with all its rows.
    """
    columns = ["doc_id", "near_keys", "published_at", "duplicate_of"]
    gone = pa.array(sorted(ids_of(tables) | removed), pa.string())
    stored, own = store.read("documents", columns), tables["documents"].select(columns)
    is_gone = pc.is_in(stored["doc_id"], gone)
    # Only the groups that a changed document was in, or is in now, can have another first.
    changed = (stored if over_all else pa.concat_tables([stored.filter(is_gone), own]))["near_keys"]
    concerned = reached(stored["near_keys"], pc.list_flatten(changed))
    stored = stored.filter(pc.and_not(pa.array(concerned), is_gone))
    rows = pa.concat_tables([stored, own])
    first = mark_duplicates(zip(*(rows[name].to_pylist() for name in columns[:3]), strict=True))
    marks = zip(stored["doc_id"].to_pylist(), stored["duplicate_of"].to_pylist(), strict=True)
    tables = with_stored(store, tables, {doc_id for doc_id, mark in marks if first[doc_id] != mark})
    documents = tables["documents"]
    place = documents.schema.get_field_index("duplicate_of")
    column = pa.array([first[doc_id] for doc_id in documents["doc_id"].to_pylist()], pa.string())
    return {**tables, "documents": documents.set_column(place, documents.schema.field(place), column)}


def link_documents(
    store: Store,
    tables: dict[str, pa.Table],
    removed: frozenset[str],
    replaced: frozenset[str],
    *,
    over_all: bool = False,
) -> dict[str, pa.Table]:
    """Return the tables with the links of every denial whose links to claims of other documents changed.

    Only the months that a changed document can reach are read, so that the cost does not grow with the history,
    unless all are asked for.
    """
    gone = ids_of(tables) | removed
    months = touched_months(store, tables, {*removed, *replaced})
    if over_all:
        months |= {*store.read("documents", [PARTITION])[PARTITION].to_pylist()}
    near, wide = around(months, REACH), around(months, REACH + MARGIN)
    reach = {"claims": wide, "documents": wide, "denials": near, "denial_links": near}
    rows = {
        name: pa.concat_tables(
            [
                others(store, name, gone, LINKED[name], may_be_linked(name, within)),
                tables[name].select(LINKED[name]),
            ]
        )
        for name, within in reach.items()
    }
    linked = link_across(rows["claims"], rows["denials"], rows["documents"], rows["denial_links"])
    was, now = by_document(rows["denial_links"]), by_document(linked)
    # A document without a row left would keep its old ones: all its rows are written again.
    tables = with_stored(store, tables, was.keys() - now.keys() - ids_of(tables))
    changed = {doc_id for doc_id, links in now.items() if links != was.get(doc_id)}
    return {**tables, "denial_links": only(linked, changed | ids_of(tables))}


def may_be_linked(name: str, months: set[str]) -> pc.Expression:
    """Return the condition that rows lie in these months; of claims, that a day is known to link them by."""
    within = pc.field(PARTITION).isin(sorted(months))
    if name != "claims":
        return within
    return within & ((pc.field(PARTITION) != UNKNOWN) | pc.field("said_on").is_valid())


def around(months: Iterable[str], reach: int) -> set[str]:
    """Return the months and those up to ``reach`` months before and after; ``unknown`` is itself alone."""
    found = set()
    for month in months:
        if month == UNKNOWN:
            found.add(month)
            continue
        number = int(month[:4]) * 12 + int(month[5:]) - 1
        found |= {f"{n // 12:04}-{n % 12 + 1:02}" for n in range(number - reach, number + reach + 1)}
    return found


def by_document(links: pa.Table) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each document, in order."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in links.sort_by([("denial_id", "ascending"), ("rank", "ascending")]).to_pylist():
        rows.setdefault(row["doc_id"], []).append(row)
    return rows
