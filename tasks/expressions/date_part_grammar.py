"""More of the grammar of dates: days of one month, hours, and the beginning, middle and end of a period."""

import re
from datetime import date, timedelta
from math import ceil

from tasks.expressions.calendar_periods import MONTHS, Period, around, month, part, shift, year
from tasks.expressions.date_grammar import (
    MONTH,
    MONTH_HINTS,
    YEAR,
    Anchor,
    Rule,
    Tense,
    compiled,
    latest,
    require,
)

SIDES = {"beginning": "early", "start": "early", "middle": "mid", "end": "late"}
STEPS = {"the": 0, "this": 0, "last": -1, "next": 1}
HALVES = {"first": (1, 6), "second": (7, 12)}


def days_rule(m: re.Match[str], anchor: Anchor, tense: Tense) -> Period:
    """July 12-15; from 12 to 15 July 2019."""
    number, first, last = MONTHS[m["m"].lower()], int(m["d"]), int(m["e"])
    require(first < last)

    def days(of: int) -> Period:
        start, end = date(of, number, first), date(of, number, last)
        return Period(start, end, "range", f"{start}/{end}")

    return days(int(m["y"])) if m["y"] else latest(days, anchor.day, tense)


def slash_rule(m: re.Match[str], _anchor: Anchor, _tense: Tense) -> Period:
    """23/07/2020 and 07/23/2020; where both may be the month, neither is read."""
    first, second = int(m["a"]), int(m["b"])
    require(first == second or max(first, second) > 12)
    at = date(int(m["y"]), min(first, second), max(first, second))
    return Period(at, at, "day", at.isoformat())


def hours_rule(m: re.Match[str], anchor: Anchor, _tense: Tense) -> Period:
    """The past 24 hours; the next 48 hours."""
    days, at = timedelta(days=ceil(int(m["n"]) / 24)), anchor.day
    timex = f"PT{int(m['n'])}H"
    if m["which"].lower() in {"next", "coming"}:
        return Period(at, at + days, "range", timex)
    return Period(at - days, at, "range", timex)


def side_rule(m: re.Match[str], anchor: Anchor, tense: Tense) -> Period:
    """The end of 2019; the beginning of the year; the middle of May."""
    side = SIDES[m["side"].lower()]
    if m["m"]:
        number = MONTHS[m["m"].lower()]
        whole = (
            month(int(m["y"]), number) if m["y"] else latest(lambda y: month(y, number), anchor.day, tense)
        )
    elif m["y"]:
        whole = year(int(m["y"]))
    else:
        unit = m["u"].lower()
        whole = around(shift(anchor.day, unit, STEPS[m["which"].lower()]), unit)
    return part(whole, side)


def half_rule(m: re.Match[str], anchor: Anchor, _tense: Tense) -> Period:
    """The first half of 2020; the second half of last year."""
    of = int(m["y"]) if m["y"] else anchor.day.year + STEPS[m["which"].lower()]
    first, last = HALVES[m["n"].lower()]
    return Period(date(of, first, 1), month(of, last).end, "range", f"{of:04d}-H{1 + (first > 1)}")


def half_ago_rule(m: re.Match[str], anchor: Anchor, _tense: Tense) -> Period:
    """Half a year ago; half a decade ago."""
    unit, count = ("month", 6) if m["u"].lower() == "year" else ("year", 5)
    return around(shift(anchor.day, unit, -count), unit)


TO = r"(?: ?[-–] ?| to )"
MORE: list[tuple[re.Pattern[str], Rule, tuple[str, ...]]] = [
    (
        compiled(rf"(?:from )?(?P<m>{MONTH})\.? (?P<d>\d{{1,2}}){TO}(?P<e>\d{{1,2}})(?:,? (?P<y>{YEAR}))?"),
        days_rule,
        MONTH_HINTS,
    ),
    (
        compiled(
            rf"(?:(?:from|between) )?(?P<d>\d{{1,2}})(?:{TO}| and )(?P<e>\d{{1,2}}) (?P<m>{MONTH})"
            rf"(?:\.?,? (?P<y>{YEAR}))?"
        ),
        days_rule,
        MONTH_HINTS,
    ),
    (compiled(rf"(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})/(?P<y>{YEAR})"), slash_rule, ("/",)),
    (
        compiled(r"(?:the )?(?P<which>last|past|next|coming) (?P<n>\d{1,3}) hours", re.I),
        hours_rule,
        ("hours",),
    ),
    (
        compiled(
            rf"(?:the )?(?P<side>beginning|start|middle|end) of (?:(?P<m>{MONTH})(?:\.?,? (?P<y>{YEAR}))?)"
        ),
        side_rule,
        MONTH_HINTS,
    ),
    (
        compiled(
            rf"(?:the )?(?P<side>beginning|start|middle|end) of (?P<m>(?!))?(?:(?P<y>{YEAR})"
            r"|(?P<which>the|this|last|next) (?P<u>week|month|year|decade))",
            re.I,
        ),
        side_rule,
        tuple(f"{side} of" for side in SIDES),
    ),
    (
        compiled(
            rf"the (?P<n>first|second) half of (?:(?P<y>{YEAR})|(?P<which>the|this|last|next) year)", re.I
        ),
        half_rule,
        ("half",),
    ),
    (compiled(r"half a (?P<u>year|decade) ago", re.I), half_ago_rule, ("half",)),
]
