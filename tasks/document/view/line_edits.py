"""Edits that join the lines of hard-wrapped text to paragraphs, decided by the layout.

Wrapped text has as many words on a line as its width allows: the first word of the next line would not have fitted.
A block of lines is wrapped if a sentence continues after such a full line: in lower case, or after a word with which no
sentence ends. A line that had room for the next word ends a paragraph. Items of lists, labels and indented lines begin
a new paragraph. In lines that are too short for a width (verse, captions, subtitles) only what continues a sentence is
joined. Where a blank line follows each line, more blank lines separate paragraphs.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tasks.document.view.text_view import Edit

LONGEST_LINE = 120
"""a longer line is a paragraph of its own"""
MIN_LINE = 25
LINE = re.compile(r"[^\n]*\n?")
SPACES = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)")
ENDING = re.compile(r"""[.!?:…]["'”’»)\]]*$""")
CONTINUATION = re.compile(r"[a-z]+(?=$|[\s,.;:?!'’”)-])")
NEW_ITEM = re.compile(
    r"[-*•·‣◦–—>]\s|\(?\d{1,2}[.)]\s|\(?[a-z]\)\s|[QA][:.]\s|[A-Z][\w.]*(?: [A-Z(][\w.)]*){0,4}:(?:\s|$)|\|"
)
"""how an item of a list, a turn of a dialogue or a row of a table begins"""
LAST_WORD = re.compile(r"(?:^|[\s(“\"‘])(?P<word>[a-z]+)$")
LAST_CAPITALS = re.compile(r"(?:^|[\s(“\"‘])(?P<word>[A-Z]+)$")
PARTICIPLE = re.compile(r"[A-Z]+(?:ED|ING)")
HYPHENATED = re.compile(r"(?<=[^\W\d_])-$")
DOUBLE_INDENT = 2
MIN_DOUBLE_SPACED_LINES, MIN_INSIDE_LINES = 4, 2


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without white space at its ends, and its position."""

    start: int
    end: int
    text: str
    indent: int
    gap: int
    """blank lines before it"""
    unfinished_words: Collection[str]
    """words with which no sentence ends"""

    @property
    def is_unfinished(self) -> bool:
        """Whether no sentence ends with the last word; a participle in capitals goes on too: *MAN ARRESTED*."""
        if not self.text.isupper():
            last = LAST_WORD.search(self.text)
            return last is not None and last["word"] in self.unfinished_words
        last = LAST_CAPITALS.search(self.text) if len(self.text.split()) > 1 else None
        if last is None:
            return False
        return last["word"].lower() in self.unfinished_words or PARTICIPLE.fullmatch(last["word"]) is not None


def find_line_edits(
    text: str, is_word: Callable[[str], bool], unfinished_words: Collection[str]
) -> Iterator[Edit]:
    """Yield the edits that join the lines of wrapped paragraphs.

    Args:
        text: the text that may be wrapped.
        is_word: returns True for a word of the language.
        unfinished_words: words with which no sentence ends: *the*, *that*.
    """
    if text.count("\n") < 1:
        return
    blocks = [block for block in _find_blocks(text, unfinished_words) if len(block) > 1]
    widths = [_compute_width(block) if _is_wrapped(block) else 0 for block in blocks]
    usual = max(widths, default=0)
    for block, own in zip(blocks, widths, strict=True):
        if not own and _is_verse(block):
            yield from _find_block_edits(block, LONGEST_LINE, text, is_word)
            continue
        if not usual:
            continue
        # A block without a sign of its own is taken to be wrapped as the other blocks of the text are.
        width = own or (usual if _compute_width(block) <= usual else LONGEST_LINE)
        yield from _find_block_edits(block, width, text, is_word)


def _find_block_edits(
    block: Sequence[_Line], width: int, text: str, is_word: Callable[[str], bool]
) -> Iterator[Edit]:
    """Yield the edits within one block: full lines joined with the next, the spaces of justified lines made one."""
    joined = set()
    for line, following in pairwise(block):
        if _is_continued(line, following, width):
            joined |= {line.start, following.start}
            yield _make_join_edit(line, following, text, is_word)
    for line in block:
        if line.start in joined:
            for match in SPACES.finditer(line.text):
                yield Edit(line.start + match.start(), line.start + match.end(), " ")


def _compute_width(block: Sequence[_Line]) -> int:
    """Return the number of characters of the longest line of a block."""
    return max(len(line.text) for line in block)


def _find_blocks(text: str, unfinished_words: Collection[str]) -> Iterator[list[_Line]]:
    """Yield the runs of lines without a blank or long line between them, which may be one wrapped paragraph."""
    lines = list(_find_lines(text, unfinished_words))
    max_gap = 1 if _is_double_spaced(lines) else 0
    block: list[_Line] = []
    for line in lines:
        if block and (line.gap > max_gap or len(line.text) > LONGEST_LINE):
            yield block
            block = []
        if len(line.text) <= LONGEST_LINE:
            block.append(line)
    if block:
        yield block


def _find_lines(text: str, unfinished_words: Collection[str]) -> Iterator[_Line]:
    """Yield the lines of a text that are not blank."""
    gap = 0
    for match in LINE.finditer(text):
        whole = match.group()
        bare = whole.strip()
        if not bare:
            gap += 1
            continue
        indent = len(whole) - len(whole.lstrip())
        start = match.start() + indent
        yield _Line(start, start + len(bare), bare, indent, gap, unfinished_words)
        gap = 0


def _is_double_spaced(lines: Sequence[_Line]) -> bool:
    """Return True if a blank line follows each line, and most lines without a stop end inside a sentence."""
    if len(lines) < MIN_DOUBLE_SPACED_LINES or any(line.gap < 1 for line in lines[1:]):
        return False
    pairs = [(a, b) for a, b in pairwise(lines) if b.gap == 1 and not ENDING.search(a.text)]
    inside = sum(_is_inside_sentence(line, following) for line, following in pairs)
    return inside >= MIN_INSIDE_LINES and 2 * inside > len(pairs)


def _is_verse(block: Sequence[_Line]) -> bool:
    """Return True if the lines of a block are whole sentences when they are joined where a sentence continues."""
    if not block[0].text.lstrip("“\"‘'").lstrip("([")[:1].isupper() or not ENDING.search(block[-1].text):
        return False
    breaks = [_is_inside_sentence(line, following) for line, following in pairwise(block)]
    ended = [ENDING.search(line.text) is not None for line in block[:-1]]
    return any(breaks) and all(inside or stop for inside, stop in zip(breaks, ended, strict=True))


def _is_wrapped(block: Sequence[_Line]) -> bool:
    """Return True if a sentence of the block goes on from one line to the next where the first is full."""
    width = _compute_width(block)
    if width < MIN_LINE:
        return False
    return any(
        _is_inside_sentence(line, following) and _is_full(line, following, width)
        for line, following in pairwise(block)
    )


def _is_inside_sentence(line: _Line, following: _Line) -> bool:
    """Return True if a line ends inside a sentence: the next one goes on in lower case, or no sentence ends so."""
    if ENDING.search(line.text) or NEW_ITEM.match(following.text):
        return False
    if CONTINUATION.match(following.text) is not None:
        return True
    return (following.text.isupper() or not line.text.isupper()) and line.is_unfinished


def _is_full(line: _Line, following: _Line, width: int) -> bool:
    """Return True if the first word of the next line, or its part before a hyphen, had no room in this one."""
    return len(line.text) + 1 + len(following.text.split()[0].partition("-")[0]) > width - 1


def _is_continued(line: _Line, following: _Line, width: int) -> bool:
    """Return True if the paragraph of a line of a wrapped block continues in the next line."""
    if _is_inside_sentence(line, following):
        return True
    if NEW_ITEM.match(following.text) or following.indent >= line.indent + DOUBLE_INDENT:
        return False
    return _is_full(line, following, width)


def _make_join_edit(line: _Line, following: _Line, text: str, is_word: Callable[[str], bool]) -> Edit:
    """Return the edit that joins two lines: by a space, or a word that was divided by a hyphen by nothing."""
    if HYPHENATED.search(line.text) and following.text[0].islower():
        first = re.split(r"[^\w-]", line.text[:-1])[-1]
        second = re.split(r"[^\w]", following.text)[0]
        if f"{first}-{second}" not in text and is_word((first + second).lower()):
            return Edit(line.end - 1, following.start, "")
        return Edit(line.end, following.start, "")
    glued = line.text.endswith(("—", "--")) or (line.text.endswith("-") and line.text[-2:-1].isalnum())
    return Edit(line.end, following.start, "" if glued else " ")
