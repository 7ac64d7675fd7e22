"""Edits that leave out what interrupts names and sentences: nicknames and emphasis.

In *Roberto “Chino” Alvarez* the model sees two persons and a quotation. Without the nickname it sees one name, and the
span of that name in the text as it was read holds the nickname.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tasks.document.view.text_view import Edit
from tasks.seeds import read_seed_rows, read_seed_words

CAPITAL = r"[^\W\d_a-z][\w’'-]*"
NICKNAME = re.compile(
    rf"(?P<first>(?<![\w’'-]){CAPITAL}\.?)(?P<name> \(?(?:“(?P<a>[^”“\"\n]{{2,30}})”|\"(?P<b>[^\"\n]{{2,30}})\""
    rf"|‘(?P<c>[^’‘\n]{{2,30}})’|'(?P<d>[^'\n]{{2,30}})')\)?) (?P<last>{CAPITAL})"
)
MAX_WORDS = 3
LONG_WORD = re.compile(r"[^\W\d_]{4,}")
LINE = re.compile(r"[^\n]*")
EMPHASIS = re.compile(
    r"(?<![\w*_\\])(?P<mark>\*{1,3}|_{1,3})(?=[^\s*_])(?P<words>[^*_\n]{1,400}?)(?<=[^\s*_])(?P=mark)(?![\w*_])"
)
"""words between marks of emphasis, as in Markdown"""


@dataclass(frozen=True, slots=True)
class NicknameTable:
    """The words that tell a nickname from a title in marks."""

    given_names: Collection[str]
    no_first: Collection[str]
    """words with a capital that are no given name: *The*, *In*, *Brigade*"""
    no_last: Collection[str]
    """words with a capital that are no family name: offices and days"""
    particles: Collection[str]
    """words of a nickname that have no capital: *the Fox*"""


def load_nickname_table() -> NicknameTable:
    """Return the words of ``seeds/``."""
    common = read_seed_words("entities/common_words.csv", "word")
    titles = {word.lower() for row in read_seed_rows("titles/titles.csv") for word in row["title"].split()}
    capitalised = {word.lower() for word in read_seed_words("layouts/capitalised_words.csv", "word")}
    return NicknameTable(
        given_names=frozenset(row["name"].lower() for row in read_seed_rows("titles/given_names.csv")),
        no_first=frozenset(
            common | read_seed_words("layouts/sentence_words.csv", "word") | capitalised - titles
        ),
        no_last=frozenset(common | titles | capitalised),
        particles=read_seed_words("quotations/nickname_particles.csv", "word"),
    )


def find_nickname_edits(text: str, table: NicknameTable) -> Iterator[Edit]:
    """Yield the edits that leave out nicknames in marks between the parts of a name."""
    for match in NICKNAME.finditer(text):
        nickname = next(group for group in match.group("a", "b", "c", "d") if group)
        if _is_nickname(nickname, table.particles) and _are_names(match, text, table):
            yield Edit(match.start("name"), match.end("name"), "")


def _is_nickname(words: str, particles: Collection[str]) -> bool:
    """Return True if words in marks may be a nickname: a few, with capitals and without stops."""
    parts = words.split()
    if not 0 < len(parts) <= MAX_WORDS or words != words.strip() or words[-1] in ".,!?;:":
        return False
    return parts[-1][0].isupper() and all(part[0].isupper() or part in particles for part in parts)


def _are_names(match: re.Match[str], text: str, table: NicknameTable) -> bool:
    """Return True if the words around a nickname are parts of a name, and not of a headline with many capitals."""
    first, last = match["first"].lower().rstrip("."), match["last"].lower()
    if first in table.no_first or last in table.no_last:
        return False
    if first in table.given_names:
        return True
    start = text.rfind("\n", 0, match.start()) + 1
    line = LINE.match(text, start)
    words = LONG_WORD.findall(line.group()) if line is not None else []
    return any(word[0].islower() for word in words)


def find_emphasis_edits(text: str) -> Iterator[Edit]:
    """Yield the edits that leave out the marks of emphasis around words."""
    for match in EMPHASIS.finditer(text):
        size = len(match["mark"])
        yield Edit(match.start(), match.start() + size, "")
        yield Edit(match.end() - size, match.end(), "")
