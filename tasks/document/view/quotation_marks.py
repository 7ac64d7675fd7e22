"""Quotation marks of all kinds, by the table of ``seeds/quotations/marks.csv``: which mark closes which.

The characters beside a mark decide what it is. Apostrophes, decades (*'90s*), possessives (*the drivers' pay*),
inches and feet are no quotation marks. In the view that is parsed, the quotations of a paragraph with unusual marks
are written “ ” and those inside them ‘ ’: the model was trained on these.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from tasks.document.view.text_view import Edit
from tasks.seeds import read_seed_rows

PLAIN_PAIRS = frozenset([("“", "”"), ('"', '"')])
SINGLE = frozenset("'’‘‚‛`´‹›")
APOSTROPHES = frozenset("'’‘`´")
INCH_MARKS = frozenset(['"', "”", "''", "’’"])
INCH = "″"
BEFORE_OPENING = frozenset("([{—–-/…=>")
AFTER_CLOSING = frozenset(".,;:?!…)]}—–-/<")
STRONG = frozenset(".,?!…;:-—–")
LINE = re.compile(r"[^\n]+")
DECADE = re.compile(r"\d\ds?\b")
ELISION = re.compile(r"(?<![\w'’])['’‘](?:(?P<decade>\d\ds?\b)|(?P<word>[A-Za-z]+(?:['’]t)?\b))")
WORD = re.compile(r"[A-Za-z]+(?:['’]t)?")
VISIBLE = re.compile(r"\S")
AFTER_INCH = re.compile(r" ?[a-z0-9]| by ")
AFTER_SINGLE = re.compile(r"\S['’]\s")
BEFORE_SINGLE = re.compile(r"\s['‘]\S")
MAX_MARKS_AHEAD = 100
"""marks after a mark that are read to decide what it is; all of them would take quadratic time in a long paragraph"""
SUSPECT = re.compile(
    "[«»„‟”]|[‹›‚‛`´「」『』〝〞〟《》〈〉]|''|‘‘|,,|<<"
    + r"|(?:^|[\s(\[—–-])['‘’](?=\S)|\d[\"”]|[“\"][^”\"\n]*[“\"]",
    re.MULTILINE,
)
"""what only texts with unusual marks hold"""


@dataclass(frozen=True, slots=True)
class MarkTable:
    """The tables of ``seeds/quotations`` by which marks are read."""

    closing: Mapping[str, Collection[str]]
    """by opening mark, the closing marks that go with it"""
    spaced: Collection[tuple[str, str]]
    """the pairs inside which spaces stand"""
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
    """A mark in a paragraph, and what it can be by what stands beside it."""

    start: int
    end: int
    text: str
    opens: bool
    closes: bool
    strong: bool
    """as a closing mark: punctuation or the end stands beside it, so that it is no possessive"""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation by its marks; ``closing`` is None where it is not closed in its paragraph."""

    opening: Mark
    closing: Mark | None
    depth: int


