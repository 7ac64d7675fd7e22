"""What a run has to do: which of the documents read are new, changed, unchanged or duplicates.

Everything is decided on small records after all sources were read, so that no order and no batch matters.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Reading(NamedTuple):
    """A document that was read: where, from what payload, and which it is."""

    source_uri: str
    content_sha256: str
    doc_id: str


class Known(NamedTuple):
    """A document that the warehouse holds."""

    source_uri: str
    content_sha256: str
    doc_id: str
    extractor_version: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to store and what to remove; ``read == stored + unchanged + duplicate``."""

    new: dict[str, Reading]
    """doc_id → the reading whose document is to be stored; the warehouse has none of that id"""
    changed: dict[str, Reading]
    """doc_id → the reading whose document replaces the stored one of that id"""
    removed: frozenset[str]
    """stored doc_ids whose source now holds something else"""
    unchanged: int
    duplicate: int

    @property
    def stored(self) -> int:
        """Number of documents to store."""
        return len(self.new) + len(self.changed)


def plan(readings: Iterable[Reading], known: Iterable[Known], extractor_version: str) -> Plan:
    """Return what to do, given every document that was read and every one that is stored.

    Of the stored ones those suffice that have the id or the source of one that was read.

    A document that several sources hold is stored once, under the smallest of them (then of its payload
    hashes); the other readings are duplicates. It is stored anew if its source, its payload or metadata, or
    the extractor changed. A source that was read and no longer holds its stored document gives that up:
    the document goes to another source that was read with it, or is removed. A source that was not read,
    or could not be, gives up nothing.
    """
    best: dict[str, Reading] = {}
    sources: set[str] = set()
    read = 0
    for reading in readings:
        best[reading.doc_id] = min(reading, best.get(reading.doc_id, reading))
        sources.add(reading.source_uri)
        read += 1
    stored = {row.doc_id: row for row in known}
    again = {doc_id: reading for doc_id, reading in best.items() if doc_id in stored}
    new = {doc_id: reading for doc_id, reading in best.items() if doc_id not in stored}
    changed = {
        doc_id: reading
        for doc_id, reading in again.items()
        if supersedes(reading, stored[doc_id], sources, extractor_version)
    }
    unchanged = sum(is_same(again[doc_id], stored[doc_id]) for doc_id in again.keys() - changed.keys())
    removed = {row.doc_id for row in stored.values() if row.source_uri in sources} - best.keys()
    return Plan(new, changed, frozenset(removed), unchanged, read - len(new) - len(changed) - unchanged)


def supersedes(reading: Reading, row: Known, sources: set[str], extractor_version: str) -> bool:
    """Tell whether a document's best reading takes the place of its stored row."""
    if row.extractor_version != extractor_version:
        return True
    if row.source_uri in sources:
        return not is_same(reading, row)
    return reading.source_uri < row.source_uri


def is_same(reading: Reading, row: Known) -> bool:
    """Tell whether a reading is the very one that was stored."""
    return reading[:2] == row[:2]
