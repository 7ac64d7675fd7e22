"""Texts whose words look broken: letters with spaces between them, or words that are joined or cut."""

from tasks.document.doc import Doc

MIN_WORDS = 12
MAX_SINGLE_SHARE = 0.4
"""share of the words that are one letter; *a* and *I* are a twentieth of ordinary text"""
MAX_UNKNOWN_SHARE = 0.35
"""share of the words in lower case that the model does not know; in ordinary text it is a hundredth"""
LONGEST_WORD = 25
MIN_MEAN_LENGTH = 3.0
"""mean number of letters of a word; between 4 and 5 in ordinary text"""


def has_broken_words(doc: Doc) -> bool:
    """Return True if many words of a document are single letters, unknown to the model, or very long."""
    words = [token for token in doc if token.is_alpha]
    if any(len(token) > LONGEST_WORD for token in words) and len(words) < MIN_WORDS:
        return True
    if len(words) < MIN_WORDS:
        return False
    if sum(map(len, words)) < MIN_MEAN_LENGTH * len(words):
        return True
    single = sum(len(token) == 1 for token in words)
    lower = [token for token in words if token.is_lower]
    unknown = sum(not token.word.is_known or len(token) > LONGEST_WORD for token in lower)
    return single > MAX_SINGLE_SHARE * len(words) or unknown > MAX_UNKNOWN_SHARE * max(len(lower), MIN_WORDS)
