"""A parsed document in plain Python: what extraction reads of spaCy's Doc, by the same names.

spaCy makes a new object for every token that is looked at, and puts a document's text together again
whenever it is asked for; most of the time after parsing went into that. Here each token is made once.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import overload

# Nothing but İ grows when it is made small: without it offsets stay what they are.
PLAIN = {"’": "'", "‘": "'", "“": '"', "”": '"', "İ": "I"}


@dataclass(frozen=True, slots=True)
class Word:
    """What is true of a word form wherever it stands."""

    text: str
    lower_: str
    is_alpha: bool
    is_lower: bool
    is_upper: bool
    is_punct: bool
    is_space: bool
    is_stop: bool
    like_num: bool


class Token:
    """One token: its place in the document, its word, and its place in the dependency tree."""

    __slots__ = (
        "dep_",
        "doc",
        "ent_type_",
        "head",
        "i",
        "idx",
        "is_sent_start",
        "left_edge",
        "lefts",
        "lower_",
        "right_edge",
        "rights",
        "tag_",
        "text",
        "whitespace_",
        "word",
    )

    doc: "Doc"
    i: int
    idx: int
    """offset into the document's text"""
    word: Word
    text: str
    lower_: str
    whitespace_: str
    tag_: str
    dep_: str
    ent_type_: str
    is_sent_start: bool
    head: "Token"
    """itself, at the root of a sentence"""
    lefts: list["Token"]
    rights: list["Token"]
    left_edge: "Token"
    right_edge: "Token"

    def __len__(self) -> int:
        """Return the number of code points."""
        return len(self.text)

    def __repr__(self) -> str:
        """Return the text."""
        return self.text

    @property
    def children(self) -> list["Token"]:
        """The tokens that hang on this one, in order."""
        return self.lefts + self.rights if self.rights else self.lefts

    @property
    def subtree(self) -> Iterator["Token"]:
        """This token and all that hang below it, each head between its left and right ones."""
        # No recursion: a sentence without an end is a tree deeper than Python's stack.
        waiting: list[tuple[Token, bool]] = [(self, False)]
        while waiting:
            token, is_ready = waiting.pop()
            if is_ready or not (token.lefts or token.rights):
                yield token
                continue
            waiting += [(k, False) for k in reversed(token.rights)]
            waiting.append((token, True))
            waiting += [(k, False) for k in reversed(token.lefts)]

    @property
    def sent(self) -> "Span":
        """The sentence."""
        starts = self.doc.sentence_starts
        n = bisect_right(starts, self.i)
        return Span(self.doc, starts[n - 1], starts[n] if n < len(starts) else len(self.doc))

    def nbor(self, distance: int = 1) -> "Token":
        """Return the token at a distance.

        Raises:
            IndexError: there is none.
        """
        if self.i + distance < 0:
            raise IndexError(f"no token stands {-distance} before token {self.i}")
        return self.doc.tokens[self.i + distance]

    @property
    def is_alpha(self) -> bool:
        """Whether all characters are letters."""
        return self.word.is_alpha

    @property
    def is_lower(self) -> bool:
        """Whether it is written small."""
        return self.word.is_lower

    @property
    def is_upper(self) -> bool:
        """Whether it is written in capitals."""
        return self.word.is_upper

    @property
    def is_punct(self) -> bool:
        """Whether it is punctuation."""
        return self.word.is_punct

    @property
    def is_space(self) -> bool:
        """Whether it is white space."""
        return self.word.is_space

    @property
    def is_stop(self) -> bool:
        """Whether it is one of the commonest words."""
        return self.word.is_stop

    @property
    def like_num(self) -> bool:
        """Whether it is a number, in digits or words."""
        return self.word.like_num


