"""The grammar of dates: the patterns of date phrases, each with its interpretation."""

import calendar
import re

from tasks.expressions.calendar_periods import MONTH_NUMBERS, SEASON_STARTS, WEEKDAY_NUMBERS
from tasks.expressions.date_interpretation import (
    NUMBER_WORDS,
    DateRule,
    interpret_ago,
    interpret_day,
    interpret_decade,
    interpret_iso_date,
    interpret_month,
    interpret_near_day,
    interpret_quarter,
    interpret_season,
    interpret_span,
    interpret_unit,
    interpret_weekday,
    interpret_weekend,
    interpret_year,
)

MONTH_PATTERN = "|".join(sorted((m.capitalize() for m in MONTH_NUMBERS), key=len, reverse=True))
_WEEKDAY = "|".join(sorted((d.capitalize() for d in WEEKDAY_NUMBERS), key=len, reverse=True))
_SEASON = "|".join(SEASON_STARTS)
YEAR_PATTERN = r"(?:1[89]|20)\d\d"
_NUMBER = r"\d{1,3}|" + "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_UNIT = r"day|week|month|quarter|year|decade"
_PART = r"(?:(?P<part>early|mid|late)(?:[ -]| in |-to-late[ -]))?"
_DAY = rf"(?:(?:{_WEEKDAY}),? )?"


def compile_whole_words(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that matches only at word boundaries."""
    return re.compile(rf"(?<![\w-])(?:{pattern})(?![\w])", flags)


MONTH_HINTS = tuple(name.lower() for name in calendar.month_abbr if name)
UNIT_HINTS = tuple(_UNIT.split("|"))
NEAR_DAY_HINTS = ("day", "tomorrow", "night", "morning", "afternoon", "evening")
CENTURY_HINTS = ("18", "19", "20")
DATE_GRAMMAR = [
    DateRule(
        compile_whole_words(rf"(?P<y>{YEAR_PATTERN})-(?P<m>\d\d)-(?P<d>\d\d)"),
        interpret_iso_date,
        CENTURY_HINTS,
    ),
    DateRule(
        compile_whole_words(
            rf"{_DAY}(?P<m>{MONTH_PATTERN})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y>{YEAR_PATTERN}))?"
        ),
        interpret_day,
        MONTH_HINTS,
    ),
    DateRule(
        compile_whole_words(
            rf"{_DAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m>{MONTH_PATTERN})(?:\.?,? (?P<y>{YEAR_PATTERN}))?"
        ),
        interpret_day,
        MONTH_HINTS,
    ),
    DateRule(
        compile_whole_words(
            rf"(?:(?P<which>[Ll]ast|[Nn]ext|[Tt]his) )?(?P<w>{_WEEKDAY})(?:s?[’']s)?"
            r"(?: (?:early |late )?(?:morning|afternoon|evening|night))?"
        ),
        interpret_weekday,
        ("day",),
    ),
    DateRule(
        compile_whole_words(
            r"the day before yesterday|today|yesterday|tomorrow|tonight|last night"
            r"|this (?:morning|afternoon|evening)",
            re.I,
        ),
        interpret_near_day,
        NEAR_DAY_HINTS,
    ),
    DateRule(
        compile_whole_words(
            r"(?:(?:(?P<side>earlier|later)|(?P<part>early|late)) )?"
            r"(?P<which>last|this|next|past|previous|current|coming) "
            r"(?P<u>weekend|week|month|quarter|year|decade)",
            re.I,
        ),
        interpret_unit,
        UNIT_HINTS,
    ),
    DateRule(
        compile_whole_words(r"(?:over|at|during|on) the weekend", re.I), interpret_weekend, ("weekend",)
    ),
    DateRule(
        compile_whole_words(
            r"(?:the )?(?P<which>last|past|previous|next|coming|recent) (?:a )?"
            rf"(?:(?P<n>{_NUMBER}) )?(?P<u>(?:{_UNIT})s)",
            re.I,
        ),
        interpret_span,
        UNIT_HINTS,
    ),
    DateRule(
        compile_whole_words(
            rf"(?:(?:about|some|nearly|almost|more than|over) )?(?:a )?(?P<n>{_NUMBER}) (?P<u>{_UNIT})s? ago",
            re.I,
        ),
        interpret_ago,
        UNIT_HINTS,
    ),
    DateRule(
        compile_whole_words(
            r"(?:(?P<which>[Ll]ast|[Nn]ext|[Tt]his) )?"
            rf"{_PART.replace('early|mid|late', '[Ee]arly|[Mm]id|[Ll]ate')}"
            rf"(?P<m>{MONTH_PATTERN})(?:\.?,? (?:of )?(?P<y>{YEAR_PATTERN}))?"
        ),
        interpret_month,
        MONTH_HINTS,
    ),
    DateRule(
        compile_whole_words(
            rf"(?:(?P<which>last|next|this|the) )?{_PART}(?P<s>{_SEASON})(?: (?:of )?(?P<y>{YEAR_PATTERN}))?",
            re.I,
        ),
        interpret_season,
        tuple(SEASON_STARTS),
    ),
    DateRule(
        compile_whole_words(
            rf"the (?P<n>first|second|third|fourth|last) quarter(?: of (?P<y>{YEAR_PATTERN}))?", re.I
        ),
        interpret_quarter,
        ("quarter",),
    ),
    DateRule(
        compile_whole_words(rf"(?:the )?{_PART}(?:[’']?)(?P<y>(?:1[89]|20)\d0|\d0)[’']?s", re.I),
        interpret_decade,
        ("0",),
    ),
    DateRule(
        re.compile(rf"(?<!\w)(?<!\D-){_PART}(?P<y>{YEAR_PATTERN})(?!\w)", re.I), interpret_year, CENTURY_HINTS
    ),
]
