"""A parsed document in plain Python: the part of spaCy's Doc that extraction reads, under the same names.

spaCy creates a new object for every token access and rebuilds a document's text on every access, which took
most of the time after parsing. Here each token is created once.
"""

from bisect import bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, overload

from tasks.document.layout.document_layout import Layout
from tasks.document.view.text_view import TextView

# İ is the only character that grows in lower case; replacing it first keeps all offsets.
FOLDED_CHARACTERS = {"’": "'", "‘": "'", "“": '"', "”": '"', "İ": "I"}


@dataclass(frozen=True, slots=True)
class WordForm:
    """The properties of a word form that do not depend on its context."""

    text: str
    lower_: str
    is_alpha: bool
    is_lower: bool
    is_upper: bool
    is_punct: bool
    is_space: bool
    is_stop: bool
    like_num: bool
    is_known: bool
    """whether the model has a vector for it"""


class Token:
    """One token: its position in the document, its word form, and its position in the dependency tree."""

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
    word: WordForm
    text: str
    lower_: str
    whitespace_: str
    tag_: str
    dep_: str
    ent_type_: str
    is_sent_start: bool
    head: "Token"
    """the token itself at the root of a sentence"""
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
        """The direct dependents, in order."""
        return self.lefts + self.rights if self.rights else self.lefts

    @property
    def subtree(self) -> Iterator["Token"]:
        """This token and all its descendants in text order."""
        return self.iterate_subtree_without(())

    def iterate_subtree_without(self, relations: Container[str]) -> Iterator["Token"]:
        """Yield this token and its descendants in text order, without the subtrees below these relations."""
        # No recursion: the tree of a very long sentence is deeper than Python's stack.
        waiting: list[tuple[Token, bool]] = [(self, False)]
        while waiting:
            token, is_ready = waiting.pop()
            if is_ready or not (token.lefts or token.rights):
                yield token
                continue
            waiting += [(k, False) for k in reversed(token.rights) if k.dep_ not in relations]
            waiting.append((token, True))
            waiting += [(k, False) for k in reversed(token.lefts) if k.dep_ not in relations]

    @property
    def sent(self) -> "TokenSpan":
        """The sentence."""
        starts = self.doc.sentence_starts
        n = bisect_right(starts, self.i)
        return TokenSpan(self.doc, starts[n - 1], starts[n] if n < len(starts) else len(self.doc))

    def nbor(self, distance: int = 1) -> "Token":
        """Return the token ``distance`` tokens away.

        Raises:
            IndexError: there is no such token.
        """
        if self.i + distance < 0:
            raise IndexError(f"there is no token {-distance} positions before token {self.i}")
        return self.doc.tokens[self.i + distance]

    @property
    def is_alpha(self) -> bool:
        """Whether all characters are letters."""
        return self.word.is_alpha

    @property
    def is_lower(self) -> bool:
        """Whether all letters are lower case."""
        return self.word.is_lower

    @property
    def is_upper(self) -> bool:
        """Whether all letters are upper case."""
        return self.word.is_upper

    @property
    def is_punct(self) -> bool:
        """Whether the token is punctuation."""
        return self.word.is_punct

    @property
    def is_space(self) -> bool:
        """Whether the token is white space."""
        return self.word.is_space

    @property
    def is_stop(self) -> bool:
        """Whether the token is a stop word."""
        return self.word.is_stop

    @property
    def like_num(self) -> bool:
        """Whether the token is a number, in digits or words."""
        return self.word.like_num


