"""The groups of claims of a run: those that a changed document can reach are found again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.corpus_steps.entity_joining import CHANGED_ENTITIES
from flows.pipeline.corpus_steps.fallbacks import dissolve_changed_groups
from flows.pipeline.corpus_steps.pending_groups import ChangedClaims, PendingGroups
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
from tasks.document.records import SHARED_COLUMNS, Row
from tasks.garbage_collection import pause_garbage_collection
from warehouse.storage.store import Store
from warehouse.tables import PARTITION_COLUMN, UNKNOWN_MONTH, UNNAMED_TYPE

DAY_COLUMNS = ["doc_id", "published_at"]
READ_COLUMNS = {"claims": [*dict.fromkeys((*CLAIM_COLUMNS, *SHARED_COLUMNS))], "documents": DAY_COLUMNS}

Tables = dict[str, pa.Table]


def put_off_claim_groups(
    store: Store, tables: Tables, removed: frozenset[str], rules: SameClaimRules, pending: PendingGroups
) -> Tables:
    """Return the tables of a part of a run without new groups: they are found once, with the last part.

    Until then the groups that a changed document belongs to are dissolved.
    """
    grouping = ClaimGrouping(store, tables, frozenset(get_doc_ids(tables) | removed), rules)
    # The groups of all claims of these documents are dissolved, also of those that are as they were.
    pending.add(*grouping.find_changes(with_equal=True))
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
        if not pending.is_everything:
            pending.add(*self.find_changes())
        if pending.is_everything:
            found = regroup_claims(graph, graph.iterate_changed(dict.fromkeys(self._list_days())))
        else:
            found = regroup_claims(graph, graph.iterate_changed(pending.new, pending.left))
        months = _list_months_near(graph.days[i] for i in found.members)
        months |= {*self.tables["documents"][PARTITION_COLUMN].to_pylist()}
        claim_ids = pa.array([one for i in found.members for one in graph.claim_ids[i]], pa.string())
        stored = self._read_stored_groups(months)
        is_regrouped = pc.is_in(stored["claim_id"], claim_ids)
        others = stored.filter(pc.invert(pc.or_(is_regrouped, self._is_claim_gone(stored))))
        rows = self._add_document_columns(make_group_rows(graph, found, others), months)
        concerned = {*rows["doc_id"].to_pylist(), *stored.filter(is_regrouped)["doc_id"].to_pylist()}
        concerned |= get_doc_ids(self.tables)
        after = pa.concat_tables([rows, keep_rows_of(others, concerned)])
        return keep_changed_rows(
            self.store, self.tables, "claim_groups", keep_rows_of(stored, concerned), after
        )

    def _read_stored_groups(self, months: set[str]) -> pa.Table:
        """Return the stored rows of ``claim_groups`` of some months, without those of documents that are removed."""
        removed = {*self.gone} - get_doc_ids(self.tables)
        return read_rows_of_others(self.store, "claim_groups", removed, where=_is_of_months(months))

    def _is_claim_gone(self, rows: pa.Table) -> pa.ChunkedArray:
        """Return True for each row of a claim that its document has no more."""
        is_own = pc.is_in(rows["doc_id"], self.tables["documents"]["doc_id"].combine_chunks())
        stays = pc.is_in(rows["claim_id"], self.tables["claims"]["claim_id"].combine_chunks())
        return pc.and_(is_own, pc.invert(stays))

    def find_changes(self, *, with_equal: bool = False) -> tuple[ChangedClaims, list[Proposition]]:
        """Return the claims that are new or changed, by day, and what those stated that changed or are removed.

        Of a stored document in which an entity has another id, most claims are as they were; ``with_equal`` adds them.
        """
        old = read_tables_of(self.store, {*self.gone}, READ_COLUMNS)
        documents = self.tables["documents"].select(DAY_COLUMNS)
        before, after = _list_claims(**old), _list_claims(self.tables["claims"], documents)
        new: ChangedClaims = {}
        for claim_id, row in after.items():
            if with_equal or before.get(claim_id) != row:
                new.setdefault(row["published_at"], set()).add(claim_id)
        left = [claim_id for claim_id, row in before.items() if with_equal or after.get(claim_id) != row]
        is_left = pc.is_in(old["claims"]["claim_id"], pa.array(left, pa.string()))
        return new, self._to_propositions(old["claims"].filter(is_left), old["documents"])

    def _list_days(self) -> set[date | None]:
        """Return the days of all documents."""
        stored = read_rows_of_others(self.store, "documents", {*self.gone}, ["published_at"])
        both = stored, self.tables["documents"]
        return {day for rows in both for day in rows["published_at"].unique().to_pylist()}

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


def _list_claims(claims: pa.Table, documents: pa.Table) -> dict[str, Row]:
    """Return what is compared of claims and the day of their documents, by claim_id."""
    days = dict(zip(*(documents[name].to_pylist() for name in DAY_COLUMNS), strict=True))
    rows = claims.select(list(CLAIM_COLUMNS)).to_pylist()
    return {row["claim_id"]: row | {"published_at": days[row["doc_id"]]} for row in rows}


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
