"""Statements classified as claims, denials or tentative denials, and the tokens that they contain."""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import get_args

from tasks.denials.denial_lexicon import DenialLexicon
from tasks.document.doc import Doc
from tasks.document.records import ClaimType, DenialType, Span, Statement
from tasks.document.token_ranges import TokenRange, get_character_spans

DENIAL_TYPES: frozenset[str] = frozenset(get_args(DenialType))


@dataclass(frozen=True, slots=True)
class ClassifiedStatement:
    """A statement with its type, and whether linking has still to decide if it is a denial or a claim at all."""

    statement: Statement
    tentative: bool = False
    """a denial only if it answers a claim"""
    fallback: ClaimType | None = None
    """the type of a tentative denial that answers no claim; None if it is then dropped"""
    latent: bool = False
    """a sentence of the author that becomes a row only if it denies or a denial answers it"""


class TokenIndex:
    """The tokens of one document by character offset."""

    def __init__(self, doc: Doc) -> None:
        """Index the tokens of a document."""
        self.doc = doc
        self.starts = doc.token_starts
        self.word_indices = doc.word_indices

    def get_range(self, span: Span) -> TokenRange:
        """Return the tokens that overlap a span."""
        first = bisect.bisect_right(self.starts, span[0])
        return first - 1 if first else 0, bisect.bisect_left(self.starts, span[1])

    def get_words(self, spans: Sequence[Span]) -> set[int]:
        """Return the indices of the words that overlap the spans."""
        found = chain.from_iterable(range(*self.get_range(span)) for span in spans)
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
    """Return the spans of the pieces, adjoining ones merged."""
    merged: list[TokenRange] = []
    for start, end in sorted(pieces):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return get_character_spans(doc, merged)


def get_stated_words(tokens: TokenIndex, classified: Sequence[ClassifiedStatement]) -> set[int]:
    """Return the words in the contents of statements."""
    return tokens.get_words([span for c in classified for span in c.statement.content])


def get_statement_words(tokens: TokenIndex, statement: Statement) -> set[int]:
    """Return the words of a statement's cue and content."""
    return tokens.get_words([*statement.content, *([statement.cue] if statement.cue else [])])


def compute_jaccard(a: set[int], b: set[int]) -> float:
    """Return the share of two sets that they have in common."""
    return len(a & b) / len(a | b) if a or b else 0.0


def is_passing_on(doc: Doc, statement: Statement, lexicon: DenialLexicon) -> bool:
    """Return True if a statement says that somebody passes on a claim: *State media repeated the falsehoods*.

    What is wrong with the claim is then the view of whoever reports this, not of the source.
    """
    if statement.rule != "np" or statement.cue_token is None:
        return False
    return doc[statement.cue_token].lower_ in lexicon.telling_verbs
