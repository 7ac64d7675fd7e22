"""The grammar of dates: what each phrase means on the calendar, counted from the day of publication."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from tasks.expressions.calendar_periods import (
    MONTHS,
    SEASONS,
    WEEKDAYS,
    Period,
    around,
    day,
    decade,
    month,
    part,
    quarter,
    season,
    shift,
    year,
)

Tense = Literal["past", "future"]
NUMBERS = dict(
    zip(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
        range(1, 13),
        strict=True,
    )
) | {
    "a": 1,
    "an": 1,
    "couple of": 2,
    "few": 3,
    "several": 3,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "half a dozen": 6,
}
VAGUE = frozenset({"few", "several", "couple of"})
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}

MONTH = "|".join(sorted((m.capitalize() for m in MONTHS), key=len, reverse=True))
_WEEKDAY = "|".join(sorted((d.capitalize() for d in WEEKDAYS), key=len, reverse=True))
_SEASON = "|".join(SEASONS)
YEAR = r"(?:1[89]|20)\d\d"
_NUMBER = r"\d{1,3}|" + "|".join(sorted(NUMBERS, key=len, reverse=True))
_UNIT = r"day|week|month|quarter|year|decade"
_PART = r"(?:(?P<part>early|mid|late)(?:[ -]| in |-to-late[ -]))?"


# Months that are also a verb or a given name, and so need a preposition before them.
NAMES = frozenset({"may", "march", "april", "june", "august"})
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
    """The phrase counts from the day of publication, which is not known."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The day of publication, which is asked for only where it is needed."""

    published: date | None

    @property
    def day(self) -> date:
        """The day; raises NoAnchorError where it is not known."""
        if self.published is None:
            raise NoAnchorError
        return self.published


Rule = Callable[[re.Match[str], Anchor, Tense], Period]


def latest(make: Callable[[int], Period], anchor: date, tense: Tense) -> Period:
    """Return the last such period that had begun by the anchor, or the next that has not ended."""
    this = make(anchor.year)
    assert this.start is not None
    assert this.end is not None
    if tense == "past":
        return this if this.start <= anchor else make(anchor.year - 1)
    return this if this.end >= anchor else make(anchor.year + 1)


def narrowed(period: Period, match: re.Match[str]) -> Period:
    """Return the early, middle or late part, if the phrase names one."""
    name = match.groupdict().get("part")
    return part(period, name.lower()) if name else period


def before(match: re.Match[str]) -> str:
    """Return the few characters before a match."""
    return match.string[max(0, match.start() - 20) : match.start()]


def require(condition: object) -> None:
    """Refuse a match that is no date."""
    if not condition:
        raise ValueError("not a date")


def iso_rule(m: re.Match[str], _anchor: Anchor, _tense: Tense) -> Period:
    """2020-07-24."""
    return day(date(int(m["y"]), int(m["m"]), int(m["d"])))


def day_rule(m: re.Match[str], anchor: Anchor, tense: Tense) -> Period:
    """July 24, 2020; 24 July; the 5th of May."""
    number = MONTHS[m["m"].lower()]
    if m["y"]:
        return day(date(int(m["y"]), number, int(m["d"])))
    return latest(lambda y: day(date(y, number, int(m["d"]))), anchor.day, tense)


def weekday_rule(m: re.Match[str], anchor: Anchor, tense: Tense) -> Period:
    """On Thursday; last Monday; next Friday."""
    wanted, at = WEEKDAYS[m["w"].lower()], anchor.day
    which = (m["which"] or "").lower()
    if which == "next" or (which != "last" and tense == "future"):
        ahead = (wanted - at.weekday()) % 7
        return day(at + timedelta(days=ahead or 7 * (which == "next")))
    back = (at.weekday() - wanted) % 7
    return day(at - timedelta(days=back or 7 * (which == "last")))


def near_day_rule(m: re.Match[str], anchor: Anchor, _tense: Tense) -> Period:
    """Today, yesterday, tomorrow, this morning, last night."""
    words = m.group().lower()
    before = "before" in words
    offset = (
        -2 if before else -1 if "yesterday" in words or "last" in words else 1 if "tomorrow" in words else 0
    )
    return day(anchor.day + timedelta(days=offset))


