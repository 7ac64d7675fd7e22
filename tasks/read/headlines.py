"""The headline of a text without metadata: its first line, if it reads as one."""

import re

LINE = re.compile(r"[^\r\n]*\S[^\r\n]*")
HEADING = re.compile(
    r"for immediate release|(?:press|media|news) release|by [A-Z][\w.'’ -]{2,60}|exclusive|breaking news|opinion",
    re.IGNORECASE,
)
"""a line above the headline"""
NO_HEADLINE = re.compile(
    r"[.:;,…-]$|^[-*•>\d(\[]|@|https?:|^(?:dear|hi|hello)\b|^[\w .'’]{1,40}:\s", re.IGNORECASE
)
MAX_HEADLINE_CHARS, MIN_WORDS, MAX_WORDS = 160, 3, 25
MIN_TEXT_FACTOR = 2
"""the rest of a text is longer than its headline"""
MAX_LINES_ABOVE = 2
BLANK_LINE = re.compile(r"[ \t]*(?:\r\n|\n|\r(?!\n))[ \t]*[\r\n]")


def find_headline(text: str) -> str | None:
    """Return the first line of a text if it reads as a headline, else None; the line stays part of the text.

    It is a few words without a stop, and a blank line or a much longer line follows it.
    """
    for number, match in enumerate(LINE.finditer(text, 0, 4 * MAX_HEADLINE_CHARS + 2000)):
        line = match.group().strip()
        if HEADING.fullmatch(line) and number < MAX_LINES_ABOVE:
            continue
        following = LINE.search(text, match.end())
        if following is None or not _is_headline(line):
            return None
        is_apart = BLANK_LINE.match(text, match.end()) is not None
        is_longer = len(following.group().strip()) >= MIN_TEXT_FACTOR * len(line)
        has_text = len(text) - match.end() >= MIN_TEXT_FACTOR * len(line)
        return line if has_text and (is_apart or is_longer) else None
    return None


def _is_headline(line: str) -> bool:
    """Return True if a line is short, begins with a capital, and does not end as a sentence or label does."""
    n_words = len(line.split())
    first = next((character for character in line if character.isalpha()), "")
    return (
        len(line) <= MAX_HEADLINE_CHARS
        and MIN_WORDS <= n_words <= MAX_WORDS
        and first.isupper()
        and NO_HEADLINE.search(line) is None
    )
