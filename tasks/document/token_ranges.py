"""Ranges of tokens: the pieces from which sources, cues and contents are made.

A range is ``(first, one past the last)`` token index in a Doc. Ranges become character spans at the end.
"""

from collections.abc import Iterable, Sequence

from tasks.document.doc import Doc, Token
from tasks.document.records import Span

Range = tuple[int, int]

OPENING = frozenset("“‘«‹„([{")
CLOSING = frozenset("”’»›)]}")
STRAIGHT = frozenset(['"', "''", "``", "'", "`"])
PAIRS = (("“", "”"), ("(", ")"), ("[", "]"), ("«", "»"))
MARKS = frozenset(mark for pair in PAIRS for mark in pair) | frozenset(['"', "''"])
TRIMMED = frozenset([",", ";", ":", "-", "--", "–", "—", "...", "…"])


def subtree(token: Token) -> Range:
    """Return the range from the leftmost to the rightmost token below ``token``."""
    return token.left_edge.i, token.right_edge.i + 1


def minus(whole: Range, holes: Iterable[Range]) -> list[Range]:
    """Return what is left of a range when the holes are cut out, in order."""
    pieces, position = [], whole[0]
    for start, end in sorted(holes):
        if start > position:
            pieces.append((position, min(start, whole[1])))
        position = max(position, end)
    if position < whole[1]:
        pieces.append((position, whole[1]))
    return [(a, b) for a, b in pieces if a < b]


def merged(ranges: Iterable[Range]) -> list[Range]:
    """Return the ranges in order, those that touch or overlap made one."""
    result: list[Range] = []
    for start, end in sorted(ranges):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        elif start < end:
            result.append((start, end))
    return result


def trimmed(doc: Doc, piece: Range) -> Range:
    """Return the range without outer commas, dashes, colons, white space, or a lone outer quotation mark."""
    tokens, (start, end) = doc.tokens, piece
    while start < end and ((first := tokens[start]).text in TRIMMED or first.text == "." or first.is_space):
        start += 1
    while start < end and ((last := tokens[end - 1]).text in TRIMMED or last.is_space):
        end -= 1
    if start < end and tokens[end - 1].text in (".", ";") and not closes_quotation(doc, start, end):
        end -= 1
    return balanced(doc, (start, end)) if start < end else (start, start)


def closes_quotation(doc: Doc, start: int, end: int) -> bool:
    """Tell whether the range is quoted speech whose full stop belongs to it."""
    if doc[start].text not in OPENING | STRAIGHT:
        return False
    return end == len(doc) or doc[end].text in CLOSING | STRAIGHT or "\n" in doc[end].text


def balanced(doc: Doc, piece: Range) -> Range:
    """Return the range grown by an adjacent closing mark, or cut by an outer mark, whose partner it lacks."""
    marks = [text for token in doc.tokens[slice(*piece)] if (text := token.text) in MARKS]
    if not marks:
        return piece
    for opening, closing in PAIRS:
        depth = marks.count(opening) - marks.count(closing)
        if depth > 0:
            piece = with_closing(doc, piece, opening, closing)
        elif depth < 0:
            piece = with_opening(doc, piece, opening, closing)
    for mark in ('"', "''"):
        if sum(token.text == mark for token in doc.tokens[slice(*piece)]) % 2:
            grown = with_closing(doc, piece, mark, mark)
            piece = grown if grown != piece else with_opening(doc, piece, "", mark)
    return piece


def with_closing(doc: Doc, piece: Range, opening: str, closing: str) -> Range:
    """Return the range with the closing mark beside it, or without the opening one if that is closed elsewhere."""
    start, end = piece
    if end < len(doc) and doc[end].text == closing:
        return start, end + 1
    if doc[start].text == opening and end - start > 1 and closed_later(doc, end, closing):
        return start + 1, end
    return piece


def with_opening(doc: Doc, piece: Range, opening: str, closing: str) -> Range:
    """Return the range without the closing mark at its end, or with the opening one before it."""
    start, end = piece
    if doc[end - 1].text == closing and end - start > 1 and doc[start].text != closing:
        return start, end - 1
    if opening and start > 0 and doc[start - 1].text == opening:
        return start - 1, end
    return piece


def closed_later(doc: Doc, start: int, closing: str) -> bool:
    """Tell whether a mark is closed further on in its paragraph; one that is not stays with what it opens."""
    for i in range(start, len(doc)):
        if "\n" in doc[i].text:
            return False
        if doc[i].text == closing:
            return True
    return False


def characters(doc: Doc, ranges: Sequence[Range]) -> tuple[Span, ...]:
    """Return the character spans of the ranges, trimmed; empty ones are left out."""
    pieces = (trimmed(doc, piece) for piece in ranges)
    return tuple(character_span(doc, piece) for piece in pieces if piece[0] < piece[1])


def character_span(doc: Doc, piece: Range) -> Span:
    """Return the character span of a range that is not empty."""
    first, last = doc.tokens[piece[0]], doc.tokens[piece[1] - 1]
    return first.idx, last.idx + len(last.text)


NOWHERE: Span = (-1, -1)
"""a place that no content holds: of a statement without a cue, or without a source"""


def find_holders(places: Sequence[Span], contents: Sequence[Sequence[Span]]) -> list[list[int]]:
    """Return for each place the positions of the contents that hold it in one piece.

    One pass over both in the order of the text: only pieces that are still open are looked at.
    """
    pieces = sorted((start, end, k) for k, content in enumerate(contents) for start, end in content)
    found: list[list[int]] = [[] for _ in places]
    opened: list[tuple[int, int]] = []
    begun = 0
    for i in sorted(range(len(places)), key=lambda i: places[i]):
        start, end = places[i]
        while begun < len(pieces) and pieces[begun][0] <= start:
            opened.append(pieces[begun][1:])
            begun += 1
        opened = [piece for piece in opened if piece[0] > start]
        found[i] = sorted(k for stop, k in opened if end <= stop)
    return found
