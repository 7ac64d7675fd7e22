"""Leave out the margin of each line: the numbers of court transcripts, and bars."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tasks.document.view.text_view import Edit

NUMBERED = re.compile(r"^[ \t]*(?P<number>\d{1,3})(?:[ ]{2,}|\t)(?=\S)", re.MULTILINE)
BARRED = re.compile(r"^[ \t]*\|[ \t](?=[^|\n]*$)", re.MULTILINE)
SENTENCE_GOES_ON = re.compile(r"[^.!?:\s]\s*\n[^\n]*?(?<=[\s|])[a-z]")
MIN_LINES = 3


def find_margin_edits(text: str) -> Iterator[Edit]:
    """Yield the edits that leave out the margin of numbered and barred lines, if sentences run over those lines."""
    for form in (NUMBERED, BARRED):
        for run in _find_runs(text, list(form.finditer(text))):
            if SENTENCE_GOES_ON.search(text, run[0].end(), run[-1].end() + 1):
                yield from (Edit(match.start(), match.end(), "") for match in run)


def _find_runs(text: str, matches: Sequence[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    """Yield the margins of lines that follow each other, numbers in their order."""
    run: list[re.Match[str]] = list(matches[:1])
    for match, following in pairwise(matches):
        if text.count("\n", match.end(), following.start()) == 1 and _is_next(match, following):
            run.append(following)
            continue
        if len(run) >= MIN_LINES:
            yield run
        run = [following]
    if len(run) >= MIN_LINES:
        yield run


def _is_next(match: re.Match[str], following: re.Match[str]) -> bool:
    """Return True if a number is one more than the one before it; True for bars."""
    first, second = (found.groupdict().get("number") for found in (match, following))
    return first is None or second is None or int(second) == int(first) + 1