def unit_rule(m: re.Match[str], anchor: Anchor, _tense: Tense) -> Period:
    """Last week; this month; next year; later this year."""
    step = {"last": -1, "past": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "coming": 1}[
        m["which"].lower()
    ]
    unit = m["u"].lower()
    at = shift(anchor.day, "week" if unit == "weekend" else unit, step)
    period = narrowed(around(at, unit), m)
    if m["side"]:
        return replace(period, end=at) if m["side"].lower() == "earlier" else replace(period, start=at)
    return period


def weekend_rule(_m: re.Match[str], anchor: Anchor, tense: Tense) -> Period:
    """Over the weekend: the last one, or the next."""
    at = anchor.day
    back = 0 if tense == "future" or at.weekday() >= 5 else -1
    return around(shift(at, "week", back), "weekend")


def span_rule(m: re.Match[str], anchor: Anchor, _tense: Tense) -> Period:
    """The last few years; the past two weeks; the next three months; recent days."""
    unit, at = m["u"].lower().rstrip("s"), anchor.day
    word = (m["n"] or "few").lower()
    count = int(word) if word.isdigit() else NUMBERS[word]
    letter = unit[0].upper() if unit != "decade" else "DE"
    timex = f"P{'X' if word in VAGUE else count}{letter}"
    mod = "APPROX" if word in VAGUE else ""
    if m["which"].lower() in {"next", "coming"}:
        return Period(at, shift(at, unit, count), "range", timex, mod)
    return Period(shift(at, unit, -count), at, "range", timex, mod)


def ago_rule(m: re.Match[str], anchor: Anchor, _tense: Tense) -> Period:
    """Two days ago; a week earlier is not read, since it counts from another day."""
    word, unit = m["n"].lower(), m["u"].lower()
    count = int(word) if word.isdigit() else NUMBERS[word]
    period = around(shift(anchor.day, unit, -count), unit)
    return Period(period.start, period.end, period.grain, period.timex, "APPROX" if word in VAGUE else "")


def month_rule(m: re.Match[str], anchor: Anchor, tense: Tense) -> Period:
    """In May; last May; mid-June; early March 2016."""
    number = MONTHS[m["m"].lower()]
    if m["y"]:
        return narrowed(month(int(m["y"]), number), m)
    plain = not (m["which"] or m["part"])
    require(not plain or not (m["m"].lower() in NAMES or len(m["m"]) < 4) or BEFORE_DATE.search(before(m)))
    which = (m["which"] or "").lower()
    at = anchor.day
    tense = "future" if which == "next" else "past" if which == "last" else tense
    if which in {"last", "next"} and number == at.month:
        return month(at.year + (1 if which == "next" else -1), number)
    return narrowed(latest(lambda y: month(y, number), at, tense), m)


def season_rule(m: re.Match[str], anchor: Anchor, tense: Tense) -> Period:
    """Last summer; the spring of 2015; winter 2014."""
    name = m["s"].lower()
    if m["y"]:
        return narrowed(season(int(m["y"]), name), m)
    require(
        bool(m["part"])
        or (m["which"] or "").lower() in {"last", "next", "this"}
        or IN_SEASON.search(before(m))
    )
    which = (m["which"] or "").lower()
    at = anchor.day
    this = latest(
        lambda y: season(y, name), at, "future" if which == "next" else tense if which == "this" else "past"
    )
    running = this.start is not None and this.end is not None and this.start <= at <= this.end
    return season(at.year - 1, name) if which == "last" and running else narrowed(this, m)


def year_rule(m: re.Match[str], _anchor: Anchor, _tense: Tense) -> Period:
    """In 2011; late 2015; mid-2014."""
    require(bool(m["part"]) or BEFORE_DATE.search(before(m)) or AFTER_YEAR.match(m.string[m.end() :]))
    return narrowed(year(int(m["y"])), m)


def quarter_rule(m: re.Match[str], anchor: Anchor, _tense: Tense) -> Period:
    """The first quarter of 2016."""
    return quarter(int(m["y"]) if m["y"] else anchor.day.year, ORDINALS[m["n"].lower()])


