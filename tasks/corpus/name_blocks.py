"""A vectorised filter that finds, among many names, those that may fall into given blocks.

Every run searches the names of all entities, which takes microseconds per name in Python. The filter hashes the
first and last word of each name with numpy, folding letters more coarsely than
:func:`tasks.corpus.spelling_variants.make_block_key`. It has false positives, which the caller compares exactly, but no
false negatives.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.entities.names import NAME_PARTICLES, NAME_SUFFIXES

BoolArray = NDArray[np.bool_]
ByteArray = NDArray[np.uint8]
IntArray = NDArray[np.int64]
KeyArray = NDArray[np.uint64]
LETTER_GROUPS = ("aeiouyjhl", "gkqcszxtd", "pfvw", "b", "m", "n", "r", *"0123456789")
"""letters that a consonant skeleton may fold together; those of the first group may be omitted"""
SEPARATOR_CLASS, FOREIGN_CLASS = 254, 255
QUOTE_BYTES = (ord("'"), ord("`"))
LOWER_CASE_BYTES = np.frombuffer(bytes(range(256)).lower(), np.uint8)
OMITTED_WORDS = NAME_PARTICLES | NAME_SUFFIXES | {"the"}
"""words that are removed from a name; none is longer than three letters"""


def _make_byte_classes() -> ByteArray:
    """Return the class of each byte: the number of its group, a separator, or part of a non-ASCII character."""
    table = np.full(256, SEPARATOR_CLASS, np.uint8)
    table[128:] = FOREIGN_CLASS
    for number, letters in enumerate(LETTER_GROUPS):
        table[[ord(letter) for letter in letters + letters.upper()]] = number
    return table


BYTE_CLASSES = _make_byte_classes()
HASH_POWERS = np.cumprod(np.full(4096, 0x9E3779B97F4A7C15, np.uint64), dtype=np.uint64)


def _encode_word(word: str) -> int:
    """Return a word of at most three letters as the number that :func:`_encode_short_words` gives it."""
    return sum(ord(letter) << 8 * i for i, letter in enumerate(word))


OMITTED_WORD_CODES = np.array([_encode_word(word) for word in sorted(OMITTED_WORDS)])
THE_CODE = _encode_word("the")


def find_names_in_blocks(names: pa.StringArray, blocks: Iterable[Sequence[str]]) -> BoolArray:
    """Return a mask of the names that may fall into one of these blocks, whatever their types.

    Args:
        names: names without nulls.
        blocks: keys as :func:`tasks.corpus.spelling_variants.make_block_key` returns them.
    """
    # The ignored letters "aa" make each skeleton a word of at least two letters that is not in OMITTED_WORDS.
    wanted = [f"aa{first} aa{last}" for _, first, *_, last in blocks]
    keys, is_undecided = _compute_name_keys(names)
    return is_undecided | np.isin(keys, _compute_name_keys(pa.array(wanted, pa.string()))[0])


def _compute_name_keys(names: pa.StringArray) -> tuple[KeyArray, BoolArray]:
    """Return a key that names of one block share, and a mask of the names for which this does not hold.

    These have non-ASCII characters, or begin or end with a word that may be omitted or joined with the next. The key
    of a name of one word is 0.
    """
    owner, data = _get_letters(names)
    classes = BYTE_CLASSES[data]
    is_undecided = np.zeros(len(names), np.bool_)
    is_undecided[owner[classes == FOREIGN_CLASS]] = True
    is_word = classes != SEPARATOR_CLASS
    begins = is_word & ~(np.r_[False, is_word[:-1]] & (np.r_[-1, owner[:-1]] == owner))
    starts = np.flatnonzero(begins)
    sizes = np.bincount(np.cumsum(begins)[is_word] - 1, minlength=len(starts))
    code = _encode_short_words(LOWER_CASE_BYTES[data], starts, sizes)
    count = np.bincount(owner[starts], minlength=len(names))
    first = np.cumsum(count) - count
    last = first + count - 1
    # A leading article is ignored unless it is the whole name.
    has_several = np.flatnonzero(count > 1)
    first[has_several] += code[first[has_several]] == THE_CODE
    several = np.flatnonzero(last > first)
    ends = np.stack([first[several], last[several]])
    is_undecided[several] |= ((sizes[ends] == 1) | np.isin(code[ends], OMITTED_WORD_CODES)).any(axis=0)
    keys = np.zeros(len(names), np.uint64)
    hashed = _hash_folded_words(classes, starts[ends].ravel(), sizes[ends].ravel()).reshape(ends.shape)
    keys[several] = hashed[0] * HASH_POWERS[7] + hashed[1] + np.uint64(1)
    return keys, is_undecided


def _get_letters(names: pa.StringArray) -> tuple[IntArray, ByteArray]:
    """Return the bytes of all names without quotation marks and apostrophes, preceded by the name of each byte."""
    offsets = np.frombuffer(names.buffers()[1], np.int32)[names.offset : names.offset + len(names) + 1]
    data = np.frombuffer(names.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
    owner = np.repeat(np.arange(len(names)), np.diff(offsets))
    kept = ~np.isin(data, QUOTE_BYTES)
    return owner[kept], data[kept]


def _encode_short_words(data: ByteArray, starts: IntArray, sizes: IntArray) -> IntArray:
    """Return the letters of each word as one number, -1 for a word of more than three letters."""
    code = np.zeros(len(starts), np.int64)
    for i in range(3):
        at = np.minimum(starts + i, len(data) - 1)
        code |= np.where(sizes > i, data[at].astype(np.int64) << 8 * i, 0)
    return np.where(sizes > 3, -1, code)


def _hash_folded_words(classes: ByteArray, starts: IntArray, sizes: IntArray) -> KeyArray:
    """Return a hash of the letter groups of each word, without omissible letters and repetitions."""
    word = np.repeat(np.arange(len(starts)), sizes)
    ends = np.cumsum(sizes)
    group = classes[np.arange(len(word)) + np.repeat(starts - (ends - sizes), sizes)]
    is_kept = group > 0
    word, group = word[is_kept], group[is_kept]
    is_new = np.r_[True, (word[1:] != word[:-1]) | (group[1:] != group[:-1])][: len(word)]
    word, group = word[is_new], group[is_new]
    place = np.arange(len(word)) - np.searchsorted(word, word)
    keys = np.zeros(len(starts), np.uint64)
    np.add.at(keys, word, group * HASH_POWERS[place % len(HASH_POWERS)])
    return keys
