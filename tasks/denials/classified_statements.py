"""Statements on their way to being claims or denials, and the tokens that they touch."""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.document.doc import Doc
from tasks.document.records import ClaimType, Span, Statement
from tasks.document.token_ranges import Range, characters

DENIALS: frozenset[str] = frozenset(
    ["explicit", "negated_assertion", "lack_of_knowledge", "labelling", "counter"]
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A statement, and whether it is a denial only if it answers a claim; ``fallback`` is what it is otherwise."""

    statement: Statement
    tentative: bool = False
    fallback: ClaimType | None = None
    """what a tentative denial is otherwise; None: then the row goes"""
    latent: bool = False
    """something the text itself says, which becomes a claim only if a denial answers it"""


class Tokens:
    """From characters to the tokens of one document."""

    def __init__(self, doc: Doc) -> None:
        """Note where the tokens start."""
        self.doc = doc
        self.starts = doc.starts
        self.spoken = doc.spoken

    def range(self, span: Span) -> Range:
        """Return the tokens that a span touches."""
        return max(bisect.bisect_right(self.starts, span[0]) - 1, 0), bisect.bisect_left(self.starts, span[1])

    def words(self, spans: Sequence[Span]) -> set[int]:
        """Return the indices of the words that the spans touch."""
        found = (i for span in spans for i in range(*self.range(span)))
        return set(self.spoken.intersection(found))


def sentences(doc: Doc, piece: Range) -> list[Range]:
    """Return the parts of a range by sentence."""
    parts: list[Range] = []
    start = piece[0]
    starts = doc.sentence_starts
    for i in starts[bisect.bisect_right(starts, piece[0]) : bisect.bisect_left(starts, piece[1])]:
        if i - start > 1 and not (doc[i].is_punct or doc[i].is_space):
            parts.append((start, i))
            start = i
    parts.append((start, piece[1]))
    return parts


def joined(doc: Doc, pieces: Sequence[Range]) -> tuple[Span, ...]:
    """Return the spans of the pieces, neighbours made one."""
    merged: list[Range] = []
    for start, end in sorted(pieces):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return characters(doc, merged)


def heard_in(tokens: Tokens, judged: Sequence[Judged]) -> set[int]:
    """Return the words that some statement holds."""
    return {i for j in judged for i in tokens.words(j.statement.content)}


def touched(tokens: Tokens, statement: Statement) -> set[int]:
    """Return the words of a statement's cue and content."""
    return tokens.words([*statement.content, *([statement.cue] if statement.cue else [])])


def jaccard(a: set[int], b: set[int]) -> float:
    """Return the share of two sets that they have in common."""
    return len(a & b) / len(a | b) if a or b else 0.0
