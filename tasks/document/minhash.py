"""MinHash keys of a text, of which near-duplicates share at least one.

Source: Broder (1997), "On the resemblance and containment of documents"; banding as in Leskovec, Rajaraman and Ullman,
"Mining of Massive Datasets", chapter 3.
"""

import re
import zlib
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

HashArray = NDArray[np.uint64]

SHINGLE_WORD = re.compile(r"\w+")
SHINGLE_WORDS = 5
MIN_WORDS = 30
BANDS, BAND_ROWS = 24, 10
"""two texts share a key with probability 1 - (1 - J^10)^24: 0.02 at J = 0.5, 0.50 at 0.7, 0.999 at 0.9"""
HASH_CHUNK = 2048
HASH_SEED = 20_120_618


def compute_near_keys(text: str) -> list[int]:
    """Return the text's band keys: 24 signed 64-bit numbers, of which near-duplicates share at least one.

    Words are lower-cased and punctuation is ignored. A text of fewer than 30 words has no keys: it is too short
    to compare.
    """
    words = SHINGLE_WORD.findall(text.lower())
    if len(words) < MIN_WORDS:
        return []
    signature = _compute_minhash(_hash_shingles(words))
    bands = signature.reshape(BANDS, BAND_ROWS)
    _, mixers = _make_hash_parameters()
    folded = (bands * mixers).sum(axis=1, dtype=np.uint64) + np.arange(BANDS, dtype=np.uint64)
    keys: list[int] = _scramble_bits(folded).view(np.int64).tolist()
    return keys


def _hash_shingles(words: list[str]) -> HashArray:
    """Return the hashes of all runs of five words."""
    codes = np.array([_hash_word(word) for word in words], np.uint64)
    runs = np.zeros(len(codes) - SHINGLE_WORDS + 1, np.uint64)
    for offset in range(SHINGLE_WORDS):
        runs = _scramble_bits(runs + codes[offset : offset + len(runs)])
    return runs


@lru_cache(1 << 16)
def _hash_word(word: str) -> int:
    """Return the CRC-32 of a word; cached because most words recur."""
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


def _compute_minhash(values: HashArray) -> HashArray:
    """Return the smallest value under each of 240 hash functions, in chunks to bound memory."""
    multipliers, _ = _make_hash_parameters()
    smallest = np.full(BANDS * BAND_ROWS, np.iinfo(np.uint64).max, np.uint64)
    for start in range(0, len(values), HASH_CHUNK):
        # Multiplication by an odd number modulo 2^64 permutes the scrambled values.
        hashed = values[start : start + HASH_CHUNK, None] * multipliers
        np.minimum(smallest, hashed.min(axis=0), out=smallest)
    return smallest


@cache
def _make_hash_parameters() -> tuple[HashArray, HashArray]:
    """Return the odd multipliers of the 240 hash functions and of the rows of a band, the same in every process."""
    numbers = _scramble_bits(
        np.arange(HASH_SEED, HASH_SEED + BANDS * BAND_ROWS + BAND_ROWS, dtype=np.uint64)
    ) | np.uint64(1)
    return numbers[: BANDS * BAND_ROWS], numbers[BANDS * BAND_ROWS :]


def _scramble_bits(values: HashArray) -> HashArray:
    """Return each number under splitmix64's finaliser, in which every bit depends on every other."""
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