@dataclass(slots=True)
class _Reader:
    """Reads the marks of one paragraph from left to right, with a stack of the quotations that are open."""

    marks: list[Mark]
    table: MarkTable
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
            elif mark.opens and self._is_worth_opening(n):
                self._open(n)
        while self.stack:
            self.found.append(Quoted(self.stack.pop(), None, len(self.stack)))
        self.found.sort(key=lambda quoted: quoted.opening.start)

    def _get_marks_after(self, n: int) -> list[Mark]:
        return self.marks[n + 1 : n + 1 + MAX_MARKS_AHEAD]

    def _fits(self, opening: Mark, mark: Mark) -> bool:
        return mark.text in self.table.closing[opening.text]

    def _closed_level(self, n: int) -> int | None:
        """Return how deep in the stack the quotation stands that a mark closes, or None if it closes none."""
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
        if self.marks[n].text not in SINGLE:
            return False
        for later in self._get_marks_after(n):
            if later.opens and not later.closes and later.text in self.table.closing:
                return False
            if later.closes and later.strong and self._fits(opening, later):
                return True
        return False

    def _is_worth_opening(self, n: int) -> bool:
        """Return True if a mark may open a quotation here: an apostrophe needs a mark that closes it."""
        mark = self.marks[n]
        if mark.text not in APOSTROPHES:
            return True
        return mark.start == 0 or any(
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
        """Return True if a mark after a number stands for inches."""
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


def find_quoted(paragraph: str, table: MarkTable) -> list[Quoted]:
    """Return the quotations of a paragraph in the order of their opening marks, those inside others included."""
    return _read(paragraph, table).found


def _read(paragraph: str, table: MarkTable) -> _Reader:
    """Return the reader of a paragraph, with the quotations and inch marks that it found."""
    reader = _Reader(list(_find_marks(paragraph, table)), table)
    reader.read(paragraph)
    return reader


def _find_marks(paragraph: str, table: MarkTable) -> Iterator[Mark]:
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
    """Return a mark with what it can be; ``touching``: another mark stands right before it."""
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
    strong = before in STRONG or not (after.isspace() or after.isalnum()) or text not in SINGLE
    return Mark(match.start(), match.end(), text, opens, closes, strong)


def _adjust_beside_single(mark: Mark, paragraph: str, table: MarkTable) -> Mark:
    """Return a mark, as opening or closing where a space separates it from a single one: *'two-step' "*."""
    if mark.text in SINGLE or mark.opens or mark.closes:
        return mark
    if AFTER_SINGLE.fullmatch(paragraph, max(mark.start - 3, 0), mark.start) and mark.text in table.closings:
        return replace(mark, closes=True, strong=True)
    if BEFORE_SINGLE.match(paragraph, mark.end) and mark.text in table.closing:
        return replace(mark, opens=True)
    return mark


def _is_apostrophe(paragraph: str, start: int, end: int, elisions: Collection[str]) -> bool:
    """Return True if a mark stands inside a word, for a century, for letters left out, or for feet."""
    before, after = paragraph[start - 1 : start], paragraph[end : end + 1]
    if before.isalnum():
        return after.isalnum() or (before.isdigit() and after not in ".,?!")
    if DECADE.match(paragraph, end):
        return True
    word = WORD.match(paragraph, end)
    return word is not None and word.group().lower().replace("’", "'") in elisions


def find_mark_edits(text: str, table: MarkTable) -> Iterator[Edit]:
    """Yield the edits by which a text has only marks that the model knows; each paragraph is decided by itself."""
    if not SUSPECT.search(text):
        return
    lines = list(LINE.finditer(text))
    for number, match in enumerate(lines):
        line = match.group()
        if not SUSPECT.search(line):
            continue
        reader = _read(line, table)
        following = lines[number + 1].group() if number + 1 < len(lines) else ""
        for edit in _find_paragraph_edits(line, reader, following.lstrip()):
            yield Edit(match.start() + edit.start, match.start() + edit.end, edit.replacement)
        for edit in _find_elision_edits(line, table.elisions):
            yield Edit(match.start() + edit.start, match.start() + edit.end, edit.replacement)


def _find_paragraph_edits(line: str, reader: _Reader, following: str) -> Iterator[Edit]:
    """Yield the edits of one paragraph; ``following`` is the next one."""
    for mark in reader.inches:
        yield Edit(mark.start, mark.end, INCH)
    quoted = [q for q in reader.found if _is_quotation(q, line, following)]
    last_opening = max((q.opening.start for q in quoted), default=0)
    if not any(_is_unusual(q, last_opening) for q in quoted):
        return
    for q in quoted:
        if q.depth and q.opening.text in SINGLE and q.closing is not None:
            continue
        opening, closing = ("‘", "’") if q.depth else ("“", "”")
        yield from _make_mark_edit(line, q.opening, opening, opening=True)
        if q.closing is not None:
            yield from _make_mark_edit(line, q.closing, closing, opening=False)


def _make_mark_edit(line: str, mark: Mark, replacement: str, *, opening: bool) -> Iterator[Edit]:
    """Yield the edit of one mark, with the space on its inner side."""
    start, end = mark.start, mark.end
    if opening:
        while line[end : end + 1].isspace():
            end += 1
    else:
        while line[max(start - 1, 0) : start].isspace():
            start -= 1
    if line[start:end] != replacement:
        yield Edit(start, end, replacement)


def _is_quotation(q: Quoted, line: str, following: str) -> bool:
    """Return True unless a mark that is not closed is an apostrophe, a bullet or an arrow after all."""
    if q.closing is not None:
        return True
    if line[q.opening.end : q.opening.end + 1].isspace():
        return False
    if q.opening.text not in SINGLE:
        return True
    first = VISIBLE.search(line)
    is_first = first is not None and first.start() >= q.opening.start
    return not q.depth and is_first and following.startswith(q.opening.text)


def _is_unusual(q: Quoted, last_opening: int) -> bool:
    """Return True if a quotation has marks that the model does not know, or those of the quotation around it."""
    if q.closing is None:
        earlier = q.opening.text == '"' and last_opening > q.opening.start
        return (not q.depth and q.opening.text not in ("“", '"')) or earlier
    if q.depth:
        return q.opening.text not in SINGLE
    return (q.opening.text, q.closing.text) not in PLAIN_PAIRS


def _find_elision_edits(line: str, elisions: Mapping[str, str]) -> Iterator[Edit]:
    """Yield the edits of words that begin with an apostrophe: *'90s* is one token, *'Twas* is *It was*."""
    for match in ELISION.finditer(line):
        start, end = match.span()
        if match["decade"]:
            yield Edit(start, start + 2, line[start + 1])
        elif full := elisions.get(match["word"].lower().replace("’", "'")):
            yield Edit(start, end, full.capitalize() if match["word"][0].isupper() else full)
