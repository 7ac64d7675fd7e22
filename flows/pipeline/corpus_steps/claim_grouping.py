"""The groups of claims of a run: those that a changed document can reach are found again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.corpus_steps.claim_reading import (
    COMPARED_COLUMNS,
    DAY_COLUMNS,
    ClaimReader,
    is_of_months,
    list_months,
)
from flows.pipeline.corpus_steps.fallbacks import dissolve_changed_groups
from flows.pipeline.corpus_steps.pending_groups import ClaimsByDay, PendingGroups
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
from tasks.corpus.claims.same_claim_graph import SameClaimGraph
from tasks.corpus.publication_dates import get_publication_dates
from tasks.document.records import SHARED_COLUMNS, Row
from tasks.garbage_collection import pause_garbage_collection
from warehouse.storage.store import Store
from warehouse.tables import PARTITION_COLUMN

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

    @cached_property
    def reader(self) -> ClaimReader:
        """What reads the claims as they are after the part is published."""
        return ClaimReader(self.store, self.tables, self.gone, self.rules.words)

    def update(self, pending: PendingGroups) -> Tables:
        """Return the tables with the rows of every document whose groups changed."""
        stored, after = self._find_group_rows(pending)
        return keep_changed_rows(self.store, self.tables, "claim_groups", stored, after)

    def _find_group_rows(self, pending: PendingGroups) -> tuple[pa.Table, pa.Table]:
        """Return the rows of ``claim_groups`` of the documents whose groups may have changed, before and after.

        The graph, which of all claims of a history takes most of the memory, ends with this function.
        """
        graph = SameClaimGraph(self.reader, self.rules)
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
        claims = self.reader.read_columns(["claim_id", *SHARED_COLUMNS], months)
        rows = add_document_columns(make_group_rows(graph, found, others), claims)
        concerned = {*rows["doc_id"].to_pylist(), *stored.filter(is_regrouped)["doc_id"].to_pylist()}
        concerned |= get_doc_ids(self.tables)
        after = pa.concat_tables([rows, keep_rows_of(others, concerned)])
        return keep_rows_of(stored, concerned), after

    def _read_stored_groups(self, months: set[str]) -> pa.Table:
        """Return the stored rows of ``claim_groups`` of some months, without those of documents that are removed."""
        removed = {*self.gone} - get_doc_ids(self.tables)
        return read_rows_of_others(self.store, "claim_groups", removed, where=is_of_months(months))

    def _is_claim_gone(self, rows: pa.Table) -> pa.ChunkedArray:
        """Return True for each row of a claim that its document has no more."""
        is_own = pc.is_in(rows["doc_id"], self.tables["documents"]["doc_id"].combine_chunks())
        stays = pc.is_in(rows["claim_id"], self.tables["claims"]["claim_id"].combine_chunks())
        return pc.and_(is_own, pc.invert(stays))

    def find_changes(self, *, with_equal: bool = False) -> tuple[ClaimsByDay, list[Proposition]]:
        """Return the claims that are new or changed, by day, and what those stated that changed or are removed.

        Of a stored document in which an entity has another id, most claims are as they were; ``with_equal`` adds them.
        """
        old = read_tables_of(self.store, {*self.gone}, {"claims": COMPARED_COLUMNS, "documents": DAY_COLUMNS})
        documents = self.tables["documents"].select(DAY_COLUMNS)
        before, after = _list_claims(**old), _list_claims(self.tables["claims"], documents)
        new: ClaimsByDay = {}
        for claim_id, row in after.items():
            if with_equal or before.get(claim_id) != row:
                new.setdefault(row["published_at"], set()).add(claim_id)
        left = [claim_id for claim_id, row in before.items() if with_equal or after.get(claim_id) != row]
        is_left = pc.is_in(old["claims"]["claim_id"], pa.array(left, pa.string()))
        claims = old["claims"].filter(is_left)
        unnamed = self.reader.find_unnamed_entities(claims)
        return new, read_propositions(claims, old["documents"], unnamed, self.rules.words)

    def _list_days(self) -> set[date | None]:
        """Return the days of all documents."""
        stored = read_rows_of_others(self.store, "documents", {*self.gone}, ["published_at"])
        both = stored, self.tables["documents"]
        return {day for rows in both for day in rows["published_at"].unique().to_pylist()}


def _list_claims(claims: pa.Table, documents: pa.Table) -> dict[str, Row]:
    """Return what is compared of claims and the day of their documents, by claim_id."""
    days = get_publication_dates(documents)
    rows = claims.select(list(CLAIM_COLUMNS)).to_pylist()
    return {row["claim_id"]: row | {"published_at": days[row["doc_id"]]} for row in rows}


def _list_months_near(days: Iterable[date | None]) -> set[str]:
    """Return the months in which claims can state the same as claims of some days."""
    window = timedelta(days=WINDOW_DAYS)
    return {
        month
        for day in {*days}
        for month in list_months(None if day is None else (day - window, day + window))
    }
