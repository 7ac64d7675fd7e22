"""The quotations of a paragraph: which mark opens and which closes each, those inside others included.

Possessives (*the drivers' pay*), inches and feet are no quotation marks.
"""

import re
from dataclasses import dataclass, field

from tasks.document.view.quotation_marks import (
    APOSTROPHES,
    SINGLE_MARKS,
    STRONG,
    Mark,
    MarkTable,
    find_marks,
)

INCH_MARKS = frozenset(['"', "”", "''", "’’"])
AFTER_INCH = re.compile(r" ?[a-z0-9]| by ")
MAX_MARKS_AHEAD = 100
"""marks after a mark that are read to decide what it is; all of them would take quadratic time in a long paragraph"""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation by its marks; ``closing`` is None where it is not closed in its paragraph."""

    opening: Mark
    closing: Mark | None
    depth: int


@dataclass(slots=True)
class MarkReader:
    """Reads the marks of one paragraph from left to right, with a stack of the quotations that are open."""

    marks: list[Mark]
    table: MarkTable
    following: str = ""
    """the next paragraph"""
    stack: list[Mark] = field(default_factory=list)
    found: list[Quoted] = field(default_factory=list)
    inches: list[Mark] = field(default_factory=list)

    def read(self, paragraph: str) -> None:
        """Fill ``found`` and ``inches``."""
        for n, mark in enumerate(self.marks):
            if self._is_inch(n, paragraph):
                self.inches.append(mark)
            elif (level := self._closed_level(n)) is not None:
                self._close(level, mark)
            elif mark.opens and self._is_worth_opening(n, paragraph):
                self._open(n)
        while self.stack:
            self.found.append(Quoted(self.stack.pop(), None, len(self.stack)))
        self.found.sort(key=lambda quoted: quoted.opening.start)

    def _get_marks_after(self, n: int) -> list[Mark]:
        return self.marks[n + 1 : n + 1 + MAX_MARKS_AHEAD]

    def _fits(self, opening: Mark, mark: Mark) -> bool:
        return mark.text in self.table.closing[opening.text]

    def _closed_level(self, n: int) -> int | None:
        """Return how deep in the stack the quotation is that a mark closes, or None if it closes none."""
        mark = self.marks[n]
        if not mark.closes:
            return None
        for level in range(len(self.stack) - 1, -1, -1):
            opening = self.stack[level]
            if self._fits(opening, mark) and (mark.strong or not self._is_closed_later(n, opening)):
                return level
        return None

    def _is_closed_later(self, n: int, opening: Mark) -> bool:
        """Return True if a weak single mark is a possessive: a strong one closes the quotation further on."""
        if self.marks[n].text not in SINGLE_MARKS:
            return False
        for later in self._get_marks_after(n):
            if later.opens and not later.closes and later.text in self.table.closing:
                return False
            if later.closes and later.strong and self._fits(opening, later):
                return True
        return False

    def _is_worth_opening(self, n: int, paragraph: str) -> bool:
        """Return True if a mark may open a quotation here: an apostrophe needs a mark that closes it."""
        mark = self.marks[n]
        if mark.text not in APOSTROPHES or mark.start == 0:
            return True
        return is_continued(paragraph, mark, self.following) or any(
            later.closes and self._fits(mark, later) for later in self._get_marks_after(n)
        )

    def _open(self, n: int) -> None:
        mark = self.marks[n]
        same = next((i for i, opened in enumerate(self.stack) if opened.text == mark.text), None)
        if same is not None and not self._is_nested(n):
            # The earlier one was never closed.
            while len(self.stack) > same:
                opened = self.stack.pop()
                self.found.append(Quoted(opened, None, len(self.stack)))
        self.stack.append(mark)

    def _is_nested(self, n: int) -> bool:
        """Return True if two closing marks follow before another opening one of the same kind."""
        mark = self.marks[n]
        later = [m for m in self._get_marks_after(n) if self._fits(mark, m) or m.text == mark.text]
        return len(later) > 1 and later[0].closes and later[1].closes and not later[1].opens

    def _close(self, level: int, mark: Mark) -> None:
        del self.stack[level + 1 :]
        self.found.append(Quoted(self.stack.pop(), mark, level))

    def _is_inch(self, n: int, paragraph: str) -> bool:
        """Return True if a mark after a number means inches."""
        mark = self.marks[n]
        if mark.text not in INCH_MARKS or not paragraph[mark.start - 1 : mark.start].isdigit():
            return False
        opening = next((m for m in reversed(self.stack) if self._fits(m, mark)), None)
        if opening is None:
            return True
        if not AFTER_INCH.match(paragraph, mark.end):
            return False
        later = next((m for m in self._get_marks_after(n) if self._fits(opening, m)), None)
        return later is not None and later.closes and not later.opens


def is_continued(paragraph: str, mark: Mark, following: str) -> bool:
    """Return True if the next paragraph goes on with a quotation: it begins with the mark that begins speech here."""
    before = paragraph[: mark.start].rstrip()
    begins_speech = not before or before[-1] in STRONG or before.endswith(("”", "’", "'"))
    return begins_speech and following.startswith(mark.text) and following[len(mark.text) :][:1].isalnum()


def find_quoted(paragraph: str, table: MarkTable) -> list[Quoted]:
    """Return the quotations of a paragraph in the order of their opening marks, those inside others included."""
    return read_marks(paragraph, table).found


def read_marks(paragraph: str, table: MarkTable, following: str = "") -> MarkReader:
    """Return the reader of a paragraph, with the quotations and inch marks that it found.

    ``following`` is the next paragraph, which may go on with a quotation.
    """
    reader = MarkReader(list(find_marks(paragraph, table)), table, following)
    reader.read(paragraph)
    return reader
