"""The interpretation of date phrases on the calendar, relative to the day of publication.

The docstring of each ``interpret_…`` function lists phrases that it interprets.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from tasks.expressions.calendar_periods import (
    MONTH_NUMBERS,
    WEEKDAY_NUMBERS,
    CalendarPeriod,
    get_containing_period,
    make_day,
    make_decade,
    make_month,
    make_quarter,
    make_season,
    make_year,
    shift_date,
    take_period_part,
)
from tasks.expressions.number_words import NUMBER_UNITS

Tense = Literal["past", "future"]
NUMBER_WORDS = {word: n for word, n in NUMBER_UNITS.items() if 1 <= n <= 12 or n == 15} | {
    "a": 1,
    "an": 1,
    "couple of": 2,
    "few": 3,
    "several": 3,
    "twenty": 20,
    "thirty": 30,
    "half a dozen": 6,
}
"""counts of days, weeks and other units"""
VAGUE_COUNTS = frozenset({"few", "several", "couple of"})
QUARTER_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}

CONTEXT_CHARS = 20
# Months that are also a verb or a given name; without a year they need a preposition before them.
AMBIGUOUS_MONTHS = frozenset({"may", "march", "april", "june", "august"})
BEFORE_DATE = re.compile(
    r"\b(?:in|since|by|until|till|during|throughout|around|of|from|to|and|between|before|after|through|for|late|early|or)"
    r"(?: the)? $|[(,] ?$|[-–/]$",
    re.I,
)
AFTER_YEAR = re.compile(
    r" (?:election|campaign|season|war|presidential|report|survey|study|race|Olympics|World Cup)", re.I
)
IN_SEASON = re.compile(r"\b(?:in|during|over|since|by|until|of) $", re.I)


class NoAnchorError(LookupError):
    """The phrase is relative to the day of publication, which is not known."""


@dataclass(frozen=True, slots=True)
class PublicationAnchor:
    """The day of publication, which only relative phrases need."""

    published: date | None

    @property
    def day(self) -> date:
        """The day.

        Raises:
            NoAnchorError: it is not known.
        """
        if self.published is None:
            raise NoAnchorError
        return self.published


DateInterpreter = Callable[[re.Match[str], PublicationAnchor, Tense], CalendarPeriod]


@dataclass(frozen=True, slots=True)
class DateRule:
    """A pattern of date phrases and its interpretation."""

    pattern: re.Pattern[str]
    interpret: DateInterpreter
    """raises ValueError if the match is not a date, and NoAnchorError"""
    hints: tuple[str, ...]
    """substrings of which every match contains at least one, in lower case"""


def find_latest_period(make: Callable[[int], CalendarPeriod], anchor: date, tense: Tense) -> CalendarPeriod:
    """Return the last such period that began by the anchor (past), or the next that has not ended (future).

    Args:
        make: returns the period of a year.
        anchor: the day of publication.
        tense: the tense of the verb.
    """
    this = make(anchor.year)
    assert this.start is not None
    assert this.end is not None
    if tense == "past":
        return this if this.start <= anchor else make(anchor.year - 1)
    return this if this.end >= anchor else make(anchor.year + 1)


def _narrow_to_part(period: CalendarPeriod, match: re.Match[str]) -> CalendarPeriod:
    """Return the early, middle or late part of a period if the phrase names one, else the period."""
    name = match.groupdict().get("part")
    return take_period_part(period, name.lower()) if name else period


def _get_text_before(match: re.Match[str]) -> str:
    """Return the :data:`CONTEXT_CHARS` characters before a match."""
    return match.string[max(0, match.start() - CONTEXT_CHARS) : match.start()]


def require_date(condition: object) -> None:
    """Reject a match that is not a date.

    Raises:
        ValueError: the condition is false.
    """
    if not condition:
        raise ValueError("not a date")


def interpret_iso_date(m: re.Match[str], _anchor: PublicationAnchor, _tense: Tense) -> CalendarPeriod:
    """2020-07-24."""
    return make_day(date(int(m["y"]), int(m["m"]), int(m["d"])))


def interpret_day(m: re.Match[str], anchor: PublicationAnchor, tense: Tense) -> CalendarPeriod:
    """July 24, 2020; 24 July; the 5th of May."""
    number = MONTH_NUMBERS[m["m"].lower()]
    if m["y"]:
        return make_day(date(int(m["y"]), number, int(m["d"])))
    return find_latest_period(lambda y: make_day(date(y, number, int(m["d"]))), anchor.day, tense)


def interpret_weekday(m: re.Match[str], anchor: PublicationAnchor, tense: Tense) -> CalendarPeriod:
    """On Thursday; last Monday; next Friday."""
    wanted, at = WEEKDAY_NUMBERS[m["w"].lower()], anchor.day
    which = (m["which"] or "").lower()
    if which == "next" or (which != "last" and tense == "future"):
        ahead = (wanted - at.weekday()) % 7
        return make_day(at + timedelta(days=ahead or 7 * (which == "next")))
    back = (at.weekday() - wanted) % 7
    return make_day(at - timedelta(days=back or 7 * (which == "last")))


def interpret_near_day(m: re.Match[str], anchor: PublicationAnchor, _tense: Tense) -> CalendarPeriod:
    """Today, yesterday, tomorrow, this morning, last night."""
    words = m.group().lower()
    before = "before" in words
    offset = (
        -2 if before else -1 if "yesterday" in words or "last" in words else 1 if "tomorrow" in words else 0
    )
    return make_day(anchor.day + timedelta(days=offset))


def interpret_unit(m: re.Match[str], anchor: PublicationAnchor, _tense: Tense) -> CalendarPeriod:
    """Last week; this month; next year; later this year."""
    step = {"last": -1, "past": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "coming": 1}[
        m["which"].lower()
    ]
    unit = m["u"].lower()
    at = shift_date(anchor.day, "week" if unit == "weekend" else unit, step)
    period = _narrow_to_part(get_containing_period(at, unit), m)
    if m["side"]:
        return replace(period, end=at) if m["side"].lower() == "earlier" else replace(period, start=at)
    return period


def interpret_weekend(_m: re.Match[str], anchor: PublicationAnchor, tense: Tense) -> CalendarPeriod:
    """Over the weekend: the last one, or the next."""
    at = anchor.day
    back = 0 if tense == "future" or at.weekday() >= 5 else -1
    return get_containing_period(shift_date(at, "week", back), "weekend")


def interpret_span(m: re.Match[str], anchor: PublicationAnchor, _tense: Tense) -> CalendarPeriod:
    """The last few years; the past two weeks; the next three months; recent days."""
    unit, at = m["u"].lower().rstrip("s"), anchor.day
    word = (m["n"] or "few").lower()
    count = int(word) if word.isdigit() else NUMBER_WORDS[word]
    letter = unit[0].upper() if unit != "decade" else "DE"
    timex = f"P{'X' if word in VAGUE_COUNTS else count}{letter}"
    mod = "APPROX" if word in VAGUE_COUNTS else ""
    if m["which"].lower() in {"next", "coming"}:
        return CalendarPeriod(at, shift_date(at, unit, count), "range", timex, mod)
    return CalendarPeriod(shift_date(at, unit, -count), at, "range", timex, mod)


def interpret_ago(m: re.Match[str], anchor: PublicationAnchor, _tense: Tense) -> CalendarPeriod:
    """Two days ago; not "a week earlier", which is relative to another date."""
    word, unit = m["n"].lower(), m["u"].lower()
    count = int(word) if word.isdigit() else NUMBER_WORDS[word]
    period = get_containing_period(shift_date(anchor.day, unit, -count), unit)
    return CalendarPeriod(
        period.start, period.end, period.grain, period.timex, "APPROX" if word in VAGUE_COUNTS else ""
    )


def interpret_month(m: re.Match[str], anchor: PublicationAnchor, tense: Tense) -> CalendarPeriod:
    """In May; last May; mid-June; early March 2016."""
    number = MONTH_NUMBERS[m["m"].lower()]
    if m["y"]:
        return _narrow_to_part(make_month(int(m["y"]), number), m)
    is_bare = not (m["which"] or m["part"])
    require_date(
        not is_bare
        or not (m["m"].lower() in AMBIGUOUS_MONTHS or len(m["m"]) < 4)
        or BEFORE_DATE.search(_get_text_before(m))
    )
    which = (m["which"] or "").lower()
    at = anchor.day
    tense = "future" if which == "next" else "past" if which == "last" else tense
    if which in {"last", "next"} and number == at.month:
        return make_month(at.year + (1 if which == "next" else -1), number)
    return _narrow_to_part(find_latest_period(lambda y: make_month(y, number), at, tense), m)


def interpret_season(m: re.Match[str], anchor: PublicationAnchor, tense: Tense) -> CalendarPeriod:
    """Last summer; the spring of 2015; winter 2014."""
    name = m["s"].lower()
    if m["y"]:
        return _narrow_to_part(make_season(int(m["y"]), name), m)
    require_date(
        bool(m["part"])
        or (m["which"] or "").lower() in {"last", "next", "this"}
        or IN_SEASON.search(_get_text_before(m))
    )
    which = (m["which"] or "").lower()
    at = anchor.day
    this = find_latest_period(
        lambda y: make_season(y, name),
        at,
        "future" if which == "next" else tense if which == "this" else "past",
    )
    is_current = this.start is not None and this.end is not None and this.start <= at <= this.end
    return make_season(at.year - 1, name) if which == "last" and is_current else _narrow_to_part(this, m)


def interpret_year(m: re.Match[str], _anchor: PublicationAnchor, _tense: Tense) -> CalendarPeriod:
    """In 2011; late 2015; mid-2014."""
    require_date(
        bool(m["part"]) or BEFORE_DATE.search(_get_text_before(m)) or AFTER_YEAR.match(m.string[m.end() :])
    )
    return _narrow_to_part(make_year(int(m["y"])), m)


def interpret_quarter(m: re.Match[str], anchor: PublicationAnchor, _tense: Tense) -> CalendarPeriod:
    """The first quarter of 2016."""
    return make_quarter(int(m["y"]) if m["y"] else anchor.day.year, QUARTER_ORDINALS[m["n"].lower()])


def interpret_decade(m: re.Match[str], _anchor: PublicationAnchor, _tense: Tense) -> CalendarPeriod:
    """The 1990s; the '80s; the early 2000s."""
    number = int(m["y"])
    return _narrow_to_part(
        make_decade(number if number > 99 else (2000 if number < 30 else 1900) + number), m
    )
