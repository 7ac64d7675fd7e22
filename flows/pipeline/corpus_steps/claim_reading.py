"""The claims that are compared, read from the warehouse and from a part of a run.

Where few claims of a period are compared, only the rows whose text may resemble theirs become propositions: looking at
the texts costs a hundredth of preparing the claims for a comparison.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.corpus_steps.entity_joining import CHANGED_ENTITIES
from flows.pipeline.stored_rows import keep_rows_of, read_rows_of_others
from tasks.corpus.claims.claim_index import MIN_SHARED_STEMS
from tasks.corpus.claims.claim_propositions import CLAIM_COLUMNS, Proposition, read_propositions
from tasks.corpus.claims.claim_source import Days
from tasks.corpus.claims.claim_wording import ClaimWords, fold_text
from tasks.document.records import SHARED_COLUMNS
from warehouse.storage.store import Store
from warehouse.tables import PARTITION_COLUMN, UNKNOWN_MONTH, UNNAMED_TYPE

DAY_COLUMNS = ["doc_id", "published_at"]
COMPARED_COLUMNS = [*dict.fromkeys((*CLAIM_COLUMNS, *SHARED_COLUMNS))]
"""the columns of claims that are read"""
MAX_MONTHS, MAX_PERIODS = 3, 32
"""months and periods whose rows stay in memory: of periods those of which claims are read one by one"""

Tables = Mapping[str, pa.Table]


@dataclass(frozen=True)
class DatedClaims:
    """Claims of some days, and the days of their documents."""

    claims: pa.Table
    documents: pa.Table
    unnamed: frozenset[str]
    """the entities without a name among the speakers and targets"""

    @cached_property
    def folded_texts(self) -> pa.Array:
        """The content of each claim, in which the words are as they are compared."""
        return pa.array([*map(fold_text, self.claims["content_text"].to_pylist())], pa.string())

    def keep(self, which: pa.Array | pa.ChunkedArray) -> "DatedClaims":
        """Return some of the claims."""
        claims = self.claims.filter(which)
        documents = keep_rows_of(self.documents, {*claims["doc_id"].to_pylist()})
        return DatedClaims(claims, documents, self.unnamed)

    def keep_days(self, days: Days) -> "DatedClaims":
        """Return the claims of some of the days."""
        places = pc.index_in(self.claims["doc_id"], self.documents["doc_id"].combine_chunks())
        published = self.documents["published_at"].take(places)
        if days is None:
            return self.keep(published.is_null())
        return self.keep(pc.and_(pc.greater_equal(published, days[0]), pc.less_equal(published, days[1])))

    def find_same_texts(self, claim_ids: Set[str]) -> pa.ChunkedArray:
        """Return True for each claim with the content of one of some claims: they may state one proposition."""
        is_asked = pc.is_in(self.claims["claim_id"], pa.array(sorted(claim_ids), pa.string()))
        texts = self.claims["content_text"]
        return pc.is_in(texts, texts.filter(is_asked).unique())

    def find_similar(self, claims: Sequence[Proposition]) -> pa.Array:
        """Return True at least for each claim that shares :data:`MIN_SHARED_STEMS` stems with one of some claims.

        A stem is the beginning of a word, so that a text with three such words has three matches of a stem.
        """
        is_similar = np.zeros(len(self.folded_texts), bool)
        for stems in {claim.wording.stems for claim in claims}:
            matches = pc.count_substring_regex(self.folded_texts, "|".join(sorted(stems)))
            is_similar |= matches.to_numpy() >= MIN_SHARED_STEMS
        return pa.array(is_similar)


class ClaimReader:
    """The claims of the warehouse as they are after a part of a run is published."""

    def __init__(self, store: Store, tables: Tables, gone: frozenset[str], words: ClaimWords) -> None:
        """Read nothing yet.

        Args:
            store: the warehouse before the part is published.
            tables: the rows of the part.
            gone: the documents whose stored rows are replaced or removed.
            words: the tables of words.
        """
        self.store, self.tables, self.gone, self.words = store, tables, gone, words
        self._read_month = lru_cache(MAX_MONTHS)(self._load_month)
        self._read_days = lru_cache(MAX_PERIODS)(self._load_days)

    def read_all(self, days: Days) -> Sequence[Proposition]:
        """Return all propositions of some days."""
        return self._to_propositions(self._load_days(days))

    def read_stated(self, days: Days, claim_ids: Set[str]) -> Sequence[Proposition]:
        """Return the propositions of some days that these claims state."""
        found = self._read_days(days)
        propositions = self._to_propositions(found.keep(found.find_same_texts(claim_ids)))
        return [proposition for proposition in propositions if proposition.is_stated_by(claim_ids)]

    def read_similar(self, days: Days, claims: Sequence[Proposition]) -> Sequence[Proposition]:
        """Return at least those propositions of some days that can state the same as one of these."""
        found = self._read_days(days)
        return self._to_propositions(found.keep(found.find_similar(claims)))

    def _to_propositions(self, found: DatedClaims) -> Sequence[Proposition]:
        return read_propositions(found.claims, found.documents, found.unnamed, self.words)

    def read_columns(self, columns: list[str], months: Set[str]) -> pa.Table:
        """Return columns of the claims of some months."""
        return self._read_rows("claims", columns, months)

    def _load_days(self, days: Days) -> DatedClaims:
        """Return the claims of some days."""
        months = [self._read_month(name).keep_days(days) for name in sorted(list_months(days))]
        return DatedClaims(
            claims=pa.concat_tables([month.claims for month in months]),
            documents=pa.concat_tables([month.documents for month in months]),
            unnamed=frozenset[str]().union(*(month.unnamed for month in months)),
        )

    def _load_month(self, name: str) -> DatedClaims:
        """Return the claims of a month."""
        claims = self._read_rows("claims", COMPARED_COLUMNS, {name})
        documents = self._read_rows("documents", DAY_COLUMNS, {name})
        return DatedClaims(claims, documents, self.find_unnamed_entities(claims))

    def _read_rows(self, name: str, columns: list[str], months: Set[str]) -> pa.Table:
        """Return rows of some months: those of the part, and the stored ones that it leaves."""
        of_months = is_of_months(months)
        stored = read_rows_of_others(self.store, name, {*self.gone}, columns, of_months)
        return pa.concat_tables([stored, self.tables[name].filter(of_months).select(columns)])

    def find_unnamed_entities(self, claims: pa.Table) -> frozenset[str]:
        """Return the ids of the entities without a name among the speakers and targets of some claims."""
        parts = (
            claims["speaker_id"],
            *(pc.list_flatten(claims[name]) for name in ("speaker_ids", "target_ids")),
        )
        ids = pa.chunked_array([chunk for part in parts for chunk in part.chunks], pa.string()).unique()
        return frozenset(self._unnamed_ids.filter(pc.is_in(self._unnamed_ids, ids)).to_pylist())

    @cached_property
    def _unnamed_ids(self) -> pa.ChunkedArray:
        """The ids of all entities without a name, of the warehouse and of the part."""
        is_unnamed = pc.field("entity_type") == UNNAMED_TYPE
        new = (self.tables[name] for name in ("entities", CHANGED_ENTITIES) if name in self.tables)
        found = (
            self.store.read("entities", ["entity_id"], is_unnamed),
            *(rows.filter(is_unnamed).select(["entity_id"]) for rows in new),
        )
        return pa.concat_tables(found)["entity_id"]


def is_of_months(months: Set[str]) -> pc.Expression:
    """Return the condition that a row belongs to one of some months."""
    return pc.field(PARTITION_COLUMN).isin(pa.array(sorted(months), pa.string()))


def list_months(days: Days) -> set[str]:
    """Return the months of some days, those between the first and the last included."""
    if days is None:
        return {UNKNOWN_MONTH}
    first, last = days
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return {f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers}
