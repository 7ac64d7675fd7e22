"""spaCy's Docs of the paragraphs become one plain document."""

from collections.abc import Sequence

import numpy as np
from spacy.tokens import Doc as Paragraph
from spacy.vocab import Vocab

from tasks.document.doc import Doc, Token, Word

COLUMNS: list[int | str] = ["ORTH", "TAG", "DEP", "ENT_TYPE", "SENT_START", "SPACY", "HEAD"]
NONE: list[Token] = []
"""What hangs on most tokens: one list for all, so that the garbage collector need not look through more."""


class Words(dict[int, Word]):
    """The words of a vocabulary by their hash, each read once."""

    def __init__(self, vocab: Vocab) -> None:
        """Begin with none."""
        super().__init__()
        self.vocab = vocab

    def __missing__(self, orth: int) -> Word:
        """Read a word from the vocabulary."""
        word = self[orth] = read_word(self.vocab, orth)
        return word


class Names(dict[int, str]):
    """The names of tags, relations and labels by their hash, each read once."""

    def __init__(self, vocab: Vocab) -> None:
        """Begin with none."""
        super().__init__()
        self.vocab = vocab

    def __missing__(self, key: int) -> str:
        """Read a name from the vocabulary."""
        name = self[key] = self.vocab.strings[key]
        return name


def read_word(vocab: Vocab, orth: int | str) -> Word:
    """Return what the vocabulary knows of a word."""
    lexeme = vocab[orth]
    return Word(
        lexeme.text,
        lexeme.lower_,
        lexeme.is_alpha,
        lexeme.is_lower,
        lexeme.is_upper,
        lexeme.is_punct,
        lexeme.is_space,
        lexeme.is_stop,
        lexeme.like_num,
    )


def join(text: str, starts: Sequence[int], parts: Sequence[Paragraph], words: Words, names: Names) -> Doc:
    """Return one document of its annotated paragraphs and the white space between them.

    Args:
        text: of the document.
        starts: where in it each paragraph begins.
        parts: the paragraphs.
        words: of their vocabulary; shared between documents to save time.
        names: of its tags, relations and labels.
    """
    tokens: list[Token] = []
    ents: list[tuple[int, int, str]] = []
    position = 0
    for start, part in zip(starts, parts, strict=True):
        if start > position:
            tokens.append(gap(text[position:start], position, len(tokens), words))
        ents += [(len(tokens) + e.start, len(tokens) + e.end, e.label_) for e in part.ents]
        tokens += read(part, start, len(tokens), words, names)
        position = tokens[-1].idx + len(tokens[-1].text + tokens[-1].whitespace_) if len(part) else start
    if position < len(text):
        tokens.append(gap(text[position:], position, len(tokens), words))
    return Doc(text, tokens, ents)


def gap(space: str, idx: int, i: int, words: Words) -> Token:
    """Return the token of the white space between two paragraphs, a sentence of its own."""
    word = read_word(words.vocab, space)
    token = make(word, i, idx, ("_SP", "ROOT", "", True, ""))
    hang([token], [0])
    return token


def make(word: Word, i: int, idx: int, rest: tuple[str, str, str, bool, str]) -> Token:
    """Return a token that does not yet hang in a tree."""
    token = Token()
    token.word = word
    token.text = word.text
    token.lower_ = word.lower_
    token.i = i
    token.idx = idx
    token.tag_, token.dep_, token.ent_type_, token.is_sent_start, token.whitespace_ = rest
    token.lefts = token.rights = NONE
    return token


def read(part: Paragraph, start: int, first: int, words: Words, names: Names) -> list[Token]:
    """Return the tokens of a paragraph that begins at this offset and token of its document."""
    table = part.to_array(COLUMNS)
    idx = start
    tokens: list[Token] = []
    for orth, tag, dep, entity, sentence, space in table[:, :-1].tolist():
        word = words[orth]
        rest = names[tag], names[dep], names[entity], sentence == 1, " " if space else ""
        tokens.append(make(word, first + len(tokens), idx, rest))
        idx += len(word.text) + space
    hang(tokens, (table[:, -1].astype(np.int64) + np.arange(len(tokens))).tolist())
    return tokens


def hang(tokens: Sequence[Token], heads: Sequence[int]) -> None:
    """Join tokens to a tree by the positions of their heads."""
    for i, (token, at) in enumerate(zip(tokens, heads, strict=True)):
        head = token.head = tokens[at]
        if at > i:
            head.lefts = added(head.lefts, token)
        elif at < i:
            head.rights = added(head.rights, token)
    for token, edge in zip(tokens, edges(heads, range(len(heads))), strict=True):
        token.left_edge = tokens[edge]
    for token, edge in zip(tokens, edges(heads, range(len(heads) - 1, -1, -1)), strict=True):
        token.right_edge = tokens[edge]


def added(tokens: list[Token], token: Token) -> list[Token]:
    """Return the tokens that hang on one side of a head with one more."""
    if not tokens:
        return [token]
    tokens.append(token)
    return tokens


def edges(heads: Sequence[int], order: range) -> list[int]:
    """Return for each token the first of those below it, in this order of tokens; itself where it comes first."""
    found = [-1] * len(heads)
    for i in order:
        at = i
        while found[at] < 0:
            found[at] = i
            at = heads[at]
    return found
