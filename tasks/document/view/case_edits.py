"""Lines in capitals become lower case with names in capitals, as the parser knows them.

A word keeps its capital where the rest of the text, the reference tables or the model's vocabulary write it so. A
dateline at the beginning of such a line becomes a line of its own.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tasks.document.records import Span
from tasks.document.view.text_view import Edit
from tasks.seeds import read_seed_rows, read_seed_words

LINE = re.compile(r"[^\n]+")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
DATELINE_DASH = re.compile(r"\s*(?:\([^()]{2,30}\))?\s+(--?|[–—])\s")
INITIALS = re.compile(r"(?:^|[\s(“\"])(?:[A-Z]\.){2,4}$")
"""an abbreviation with stops, after which a sentence mostly goes on: *U.S.*"""
MAX_INITIALS_LENGTH = 9
"""characters that INITIALS matches at most"""
MIN_WORDS, MIN_LETTERS = 3, 12
CAPITALS_SHARE = 0.9
MIN_TITLE_WORDS, MAX_TITLE_WORDS = 4, 20
LONGEST_TITLE = 160
LONGEST_MINOR = 4
"""letters of a word that a headline may write without a capital"""
LONGEST_NAME = 4
LONGEST_ACRONYM = 4
LONGEST_INITIALS = 5
MAX_NAME_POPULATION = 100_000
"""a city of fewer people is not looked for in capitals: too many are common words"""
NAME_COLUMNS = (
    ("places/countries.csv", ("name", "aliases", "capital")),
    ("places/areas.csv", ("name", "aliases")),
    ("places/demonyms.csv", ("demonyms", "aliases")),
    ("places/regions.csv", ("name",)),
    ("entities/organisations.csv", ("name", "aliases")),
    ("entities/people.csv", ("name", "aliases")),
    ("titles/given_names.csv", ("name",)),
    ("titles/titles.csv", ("title",)),
)
"""the tables and columns that hold names"""
WrittenNames = Mapping[str, str]
"""names by their lower-case form"""


@dataclass(frozen=True, slots=True)
class CaseTable:
    """The words that decide how a line in capitals is written."""

    names: WrittenNames
    reporting_forms: Collection[str]
    """the forms of verbs that report: a headline has one"""


def find_case_edits(text: str, is_word: Callable[[str], bool], table: CaseTable) -> Iterator[Edit]:
    """Yield the edits by which lines in capitals are written as others are; each keeps its length."""
    lines = [
        match for match in LINE.finditer(text) if match.group()[:1].isupper() or not match.group().islower()
    ]
    capitals = [m for m in lines if m.group().upper() == m.group() and is_capitals(m.group())]
    titles = [m for m in lines if is_title_case(m.group(), table.reporting_forms)]
    if not capitals and not titles:
        return
    forms = _WordForms(_find_forms_elsewhere(text, titles), table, is_word)
    for match in sorted((*capitals, *titles), key=lambda m: m.start()):
        line = match.group()
        changed = _write_as_sentence(line, forms)
        if changed != line and len(changed) == len(line):
            yield Edit(match.start(), match.end(), changed)


def find_name_case_edits(
    text: str, names: Iterable[Span], is_word: Callable[[str], bool], known: WrittenNames
) -> Iterator[Edit]:
    """Yield the edits that write names in capitals as others are, acronyms excepted; each keeps its length."""
    for start, end in names:
        if not text[start:end].isupper() or end - start <= LONGEST_INITIALS:
            continue
        for match in WORD.finditer(text, start, end):
            word = match.group()
            form = known.get(word.lower(), word.capitalize())
            if form == form.lower():
                form = word.capitalize()
            is_acronym = len(word) <= LONGEST_ACRONYM and not is_word(word.lower()) and not is_word(form)
            if not is_acronym and len(form) == len(word):
                yield Edit(match.start(), match.end(), form)


def is_capitals(line: str) -> bool:
    """Return True if a line is written in capitals: a few words at least, more than an acronym or a speaker."""
    words: list[str] = WORD.findall(line)
    if len(words) < MIN_WORDS or sum(map(len, words)) < MIN_LETTERS:
        return False
    upper = sum(word.isupper() for word in words)
    return upper >= CAPITALS_SHARE * len(words)


def is_title_case(line: str, reporting_forms: Collection[str]) -> bool:
    """Return True for a headline that reports, all its words but the minor ones with capitals: *Mayor Denies Theft*."""
    if len(line) > LONGEST_TITLE or line.rstrip().endswith("."):
        return False
    words: list[str] = WORD.findall(line)
    if not MIN_TITLE_WORDS <= len(words) <= MAX_TITLE_WORDS or sum(map(str.isupper, words)) > len(words) / 2:
        return False
    if ": " in line or not any(word.lower() in reporting_forms for word in words[1:]):
        # A list of names, or a speaker before a colon, stays as it is.
        return False
    long_words = [word for word in words if len(word) > LONGEST_MINOR]
    return len(long_words) >= MIN_WORDS and all(word[0].isupper() for word in long_words)


@dataclass(frozen=True, slots=True)
class _WordForms:
    """The sources of the usual form of a word in capitals, the first that knows it decides."""

    elsewhere: Mapping[str, str]
    """the form in the lines of the text that are not in capitals"""
    table: CaseTable
    is_word: Callable[[str], bool]

    @property
    def names(self) -> WrittenNames:
        """The names of the tables."""
        return self.table.names

    def find_form(self, word: str) -> str:
        """Return the usual form of a word."""
        lower = word.lower()
        if lower in self.elsewhere:
            return self.elsewhere[lower]
        bare = lower.partition("'")[0].partition("’")[0]
        if bare in self.elsewhere:
            return self.elsewhere[bare] + lower[len(bare) :]
        if bare in self.names and len(self.names[bare]) == len(bare):
            return self.names[bare] + lower[len(bare) :]
        if not self.is_word(bare):
            is_name = self.is_word(bare.capitalize()) or len(bare) > LONGEST_NAME
            return word.capitalize() if is_name else word
        return lower


def _find_forms_elsewhere(text: str, titles: Sequence[re.Match[str]]) -> Mapping[str, str]:
    """Return by lower-case word the form in which the lines that are not in capitals or titles mostly write it."""
    counts: dict[str, Counter[str]] = {}
    starts = {title.start() for title in titles}
    for match in LINE.finditer(text):
        line = match.group()
        if line.upper() == line or match.start() in starts:
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
    if INITIALS.search(line, max(end - MAX_INITIALS_LENGTH, 0), end):
        return False
    if end < start and end and line[end - 1] in '"”’':
        return line[max(end - 2, 0) : end - 1] in (".", "!", "?", ":")
    return end < start and end > 0 and line[end - 1] in ".!?:"


def load_case_table() -> CaseTable:
    """Return the names and verbs of the tables under ``seeds/``."""
    verbs = read_seed_words("cues/verbs.csv", "lemma")
    # What is no word is never met.
    forms = (
        form
        for verb in verbs
        for form in (
            verb,
            f"{verb}s",
            f"{verb}es",
            f"{verb[:-1]}ies",
            f"{verb}ed",
            f"{verb}d",
            f"{verb[:-1]}ied",
        )
    )
    return CaseTable(_load_written_names(), frozenset(forms))


def _load_written_names() -> WrittenNames:
    """Return the names of the reference tables, and the words that always have a capital."""
    found: list[str] = []
    for table, columns in NAME_COLUMNS:
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
    capitalised = read_seed_words("layouts/capitalised_words.csv", "word")
    written = {name: form for name, form in names.items() if name and name not in common}
    return written | {word.lower(): word for word in capitalised}


def _write_as_sentence(line: str, known: _WordForms) -> str:
    """Return a line in capitals in lower case, with the names and the beginnings of sentences in capitals."""
    words = list(WORD.finditer(line))
    forms = [_find_form(line, word, known) for word in words]
    for i in range(1, len(words) - 1):
        if _is_name_after_title([word.group().lower() for word in words[i - 1 : i + 2]], known):
            # *Opposition Leader Lee Calls Vote*: a name that is a word too.
            forms[i] = forms[i].capitalize()
    for i in range(len(words)):
        found = _find_name_forms(line, words[i : i + LONGEST_NAME], known.names)
        forms[i : i + len(found)] = found
    pieces = list(line)
    for word, form in zip(words, forms, strict=True):
        if _is_sentence_start(line, word.start()):
            form = form[:1].upper() + form[1:]
        if len(form) == len(word.group()):
            pieces[word.start() : word.end()] = form
    if pieces[words[0].start()].isupper():
        return _separate_dateline(line, words, "".join(pieces))
    return "".join(pieces)


def _is_name_after_title(words: Sequence[str], known: _WordForms) -> bool:
    """Return True if the second of three words stands between a title and a verb that reports."""
    title, name, verb = words
    is_word = name in known.elsewhere or name in known.table.reporting_forms
    return title in known.names and not is_word and verb in known.table.reporting_forms


def _find_form(line: str, word: re.Match[str], known: _WordForms) -> str:
    """Return the usual form of a word of a line in capitals or of a headline, where acronyms keep theirs."""
    found = word.group()
    if _is_initial(line, word) or found.islower() or (found.isupper() and not line.isupper()):
        return found
    return known.find_form(found)


def _is_initial(line: str, word: re.Match[str]) -> bool:
    """Return True if a word is one letter with a stop after it, which keeps its capital: *U.S.*, *J. Lee*."""
    return len(word.group()) == 1 and line[word.end() : word.end() + 1] == "."


def _find_name_forms(line: str, words: Sequence[re.Match[str]], names: WrittenNames) -> list[str]:
    """Return the forms of the words of the longest name of the tables that the first of these words begins."""
    start = words[0].start()
    for size in range(len(words), 1, -1):
        end = words[size - 1].end()
        name = names.get(line[start:end].lower())
        if name is not None and len(name) == end - start:
            return [name[word.start() - start : word.end() - start] for word in words[:size]]
    return []


def _separate_dateline(line: str, words: Sequence[re.Match[str]], written: str) -> str:
    """Return a line with a line end for the dash after a place at its beginning, and a capital after it."""
    dash = next((found for word in words[:2] if (found := DATELINE_DASH.match(line, word.end()))), None)
    if dash is None:
        return written
    following = next((word.start() for word in words if word.start() >= dash.end()), dash.start())
    start, end = dash.span(1)
    written = written[:start] + "\n" * (end - start) + written[end:]
    return written[:following] + written[following].upper() + written[following + 1 :]
