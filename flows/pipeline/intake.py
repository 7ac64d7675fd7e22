"""The first step as a plain function: sources become readings, rejects and spooled documents."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Self

import pyarrow as pa

from flows.pipeline.intake_plan import Readings, SourceReading, SpoolEntry
from flows.pipeline.stage import Stage
from flows.pipeline.staging import DocumentSpool, to_document
from flows.pipeline.stored_documents import StoredDocumentRecogniser, StoredDocuments
from tasks.document.records import Document, Metadata, RawDocument, Rejected
from tasks.read.cleaning import clean_document
from tasks.read.errors import BROKEN_REASON, describe_library_error
from tasks.read.readers import read_documents
from tasks.read.source_files import find_source_files
from warehouse.storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRequest:
    """What a run reads and what it says of the documents; the fields are parameters of :func:`flows.daily.daily`."""

    paths: Sequence[str]
    publisher: str | None
    published: date | None
    columns: Mapping[str, str] | None
    forget: Sequence[str]
    """what was said of these documents before and no longer holds: publisher, published"""
    extractor_version: str

    @property
    def defaults(self) -> Metadata:
        """The metadata of documents that do not state their own."""
        return Metadata(publisher=self.publisher, published_at=self.published)

    @property
    def forgotten_fields(self) -> frozenset[str]:
        """The metadata fields whose stored values no longer hold: publisher, published_at."""
        return frozenset("published_at" if name == "published" else name for name in self.forget)


class RejectKey(NamedTuple):
    """What tells that a document was rejected before as it is now."""

    source_uri: str
    stage: str
    reason: str
    content_sha256: str | None

    @classmethod
    def from_rejected(cls, rejected: Rejected) -> Self:
        """Return the key of a rejected document."""
        return cls(*(getattr(rejected, name) for name in cls._fields))


class TakenDocument(NamedTuple):
    """A usable document that was read; ``spooled`` is None if the warehouse holds it unchanged."""

    reading: SourceReading
    spooled: SpoolEntry | None


@dataclass(slots=True)
class Intake:
    """All usable readings of a run, where each new document is spooled, and what was rejected."""

    extractor_version: str
    """the version that extracts the documents"""
    readings: Readings = field(default_factory=Readings)
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def document_count(self) -> int:
        """How many documents were read, usable or not."""
        return len(self.readings) + len(self.rejected)

    def add(self, found: TakenDocument | Rejected) -> None:
        """Add a document that was read."""
        if isinstance(found, Rejected):
            self.rejected.append(found)
        else:
            self.readings.append(found.reading, found.spooled)


def load_known_documents(store: Store, paths: Sequence[str]) -> StoredDocuments:
    """Return what reading these paths has to know of the documents in the warehouse."""
    return StoredDocuments.from_store(store, {found.source_uri for found in find_source_files(paths)})


def take_in_documents(
    request: IntakeRequest, known: StoredDocuments, stage: Stage, on_read: Callable[[int], None]
) -> Intake:
    """Read the documents of a request; clean and spool those that the warehouse does not hold unchanged.

    ``on_read`` gets the number of documents read so far.
    """
    recogniser = _make_recogniser(request, known)
    intake = Intake(request.extractor_version)
    with DocumentSpool(stage) as spool:
        for found in _read_documents_of(request, recogniser, spool.append):
            intake.add(found)
            on_read(intake.document_count)
    return intake


def load_known_rejects(store: Store) -> frozenset[RejectKey]:
    """Return the documents that earlier runs rejected."""
    rows = store.read("rejects", list(RejectKey._fields))
    return frozenset(map(RejectKey, *(rows[name].to_pylist() for name in RejectKey._fields)))


def take_in_stored_documents(
    request: IntakeRequest, known: StoredDocuments, known_rejects: Set[RejectKey] = frozenset()
) -> Intake | None:
    """Return the intake of a request whose documents are all stored, copies of stored ones, or rejected as before.

    Returns None if a document is new or newly rejected, mostly at the first one. Nothing is spooled.
    """
    recogniser = _make_recogniser(request, known)
    intake = Intake(request.extractor_version)
    unsure, most_unsure = set[str](), 1
    for found in _read_documents_of(request, recogniser, lambda _: 0):
        if isinstance(found, Rejected):
            if RejectKey.from_rejected(found) not in known_rejects:
                return None
            intake.add(found)
            continue
        intake.readings.append(found.reading)
        if found.spooled:
            unsure.add(found.reading.doc_id)
        if len(unsure) >= most_unsure:
            if not known.has_all(unsure, request.extractor_version):
                return None
            # A look-up reads the ids of the whole warehouse: the more copies there are, the fewer look-ups.
            unsure, most_unsure = set(), 2 * most_unsure
    return intake if known.has_all(unsure, request.extractor_version) else None


def _make_recogniser(request: IntakeRequest, known: StoredDocuments) -> StoredDocumentRecogniser:
    """Return what recognises the stored documents of a request."""
    return StoredDocumentRecogniser(known, request.extractor_version, request.forgotten_fields)


def _read_documents_of(
    request: IntakeRequest, recogniser: StoredDocumentRecogniser, spool: Callable[[Document], int]
) -> Iterator[TakenDocument | Rejected]:
    """Yield each document of a request; ``spool`` gets the new ones and returns their numbers."""
    for found in read_documents(request.paths, request.defaults, request.columns):
        yield found if isinstance(found, Rejected) else _take_in(found, recogniser, spool)


def _take_in(
    raw: RawDocument, recogniser: StoredDocumentRecogniser, spool: Callable[[Document], int]
) -> TakenDocument | Rejected:
    """Return a document recognised or spooled; one that causes an error on the way is rejected."""
    try:
        return _recognise_or_spool(raw, recogniser, spool)
    except OSError:
        # The disk of the spool failed: that is no fault of the document.
        raise
    except Exception as error:
        return Rejected(raw.source_uri, "read", BROKEN_REASON, describe_library_error(error))


def _recognise_or_spool(
    raw: RawDocument, recogniser: StoredDocumentRecogniser, spool: Callable[[Document], int]
) -> TakenDocument | Rejected:
    raw, digest, doc_id = recogniser.recognise(raw)
    if doc_id:
        return TakenDocument(SourceReading(raw.source_uri, digest, doc_id), None)
    document = clean_document(raw)
    if isinstance(document, Rejected):
        return document
    reading = SourceReading(document.source_uri, document.content_sha256, document.doc_id)
    return TakenDocument(reading, SpoolEntry(spool(document), len(document.text)))


def spool_stored_documents(
    documents: Iterable[pa.RecordBatch], rejects: pa.Table, stage: Stage, extractor_version: str
) -> Intake:
    """Spool stored documents, given with the columns of the spool, and return them as an intake.

    A source that has since been rejected for other content stays rejected.
    """
    intake = Intake(extractor_version)
    refused = dict(zip(rejects["source_uri"].to_pylist(), rejects["content_sha256"].to_pylist(), strict=True))
    with DocumentSpool(stage) as spool:
        for row in (row for chunk in documents for row in chunk.to_pylist()):
            document = to_document(row)
            reading = SourceReading(document.source_uri, document.content_sha256, document.doc_id)
            spooled = SpoolEntry(spool.append(document), len(document.text))
            is_accepted = refused.get(reading.source_uri) == reading.content_sha256
            intake.readings.append(reading, spooled, is_accepted=is_accepted)
    return intake
