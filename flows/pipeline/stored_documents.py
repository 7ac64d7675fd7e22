"""The documents in the warehouse that a run can concern: those of the sources that it reads, and others by id."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.intake_plan import StoredDocument
from flows.pipeline.stored_rows import make_document_filter
from tasks.document.records import Metadata, RawDocument
from tasks.read.metadata import METADATA_FIELDS, compute_payload_sha256
from warehouse.storage.store import Store

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
    """The stored documents of the sources that a run reads; those of other sources are read by their ids."""

    rows: pa.Table
    """one row each, with the columns of ``STORED_DOCUMENTS_SCHEMA``"""
    read_by_ids: Callable[[Collection[str]], pa.Table]
    """returns the rows of the stored documents with these ids, of any source"""

    @classmethod
    def from_records(cls, known: Iterable[StoredDocument]) -> "StoredDocuments":
        """Return records as columns."""
        rows = pa.Table.from_pylist([one._asdict() for one in known], STORED_DOCUMENTS_SCHEMA)
        return cls(
            rows, lambda ids: rows.filter(pc.is_in(rows["doc_id"], pa.array(sorted(ids), pa.string())))
        )

    @classmethod
    def from_store(cls, store: Store, sources: Collection[str]) -> "StoredDocuments":
        """Return the stored documents of these files, given by their URIs, and of what the files hold."""
        return cls(_read_documents_of_files(store, sources), lambda ids: _read_documents_by_ids(store, ids))

    def has_all(self, doc_ids: Collection[str], extractor_version: str) -> bool:
        """Return True if this version has stored documents with all these ids, of any source."""
        if not doc_ids:
            return True
        versions: list[str] = self.read_by_ids(doc_ids)["extractor_version"].to_pylist()
        return versions.count(extractor_version) == len({*doc_ids})

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

    def find_concerned(self, readings: pa.Table) -> pa.Table:
        """Return the documents that the plan of a run depends on: those with an id or a source that was read.

        They have the columns of ``StoredDocument``.
        """
        sources, ids = (readings[name].combine_chunks() for name in ("source_uri", "doc_id"))
        of_sources = self.rows.filter(pc.is_in(self.rows["source_uri"], sources))
        is_found = pc.is_in(ids, of_sources["doc_id"].combine_chunks())
        others = ids.filter(pc.invert(is_found)).unique()
        found = [of_sources, self.read_by_ids(others.to_pylist())] if len(others) else [of_sources]
        return pa.concat_tables(found).select(list(StoredDocument._fields))


def _read_documents_of_files(store: Store, files: Collection[str]) -> pa.Table:
    """Return the stored documents whose source is one of these files, or something in one of them.

    The URI of something in a file is that of the file, ``#`` and a name.
    """
    wanted = pa.array({_get_file_part(uri) for uri in files}, pa.string())
    uri = pc.field("source_uri")
    # The statistics of the stored files show which of them hold no URI in this range; "$" follows "#".
    in_range = (uri >= min(files)) & (uri < max(f"{file}$" for file in files)) if files else pc.scalar(False)
    found = [
        rows.filter(
            pc.is_in(pc.list_element(pc.split_pattern(rows["source_uri"], "#", max_splits=1), 0), wanted)
        )
        for rows in store.iterate("documents", STORED_DOCUMENTS_SCHEMA.names, in_range)
    ]
    return (
        pa.Table.from_batches(found).cast(STORED_DOCUMENTS_SCHEMA)
        if found
        else STORED_DOCUMENTS_SCHEMA.empty_table()
    )


def _get_file_part(uri: str) -> str:
    """Return what precedes the first ``#`` of a URI; a file's own name can contain one."""
    return uri.partition("#")[0]


def _read_documents_by_ids(store: Store, doc_ids: Collection[str]) -> pa.Table:
    """Return the stored documents with these ids."""
    names = STORED_DOCUMENTS_SCHEMA.names
    return store.read("documents", names, make_document_filter(doc_ids)).cast(STORED_DOCUMENTS_SCHEMA)


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
