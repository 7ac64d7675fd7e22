"""What a run has to do: which of the documents read are new, changed, unchanged or duplicates.

The plan is made from small records after all sources have been read, so that neither order nor batches matter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class SourceReading(NamedTuple):
    """A document that was read: its source, the hash of its payload and metadata, and its id."""

    source_uri: str
    content_sha256: str
    doc_id: str


class StoredDocument(NamedTuple):
    """A document that the warehouse holds."""

    source_uri: str
    content_sha256: str
    doc_id: str
    extractor_version: str


@dataclass(frozen=True, slots=True)
class IntakePlan:
    """What to store and what to remove; ``read == stored + unchanged + duplicate``."""

    new: dict[str, SourceReading]
    """doc_id → the reading to store; the warehouse has no document with this id"""
    changed: dict[str, SourceReading]
    """doc_id → the reading that replaces the stored document with this id"""
    removed: frozenset[str]
    """stored doc_ids whose source now holds another document"""
    unchanged: int
    duplicate: int

    @property
    def stored(self) -> int:
        """Number of documents to store."""
        return len(self.new) + len(self.changed)


def plan_intake(
    readings: Iterable[SourceReading], known: Iterable[StoredDocument], extractor_version: str
) -> IntakePlan:
    """Return what to do, given every document that was read and every one that is stored.

    Of the stored documents, those with the id or the source of a document that was read are enough.

    A document that several sources hold is stored once, under the smallest source (then the smallest payload hash);
    the other readings are duplicates. It is stored again if its source, its payload or metadata, or the extractor
    has changed. If a source was read and no longer holds its stored document, the document moves to another source
    that was read with it, or is removed. Documents of sources that were not or could not be read stay as they are.
    """
    best: dict[str, SourceReading] = {}
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
        if _is_superseded(reading, stored[doc_id], sources, extractor_version)
    }
    unchanged = sum(
        _is_same_reading(again[doc_id], stored[doc_id]) for doc_id in again.keys() - changed.keys()
    )
    removed = {row.doc_id for row in stored.values() if row.source_uri in sources} - best.keys()
    return IntakePlan(new, changed, frozenset(removed), unchanged, read - len(new) - len(changed) - unchanged)


def _is_superseded(
    reading: SourceReading, row: StoredDocument, sources: set[str], extractor_version: str
) -> bool:
    """Return True if the best reading of a document replaces its stored row."""
    if row.extractor_version != extractor_version:
        return True
    if row.source_uri in sources:
        return not _is_same_reading(reading, row)
    return reading.source_uri < row.source_uri


def _is_same_reading(reading: SourceReading, row: StoredDocument) -> bool:
    """Return True if a reading has the source and payload of the stored row."""
    return reading[:2] == row[:2]