class Doc:
    """The tokens of a document, whose text is the document's own."""

    def __init__(self, text: str, tokens: list[Token], ents: Sequence[tuple[int, int, str]]) -> None:
        """Take tokens whose ``doc`` is still to be set, and entities as ranges with labels."""
        self.text = text
        self.tokens = tokens
        self.ents = [Span(self, start, end, label) for start, end, label in ents]
        self.places: dict[str, list[tuple[int, int]]] = {}
        """where what is looked for by kind stands in the folded text, once it has been looked for"""
        for token in tokens:
            token.doc = self

    def __len__(self) -> int:
        """Return the number of tokens."""
        return len(self.tokens)

    def __iter__(self) -> Iterator[Token]:
        """Yield the tokens."""
        return iter(self.tokens)

    @overload
    def __getitem__(self, at: int) -> Token: ...
    @overload
    def __getitem__(self, at: slice) -> "Span": ...
    def __getitem__(self, at: int | slice) -> "Token | Span":
        """Return one token, or a span of them."""
        if isinstance(at, slice):
            start, end, _ = at.indices(len(self.tokens))
            return Span(self, start, max(start, end))
        return self.tokens[at]

    @cached_property
    def starts(self) -> list[int]:
        """The offset of each token."""
        return [token.idx for token in self.tokens]

    @cached_property
    def folded(self) -> str:
        """The text in lower case with straight quotation marks, at the same offsets."""
        text = self.text
        for mark, plain in PLAIN.items():
            text = text.replace(mark, plain)
        return text.lower()

    @cached_property
    def breaks(self) -> list[int]:
        """The white-space tokens that part paragraphs."""
        return [token.i for token in self.tokens if "\n" in token.text and token.word.is_space]

    @cached_property
    def paragraphs(self) -> list[tuple[int, int]]:
        """The ranges of tokens of the paragraphs."""
        edges = [-1, *self.breaks, len(self.tokens)]
        return [(a + 1, b) for a, b in pairwise(edges) if a + 1 < b]

    @cached_property
    def spoken(self) -> frozenset[int]:
        """The tokens that are words or numbers."""
        words = ((token.i, token.word) for token in self.tokens)
        return frozenset(i for i, word in words if word.is_alpha or word.like_num)

    @cached_property
    def sentence_starts(self) -> list[int]:
        """The first token of each sentence."""
        return [token.i for token in self.tokens if token.is_sent_start or token.i == 0]

    @property
    def sents(self) -> Iterator["Span"]:
        """The sentences; white space between paragraphs is one of its own."""
        edges = [*self.sentence_starts, len(self.tokens)]
        return (Span(self, a, b) for a, b in pairwise(edges))

    def char_span(self, start: int, end: int) -> "Span | None":
        """Return the tokens that a range of characters touches, or None where it does not lie in the text."""
        if not (0 <= start < len(self.text) and 0 < end <= len(self.text)):
            return None
        first = bisect_right(self.starts, start) - 1
        # The space after a token is no part of it.
        first += start == self.starts[first] + len(self.tokens[first].text)
        return Span(self, first, bisect_right(self.starts, end - 1))


class Span:
    """A run of tokens."""

    __slots__ = ("doc", "end", "label_", "start")

    def __init__(self, doc: Doc, start: int, end: int, label: str = "") -> None:
        """Take the tokens from ``start`` to before ``end``."""
        self.doc = doc
        self.start = start
        self.end = end
        self.label_ = label

    def __len__(self) -> int:
        """Return the number of tokens."""
        return self.end - self.start

    def __iter__(self) -> Iterator[Token]:
        """Yield the tokens."""
        return iter(self.doc.tokens[self.start : self.end])

    @overload
    def __getitem__(self, at: int) -> Token: ...
    @overload
    def __getitem__(self, at: slice) -> "Span": ...
    def __getitem__(self, at: int | slice) -> "Token | Span":
        """Return one of its tokens, or a span of them."""
        if isinstance(at, slice):
            start, end, _ = at.indices(len(self))
            return Span(self.doc, self.start + start, self.start + max(start, end))
        return self.doc.tokens[range(self.start, self.end)[at]]

    @property
    def start_char(self) -> int:
        """The offset of its first character."""
        return self.doc.tokens[self.start].idx

    @property
    def end_char(self) -> int:
        """The offset after its last character."""
        last = self.doc.tokens[self.end - 1]
        return last.idx + len(last.text)

    @property
    def text(self) -> str:
        """Its text, without the space after it."""
        return self.doc.text[self.start_char : self.end_char] if self.end > self.start else ""

    @property
    def root(self) -> Token:
        """The token nearest to the root of its sentence, the first of several."""
        tokens = self.doc.tokens[self.start : self.end]
        if (top := next((t for t in tokens if t.head is t), None)) is not None:
            return top
        free = [t for t in tokens if not self.start <= t.head.i < self.end]
        return min(free, key=depth, default=self.doc.tokens[self.start])


def depth(token: Token) -> int:
    """Return the number of steps to the root of the sentence; white space and marks that bear nothing are last."""
    if (token.word.is_space or token.word.is_punct) and not token.lefts and not token.rights:
        return len(token.doc) - 1
    steps = 0
    while token.head is not token:
        token = token.head
        steps += 1
    return steps
