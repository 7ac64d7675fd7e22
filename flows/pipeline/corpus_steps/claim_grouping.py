"""The groups of claims of a run: those that a changed document can reach are found again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.corpus_steps.entity_joining import CHANGED_ENTITIES
from flows.pipeline.corpus_steps.fallbacks import dissolve_changed_groups
from flows.pipeline.stored_rows import (
    get_doc_ids,
    keep_changed_rows,
    keep_rows_of,
    read_rows_of_others,
    read_tables_of,
)
from tasks.corpus.claims.claim_groups import add_document_columns, make_group_rows, regroup_claims
from tasks.corpus.claims.claim_pairs import WINDOW_DAYS, SameClaimRules
from tasks.corpus.claims.claim_propositions import CLAIM_COLUMNS, Proposition, read_propositions
from tasks.corpus.claims.same_claim_graph import Days, SameClaimGraph
from tasks.document.records import SHARED_COLUMNS
from tasks.garbage_collection import pause_garbage_collection
from warehouse.storage.store import Store
from warehouse.tables import PARTITION_COLUMN, UNKNOWN_MONTH, UNNAMED_TYPE

CLAIM_GROUP_STEP = "claim-groups"
MAX_CLAIMS_LEFT = 50_000
"""claims that a run of several parts replaces or removes before it finds the groups of all claims again"""
DAY_COLUMNS = ["doc_id", "published_at"]
READ_COLUMNS = {"claims": [*dict.fromkeys((*CLAIM_COLUMNS, *SHARED_COLUMNS))], "documents": DAY_COLUMNS}

Tables = dict[str, pa.Table]


@dataclass
class PendingGroups:
    """The claims that earlier parts of a run have stored without their groups, which the last part finds for all."""

    doc_ids: set[str] = field(default_factory=set)
    """the documents with new claims"""
    left: list[Proposition] = field(default_factory=list)
    """what the claims stated that these documents had before, or that are removed"""
    is_begun: bool = False
    is_everything: bool = False
    """the groups of all claims are to be found again"""

    def note_owed_steps(self, owed: frozenset[str]) -> None:
        """Take over what the warehouse owed before the run."""
        if not self.is_begun:
            self.is_begun, self.is_everything = True, CLAIM_GROUP_STEP in owed

    def add(self, doc_ids: set[str], left: list[Proposition]) -> None:
        """Add the documents of a part, and what the stored claims state that it replaces or removes."""
        self.doc_ids |= doc_ids
        self.left += left
        if len(self.left) > MAX_CLAIMS_LEFT:
            self.is_everything, self.left = True, []


def put_off_claim_groups(
    store: Store, tables: Tables, removed: frozenset[str], rules: SameClaimRules, pending: PendingGroups
) -> Tables:
    """Return the tables of a part of a run without new groups: they are found once, with the last part.

    Until then the groups that a changed document belongs to are dissolved.
    """
    grouping = ClaimGrouping(store, tables, frozenset(get_doc_ids(tables) | removed), rules)
    pending.add(get_doc_ids(tables), grouping.read_claims_left())
    return dissolve_changed_groups(store, tables, removed)


def update_claim_groups(
    store: Store, tables: Tables, removed: frozenset[str], rules: SameClaimRules, pending: PendingGroups
) -> Tables:
    """Return the tables with the rows of ``claim_groups`` of every document whose groups changed.

    Only claims that a changed document can reach are compared, so that the cost does not grow with the history.
    """
    grouping = ClaimGrouping(store, tables, frozenset(get_doc_ids(tables) | removed), rules)
    with pause_garbage_collection():
        return grouping.update(pending)


@dataclass(frozen=True)
class ClaimGrouping:
    """The grouping of the claims of a part of a run, and of the stored claims that it concerns."""

    store: Store
    tables: Tables
    gone: frozenset[str]
    """the documents whose stored rows are replaced or removed"""
    rules: SameClaimRules

    def update(self, pending: PendingGroups) -> Tables:
        """Return the tables with the rows of every document whose groups changed."""
        graph = SameClaimGraph(self._read_claims, self.rules)
        find_changed = self._find_all_claims if pending.is_everything else self._find_changed_claims
        changed = find_changed(graph, pending)
        found = regroup_claims(graph, changed)
        months = _list_months_near(graph.days[i] for i in found.members)
        stored = read_rows_of_others(self.store, "claim_groups", {*self.gone}, where=_is_of_months(months))
        claim_ids = pa.array([one for i in found.members for one in graph.claim_ids[i]], pa.string())
        is_regrouped = pc.is_in(stored["claim_id"], claim_ids)
        others = stored.filter(pc.invert(is_regrouped))
        rows = self._add_document_columns(make_group_rows(graph, found, others), months)
        concerned = {*rows["doc_id"].to_pylist(), *stored.filter(is_regrouped)["doc_id"].to_pylist()}
        after = pa.concat_tables([rows, keep_rows_of(others, concerned)])
        return keep_changed_rows(
            self.store, self.tables, "claim_groups", keep_rows_of(stored, concerned), after
        )

    def read_claims_left(self) -> list[Proposition]:
        """Return what the stored claims state that are replaced or removed."""
        rows = read_tables_of(self.store, {*self.gone}, READ_COLUMNS)
        return self._to_propositions(rows["claims"], rows["documents"])

    def _find_all_claims(self, graph: SameClaimGraph, _: PendingGroups) -> set[int]:
        """Return all claims."""
        stored = read_rows_of_others(self.store, "documents", {*self.gone}, ["published_at"])
        return graph.find_claims_of(_list_days(stored, self.tables["documents"]))

    def _find_changed_claims(self, graph: SameClaimGraph, pending: PendingGroups) -> set[int]:
        """Return the claims of new documents, and those that stated the same as one that is gone."""
        earlier = read_tables_of(self.store, pending.doc_ids, {"documents": DAY_COLUMNS})["documents"]
        days = _list_days(earlier, self.tables["documents"])
        new = graph.find_claims_of(days, get_doc_ids(self.tables) | pending.doc_ids)
        return new | graph.find_former_neighbours([*pending.left, *self.read_claims_left()])

    def _read_claims(self, days: Days) -> Sequence[Proposition]:
        """Return what the claims of some days state, after the part is published."""
        of_days, of_months = _is_published_within(days), _is_of_months(_list_months(days))
        stored = read_rows_of_others(self.store, "documents", {*self.gone}, DAY_COLUMNS, of_months & of_days)
        documents = pa.concat_tables([stored, self.tables["documents"].select(DAY_COLUMNS).filter(of_days)])
        if not documents.num_rows:
            return []
        claims = self._read_claim_columns(READ_COLUMNS["claims"], of_months)
        return self._to_propositions(keep_rows_of(claims, {*documents["doc_id"].to_pylist()}), documents)

    def _read_claim_columns(self, columns: list[str], of_months: pc.Expression) -> pa.Table:
        """Return columns of the claims of some months, after the part is published."""
        stored = read_rows_of_others(self.store, "claims", {*self.gone}, columns, of_months)
        return pa.concat_tables([stored, self.tables["claims"].select(columns)])

    def _to_propositions(self, claims: pa.Table, documents: pa.Table) -> list[Proposition]:
        """Return what claims state."""
        unnamed = _find_unnamed_entities(self.store, self.tables, claims)
        return read_propositions(claims, documents, unnamed, self.rules.words)

    def _add_document_columns(self, rows: pa.Table, months: set[str]) -> pa.Table:
        """Return rows as rows of ``claim_groups``, given the months of their claims."""
        claims = self._read_claim_columns(["claim_id", *SHARED_COLUMNS], _is_of_months(months))
        return add_document_columns(rows, claims)


def _find_unnamed_entities(store: Store, tables: Tables, claims: pa.Table) -> frozenset[str]:
    """Return the ids of the entities without a name among the speakers and targets of some claims."""
    parts = (claims["speaker_id"], *(pc.list_flatten(claims[name]) for name in ("speaker_ids", "target_ids")))
    ids = pa.chunked_array([chunk for part in parts for chunk in part.chunks], pa.string()).unique()
    is_unnamed = (pc.field("entity_type") == UNNAMED_TYPE) & pc.field("entity_id").isin(ids)
    new = (tables[name].filter(is_unnamed) for name in ("entities", CHANGED_ENTITIES) if name in tables)
    found = (store.read("entities", ["entity_id"], is_unnamed), *new)
    return frozenset(entity_id for rows in found for entity_id in rows["entity_id"].to_pylist())


def _list_days(*documents: pa.Table) -> set[date | None]:
    """Return the days on which documents were published."""
    return {day for rows in documents for day in rows["published_at"].unique().to_pylist()}


def _is_published_within(days: Days) -> pc.Expression:
    """Return the condition that a document is of some days, or has no day."""
    published = pc.field("published_at")
    return published.is_null() if days is None else (published >= days[0]) & (published <= days[1])


def _is_of_months(months: set[str]) -> pc.Expression:
    """Return the condition that a row belongs to one of some months."""
    return pc.field(PARTITION_COLUMN).isin(pa.array(sorted(months), pa.string()))


def _list_months(days: Days) -> set[str]:
    """Return the months of some days, which are less than a month apart."""
    return {UNKNOWN_MONTH} if days is None else {f"{day.year:04}-{day.month:02}" for day in days}


def _list_months_near(days: Iterable[date | None]) -> set[str]:
    """Return the months in which claims can state the same as claims of some days."""
    window = timedelta(days=WINDOW_DAYS)
    return {
        month
        for day in {*days}
        for month in _list_months(None if day is None else (day - window, day + window))
    }
