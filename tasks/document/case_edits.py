"""Lines in capitals become lower case with names in capitals, as the parser knows them.

Names are those that the rest of the text writes so, those of the reference tables, and words that the model knows
only with a capital. A dateline at the beginning of such a line becomes a line of its own.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from tasks.document.text_view import Edit
from tasks.seeds import read_seed_rows, read_seed_words

LINE = re.compile(r"[^\n]+")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
DATELINE_DASH = re.compile(r"\s*(?:\([^()]{2,30}\))?\s+(--?|[–—])\s")
MIN_WORDS, MIN_LETTERS = 3, 12
CAPITALS_SHARE = 0.9
LONGEST_NAME = 4
MAX_NAME_POPULATION = 100_000
"""a city of fewer people is not looked for in capitals: too many are common words"""
CALENDAR = (
    "january february march april june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday mr mrs ms dr sen rep gov gen col lt sgt capt st"
)


def find_case_edits(text: str, is_word: Callable[[str], bool]) -> Iterator[Edit]:
    """Yield the edits by which lines in capitals are written as others are; each keeps its length."""
    lines = [match for match in LINE.finditer(text) if match.group().upper() == match.group()]
    lines = [match for match in lines if is_capitals(match.group())]
    if not lines:
        return
    written = _forms_elsewhere(text)
    for match in lines:
        line = match.group()
        changed = _write_as_sentence(line, written, is_word)
        if changed != line and len(changed) == len(line):
            yield Edit(match.start(), match.end(), changed)


def is_capitals(line: str) -> bool:
    """Return True if a line is written in capitals: a few words at least, more than an acronym or a speaker."""
    words: list[str] = WORD.findall(line)
    if len(words) < MIN_WORDS or sum(map(len, words)) < MIN_LETTERS:
        return False
    upper = sum(word.isupper() for word in words)
    return upper >= CAPITALS_SHARE * len(words)


def _forms_elsewhere(text: str) -> Mapping[str, str]:
    """Return by lower-case word the form in which the lines that are not in capitals mostly write it."""
    counts: dict[str, Counter[str]] = {}
    for match in LINE.finditer(text):
        line = match.group()
        if line.upper() == line:
            continue
        for word in list(WORD.finditer(line))[1:]:
            if not _is_sentence_start(line, word.start()):
                counts.setdefault(word.group().lower(), Counter())[word.group()] += 1
    return {word: max(forms, key=lambda form: (forms[form], form)) for word, forms in counts.items()}


def _is_sentence_start(line: str, start: int) -> bool:
    """Return True if a sentence or a quotation begins at this offset of a line."""
    if start == 0 or line[start - 1] in '"“‘(':
        return True
    end = start
    while end and line[end - 1].isspace():
        end -= 1
    if end < start and end and line[end - 1] in '"”’':
        return line[max(end - 2, 0) : end - 1] in (".", "!", "?", ":")
    return end < start and end > 0 and line[end - 1] in ".!?:"


@cache
def _names() -> Mapping[str, str]:
    """Return the names of the reference tables by their lower-case form."""
    found: list[str] = []
    for table, columns in (
        ("places/countries.csv", ("name", "aliases", "capital")),
        ("places/areas.csv", ("name", "aliases")),
        ("places/demonyms.csv", ("demonyms", "aliases")),
        ("places/regions.csv", ("name",)),
        ("entities/organisations.csv", ("name", "aliases")),
        ("entities/people.csv", ("name", "aliases")),
        ("titles/given_names.csv", ("name",)),
        ("titles/titles.csv", ("title",)),
    ):
        found += [
            name for row in read_seed_rows(table) for column in columns for name in row[column].split("|")
        ]
    cities = (
        row for row in read_seed_rows("places/cities.csv") if int(row["population"]) >= MAX_NAME_POPULATION
    )
    found += [row["name"] for row in cities]
    names: dict[str, str] = {}
    for name in found:
        names.setdefault(name.lower(), name)
    common = read_seed_words("entities/common_words.csv", "word") | read_seed_words(
        "layouts/words_not_names.csv", "word"
    )
    calendar = {word: word.capitalize() for word in CALENDAR.split()}
    return {name: form for name, form in names.items() if name and name not in common} | calendar


def _write_as_sentence(line: str, written: Mapping[str, str], is_word: Callable[[str], bool]) -> str:
    """Return a line in capitals in lower case, with the names and the beginnings of sentences in capitals."""
    words = list(WORD.finditer(line))
    forms = [_form(word.group(), written, is_word) for word in words]
    for i in range(len(words)):
        _write_name(line, words[i : i + LONGEST_NAME], forms, i)
    pieces = list(line)
    for word, form in zip(words, forms, strict=True):
        if _is_sentence_start(line, word.start()):
            form = form[:1].upper() + form[1:]
        if len(form) == len(word.group()):
            pieces[word.start() : word.end()] = form
    if pieces[words[0].start()].isupper():
        _part_dateline(line, words, pieces)
    return "".join(pieces)


def _write_name(line: str, words: Sequence[re.Match[str]], forms: list[str], i: int) -> None:
    """Set the forms of the longest name of the tables that begins with the i-th word, the first of these."""
    start = words[0].start()
    for size in range(len(words), 1, -1):
        end = words[size - 1].end()
        name = _names().get(line[start:end].lower())
        if name is not None and len(name) == end - start:
            for k, word in enumerate(words[:size]):
                forms[i + k] = name[word.start() - start : word.end() - start]
            return


def _part_dateline(line: str, words: Sequence[re.Match[str]], pieces: list[str]) -> None:
    """Put a line end for the dash after a place at the beginning of a line, and a capital after it."""
    dash = next((found for word in words[:2] if (found := DATELINE_DASH.match(line, word.end()))), None)
    if dash is None:
        return
    pieces[dash.start(1) : dash.end(1)] = "\n" * len(dash.group(1))
    following = next((word.start() for word in words if word.start() >= dash.end()), dash.start())
    pieces[following] = pieces[following].upper()


def _form(word: str, written: Mapping[str, str], is_word: Callable[[str], bool]) -> str:
    """Return a word as the rest of the text writes it, else with a capital if the model knows it only so."""
    lower = word.lower()
    if lower in written:
        return written[lower]
    bare = lower.partition("'")[0].partition("’")[0]
    if bare in written:
        return written[bare] + lower[len(bare) :]
    if bare in _names() and len(_names()[bare]) == len(bare):
        return _names()[bare] + lower[len(bare) :]
    if not is_word(bare):
        return word.capitalize() if is_word(bare.capitalize()) or len(bare) > LONGEST_NAME else word
    return lower
