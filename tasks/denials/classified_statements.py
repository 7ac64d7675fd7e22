"""Statements on their way to being claims or denials, and the tokens that they touch."""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.document.doc import Doc
from tasks.document.records import ClaimType, Span, Statement
from tasks.document.token_ranges import TokenRange, get_character_spans

DENIAL_TYPES: frozenset[str] = frozenset(
    ["explicit", "negated_assertion", "lack_of_knowledge", "labelling", "counter"]
)


@dataclass(frozen=True, slots=True)
class ClassifiedStatement:
    """A statement, and whether it is a denial only if it answers a claim; ``fallback`` is what it is otherwise."""

    statement: Statement
    tentative: bool = False
    fallback: ClaimType | None = None
    """what a tentative denial is otherwise; None: then the row goes"""
    latent: bool = False
    """something the text itself says, which becomes a claim only if a denial answers it"""


class TokenIndex:
    """From characters to the tokens of one document."""

    def __init__(self, doc: Doc) -> None:
        """Note where the tokens start."""
        self.doc = doc
        self.starts = doc.token_starts
        self.word_indices = doc.word_indices

    def range(self, span: Span) -> TokenRange:
        """Return the tokens that a span touches."""
        return max(bisect.bisect_right(self.starts, span[0]) - 1, 0), bisect.bisect_left(self.starts, span[1])

    def words(self, spans: Sequence[Span]) -> set[int]:
        """Return the indices of the words that the spans touch."""
        found = (i for span in spans for i in range(*self.range(span)))
        return set(self.word_indices.intersection(found))


def split_by_sentence(doc: Doc, piece: TokenRange) -> list[TokenRange]:
    """Return the parts of a range by sentence."""
    parts: list[TokenRange] = []
    start = piece[0]
    starts = doc.sentence_starts
    for i in starts[bisect.bisect_right(starts, piece[0]) : bisect.bisect_left(starts, piece[1])]:
        if i - start > 1 and not (doc[i].is_punct or doc[i].is_space):
            parts.append((start, i))
            start = i
    parts.append((start, piece[1]))
    return parts


def join_pieces(doc: Doc, pieces: Sequence[TokenRange]) -> tuple[Span, ...]:
    """Return the spans of the pieces, neighbours made one."""
    merged: list[TokenRange] = []
    for start, end in sorted(pieces):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return get_character_spans(doc, merged)


def get_stated_words(tokens: TokenIndex, judged: Sequence[ClassifiedStatement]) -> set[int]:
    """Return the words that some statement holds."""
    return {i for j in judged for i in tokens.words(j.statement.content)}


def get_statement_words(tokens: TokenIndex, statement: Statement) -> set[int]:
    """Return the words of a statement's cue and content."""
    return tokens.words([*statement.content, *([statement.cue] if statement.cue else [])])


def compute_jaccard(a: set[int], b: set[int]) -> float:
    """Return the share of two sets that they have in common."""
    return len(a & b) / len(a | b) if a or b else 0.0
