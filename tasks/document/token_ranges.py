"""Token ranges, from which sources, cues and contents are built.

A range is ``(first, one past the last)`` token index in a Doc; the last step converts ranges to character spans.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from tasks.document.doc import Doc, Token
from tasks.document.records import Span

TokenRange = tuple[int, int]

OPENING_MARKS = frozenset("“‘«‹„([{")
CLOSING_MARKS = frozenset("”’»›)]}")
STRAIGHT_MARKS = frozenset(['"', "''", "``", "'", "`"])
MARK_PAIRS = (("“", "”"), ("(", ")"), ("[", "]"), ("«", "»"))
PAIRED_MARKS = frozenset(mark for pair in MARK_PAIRS for mark in pair) | frozenset(['"', "''"])
TRIMMED_TOKENS = frozenset([",", ";", ":", "-", "--", "–", "—", "...", "…"])


def get_subtree_range(token: Token) -> TokenRange:
    """Return the range from the leftmost to the rightmost token below ``token``."""
    return token.left_edge.i, token.right_edge.i + 1


def subtract_ranges(whole: TokenRange, holes: Iterable[TokenRange]) -> list[TokenRange]:
    """Return the parts of a range outside the holes, in order."""
    pieces, position = [], whole[0]
    for start, end in sorted(holes):
        if start > position:
            pieces.append((position, min(start, whole[1])))
        position = max(position, end)
    if position < whole[1]:
        pieces.append((position, whole[1]))
    return [(a, b) for a, b in pieces if a < b]


def merge_ranges(ranges: Iterable[TokenRange]) -> list[TokenRange]:
    """Return the ranges in order, with those that touch or overlap merged."""
    result: list[TokenRange] = []
    for start, end in sorted(ranges):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        elif start < end:
            result.append((start, end))
    return result


def is_in_ranges(i: int, ranges: Iterable[TokenRange]) -> bool:
    """Return True if one of the ranges contains a token."""
    return any(start <= i < end for start, end in ranges)


def make_overlap_test(ranges: Iterable[TokenRange]) -> Callable[[TokenRange], bool]:
    """Return a predicate that is True for a range that overlaps one of these, in logarithmic time."""
    in_order = sorted(ranges)
    starts = [start for start, _ in in_order]
    furthest_ends = list(accumulate((end for _, end in in_order), max))

    def has_overlap(piece: TokenRange) -> bool:
        n_begun = bisect_left(starts, piece[1])
        return n_begun > 0 and furthest_ends[n_begun - 1] > piece[0]

    return has_overlap


def trim_range(doc: Doc, piece: TokenRange) -> TokenRange:
    """Return the range without outer commas, dashes, colons, white space or an unpaired outer quotation mark."""
    tokens, (start, end) = doc.tokens, piece
    while start < end and (
        (first := tokens[start]).text in TRIMMED_TOKENS or first.text == "." or first.word.is_space
    ):
        start += 1
    while start < end and ((last := tokens[end - 1]).text in TRIMMED_TOKENS or last.word.is_space):
        end -= 1
    if start < end and tokens[end - 1].text in (".", ";") and not _is_quoted_sentence(doc, start, end):
        end -= 1
    return _balance_marks(doc, (start, end)) if start < end else (start, start)


def _is_quoted_sentence(doc: Doc, start: int, end: int) -> bool:
    """Return True if the range is a quotation, so that its full stop belongs to it."""
    if doc[start].text not in OPENING_MARKS | STRAIGHT_MARKS:
        return False
    return end == len(doc) or doc[end].text in CLOSING_MARKS | STRAIGHT_MARKS or "\n" in doc[end].text


def _balance_marks(doc: Doc, piece: TokenRange) -> TokenRange:
    """Return the range extended by the missing partner of a mark, or without an outer mark that has none."""
    marks = [text for token in doc.tokens[slice(*piece)] if (text := token.text) in PAIRED_MARKS]
    if not marks:
        return piece
    for opening, closing in MARK_PAIRS:
        depth = marks.count(opening) - marks.count(closing)
        if depth > 0:
            piece = _repair_unclosed_mark(doc, piece, opening, closing)
        elif depth < 0:
            piece = _repair_unopened_mark(doc, piece, opening, closing)
    for mark in ('"', "''"):
        if mark in marks and [token.text for token in doc.tokens[slice(*piece)]].count(mark) % 2:
            grown = _repair_unclosed_mark(doc, piece, mark, mark)
            piece = grown if grown != piece else _repair_unopened_mark(doc, piece, "", mark)
    return piece


def _repair_unclosed_mark(doc: Doc, piece: TokenRange, opening: str, closing: str) -> TokenRange:
    """Return the range with the closing mark after it, or without an opening mark that is closed further on."""
    start, end = piece
    if end < len(doc) and doc[end].text == closing:
        return start, end + 1
    if doc[start].text == opening and end - start > 1 and _is_closed_later(doc, end, closing):
        return start + 1, end
    return piece


def _repair_unopened_mark(doc: Doc, piece: TokenRange, opening: str, closing: str) -> TokenRange:
    """Return the range without the closing mark at its end, or with the opening one before it."""
    start, end = piece
    if doc[end - 1].text == closing and end - start > 1 and doc[start].text != closing:
        return start, end - 1
    if opening and start > 0 and doc[start - 1].text == opening:
        return start - 1, end
    return piece


def _is_closed_later(doc: Doc, start: int, closing: str) -> bool:
    """Return True if a mark is closed further on in the same paragraph."""
    for i in range(start, len(doc)):
        if "\n" in doc[i].text:
            return False
        if doc[i].text == closing:
            return True
    return False


def get_character_spans(doc: Doc, ranges: Sequence[TokenRange]) -> tuple[Span, ...]:
    """Return the character spans of the trimmed ranges, without empty ones."""
    pieces = (trim_range(doc, piece) for piece in ranges)
    return tuple(get_character_span(doc, piece) for piece in pieces if piece[0] < piece[1])


def get_character_span(doc: Doc, piece: TokenRange) -> Span:
    """Return the character span of a non-empty range."""
    first, last = doc.tokens[piece[0]], doc.tokens[piece[1] - 1]
    return first.idx, last.idx + len(last.text)


MISSING_SPAN: Span = (-1, -1)
"""a span that no content contains; for a statement without a cue or source"""


def find_containing_contents(spans: Sequence[Span], contents: Sequence[Sequence[Span]]) -> list[list[int]]:
    """Return for each span the indices of the contents of which one piece contains it.

    A sweep over spans and pieces in text order, so that only pieces that overlap a span's start are compared.
    """
    pieces = sorted((start, end, k) for k, content in enumerate(contents) for start, end in content)
    found: list[list[int]] = [[] for _ in spans]
    open_pieces: list[tuple[int, int]] = []
    n_begun = 0
    for i in sorted(range(len(spans)), key=lambda i: spans[i]):
        start, end = spans[i]
        while n_begun < len(pieces) and pieces[n_begun][0] <= start:
            open_pieces.append(pieces[n_begun][1:])
            n_begun += 1
        open_pieces = [piece for piece in open_pieces if piece[0] > start]
        found[i] = sorted([k for stop, k in open_pieces if end <= stop])
    return found
