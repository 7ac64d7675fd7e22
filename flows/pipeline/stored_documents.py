"""The documents in the warehouse as columns; objects are made only of those that a run concerns."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.intake_plan import SourceReading, StoredDocument
from tasks.document.records import Metadata, RawDocument
from tasks.read.metadata import METADATA_FIELDS, compute_payload_sha256

RUN_FIELDS = ("publisher", "published_at")
"""metadata that a run can give to documents that do not state it"""
STORED_DOCUMENTS_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in StoredDocument._fields),
        ("publisher", pa.string()),
        ("published_at", pa.date32()),
    ]
)


@dataclass(frozen=True, slots=True)
class StoredDocuments:
    """All stored documents, one row each, with the columns of ``STORED_DOCUMENTS_SCHEMA``."""

    rows: pa.Table

    @classmethod
    def from_records(cls, known: Iterable[StoredDocument]) -> "StoredDocuments":
        """Return records as columns."""
        return cls(pa.Table.from_pylist([one._asdict() for one in known], STORED_DOCUMENTS_SCHEMA))

    def find_unchanged(self, extractor_version: str) -> dict[tuple[str, str], str]:
        """Return doc_id by (source_uri, content_sha256) of the documents that this version need not decode again."""
        rows = self.rows.filter(pc.equal(self.rows["extractor_version"], extractor_version))
        uris, digests, ids = (rows[name].to_pylist() for name in StoredDocument._fields[:3])
        return dict(zip(zip(uris, digests, strict=True), ids, strict=True))

    def get_remembered_metadata(self, forget: Collection[str] = ()) -> dict[str, Metadata]:
        """Return the stored publisher and date of each source, without the fields to forget."""
        columns = [self.rows[name].to_pylist() for name in ("source_uri", *RUN_FIELDS)]
        kept = [name not in forget for name in RUN_FIELDS]
        return {
            uri: Metadata(publisher=publisher if kept[0] else None, published_at=day if kept[1] else None)
            for uri, publisher, day in zip(*columns, strict=True)
            if publisher is not None or day is not None
        }

    def find_concerned(self, readings: Collection[SourceReading]) -> list[StoredDocument]:
        """Return the documents that the plan of a run depends on: those with an id or a source that was read."""
        ids = pa.array({reading.doc_id for reading in readings}, pa.string())
        sources = pa.array({reading.source_uri for reading in readings}, pa.string())
        rows = self.rows.filter(
            pc.or_(pc.is_in(self.rows["doc_id"], ids), pc.is_in(self.rows["source_uri"], sources))
        )
        return [
            StoredDocument(*row)
            for row in zip(*(rows[name].to_pylist() for name in StoredDocument._fields), strict=True)
        ]


@dataclass(frozen=True)
class StoredDocumentRecogniser:
    """Recognises documents that an extractor version has stored unchanged, and recalls the metadata of the others."""

    known: StoredDocuments
    extractor_version: str
    forget: Collection[str] = ()
    """those of ``RUN_FIELDS`` whose stored values no longer hold"""

    @cached_property
    def unchanged_ids(self) -> Mapping[tuple[str, str], str]:
        """The doc_id by source and payload hash, of documents that need not be decoded again."""
        return self.known.find_unchanged(self.extractor_version)

    @cached_property
    def remembered_metadata(self) -> Mapping[str, Metadata]:
        """Publisher and date by source; not needed in a run in which nothing is new."""
        return self.known.get_remembered_metadata(self.forget)

    def recognise(self, found: RawDocument) -> tuple[RawDocument, str, str | None]:
        """Return a document with the remembered metadata of its source, its payload hash, and its id if unchanged.

        Metadata that one run gives to a document holds in later runs that give none. Whether stored metadata came
        from the page or from a run is not stored, so every combination is tried; the hash shows which it was.
        """
        digest = ""
        for version in self._find_versions(found):
            found, digest = version, compute_payload_sha256(version)
            if doc_id := self.unchanged_ids.get((found.source_uri, digest)):
                return found, digest, doc_id
        return found, digest, None

    def _find_versions(self, found: RawDocument) -> Iterator[RawDocument]:
        """Yield the document as it is, then with each combination of the remembered metadata as defaults.

        A default for a field that the document states has no effect; it is left out, so that the hash does not
        depend on it.
        """
        stated = {name: None for name in METADATA_FIELDS if getattr(found.metadata, name) is not None}
        found = replace(found, defaults=replace(found.defaults, **stated))
        yield found
        stored = self.remembered_metadata.get(found.source_uri, Metadata())
        missing = {
            name: value
            for name in RUN_FIELDS
            if (value := getattr(stored, name)) is not None
            and getattr(found.metadata, name) is None
            and getattr(found.defaults, name) is None
        }
        for number in range(1, len(missing) + 1):
            for names in combinations(missing, number):
                values = {name: missing[name] for name in names}
                yield replace(found, defaults=replace(found.defaults, **values))
