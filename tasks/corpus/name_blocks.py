"""Which of many names may have the same consonants as some: a look at their bytes that misses none.

The names of all entities are looked through in every run. Python takes microseconds for each; numpy tells most
apart by their first and last word, with the letters that :func:`tasks.corpus.spelling_variants.skeleton` exchanges
taken for one and those that it leaves out left out. What remains is then compared exactly.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tasks.entities.names import PARTICLES, SUFFIXES

Mask = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Keys = NDArray[np.uint64]
GROUPS = ("aeiouyjhl", "gkqcszxtd", "pfvw", "b", "m", "n", "r", *"0123456789")
"""letters that may be written for one another, alone or beside another; those of the first may be left out"""
SEPARATOR, FOREIGN = 254, 255
QUOTES = (ord("'"), ord("`"))
LOWER = np.frombuffer(bytes(range(256)).lower(), np.uint8)
ODD = PARTICLES | SUFFIXES | {"the"}
"""words that are left out of a name, none longer than three letters"""


def classes() -> Bytes:
    """Return what each byte is: the number of its group, a separator, or part of a letter beyond ASCII."""
    table = np.full(256, SEPARATOR, np.uint8)
    table[128:] = FOREIGN
    for number, letters in enumerate(GROUPS):
        table[[ord(one) for one in letters + letters.upper()]] = number
    return table


CLASS_OF = classes()
POWERS = np.cumprod(np.full(4096, 0x9E3779B97F4A7C15, np.uint64), dtype=np.uint64)
SHORT = np.array([sum(ord(letter) << 8 * i for i, letter in enumerate(word)) for word in sorted(ODD)])


def may_share(names: pa.StringArray, blocks: Iterable[Sequence[str]]) -> Mask:
    """Tell which names may fall into one of these blocks, whatever their types.

    Args:
        names: names without nulls.
        blocks: as :func:`tasks.corpus.spelling_variants.block` returns them.
    """
    # Before what is left of a word stand letters that do not count, so that it is a word, and none left out.
    wanted = [f"aa{first} aa{last}" for _, first, *_, last in blocks]
    keys, odd = name_keys(names)
    return odd | np.isin(keys, name_keys(pa.array(wanted, pa.string()))[0])


def name_keys(names: pa.StringArray) -> tuple[Keys, Mask]:
    """Return a number that names of one block share, and which names it does not hold for.

    These have letters beyond ASCII, or begin or end with a word that may be left out or taken together with the
    next. A name of one word has the number 0.
    """
    owner, data = letters_of(names)
    kind = CLASS_OF[data]
    odd = np.zeros(len(names), np.bool_)
    odd[owner[kind == FOREIGN]] = True
    is_word = kind != SEPARATOR
    begins = is_word & ~(np.r_[False, is_word[:-1]] & (np.r_[-1, owner[:-1]] == owner))
    starts = np.flatnonzero(begins)
    sizes = np.bincount(np.cumsum(begins)[is_word] - 1, minlength=len(starts))
    code = short_code(LOWER[data], starts, sizes)
    count = np.bincount(owner[starts], minlength=len(names))
    first = np.cumsum(count) - count
    last = first + count - 1
    # The article before a name does not count, unless it is all there is.
    led = np.flatnonzero(count > 1)
    first[led] += code[first[led]] == SHORT_THE
    several = np.flatnonzero(last > first)
    ends = np.stack([first[several], last[several]])
    odd[several] |= ((sizes[ends] == 1) | np.isin(code[ends], SHORT)).any(axis=0)
    keys = np.zeros(len(names), np.uint64)
    hashed = folded(kind, starts[ends].ravel(), sizes[ends].ravel()).reshape(ends.shape)
    keys[several] = hashed[0] * POWERS[7] + hashed[1] + np.uint64(1)
    return keys, odd


SHORT_THE = sum(ord(letter) << 8 * i for i, letter in enumerate("the"))


def letters_of(names: pa.StringArray) -> tuple[Numbers, Bytes]:
    """Return the bytes of all names without quotation marks and apostrophes, and which name each is of."""
    offsets = np.frombuffer(names.buffers()[1], np.int32)[names.offset : names.offset + len(names) + 1]
    data = np.frombuffer(names.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
    owner = np.repeat(np.arange(len(names)), np.diff(offsets))
    kept = ~np.isin(data, QUOTES)
    return owner[kept], data[kept]


def short_code(data: Bytes, starts: Numbers, sizes: Numbers) -> Numbers:
    """Return the letters of each word as one number, -1 for a word of more than three."""
    code = np.zeros(len(starts), np.int64)
    for i in range(3):
        at = np.minimum(starts + i, len(data) - 1)
        code |= np.where(sizes > i, data[at].astype(np.int64) << 8 * i, 0)
    return np.where(sizes > 3, -1, code)


def folded(kind: Bytes, starts: Numbers, sizes: Numbers) -> Keys:
    """Return a number of the groups of each word's letters, those left out that may be, runs taken for one."""
    word = np.repeat(np.arange(len(starts)), sizes)
    ends = np.cumsum(sizes)
    group = kind[np.arange(len(word)) + np.repeat(starts - (ends - sizes), sizes)]
    counts = group > 0
    word, group = word[counts], group[counts]
    fresh = np.r_[True, (word[1:] != word[:-1]) | (group[1:] != group[:-1])][: len(word)]
    word, group = word[fresh], group[fresh]
    place = np.arange(len(word)) - np.searchsorted(word, word)
    keys = np.zeros(len(starts), np.uint64)
    np.add.at(keys, word, group * POWERS[place % len(POWERS)])
    return keys
