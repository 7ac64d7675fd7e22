"""Labels of paragraphs, which say what kind of text follows and not who speaks: *UPDATE: Two people died*."""

import re

from tasks.seeds import read_seed_words

LABEL_PATTERN = re.compile(r"([A-Z][A-Za-z'’]{1,15}(?: [A-Za-z]{1,10})?:)\s+(?=\S)")


def is_label(words: str) -> bool:
    """Return True if the words before a colon are a label of ``seeds/layouts/labels.csv``: *BREAKING*."""
    key = words.lower().replace("’", "'").strip("*#[] ")
    return key in read_seed_words("layouts/labels.csv", "label")


def find_label(text: str, start: int, end: int) -> re.Match[str] | None:
    """Return the match of a label at the start of a paragraph, its first group with the colon, or None."""
    match = LABEL_PATTERN.match(text, start, end)
    return match if match is not None and is_label(match.group(1)[:-1]) else None
