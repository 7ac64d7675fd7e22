"""Edits that join the lines of hard-wrapped text to paragraphs, decided by the layout.

Wrapped text has as many words on a line as its width allows: the first word of the next line would not have fitted.
A block of lines is wrapped if a sentence continues in lower case after such a full line. A line that had room for
the next word ends a paragraph. Items of lists, labels and indented lines begin a new paragraph.
"""

import re
from collections.abc import Callable, Iterator, Sequence
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
HYPHENATED = re.compile(r"(?<=[^\W\d_])-$")
DOUBLE_INDENT = 2


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without white space at its ends, and where it stands."""

    start: int
    end: int
    text: str
    indent: int


def find_line_edits(text: str, is_word: Callable[[str], bool]) -> Iterator[Edit]:
    """Yield the edits that join the lines of wrapped paragraphs; ``is_word`` knows the words of the language."""
    if text.count("\n") < 1:
        return
    blocks = [block for block in _find_blocks(text) if len(block) > 1]
    widths = [_compute_width(block) if _is_wrapped(block) else 0 for block in blocks]
    usual = max(widths, default=0)
    if not usual:
        return
    for block, own in zip(blocks, widths, strict=True):
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


def _find_blocks(text: str) -> Iterator[list[_Line]]:
    """Yield the runs of lines without a blank or long line between them, which may be one wrapped paragraph."""
    block: list[_Line] = []
    for match in LINE.finditer(text):
        whole = match.group()
        bare = whole.strip()
        if not bare or len(bare) > LONGEST_LINE:
            if block:
                yield block
            block = []
            continue
        indent = len(whole) - len(whole.lstrip())
        start = match.start() + indent
        block.append(_Line(start, start + len(bare), bare, indent))
    if block:
        yield block


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
    """Return True if a line ends inside a sentence that the next line continues in lower case."""
    if ENDING.search(line.text) or NEW_ITEM.match(following.text):
        return False
    return CONTINUATION.match(following.text) is not None


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
