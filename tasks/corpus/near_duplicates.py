"""Groups of near-duplicates: articles that share a key of :mod:`tasks.document.minhash`."""

from collections.abc import Iterable
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def find_connected_rows(near_keys: pa.ChunkedArray, keys: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Return a mask of the rows that are connected to these keys, directly or through keys of other such rows.

    Works on whole columns, so that finding the groups that a run affects is cheap in a large warehouse.

    Args:
        near_keys: the list of keys of each row.
        keys: the keys to start from.
    """
    lists = near_keys.combine_chunks()
    held, holder = lists.flatten(), pc.list_parent_indices(lists)
    found = np.zeros(len(lists), np.bool_)
    while len(keys):
        holders = holder.filter(pc.is_in(held, keys)).unique().to_numpy()
        fresh = holders[~found[holders]]
        found[fresh] = True
        keys = lists.take(pa.array(fresh)).flatten()
    return found


def find_earliest_duplicates(
    rows: Iterable[tuple[str, list[int], date | None]],
) -> dict[str, str | None]:
    """Return for each document the earliest of its near-duplicates, None if it is the earliest itself.

    Rows are (doc_id, near_keys, published_at). Documents connected by shared keys, directly or through others, form a
    group, ordered by date, undated documents last, then by doc_id. The result does not depend on the order of the rows.
    """
    parents: dict[str, str] = {}
    rank: dict[str, tuple[bool, date, str]] = {}
    first_holder: dict[int, str] = {}
    for doc_id, keys, published_at in rows:
        parents.setdefault(doc_id, doc_id)
        rank[doc_id] = (published_at is None, published_at or date.max, doc_id)
        for key in keys:
            _join_groups(parents, first_holder.setdefault(key, doc_id), doc_id)
    earliest: dict[str, str] = {}
    for doc_id in parents:
        root = _find_group_root(parents, doc_id)
        earliest[root] = min(earliest.get(root, doc_id), doc_id, key=rank.__getitem__)
    first_of = {doc_id: earliest[_find_group_root(parents, doc_id)] for doc_id in parents}
    return {doc_id: None if doc_id == first else first for doc_id, first in first_of.items()}


def _find_group_root(parents: dict[str, str], doc_id: str) -> str:
    """Return the root of a document's group (union-find with path halving)."""
    while parents[doc_id] != doc_id:
        parents[doc_id] = doc_id = parents[parents[doc_id]]
    return doc_id


def _join_groups(parents: dict[str, str], first: str, second: str) -> None:
    """Merge the groups of two documents."""
    roots = _find_group_root(parents, first), _find_group_root(parents, second)
    parents[max(roots)] = min(roots)