def decade_rule(m: re.Match[str], _anchor: Anchor, _tense: Tense) -> Period:
    """The 1990s; the '80s; the early 2000s."""
    number = int(m["y"])
    return narrowed(decade(number if number > 99 else (2000 if number < 30 else 1900) + number), m)


_DAY = rf"(?:(?:{_WEEKDAY}),? )?"


def compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that begins and ends with a whole word."""
    return re.compile(rf"(?<![\w-])(?:{pattern})(?![\w])", flags)


# Every phrase of a rule holds one of these in lower case: most texts need no look at most rules.
MONTH_HINTS = tuple(name.lower() for name in calendar.month_abbr if name)
UNITS = tuple(_UNIT.split("|"))
NEAR_DAYS = ("day", "tomorrow", "night", "morning", "afternoon", "evening")
CENTURIES = ("18", "19", "20")
GRAMMAR: list[tuple[re.Pattern[str], Rule, tuple[str, ...]]] = [
    (compiled(rf"(?P<y>{YEAR})-(?P<m>\d\d)-(?P<d>\d\d)"), iso_rule, CENTURIES),
    (
        compiled(rf"{_DAY}(?P<m>{MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y>{YEAR}))?"),
        day_rule,
        MONTH_HINTS,
    ),
    (
        compiled(rf"{_DAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m>{MONTH})(?:\.?,? (?P<y>{YEAR}))?"),
        day_rule,
        MONTH_HINTS,
    ),
    (
        compiled(
            rf"(?:(?P<which>[Ll]ast|[Nn]ext|[Tt]his) )?(?P<w>{_WEEKDAY})(?:s?[’']s)?"
            r"(?: (?:early |late )?(?:morning|afternoon|evening|night))?"
        ),
        weekday_rule,
        ("day",),
    ),
    (
        compiled(
            r"the day before yesterday|today|yesterday|tomorrow|tonight|last night"
            r"|this (?:morning|afternoon|evening)",
            re.I,
        ),
        near_day_rule,
        NEAR_DAYS,
    ),
    (
        compiled(
            r"(?:(?:(?P<side>earlier|later)|(?P<part>early|late)) )?"
            r"(?P<which>last|this|next|past|previous|current|coming) "
            r"(?P<u>weekend|week|month|quarter|year|decade)",
            re.I,
        ),
        unit_rule,
        UNITS,
    ),
    (compiled(r"(?:over|at|during|on) the weekend", re.I), weekend_rule, ("weekend",)),
    (
        compiled(
            r"(?:the )?(?P<which>last|past|previous|next|coming|recent) (?:a )?"
            rf"(?:(?P<n>{_NUMBER}) )?(?P<u>(?:{_UNIT})s)",
            re.I,
        ),
        span_rule,
        UNITS,
    ),
    (
        compiled(
            rf"(?:(?:about|some|nearly|almost|more than|over) )?(?:a )?(?P<n>{_NUMBER}) (?P<u>{_UNIT})s? ago",
            re.I,
        ),
        ago_rule,
        UNITS,
    ),
    (
        compiled(
            r"(?:(?P<which>[Ll]ast|[Nn]ext|[Tt]his) )?"
            rf"{_PART.replace('early|mid|late', '[Ee]arly|[Mm]id|[Ll]ate')}"
            rf"(?P<m>{MONTH})(?:\.?,? (?:of )?(?P<y>{YEAR}))?"
        ),
        month_rule,
        MONTH_HINTS,
    ),
    (
        compiled(
            rf"(?:(?P<which>last|next|this|the) )?{_PART}(?P<s>{_SEASON})(?: (?:of )?(?P<y>{YEAR}))?", re.I
        ),
        season_rule,
        tuple(SEASONS),
    ),
    (
        compiled(rf"the (?P<n>first|second|third|fourth|last) quarter(?: of (?P<y>{YEAR}))?", re.I),
        quarter_rule,
        ("quarter",),
    ),
    (compiled(rf"(?:the )?{_PART}(?:[’']?)(?P<y>(?:1[89]|20)\d0|\d0)[’']?s", re.I), decade_rule, ("0",)),
    (re.compile(rf"(?<!\w)(?<!\D-){_PART}(?P<y>{YEAR})(?!\w)", re.I), year_rule, CENTURIES),
]
