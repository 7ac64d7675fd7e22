"""The links across documents after a part of a run: those of new denials, and of stored ones that may have changed.

A stored denial can have other links only if it shares a key with a claim that was added, replaced or removed. Its links
depend only on the claims that share a key with it. Both are looked for in the months around, part by part, so that the
rows in memory do not grow with the history.
"""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.stored_rows import (
    get_doc_ids,
    keep_changed_rows,
    make_document_filter,
    read_tables_of,
)
from tasks.corpus.cross_document_links import (
    CLAIM_COLUMNS,
    DENIAL_COLUMNS,
    ClaimKey,
    CrossLinkRules,
    link_across_documents,
    list_claim_keys,
    read_dated_statements,
)
from tasks.corpus.link_candidates import ClaimCandidates, find_rows_with_entities
from tasks.corpus.publication_dates import get_publication_dates
from warehouse.storage.store import Store
from warehouse.tables import DENIAL_LINKS, PARTITION_COLUMN, UNKNOWN_MONTH

LINK_COLUMNS = {
    "documents": ["doc_id", "published_at"],
    "claims": [*CLAIM_COLUMNS],
    "denials": [*DENIAL_COLUMNS],
    "denial_links": DENIAL_LINKS.schema.names,
}
"""the columns that linking across documents reads"""

Rows = dict[str, pa.Table]
Days = dict[str, date | None]
"""day of publication by doc_id"""


def update_links_across(
    store: Store, tables: Rows, removed: frozenset[str], is_owed: bool, rules: CrossLinkRules
) -> Rows:
    """Return the tables with the links of every denial whose links to claims of other documents changed.

    If the step is owed, all denials are linked again.
    """
    linking = CrossDocumentLinking(store, tables, frozenset(get_doc_ids(tables) | removed), rules)
    rows, rules = linking.read_everything() if is_owed else linking.read_concerned()
    linked = link_across_documents(
        rows["claims"], rows["denials"], rows["documents"], rows["denial_links"], rules
    )
    return keep_changed_rows(store, tables, "denial_links", rows["denial_links"], linked)


