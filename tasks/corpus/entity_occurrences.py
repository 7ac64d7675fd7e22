"""Which entity stands in which document: all mentions of a warehouse as pairs of numbers.

A hundred thousand documents have millions of mentions. As numbers they are looked through in milliseconds; Python
objects are made of what is asked for alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Numbers = NDArray[np.int32]
LOCAL = "local_entity_id"
"""the column by which entities are counted"""


@dataclass(frozen=True, slots=True)
class Coded:
    """A column without nulls as numbers, and what each number stands for."""

    values: pa.Array
    numbers: Numbers

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> "Coded":
        """Return a column of text, be it plain or a dictionary already."""
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        if not column.num_chunks:
            return cls(pa.array([], pa.string()), np.zeros(0, np.int32))
        whole = column.unify_dictionaries()
        numbers = [chunk.indices.to_numpy() for chunk in whole.chunks]
        return cls(whole.chunk(0).dictionary, np.concatenate(numbers))

    def holds(self, wanted: Iterable[str]) -> NDArray[np.bool_]:
        """Tell for each row whether its value is one of these."""
        hit = pc.is_in(self.values, pa.array(sorted(wanted), pa.string()))
        return np.asarray(hit.to_numpy(zero_copy_only=False), np.bool_)[self.numbers]

    def texts(self, rows: NDArray[np.bool_]) -> list[str]:
        """Return the values of some rows."""
        texts: list[str] = self.values.take(pa.array(self.numbers[rows])).to_pylist()
        return texts


@dataclass(frozen=True, slots=True)
class Standing:
    """Pairs of a document and an entity that it mentions, one a mention."""

    documents: Coded
    entities: Coded

    @classmethod
    def of(cls, *mentions: pa.Table) -> "Standing":
        """Return the pairs of tables with ``doc_id`` and ``local_entity_id``; what has no entity is left out."""
        named = [with_entity(rows) for rows in mentions]
        documents, entities = (
            Coded.of(
                pa.chunked_array([chunk for rows in named for chunk in encoded(rows[name]).chunks], CODE)
            )
            for name in ("doc_id", LOCAL)
        )
        return cls(documents, entities)

    def documents_of(self, entities: Iterable[str]) -> dict[str, set[str]]:
        """Return the documents that mention each of these entities; none for one that is not there."""
        return grouped(self.entities, self.documents, entities)

    def entities_in(self, documents: Iterable[str]) -> dict[str, set[str]]:
        """Return the entities that each of these documents mentions."""
        return grouped(self.documents, self.entities, documents)


CODE = pa.dictionary(pa.int32(), pa.string())


def with_entity(mentions: pa.Table) -> pa.Table:
    """Return the mentions that have an entity."""
    return mentions.filter(mentions[LOCAL].is_valid()) if mentions[LOCAL].null_count else mentions


def encoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of text as a dictionary."""
    return column if pa.types.is_dictionary(column.type) else column.dictionary_encode()


def grouped(keys: Coded, values: Coded, wanted: Iterable[str]) -> dict[str, set[str]]:
    """Return the different values of each key that is wanted."""
    asked = set(wanted)
    found: dict[str, set[str]] = defaultdict(set, {key: set() for key in asked})
    if asked:
        rows = keys.holds(asked)
        for key, value in zip(keys.texts(rows), values.texts(rows), strict=True):
            found[key].add(value)
    return found


def joins(parts: Sequence[pa.Table]) -> dict[str, str]:
    """Return which local ids the stored mentions have joined to which entity: only those that differ.

    Args:
        parts: tables with ``local_entity_id`` and ``entity_id``.
    """
    found: dict[str, str] = {}
    for rows in parts:
        named = with_entity(rows)
        local, entity = Coded.of(named[LOCAL]), Coded.of(named["entity_id"])
        same = pc.fill_null(pc.index_in(entity.values, local.values), -1).to_numpy(zero_copy_only=False)
        differs = same[entity.numbers] != local.numbers if len(entity.numbers) else np.zeros(0, np.bool_)
        found |= dict(zip(local.texts(differs), entity.texts(differs), strict=True))
    return found
