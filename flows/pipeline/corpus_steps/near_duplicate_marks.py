"""The table ``near_duplicates`` after a part of a run: which documents are near-duplicates of an earlier one.

The stored rows say which documents form a group. So only the keys of documents that a changed document is or was near
are compared, and a group to which a document is added is represented by its earliest document.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.stored_rows import get_doc_ids, make_document_filter
from tasks.corpus.key_lists import find_holders
from tasks.corpus.near_duplicates import find_earliest_duplicates
from warehouse.storage.store import Store
from warehouse.tables import NEAR_DUPLICATES, to_arrow

KEY_COLUMNS = ["doc_id", "near_keys", "published_at"]
Marks = dict[str, str]
"""the earliest near-duplicate of each document that has an earlier one"""


@dataclass
class ComparedDocuments:
    """The documents whose group may change, with what groups them."""

    keys: dict[str, list[int | str]] = field(default_factory=dict)
    """by doc_id; beside its band keys, the id of the earliest document of its group if the group holds together"""
    days: dict[str, date | None] = field(default_factory=dict)

    def add(self, rows: pa.Table | pa.RecordBatch) -> None:
        """Add rows with the columns of :data:`KEY_COLUMNS`."""
        for doc_id, keys, day in zip(*(rows[name].to_pylist() for name in KEY_COLUMNS), strict=True):
            self.keys[doc_id], self.days[doc_id] = list(keys), day

    def find_earliest(self) -> dict[str, str | None]:
        """Return the earliest near-duplicate of each document, None if it is the earliest itself."""
        return find_earliest_duplicates(
            (doc_id, self.keys[doc_id], self.days[doc_id]) for doc_id in self.keys
        )


def update_near_duplicates(
    store: Store, tables: dict[str, pa.Table], removed: frozenset[str], is_owed: bool
) -> dict[str, pa.Table]:
    """Return the tables with all of ``near_duplicates``; if the step is owed, all documents are compared."""
    own = tables["documents"].select(KEY_COLUMNS)
    gone = get_doc_ids(tables) | removed
    marks = _compare_all(store, own, gone) if is_owed else _update_marks(store, own, gone)
    return {**tables, "near_duplicates": to_mark_rows(marks)}


def read_marks(store: Store) -> Marks:
    """Return the stored marks."""
    rows = store.read("near_duplicates")
    return dict(zip(rows["doc_id"].to_pylist(), rows["duplicate_of"].to_pylist(), strict=True))


def to_mark_rows(marks: Marks) -> pa.Table:
    """Return marks as rows of ``near_duplicates``."""
    return to_arrow(({"doc_id": d, "duplicate_of": first} for d, first in marks.items()), NEAR_DUPLICATES)


def _compare_all(store: Store, own: pa.Table, gone: set[str]) -> Marks:
    """Return the marks of all documents, from all keys."""
    compared = ComparedDocuments()
    compared.add(store.read("documents", KEY_COLUMNS, ~make_document_filter(gone)))
    compared.add(own)
    return {doc_id: first for doc_id, first in compared.find_earliest().items() if first}


def _update_marks(store: Store, own: pa.Table, gone: set[str]) -> Marks:
    """Return the marks of all documents, from the stored ones and the keys of the documents concerned."""
    marks = read_marks(store)
    # A group that loses a document, or in which one is replaced, may fall apart: all its keys are compared.
    loose = {marks.get(doc_id, doc_id) for doc_id in gone}
    members = {doc_id for doc_id, first in marks.items() if first in loose} | loose
    compared = _read_compared(store, own, members, gone)
    _hold_groups_together(compared, marks, members)
    compared.add(own)
    _add_days(store, compared)
    first_of = compared.find_earliest()
    kept = {
        doc_id: first_of.get(first) or first
        for doc_id, first in marks.items()
        if doc_id not in gone and doc_id not in first_of
    }
    return kept | {doc_id: first for doc_id, first in first_of.items() if first}


def _read_compared(store: Store, own: pa.Table, members: set[str], gone: set[str]) -> ComparedDocuments:
    """Return the stored documents among ``members``, and those that share a key with ``own``."""
    compared = ComparedDocuments()
    keys, wanted = pc.list_flatten(own["near_keys"]).unique(), pa.array(sorted(members), pa.string())
    left_out = pa.array(sorted(gone), pa.string())
    for rows in store.iterate("documents", KEY_COLUMNS):
        is_concerned = pc.or_(find_holders(rows["near_keys"], keys), pc.is_in(rows["doc_id"], wanted))
        found = rows.filter(is_concerned)
        compared.add(found.filter(pc.invert(pc.is_in(found["doc_id"], left_out))))
    return compared


def _hold_groups_together(compared: ComparedDocuments, marks: Marks, loose: Iterable[str]) -> None:
    """Give the documents of each group that loses none, and its earliest document, a key in common."""
    loose = set(loose)
    for doc_id in [*compared.keys]:
        first = marks.get(doc_id, doc_id)
        if doc_id not in loose:
            compared.keys[doc_id].append(first)
            compared.keys.setdefault(first, [first])


def _add_days(store: Store, compared: ComparedDocuments) -> None:
    """Add the day of each document that represents its group and was not read with its keys."""
    missing = compared.keys.keys() - compared.days.keys()
    if missing:
        rows = store.read("documents", ["doc_id", "published_at"], make_document_filter(missing))
        compared.days |= dict(zip(*(rows[name].to_pylist() for name in rows.column_names), strict=True))