@dataclass(frozen=True)
class CrossDocumentLinking:
    """The linking of the denials of a part of a run, and of the stored denials that it concerns."""

    store: Store
    tables: Rows
    gone: frozenset[str]
    """the documents whose stored rows are replaced or removed"""
    rules: CrossLinkRules

    @cached_property
    def own(self) -> Rows:
        """The rows of the part, with the columns that are read."""
        return {name: self.tables[name].select(columns) for name, columns in LINK_COLUMNS.items()}

    @cached_property
    def own_days(self) -> Days:
        """The days of the documents of the part."""
        return get_publication_dates(self.own["documents"])

    def read_everything(self) -> tuple[Rows, CrossLinkRules]:
        """Return all rows after the part is published, and the rules."""
        others = ~make_document_filter(self.gone)
        stored = {name: self.store.read(name, columns, others) for name, columns in LINK_COLUMNS.items()}
        return self._add_own(stored), self.rules

    def read_concerned(self) -> tuple[Rows, CrossLinkRules]:
        """Return the rows that decide the links of the part's denials and of those it concerns, and the rules."""
        concerned = self.find_concerned_documents()
        columns = {name: LINK_COLUMNS[name] for name in ("documents", "denials", "denial_links")}
        rows = self._add_own(read_tables_of(self.store, concerned, columns))
        dated = read_dated_statements(rows["denials"], "denial_id", get_publication_dates(rows["documents"]))
        keys = {key for denial in dated for key in list_claim_keys(denial, self.rules.window_days, reach=1)}
        claims, documents, common_keys = self.find_claims(keys)
        rows |= {"claims": claims, "documents": pa.concat_tables([rows["documents"], documents])}
        return rows, replace(self.rules, common_keys=common_keys)

    def find_concerned_documents(self) -> set[str]:
        """Return the stored documents with a denial that shares a key with a claim that comes or goes."""
        keys, window = self.find_changed_keys(), self.rules.window_days
        entities = {entity for entity, _, _ in keys}
        concerned = set()
        periods = {p + i for _, _, p in keys for i in (-1, 0, 1)}
        for denials, days in self._iterate_statements("denials", periods, entities):
            for denial in read_dated_statements(denials, "denial_id", days):
                if any(key in keys for key in list_claim_keys(denial, window, reach=1)):
                    concerned.add(denial.doc_id)
        return concerned

    def find_changed_keys(self) -> set[ClaimKey]:
        """Return the keys of the claims of the part, and of the stored claims of its documents."""
        columns = {name: LINK_COLUMNS[name] for name in ("documents", "claims")}
        old = read_tables_of(self.store, {*self.gone}, columns)
        claims = chain(
            read_dated_statements(self.own["claims"], "claim_id", self.own_days),
            read_dated_statements(old["claims"], "claim_id", get_publication_dates(old["documents"])),
        )
        return {key for claim in claims for key in list_claim_keys(claim, self.rules.window_days)}

    def find_claims(self, keys: set[ClaimKey]) -> tuple[pa.Table, pa.Table, Set[ClaimKey]]:
        """Return the claims that share a key and their documents, and the keys that too many claims share."""
        candidates, stored_days = ClaimCandidates(keys, self.rules.window_days), Days()
        candidates.add(self.own["claims"], self.own_days)
        entities = {entity for entity, _, _ in keys}
        for claims, days in self._iterate_statements("claims", {period for _, _, period in keys}, entities):
            candidates.add(claims, days)
            stored_days |= days
        chosen, common_keys = candidates.choose(self.own["claims"].schema)
        doc_ids = sorted({*chosen["doc_id"].to_pylist()})
        all_days = ChainMap(self.own_days, stored_days)
        columns = [doc_ids, [all_days.get(doc_id) for doc_id in doc_ids]]
        documents = pa.Table.from_arrays(
            [
                pa.array(column, field.type)
                for column, field in zip(columns, self.own["documents"].schema, strict=True)
            ],
            schema=self.own["documents"].schema,
        )
        return chosen, documents, common_keys

    def _iterate_statements(
        self, name: str, periods: Set[int], entities: Set[str]
    ) -> Iterator[tuple[pa.Table, Days]]:
        """Yield the stored claims or denials of some periods about some entities, and the days of their documents.

        Rows of documents in ``gone`` are left out. A statement of a document without a date has the day on which it
        was made.
        """
        months = _list_months(periods, self.rules.window_days)
        if not months:
            return
        in_months = pc.field(PARTITION_COLUMN).isin(sorted(months))
        others = ~make_document_filter(self.gone)
        documents = self.store.read("documents", LINK_COLUMNS["documents"], in_months & others)
        undated = (pc.field(PARTITION_COLUMN) == UNKNOWN_MONTH) & pc.field("said_on").is_valid()
        wanted = pa.array(sorted(entities), pa.string())
        for batch in self.store.iterate(name, LINK_COLUMNS[name], (in_months | undated) & others):
            rows = pa.Table.from_batches([batch]).filter(find_rows_with_entities(batch, wanted))
            if rows.num_rows:
                doc_ids = rows["doc_id"].unique()
                yield rows, get_publication_dates(documents.filter(pc.is_in(documents["doc_id"], doc_ids)))

    def _add_own(self, stored: Rows) -> Rows:
        """Return stored rows together with those of the part."""
        return {name: pa.concat_tables([rows, self.own[name]]) for name, rows in stored.items()}


def _list_months(periods: Iterable[int], window_days: int) -> set[str]:
    """Return the months that have a day in one of these periods."""
    ends = ((period * window_days, (period + 1) * window_days - 1) for period in periods)
    days = (date.fromordinal(day) for first, last in ends for day in range(first, last + 1))
    return {f"{day:%Y-%m}" for day in days}
