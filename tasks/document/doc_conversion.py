"""Conversion of the spaCy Docs of a document's paragraphs to one plain Doc."""

from collections.abc import Sequence

import numpy as np
from spacy.tokens import Doc as Paragraph
from spacy.vocab import Vocab

from tasks.document.doc import Doc, Token, WordForm
from tasks.document.parse_repairs import (
    ParsedWords,
    repair_finite_verbs,
    repair_fronted_subjects,
    repair_prefixed_nouns,
)

TOKEN_ATTRIBUTES: list[int | str] = ["ORTH", "TAG", "DEP", "ENT_TYPE", "SENT_START", "SPACY", "HEAD"]
NO_CHILDREN: list[Token] = []
"""Shared by all tokens without dependents, so that the garbage collector has fewer lists to traverse."""


class WordFormCache(dict[int, WordForm]):
    """The word forms of a vocabulary by hash, each read once."""

    def __init__(self, vocab: Vocab) -> None:
        """Begin with none."""
        super().__init__()
        self.vocab = vocab

    def __missing__(self, orth: int) -> WordForm:
        """Read a word form from the vocabulary."""
        word = self[orth] = _read_word_form(self.vocab, orth)
        return word


class LabelCache(dict[int, str]):
    """The names of tags, relations and labels by hash, each read once."""

    def __init__(self, vocab: Vocab) -> None:
        """Begin with none."""
        super().__init__()
        self.vocab = vocab

    def __missing__(self, key: int) -> str:
        """Read a name from the vocabulary."""
        name = self[key] = self.vocab.strings[key]
        return name


def _read_word_form(vocab: Vocab, orth: int | str) -> WordForm:
    """Return the word form of a lexeme."""
    lexeme = vocab[orth]
    return WordForm(
        text=lexeme.text,
        lower_=lexeme.lower_,
        is_alpha=lexeme.is_alpha,
        is_lower=lexeme.is_lower,
        is_upper=lexeme.is_upper,
        is_punct=lexeme.is_punct,
        is_space=lexeme.is_space,
        is_stop=lexeme.is_stop,
        like_num=lexeme.like_num,
        is_known=lexeme.has_vector,
    )


def join_paragraphs(
    text: str, starts: Sequence[int], parts: Sequence[Paragraph], words: WordFormCache, names: LabelCache
) -> Doc:
    """Return the document made of annotated paragraphs and the white space between them.

    Args:
        text: the text of the document.
        starts: the offset of each paragraph in the text.
        parts: the annotated paragraphs.
        words: the word forms of their vocabulary; shared between documents to save time.
        names: the names of their tags, relations and labels; shared likewise.
    """
    tokens: list[Token] = []
    ents: list[tuple[int, int, str]] = []
    position = 0
    for start, part in zip(starts, parts, strict=True):
        if start > position:
            tokens.append(_make_gap_token(text[position:start], position, len(tokens), words))
        ents += [(len(tokens) + e.start, len(tokens) + e.end, e.label_) for e in part.ents]
        tokens += _read_tokens(part, start, len(tokens), words, names)
        position = tokens[-1].idx + len(tokens[-1].text + tokens[-1].whitespace_) if len(part) else start
    if position < len(text):
        tokens.append(_make_gap_token(text[position:], position, len(tokens), words))
    return Doc(text, tokens, ents)


def _make_gap_token(space: str, idx: int, i: int, words: WordFormCache) -> Token:
    """Return the token of the white space between two paragraphs, a sentence of its own."""
    word = _read_word_form(words.vocab, space)
    token = _make_token(word, i, idx, ("_SP", "ROOT", "", True, ""))
    _set_heads([token], [0])
    return token


def _make_token(word: WordForm, i: int, idx: int, rest: tuple[str, str, str, bool, str]) -> Token:
    """Return a token without a head; ``rest`` is tag, relation, entity label, sentence start, white space."""
    token = Token()
    token.word = word
    token.text = word.text
    token.lower_ = word.lower_
    token.i = i
    token.idx = idx
    token.tag_, token.dep_, token.ent_type_, token.is_sent_start, token.whitespace_ = rest
    token.lefts = token.rights = NO_CHILDREN
    return token


def _read_tokens(
    part: Paragraph, start: int, first: int, words: WordFormCache, names: LabelCache
) -> list[Token]:
    """Return the tokens of a paragraph that begins at offset ``start`` and token ``first`` of its document."""
    table = part.to_array(TOKEN_ATTRIBUTES)
    parsed = ParsedWords(
        words=[words[orth].text for orth in table[:, 0].tolist()],
        tags=[names[tag] for tag in table[:, 1].tolist()],
        relations=[names[dep] for dep in table[:, 2].tolist()],
        heads=(table[:, -1].astype(np.int64) + np.arange(len(table))).tolist(),
    )
    repair_finite_verbs(parsed)
    repair_fronted_subjects(parsed)
    repair_prefixed_nouns(parsed)
    idx = start
    tokens: list[Token] = []
    for i, (orth, entity, sentence, space) in enumerate(table[:, [0, 3, 4, 5]].tolist()):
        word = words[orth]
        rest = parsed.tags[i], parsed.relations[i], names[entity], sentence == 1, " " if space else ""
        tokens.append(_make_token(word, first + i, idx, rest))
        idx += len(word.text) + space
    _set_heads(tokens, parsed.heads)
    return tokens


def _set_heads(tokens: Sequence[Token], heads: Sequence[int]) -> None:
    """Link tokens to a tree by the positions of their heads."""
    for i, (token, at) in enumerate(zip(tokens, heads, strict=True)):
        head = token.head = tokens[at]
        if at > i:
            head.lefts = _append_child(head.lefts, token)
        elif at < i:
            head.rights = _append_child(head.rights, token)
    for token, edge in zip(tokens, _find_edges(heads, range(len(heads))), strict=True):
        token.left_edge = tokens[edge]
    for token, edge in zip(tokens, _find_edges(heads, range(len(heads) - 1, -1, -1)), strict=True):
        token.right_edge = tokens[edge]


def _append_child(tokens: list[Token], token: Token) -> list[Token]:
    """Return the dependents on one side of a head with one more; appends in place except to NO_CHILDREN."""
    if not tokens:
        return [token]
    tokens.append(token)
    return tokens


def _find_edges(heads: Sequence[int], order: range) -> list[int]:
    """Return for each token the first token of its subtree in the given order of tokens."""
    found = [-1] * len(heads)
    for i in order:
        at = i
        while found[at] < 0:
            found[at] = i
            at = heads[at]
    return found
