"""Near-duplicates: articles that share most of their wording, found by MinHash.

Source: Broder (1997), "On the resemblance and containment of documents"; banding as in Leskovec, Rajaraman
and Ullman, "Mining of Massive Datasets", chapter 3.
"""

import re
import zlib
from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
WORD = re.compile(r"\w+")
SHINGLE = 5
MIN_WORDS = 30
BANDS, ROWS = 24, 10
"""two texts share a key with probability 1 - (1 - J^10)^24: 0.02 at J = 0.5, 0.50 at 0.7, 0.999 at 0.9"""
CHUNK = 2048
SEED = 20_120_618


def near_keys(text: str) -> list[int]:
    """Return the text's band keys: 24 signed 64-bit numbers, of which near-duplicates share at least one.

    Words are lower-cased and punctuation is ignored. A text under 30 words has none: too little to tell.
    """
    words = WORD.findall(text.lower())
    if len(words) < MIN_WORDS:
        return []
    signature = minhash(shingles(words))
    bands = signature.reshape(BANDS, ROWS)
    _, mixers = parameters()
    folded = (bands * mixers).sum(axis=1, dtype=np.uint64) + np.arange(BANDS, dtype=np.uint64)
    keys: list[int] = scramble(folded).view(np.int64).tolist()
    return keys


def shingles(words: list[str]) -> Hashes:
    """Return the hashes of all runs of five words."""
    codes = np.array([code(word) for word in words], np.uint64)
    runs = np.zeros(len(codes) - SHINGLE + 1, np.uint64)
    for offset in range(SHINGLE):
        runs = scramble(runs + codes[offset : offset + len(runs)])
    return runs


@lru_cache(1 << 16)
def code(word: str) -> int:
    """Return the number of a word; most words of a text have been seen before."""
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


def minhash(values: Hashes) -> Hashes:
    """Return the smallest value under each of 240 hash functions, in pieces so that memory stays small."""
    multipliers, _ = parameters()
    smallest = np.full(BANDS * ROWS, np.iinfo(np.uint64).max, np.uint64)
    for start in range(0, len(values), CHUNK):
        # Multiplied by an odd number modulo 2^64, scrambled values keep no order of the old.
        hashed = values[start : start + CHUNK, None] * multipliers
        np.minimum(smallest, hashed.min(axis=0), out=smallest)
    return smallest


@cache
def parameters() -> tuple[Hashes, Hashes]:
    """Return the odd multipliers of the 240 hash functions and of the rows of a band, always the same."""
    numbers = scramble(np.arange(SEED, SEED + BANDS * ROWS + ROWS, dtype=np.uint64)) | np.uint64(1)
    return numbers[: BANDS * ROWS], numbers[BANDS * ROWS :]


def scramble(values: Hashes) -> Hashes:
    """Return each number under splitmix64's finaliser, in which every bit depends on every other."""
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def reached(near_keys: pa.ChunkedArray, keys: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Tell which rows hold one of these keys, or share one with a row that is reached so.

    Whole columns are looked through at a time: which groups a run touches costs little in a long history.
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


def mark_duplicates(
    rows: Iterable[tuple[str, list[int], date | None]],
) -> dict[str, str | None]:
    """Return for each document the earliest of its near-duplicates, None if it is the first itself.

    Rows are (doc_id, near_keys, published_at). Documents linked by a shared key, directly or through
    others, are one group; a dated document comes before an undated one, then the smaller doc_id. The
    answer depends on the set of rows alone.
    """
    group: dict[str, str] = {}
    rank: dict[str, tuple[bool, date, str]] = {}
    holder: dict[int, str] = {}
    for doc_id, keys, published_at in rows:
        group.setdefault(doc_id, doc_id)
        rank[doc_id] = (published_at is None, published_at or date.max, doc_id)
        for key in keys:
            join(group, holder.setdefault(key, doc_id), doc_id)
    first: dict[str, str] = {}
    for doc_id in group:
        root = find(group, doc_id)
        first[root] = min(first.get(root, doc_id), doc_id, key=rank.__getitem__)
    leaders = {doc_id: first[find(group, doc_id)] for doc_id in group}
    return {doc_id: None if doc_id == leader else leader for doc_id, leader in leaders.items()}


def find(group: dict[str, str], doc_id: str) -> str:
    """Return the root of a document's group, halving the way to it."""
    while group[doc_id] != doc_id:
        group[doc_id] = doc_id = group[group[doc_id]]
    return doc_id


def join(group: dict[str, str], one: str, other: str) -> None:
    """Make two documents' groups one."""
    one, other = find(group, one), find(group, other)
    group[max(one, other)] = min(one, other)
