"""Which document mentions which entity, from dictionary-encoded columns or from rows that are read when needed.

A hundred thousand documents have millions of mentions. Encoded as integers they are filtered in milliseconds, and
Python objects are created for the selected rows only.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

CodeArray = NDArray[np.int32]
LOCAL_ID_COLUMN = "local_entity_id"
"""the column by which entities are counted"""


@dataclass(frozen=True, slots=True)
class EncodedColumn:
    """A dictionary-encoded column without nulls: ``values[numbers[i]]`` is the value of row i."""

    values: pa.Array
    numbers: CodeArray

    @classmethod
    def from_column(cls, column: pa.ChunkedArray) -> "EncodedColumn":
        """Encode a column of text, which may be dictionary-encoded already."""
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        if not column.num_chunks:
            return cls(pa.array([], pa.string()), np.zeros(0, np.int32))
        whole = column.unify_dictionaries()
        numbers = [chunk.indices.to_numpy() for chunk in whole.chunks]
        return cls(whole.chunk(0).dictionary, np.concatenate(numbers))

    def get_row_mask(self, wanted: Iterable[str]) -> NDArray[np.bool_]:
        """Return a mask of the rows whose value is one of ``wanted``."""
        hit = pc.is_in(self.values, pa.array(sorted(wanted), pa.string()))
        return np.asarray(hit.to_numpy(zero_copy_only=False), np.bool_)[self.numbers]

    def get_texts(self, rows: NDArray[np.bool_]) -> list[str]:
        """Return the values of the rows of a mask."""
        texts: list[str] = self.values.take(pa.array(self.numbers[rows])).to_pylist()
        return texts


class Occurrences(Protocol):
    """Pairs of a document and an entity that it mentions."""

    def get_documents_by_entity(self, entities: Iterable[str]) -> dict[str, set[str]]:
        """Return the documents that mention each of these entities; an empty set for an unknown entity."""

    def get_entities_by_document(self, documents: Iterable[str]) -> dict[str, set[str]]:
        """Return the entities that each of these documents mentions."""


@dataclass(frozen=True, slots=True)
class ReadOccurrences:
    """Pairs of which only those of the entities or documents that are asked for are read."""

    read_pairs: Callable[[str, set[str]], pa.Table]
    """returns the stored mentions, with ``doc_id`` and ``local_entity_id``, whose value in a column is one of some"""
    added_mentions: pa.Table

    def get_documents_by_entity(self, entities: Iterable[str]) -> dict[str, set[str]]:
        """Return the documents that mention each of these entities; an empty set for an unknown entity."""
        wanted = set(entities)
        return self._read(LOCAL_ID_COLUMN, wanted).get_documents_by_entity(wanted)

    def get_entities_by_document(self, documents: Iterable[str]) -> dict[str, set[str]]:
        """Return the entities that each of these documents mentions."""
        wanted = set(documents)
        return self._read("doc_id", wanted).get_entities_by_document(wanted)

    def _read(self, column: str, wanted: set[str]) -> "EntityOccurrences":
        """Return the pairs with these values, and those of all added mentions."""
        return EntityOccurrences.from_mentions(
            *([self.read_pairs(column, wanted)] if wanted else []), self.added_mentions
        )


@dataclass(frozen=True, slots=True)
class EntityOccurrences:
    """Pairs of a document and an entity that it mentions, one per mention."""

    documents: EncodedColumn
    entities: EncodedColumn

    @classmethod
    def from_mentions(cls, *mentions: pa.Table) -> "EntityOccurrences":
        """Return the pairs of tables with ``doc_id`` and ``local_entity_id``, without mentions that have no entity."""
        named = [_filter_with_entity(rows) for rows in mentions]
        documents, entities = (
            EncodedColumn.from_column(
                pa.chunked_array(
                    [chunk for rows in named for chunk in _encode_column(rows[name]).chunks], DICTIONARY_TYPE
                )
            )
            for name in ("doc_id", LOCAL_ID_COLUMN)
        )
        return cls(documents, entities)

    def get_documents_by_entity(self, entities: Iterable[str]) -> dict[str, set[str]]:
        """Return the documents that mention each of these entities; an empty set for an unknown entity."""
        return _group_values(self.entities, self.documents, entities)

    def get_entities_by_document(self, documents: Iterable[str]) -> dict[str, set[str]]:
        """Return the entities that each of these documents mentions."""
        return _group_values(self.documents, self.entities, documents)


DICTIONARY_TYPE = pa.dictionary(pa.int32(), pa.string())


def _filter_with_entity(mentions: pa.Table) -> pa.Table:
    """Return the mentions with an entity."""
    return (
        mentions.filter(mentions[LOCAL_ID_COLUMN].is_valid())
        if mentions[LOCAL_ID_COLUMN].null_count
        else mentions
    )


def _encode_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of text dictionary-encoded."""
    return column if pa.types.is_dictionary(column.type) else column.dictionary_encode()


def _group_values(keys: EncodedColumn, values: EncodedColumn, wanted: Iterable[str]) -> dict[str, set[str]]:
    """Return the distinct values of each wanted key."""
    wanted_keys = set(wanted)
    found: dict[str, set[str]] = defaultdict(set, {key: set() for key in wanted_keys})
    if wanted_keys:
        rows = keys.get_row_mask(wanted_keys)
        for key, value in zip(keys.get_texts(rows), values.get_texts(rows), strict=True):
            found[key].add(value)
    return found


def find_stored_joins(mentions: pa.Table) -> dict[str, str]:
    """Return the joined entity of each local id in stored mentions, for those where the two differ.

    Args:
        mentions: ``local_entity_id`` and ``entity_id`` of mentions.
    """
    named = _filter_with_entity(mentions)
    local, entity = (
        EncodedColumn.from_column(named[LOCAL_ID_COLUMN]),
        EncodedColumn.from_column(named["entity_id"]),
    )
    same = pc.fill_null(pc.index_in(entity.values, local.values), -1).to_numpy(zero_copy_only=False)
    differs = same[entity.numbers] != local.numbers if len(entity.numbers) else np.zeros(0, np.bool_)
    return dict(zip(local.get_texts(differs), entity.get_texts(differs), strict=True))
