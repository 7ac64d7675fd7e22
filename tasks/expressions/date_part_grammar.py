"""The grammar of date parts: days of one month, hours, and the beginning, middle and end of a period."""

import re
from datetime import date, timedelta
from math import ceil

from tasks.expressions.calendar_periods import (
    MONTH_NUMBERS,
    CalendarPeriod,
    get_containing_period,
    make_month,
    make_year,
    shift_date,
    take_period_part,
)
from tasks.expressions.date_grammar import MONTH_HINTS, MONTH_PATTERN, YEAR_PATTERN, compile_whole_words
from tasks.expressions.date_interpretation import (
    DateRule,
    PublicationAnchor,
    Tense,
    find_latest_period,
    require_date,
)

SIDE_PARTS = {"beginning": "early", "start": "early", "middle": "mid", "end": "late"}
UNIT_STEPS = {"the": 0, "this": 0, "last": -1, "next": 1}
HALF_MONTHS = {"first": (1, 6), "second": (7, 12)}


def _interpret_days(m: re.Match[str], anchor: PublicationAnchor, tense: Tense) -> CalendarPeriod:
    """July 12-15; from 12 to 15 July 2019."""
    number, first, last = MONTH_NUMBERS[m["m"].lower()], int(m["d"]), int(m["e"])
    require_date(first < last)

    def make_days(year: int) -> CalendarPeriod:
        start, end = date(year, number, first), date(year, number, last)
        return CalendarPeriod(start, end, "range", f"{start}/{end}")

    return make_days(int(m["y"])) if m["y"] else find_latest_period(make_days, anchor.day, tense)


def _interpret_slash_date(m: re.Match[str], _anchor: PublicationAnchor, _tense: Tense) -> CalendarPeriod:
    """23/07/2020 and 07/23/2020; not 05/07/2020, whose month is ambiguous."""
    first, second = int(m["a"]), int(m["b"])
    require_date(first == second or max(first, second) > 12)
    at = date(int(m["y"]), min(first, second), max(first, second))
    return CalendarPeriod(at, at, "day", at.isoformat())


def _interpret_hours(m: re.Match[str], anchor: PublicationAnchor, _tense: Tense) -> CalendarPeriod:
    """The past 24 hours; the next 48 hours."""
    days, at = timedelta(days=ceil(int(m["n"]) / 24)), anchor.day
    timex = f"PT{int(m['n'])}H"
    if m["which"].lower() in {"next", "coming"}:
        return CalendarPeriod(at, at + days, "range", timex)
    return CalendarPeriod(at - days, at, "range", timex)


def _interpret_side(m: re.Match[str], anchor: PublicationAnchor, tense: Tense) -> CalendarPeriod:
    """The end of 2019; the beginning of the year; the middle of May."""
    side = SIDE_PARTS[m["side"].lower()]
    if m["m"]:
        number = MONTH_NUMBERS[m["m"].lower()]
        whole = (
            make_month(int(m["y"]), number)
            if m["y"]
            else find_latest_period(lambda y: make_month(y, number), anchor.day, tense)
        )
    elif m["y"]:
        whole = make_year(int(m["y"]))
    else:
        unit = m["u"].lower()
        whole = get_containing_period(shift_date(anchor.day, unit, UNIT_STEPS[m["which"].lower()]), unit)
    return take_period_part(whole, side)


def _interpret_half(m: re.Match[str], anchor: PublicationAnchor, _tense: Tense) -> CalendarPeriod:
    """The first half of 2020; the second half of last year."""
    year = int(m["y"]) if m["y"] else anchor.day.year + UNIT_STEPS[m["which"].lower()]
    first, last = HALF_MONTHS[m["n"].lower()]
    return CalendarPeriod(
        date(year, first, 1), make_month(year, last).end, "range", f"{year:04d}-H{1 + (first > 1)}"
    )


def _interpret_half_ago(m: re.Match[str], anchor: PublicationAnchor, _tense: Tense) -> CalendarPeriod:
    """Half a year ago; half a decade ago."""
    unit, count = ("month", 6) if m["u"].lower() == "year" else ("year", 5)
    return get_containing_period(shift_date(anchor.day, unit, -count), unit)


RANGE_SEPARATOR = r"(?: ?[-–] ?| to )"
DATE_PART_GRAMMAR = [
    DateRule(
        compile_whole_words(
            rf"(?:from )?(?P<m>{MONTH_PATTERN})\.? (?P<d>\d{{1,2}}){RANGE_SEPARATOR}(?P<e>\d{{1,2}})"
            rf"(?:,? (?P<y>{YEAR_PATTERN}))?"
        ),
        _interpret_days,
        MONTH_HINTS,
    ),
    DateRule(
        compile_whole_words(
            rf"(?:(?:from|between) )?(?P<d>\d{{1,2}})(?:{RANGE_SEPARATOR}| and )(?P<e>\d{{1,2}}) (?P<m>{MONTH_PATTERN})"
            rf"(?:\.?,? (?P<y>{YEAR_PATTERN}))?"
        ),
        _interpret_days,
        MONTH_HINTS,
    ),
    DateRule(
        compile_whole_words(rf"(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/(?P<y>{YEAR_PATTERN})"),
        _interpret_slash_date,
        ("/",),
    ),
    DateRule(
        compile_whole_words(r"(?:the )?(?P<which>last|past|next|coming) (?P<n>\d{1,3}) hours", re.I),
        _interpret_hours,
        ("hours",),
    ),
    DateRule(
        compile_whole_words(
            rf"(?:the )?(?P<side>beginning|start|middle|end) of "
            rf"(?:(?P<m>{MONTH_PATTERN})(?:\.?,? (?P<y>{YEAR_PATTERN}))?)"
        ),
        _interpret_side,
        MONTH_HINTS,
    ),
    DateRule(
        compile_whole_words(
            rf"(?:the )?(?P<side>beginning|start|middle|end) of (?P<m>(?!))?(?:(?P<y>{YEAR_PATTERN})"
            r"|(?P<which>the|this|last|next) (?P<u>week|month|year|decade))",
            re.I,
        ),
        _interpret_side,
        tuple(f"{side} of" for side in SIDE_PARTS),
    ),
    DateRule(
        compile_whole_words(
            rf"the (?P<n>first|second) half of (?:(?P<y>{YEAR_PATTERN})|(?P<which>the|this|last|next) year)",
            re.I,
        ),
        _interpret_half,
        ("half",),
    ),
    DateRule(compile_whole_words(r"half a (?P<u>year|decade) ago", re.I), _interpret_half_ago, ("half",)),
]
