"""Groups of near-duplicates: articles that share a key of :mod:`tasks.document.minhash`."""

from collections.abc import Hashable, Iterable, Sequence
from datetime import date


def find_earliest_duplicates(
    rows: Iterable[tuple[str, Sequence[Hashable], date | None]],
) -> dict[str, str | None]:
    """Return for each document the earliest of its near-duplicates, None if it is the earliest itself.

    Rows are (doc_id, near_keys, published_at). Documents connected by shared keys, directly or through others, form a
    group, ordered by date, undated documents last, then by doc_id. The result does not depend on the order of the rows.
    Keys are compared only for equality.
    """
    parents: dict[str, str] = {}
    rank: dict[str, tuple[bool, date, str]] = {}
    first_holder: dict[Hashable, str] = {}
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
