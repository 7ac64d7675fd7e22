"""The documents that a warehouse holds, as columns: objects are made of those alone that a run concerns."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.intake_plan import Known, Reading
from tasks.document.records import Metadata, RawDocument
from tasks.read.metadata import FIELDS, payload_sha256

SAID = ("publisher", "published_at")
"""what a run can say of documents that do not say it themselves"""
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in Known._fields),
        ("publisher", pa.string()),
        ("published_at", pa.date32()),
    ]
)


@dataclass(frozen=True, slots=True)
class KnownDocuments:
    """All stored documents, a row each with the columns of ``SCHEMA``."""

    rows: pa.Table

    @classmethod
    def of(cls, known: Iterable[Known]) -> "KnownDocuments":
        """Return the same as columns."""
        return cls(pa.Table.from_pylist([one._asdict() for one in known], SCHEMA))

    def unchanged(self, extractor_version: str) -> dict[tuple[str, str], str]:
        """Return doc_id by (source_uri, content_sha256) of the documents that need not even be decoded again."""
        rows = self.rows.filter(pc.equal(self.rows["extractor_version"], extractor_version))
        uris, digests, ids = (rows[name].to_pylist() for name in Known._fields[:3])
        return dict(zip(zip(uris, digests, strict=True), ids, strict=True))

    def remembered(self, forget: Collection[str] = ()) -> dict[str, Metadata]:
        """Return what is stored of each source's publisher and date, but for the fields to forget."""
        columns = [self.rows[name].to_pylist() for name in ("source_uri", *SAID)]
        kept = [name not in forget for name in SAID]
        return {
            uri: Metadata(publisher=publisher if kept[0] else None, published_at=day if kept[1] else None)
            for uri, publisher, day in zip(*columns, strict=True)
            if publisher is not None or day is not None
        }

    def concerned(self, readings: Collection[Reading]) -> list[Known]:
        """Return the documents that the plan of a run depends on: what was read, and what its sources held."""
        ids = pa.array({reading.doc_id for reading in readings}, pa.string())
        sources = pa.array({reading.source_uri for reading in readings}, pa.string())
        rows = self.rows.filter(
            pc.or_(pc.is_in(self.rows["doc_id"], ids), pc.is_in(self.rows["source_uri"], sources))
        )
        return [Known(*row) for row in zip(*(rows[name].to_pylist() for name in Known._fields), strict=True)]


@dataclass(frozen=True)
class Recogniser:
    """Which documents are stored unchanged by a version of the extractor, and what was said of the others before."""

    known: KnownDocuments
    extractor_version: str
    forget: Collection[str] = ()
    """fields of ``SAID`` whose stored values no longer hold"""

    @cached_property
    def unchanged(self) -> Mapping[tuple[str, str], str]:
        """The doc_id by source and payload, of what need not be decoded again."""
        return self.known.unchanged(self.extractor_version)

    @cached_property
    def remembered(self) -> Mapping[str, Metadata]:
        """Publisher and date by source; a run in which nothing is new never asks for them."""
        return self.known.remembered(self.forget)

    def recognise(self, found: RawDocument) -> tuple[RawDocument, str, str | None]:
        """Return a document with what was said of its source, the hash of its payload, and its id if it is unchanged.

        What a run says of a document stays said: a later run that says nothing changes nothing. What was told by
        the page and what by a run is not stored, so each is tried: the hash tells which it was.
        """
        digest = ""
        for version in self._versions(found):
            found, digest = version, payload_sha256(version)
            if doc_id := self.unchanged.get((found.source_uri, digest)):
                return found, digest, doc_id
        return found, digest, None

    def _versions(self, found: RawDocument) -> Iterator[RawDocument]:
        """Yield the document as it is, then with more and more of what is remembered of its source as defaults.

        A default for what the document states itself has no effect, and is left out: so the hash does not depend on it.
        """
        stated = {name: None for name in FIELDS if getattr(found.metadata, name) is not None}
        found = replace(found, defaults=replace(found.defaults, **stated))
        yield found
        stored = self.remembered.get(found.source_uri, Metadata())
        missing = {
            name: value
            for name in SAID
            if (value := getattr(stored, name)) is not None
            and getattr(found.metadata, name) is None
            and getattr(found.defaults, name) is None
        }
        for number in range(1, len(missing) + 1):
            for names in combinations(missing, number):
                said = {name: missing[name] for name in names}
                yield replace(found, defaults=replace(found.defaults, **said))