class Doc:
    """The tokens and entities of a document; ``text`` is the view of the document's text that was parsed."""

    def __init__(self, text: str, tokens: list[Token], ents: Sequence[tuple[int, int, str]]) -> None:
        """Set ``doc`` on each token; ``ents`` are (first token, one past the last, label)."""
        self.text = text
        self.view = TextView(text)
        """how the text was derived from the document's; offsets of tokens are those of this view"""
        self.layout = Layout()
        """its turns and entries, with offsets into the view"""
        self.tokens = tokens
        self.ents = [TokenSpan(self, start, end, label) for start, end, label in ents]
        self.pattern_spans: dict[str, list[tuple[int, int]]] = {}
        """character spans of matches by regular expression, kept by the lexicon that looked for them"""
        self._token_spans: dict[tuple[int, int], TokenSpan | None] = {}
        """what :meth:`char_span` returned: every step asks for the tokens of the same mentions and contents"""
        self.quotations: dict[frozenset[str], list[Any]] = {}
        """quotations, kept by ``tasks/attribution/quoting/quotations.py`` with the words that decide where they end"""
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
    def __getitem__(self, at: slice) -> "TokenSpan": ...
    def __getitem__(self, at: int | slice) -> "Token | TokenSpan":
        """Return one token, or a span of tokens."""
        if isinstance(at, slice):
            start, end, _ = at.indices(len(self.tokens))
            return TokenSpan(self, start, max(start, end))
        return self.tokens[at]

    @cached_property
    def token_starts(self) -> list[int]:
        """The offset of each token."""
        return [token.idx for token in self.tokens]

    @cached_property
    def folded_text(self) -> str:
        """The text in lower case with straight quotation marks; offsets are those of ``text``."""
        text = self.text
        for mark, plain in FOLDED_CHARACTERS.items():
            text = text.replace(mark, plain)
        return text.lower()

    @cached_property
    def paragraph_breaks(self) -> list[int]:
        """The indices of the white-space tokens that separate paragraphs."""
        return [token.i for token in self.tokens if "\n" in token.text and token.word.is_space]

    @cached_property
    def paragraphs(self) -> list[tuple[int, int]]:
        """The token ranges of the paragraphs."""
        edges = [-1, *self.paragraph_breaks, len(self.tokens)]
        return [(a + 1, b) for a, b in pairwise(edges) if a + 1 < b]

    @cached_property
    def word_indices(self) -> frozenset[int]:
        """The indices of the tokens that are words or numbers."""
        return frozenset([t.i for t in self.tokens if t.word.is_alpha or t.word.like_num])

    @cached_property
    def sentence_starts(self) -> list[int]:
        """The index of the first token of each sentence."""
        return [token.i for token in self.tokens if token.is_sent_start or token.i == 0]

    @property
    def sents(self) -> Iterator["TokenSpan"]:
        """The sentences; white space between paragraphs is a sentence of its own."""
        edges = [*self.sentence_starts, len(self.tokens)]
        return (TokenSpan(self, a, b) for a, b in pairwise(edges))

    @property
    def body_sents(self) -> Iterator["TokenSpan"]:
        """The sentences, without datelines, labels, names before a colon, bullets and signatures."""
        openings = {start for start, _ in self.layout.labels}
        unspoken = self.layout.unspoken
        return (
            sentence
            for sentence in self.sents
            if sentence.start_char not in openings
            and not any(start <= sentence.start_char < end for start, end in unspoken)
        )

    def get_tokens(self, span: tuple[int, int]) -> "TokenSpan":
        """Return the tokens that a character span overlaps.

        Raises:
            ValueError: the span is outside the document.
        """
        found = self._token_spans.get(span)
        if found is None:
            found = self.char_span(*span)
        if found is None:
            raise ValueError(
                f"span {span} is outside the document of {len(self.text)} characters: {self[:8].text!r}"
            )
        return found

    def char_span(self, start: int, end: int) -> "TokenSpan | None":
        """Return the tokens that a range of characters overlaps, or None if it is outside the text."""
        found = self._token_spans.get((start, end))
        if found is None:
            found = self._token_spans[start, end] = self._find_token_span(start, end)
        return found

    def _find_token_span(self, start: int, end: int) -> "TokenSpan | None":
        """Return the tokens that a range of characters overlaps, or None if it is outside the text."""
        if not (0 <= start < len(self.text) and 0 < end <= len(self.text)):
            return None
        first = bisect_right(self.token_starts, start) - 1
        # The space after a token is not part of it.
        first += start == self.token_starts[first] + len(self.tokens[first].text)
        return TokenSpan(self, first, bisect_right(self.token_starts, end - 1))


class TokenSpan:
    """A contiguous range of tokens."""

    __slots__ = ("doc", "end", "label_", "start")

    def __init__(self, doc: Doc, start: int, end: int, label: str = "") -> None:
        """Hold the tokens from index ``start`` up to, not including, ``end``."""
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
    def __getitem__(self, at: slice) -> "TokenSpan": ...
    def __getitem__(self, at: int | slice) -> "Token | TokenSpan":
        """Return one token of the span, or a subspan."""
        if isinstance(at, slice):
            start, end, _ = at.indices(len(self))
            return TokenSpan(self.doc, self.start + start, self.start + max(start, end))
        return self.doc.tokens[range(self.start, self.end)[at]]

    @property
    def indices(self) -> range:
        """The indices of the tokens."""
        return range(self.start, self.end)

    @property
    def start_char(self) -> int:
        """The offset of the first character."""
        return self.doc.tokens[self.start].idx

    @property
    def end_char(self) -> int:
        """The offset after the last character."""
        last = self.doc.tokens[self.end - 1]
        return last.idx + len(last.text)

    @property
    def text(self) -> str:
        """The text, without the space after it."""
        if self.end <= self.start:
            return ""
        first, last = self.doc.tokens[self.start], self.doc.tokens[self.end - 1]
        return self.doc.text[first.idx : last.idx + len(last.text)]

    @property
    def root(self) -> Token:
        """The token nearest to the root of its sentence; the first if several are equally near."""
        tokens = self.doc.tokens[self.start : self.end]
        if len(tokens) == 1:
            return tokens[0]
        if (top := next((t for t in tokens if t.head is t), None)) is not None:
            return top
        free = [t for t in tokens if not self.start <= t.head.i < self.end]
        if len(free) == 1:
            return free[0]
        return min(free, key=_count_steps_to_root, default=self.doc.tokens[self.start])


def _count_steps_to_root(token: Token) -> int:
    """Return the number of steps to the sentence root; white space and punctuation without dependents rank last."""
    if (token.word.is_space or token.word.is_punct) and not token.lefts and not token.rights:
        return len(token.doc) - 1
    steps = 0
    while token.head is not token:
        token = token.head
        steps += 1
    return steps
