"""Stems: the first letters of a word, so that *involved* and *involvement* are the same.

Contents are compared by the stems of all their content words. What a statement repeats of its document is measured by
topic stems: an adverb or a negation repeats nothing.
"""

from tasks.document.doc import Token
from tasks.document.function_words import NEGATIONS

STEM_LETTERS = 5
TOPIC_TAGS = ("NN", "VB", "JJ", "CD")
CONTENT_TAGS = (*TOPIC_TAGS, "RB")
NEGATIVE_WORDS = NEGATIONS | {"n't", "n’t", "cannot", "without"}


def get_content_stem(token: Token) -> str:
    """Return the stem of a noun, verb, adjective, number or adverb; the empty string for another token."""
    word = token.word
    if word.is_stop or word.is_punct or not token.tag_.startswith(CONTENT_TAGS):
        return ""
    return token.lower_[:STEM_LETTERS]


def get_topic_stem(token: Token) -> str:
    """Return the stem of a noun, verb, adjective or number that does not negate; the empty string for another token."""
    if token.word.is_stop or not token.tag_.startswith(TOPIC_TAGS) or token.lower_ in NEGATIVE_WORDS:
        return ""
    return token.lower_[:STEM_LETTERS]
