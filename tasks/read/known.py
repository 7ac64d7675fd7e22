"""The documents that a warehouse holds, as columns: objects are made of those alone that a run concerns."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tasks.read.plan import Known, Reading

SCHEMA = pa.schema([(name, pa.string()) for name in Known._fields])


@dataclass(frozen=True, slots=True)
class KnownDocuments:
    """All stored documents, a row each with the columns of :class:`tasks.read.plan.Known`."""

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

    def concerned(self, readings: Collection[Reading]) -> list[Known]:
        """Return the documents that the plan of a run depends on: what was read, and what its sources held."""
        ids = pa.array({reading.doc_id for reading in readings}, pa.string())
        sources = pa.array({reading.source_uri for reading in readings}, pa.string())
        rows = self.rows.filter(
            pc.or_(pc.is_in(self.rows["doc_id"], ids), pc.is_in(self.rows["source_uri"], sources))
        )
        return [Known(*row) for row in zip(*(rows[name].to_pylist() for name in Known._fields), strict=True)]
