"""Quotation marks of all kinds, by the table of ``seeds/quotations/marks.csv``: which mark closes which.

The characters beside a mark decide what it is. Apostrophes, decades (*'90s*) and letters left out (*'twas*) are no
quotation marks.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from tasks.seeds import read_seed_rows

SINGLE_MARKS = frozenset("'’‘‚‛`´‹›❛❜❮❯")
APOSTROPHES = frozenset("'’‘`´")
BEFORE_OPENING = frozenset("([{—–-/…=>")
AFTER_CLOSING = frozenset(".,;:?!…)]}—–-/<")
STRONG = frozenset(".,?!…;:-—–")
DECADE = re.compile(r"\d\ds?\b")
WORD = re.compile(r"[A-Za-z]+(?:['’]t)?")
AFTER_SINGLE = re.compile(r"\S['’]\s")
BEFORE_SINGLE = re.compile(r"\s['‘]\S")


@dataclass(frozen=True, slots=True)
class MarkTable:
    """The tables of ``seeds/quotations`` by which marks are read."""

    closing: Mapping[str, Collection[str]]
    """by opening mark, the closing marks that go with it"""
    spaced: Collection[tuple[str, str]]
    """the pairs that have spaces inside"""
    pattern: re.Pattern[str]
    """any mark"""
    closings: Collection[str]
    """the marks that close a quotation"""
    elisions: Mapping[str, str]
    """the words that begin with an apostrophe, and the words that the parser knows instead"""


def load_mark_table() -> MarkTable:
    """Return the marks of ``seeds/quotations``."""
    closing: dict[str, tuple[str, ...]] = {}
    spaced = set()
    for row in read_seed_rows("quotations/marks.csv"):
        pair = row["opening"], row["closing"]
        closing[pair[0]] = (*closing.get(pair[0], ()), pair[1])
        if row["spaced"]:
            spaced.add(pair)
    closings = frozenset(mark for marks in closing.values() for mark in marks)
    longest_first = sorted({*closing, *closings}, key=lambda mark: (-len(mark), mark))
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    return MarkTable(
        closing=closing,
        spaced=frozenset(spaced),
        pattern=pattern,
        closings=closings,
        elisions={row["word"]: row["full"] for row in read_seed_rows("quotations/elisions.csv")},
    )


@dataclass(slots=True)
class Mark:
    """A mark in a paragraph, and what it can be by the characters beside it."""

    start: int
    end: int
    text: str
    opens: bool
    closes: bool
    strong: bool
    """as a closing mark: punctuation or the end follows, so that it is no possessive"""


def find_marks(paragraph: str, table: MarkTable) -> Iterator[Mark]:
    """Yield the marks of a paragraph, without apostrophes."""
    end = -1
    for match in table.pattern.finditer(paragraph):
        a, b, text = match.start(), match.end(), match.group()
        touching, end = a == end, b
        before, after = paragraph[a - 1 : a], paragraph[b : b + 1]
        if text in APOSTROPHES and _is_apostrophe(paragraph, a, b, table.elisions):
            continue
        if text in (",,", "<<", ">>") and before == text[0]:
            continue
        mark = _classify_mark(match, before, after, table, touching=touching)
        yield _adjust_beside_single(mark, paragraph, table)


def _classify_mark(
    match: re.Match[str], before: str, after: str, table: MarkTable, *, touching: bool
) -> Mark:
    """Return a mark with what it can be; ``touching``: another mark is right before it."""
    text = match.group()
    starts = text in table.closing
    ends = text in table.closings
    spaced = any(text in pair for pair in table.spaced)
    free_left = not before or before.isspace() or before in BEFORE_OPENING or touching
    free_right = not after or after.isspace() or after in AFTER_CLOSING or bool(table.pattern.match(after))
    word_right = bool(after) and not after.isspace() and after not in ",;:?!)]}"
    word_right = word_right and (after != "." or match.string.startswith(("...", ". ."), match.end()))
    opens = starts and ((free_left and (word_right or spaced)) or (not ends and word_right))
    closes = (
        ends
        and bool(before)
        and (
            (not before.isspace() and (free_right or not starts))
            or (spaced and (before.isspace() or free_right))
        )
    )
    strong = before in STRONG or not (after.isspace() or after.isalnum()) or text not in SINGLE_MARKS
    return Mark(match.start(), match.end(), text, opens, closes, strong)


def _adjust_beside_single(mark: Mark, paragraph: str, table: MarkTable) -> Mark:
    """Return a mark, as opening or closing where a space separates it from a single one: *'two-step' "*."""
    if mark.text in SINGLE_MARKS or mark.opens or mark.closes:
        return mark
    if AFTER_SINGLE.fullmatch(paragraph, max(mark.start - 3, 0), mark.start) and mark.text in table.closings:
        return replace(mark, closes=True, strong=True)
    if BEFORE_SINGLE.match(paragraph, mark.end) and mark.text in table.closing:
        return replace(mark, opens=True)
    return mark


def _is_apostrophe(paragraph: str, start: int, end: int, elisions: Collection[str]) -> bool:
    """Return True if a mark is inside a word, or marks a century, omitted letters or feet."""
    before, after = paragraph[start - 1 : start], paragraph[end : end + 1]
    if before.isalnum():
        return after.isalnum() or (before.isdigit() and after not in ".,?!")
    if DECADE.match(paragraph, end):
        return True
    word = WORD.match(paragraph, end)
    return word is not None and word.group().lower().replace("’", "'") in elisions
