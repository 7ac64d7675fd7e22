"""Edits by which the view that is parsed has only quotation marks that the model knows.

The quotations of a paragraph with unusual marks are written “ ” and those inside them ‘ ’: the model was trained on
these.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from tasks.document.view.mark_pairs import Quoted, is_continued, read_marks
from tasks.document.view.quotation_marks import SINGLE_MARKS, Mark, MarkTable
from tasks.document.view.text_view import Edit

PLAIN_PAIRS = frozenset([("“", "”"), ('"', '"')])
INCH = "″"
LINE = re.compile(r"[^\n]+")
ELISION = re.compile(r"(?<![\w'’])['’‘](?:(?P<decade>\d\ds?\b)|(?P<word>[A-Za-z]+(?:['’]t)?\b))")
GLUED = re.compile(
    r"(?<=[^\W\d_])(?:[,:](?=[“\"][A-Z])|[,:;.!?](?=“\w))|(?<=[,.!?…])”(?=[^\W\d_])|(?<=[^\W\d_][.!?])\"(?=[A-Z][a-z])"
)
"""where no space separates a quotation from its neighbours"""
SUSPECT = re.compile(
    "[«»„‟”❝❞❛❜❮❯]|[‹›‚‛`´「」『』〝〞〟《》〈〉]|''|‘‘|,,|<<"
    + r"|(?:^|[\s(\[—–-])['‘’](?=\S)|\d[\"”]|[“\"][^”\"\n]*[“\"]",
    re.MULTILINE,
)
"""what only texts with unusual marks hold"""


def find_glued_mark_edits(text: str) -> Iterator[Edit]:
    """Yield the edits that put the missing space before or after a quotation: *he said,“We left.”She did not*."""
    for match in GLUED.finditer(text):
        yield Edit(match.end(), match.end(), " ")


def find_mark_edits(text: str, table: MarkTable) -> Iterator[Edit]:
    """Yield the edits by which a text has only marks that the model knows.

    Each paragraph is decided by itself, except that single marks may go on from one to the next.
    """
    if not SUSPECT.search(text):
        return
    lines = [match for match in LINE.finditer(text) if not match.group().isspace()]
    carried = ""
    for number, match in enumerate(lines):
        line = match.group()
        if not SUSPECT.search(line):
            carried = ""
            continue
        following = lines[number + 1].group().lstrip() if number + 1 < len(lines) else ""
        reader = read_marks(line, table, following)
        quoted = [q for q in reader.found if _is_quotation(q, line, following, carried)]
        carried = next((q.opening.text for q in quoted if q.closing is None and not q.depth), "")
        for edit in _find_paragraph_edits(line, quoted, reader.inches):
            yield Edit(match.start() + edit.start, match.start() + edit.end, edit.replacement)
        for edit in _find_elision_edits(line, table.elisions):
            yield Edit(match.start() + edit.start, match.start() + edit.end, edit.replacement)


def _find_paragraph_edits(line: str, quoted: Sequence[Quoted], inches: Sequence[Mark]) -> Iterator[Edit]:
    """Yield the edits of one paragraph."""
    for mark in inches:
        yield Edit(mark.start, mark.end, INCH)
    last_opening = max((q.opening.start for q in quoted), default=0)
    if not any(_is_unusual(q, last_opening) for q in quoted):
        return
    for q in quoted:
        if q.depth and q.opening.text in SINGLE_MARKS and q.closing is not None:
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


def _is_quotation(q: Quoted, line: str, following: str, carried: str) -> bool:
    """Return True unless a mark that is not closed is an apostrophe, a bullet or an arrow after all.

    ``carried`` is the mark of the quotation that the paragraph before left open.
    """
    if q.closing is not None:
        return True
    if line[q.opening.end : q.opening.end + 1].isspace():
        return False
    if q.opening.text not in SINGLE_MARKS:
        return True
    is_first = not line[: q.opening.start].strip()
    is_last = is_first and carried == q.opening.text
    return not q.depth and (is_last or is_continued(line, q.opening, following))


def _is_unusual(q: Quoted, last_opening: int) -> bool:
    """Return True if a quotation has marks that the model does not know, or those of the quotation around it."""
    if q.closing is None:
        earlier = q.opening.text == '"' and last_opening > q.opening.start
        return (not q.depth and q.opening.text not in ("“", '"')) or earlier
    if q.depth:
        return q.opening.text not in SINGLE_MARKS
    return (q.opening.text, q.closing.text) not in PLAIN_PAIRS


def _find_elision_edits(line: str, elisions: Mapping[str, str]) -> Iterator[Edit]:
    """Yield the edits of words that begin with an apostrophe: *'90s* is one token, *'Twas* is *It was*."""
    for match in ELISION.finditer(line):
        start, end = match.span()
        if match["decade"]:
            yield Edit(start, start + 2, line[start + 1])
        elif full := elisions.get(match["word"].lower().replace("’", "'")):
            yield Edit(start, end, full.capitalize() if match["word"][0].isupper() else full)
