"""Datelines: the place, the day and the agency before the first sentence of a report.

*LISBON, Nov. 20 (Reuters) — The mayor denied it.* The dateline is parsed apart from the sentence and is nobody's name.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from tasks.seeds import read_seed_rows, read_seed_words

MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
DAY = (
    rf"(?:(?:{WEEKDAY},? )?(?:\d{{1,2}}(?:st|nd|rd|th)?\.? {MONTH}|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?)(?:,? \d{{4}})?"
    rf"|{WEEKDAY}|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|\d{{4}}-\d\d-\d\d)"
)
PLACE = r"[A-Z][\w.’'-]*?(?:(?:[ ,]+| ?/ ?)[A-Z(][\w.’')-]*?){0,5}"
AGENCY = r"[/(](?P<agency>\w[\w .&-]{0,30})[/)]"
STRONG_END = r" ?(?:[–—―|:]|--?)"
"""what ends a dateline"""
DATED = (
    re.compile(rf"{PLACE} ?[,|–—-]? ?\(?{DAY}\)?(?: ?{AGENCY})?{STRONG_END}(?=\s+\S)"),
    re.compile(rf"\[{PLACE},? {DAY}\](?=\s+\S)"),
    re.compile(rf"{DAY}(?:[, |–—-]+{PLACE})?(?: ?{AGENCY})?{STRONG_END}(?=\s+[^\W\d_a-z]|\s+[“\"‘])"),
)
WITH_AGENCY = re.compile(
    rf"{PLACE}(?:,? {DAY})? ?(?:[–—―]|--?)? ?{AGENCY}{STRONG_END}(?=\s*[^\W\d_a-z]|\s*[“\"‘])"
)
UNDATED = re.compile(rf"(?P<place>{PLACE})(?P<mark>{STRONG_END})(?=\s+[^\W\d_a-z]|\s+[“\"‘])")
TWO_SENTENCES = re.compile(r"[.!?][”\"’]? +[“\"‘]?[A-Z]")
SENTENCE_END = re.compile(r"[.!?][”\"’]?\s*$")
MAX_DATELINE_CHARS = 120
MIN_POPULATION = 50_000
"""a smaller city is no dateline without a day: too many are names and common words"""
PLACE_COLUMNS = (
    ("places/countries.csv", ("name", "aliases", "capital")),
    ("places/areas.csv", ("name", "aliases")),
    ("places/regions.csv", ("name",)),
)


@dataclass(frozen=True, slots=True)
class DatelineTable:
    """The names by which a dateline without a day is seen, in lower case."""

    places: Collection[str]
    agencies: Collection[str]


def load_dateline_table() -> DatelineTable:
    """Return the places and agencies of ``seeds/``."""
    places = {
        name.lower()
        for table, columns in PLACE_COLUMNS
        for row in read_seed_rows(table)
        for column in columns
        for name in row[column].split("|")
    }
    cities = (row for row in read_seed_rows("places/cities.csv") if int(row["population"]) >= MIN_POPULATION)
    places |= {row["name"].lower() for row in cities}
    agencies = {name.lower() for name in read_seed_words("layouts/agencies.csv", "agency")}
    return DatelineTable(places=frozenset(places - {""}), agencies=frozenset(agencies))


def find_dateline_end(text: str, start: int, end: int, table: DatelineTable) -> int | None:
    """Return where the dateline at the start of a paragraph ends, its dash included, or None if there is none."""
    stop = min(end, start + MAX_DATELINE_CHARS)
    for form in DATED:
        if (match := form.match(text, start, stop)) is not None:
            return match.end()
    match = WITH_AGENCY.match(text, start, stop)
    if match is not None and match["agency"].lower() in table.agencies:
        return match.end()
    match = UNDATED.match(text, start, stop)
    if match is not None and _is_undated(match, text[match.end() : end], table.places):
        return match.end()
    return None


def _is_undated(match: re.Match[str], rest: str, places: Collection[str]) -> bool:
    """Return True if a place and a dash or colon are a dateline without a day.

    A whole sentence follows the dash; in a headline (*Iran - Israel talks stall*) none does. A place before a colon
    may speak (*Moscow: we did not*), unless several sentences follow.
    """
    if match["place"].partition(",")[0].strip().lower() not in places:
        return False
    if match["mark"].strip() == ":":
        return TWO_SENTENCES.search(rest) is not None and rest.strip()[:1] not in '“"‘'
    return SENTENCE_END.search(rest) is not None
