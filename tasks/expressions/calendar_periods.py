"""Periods of the calendar: days, weeks, months, seasons, years and decades, with their TIMEX3 values."""

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta

MONTH_NUMBERS = {name.lower(): i for i, name in enumerate(calendar.month_name) if name}
MONTH_NUMBERS |= {name.lower(): i for i, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
WEEKDAY_NUMBERS = {name.lower(): i for i, name in enumerate(calendar.day_name)}
# First month and TIMEX3 code of each season: the meteorological seasons of the northern hemisphere.
SEASON_STARTS = {
    "spring": (3, "SP"),
    "summer": (6, "SU"),
    "autumn": (9, "FA"),
    "fall": (9, "FA"),
    "winter": (12, "WI"),
}
PART_INDEX = {"early": 0, "mid": 1, "late": 2}
TIMEX_MODS = {"early": "START", "mid": "MID", "late": "END"}


@dataclass(frozen=True, slots=True)
class CalendarPeriod:
    """A range of days, both ends included, with its TIMEX3 value and modifier."""

    start: date | None
    end: date | None
    grain: str
    timex: str
    mod: str = ""


def make_day(at: date) -> CalendarPeriod:
    """Return the period of one day."""
    return CalendarPeriod(at, at, "day", at.isoformat())


def _make_week(at: date) -> CalendarPeriod:
    """Return the week, Monday to Sunday, that contains a day."""
    monday = at - timedelta(days=at.weekday())
    year, number, _ = at.isocalendar()
    return CalendarPeriod(monday, monday + timedelta(days=6), "week", f"{year}-W{number:02d}")


def _make_weekend(at: date) -> CalendarPeriod:
    """Return the Saturday and Sunday of the week that contains a day."""
    week = _make_week(at)
    assert week.end is not None
    return CalendarPeriod(week.end - timedelta(days=1), week.end, "range", f"{week.timex}-WE")


def make_month(year: int, number: int) -> CalendarPeriod:
    """Return a month of a year, counted from 1."""
    last = calendar.monthrange(year, number)[1]
    return CalendarPeriod(
        date(year, number, 1), date(year, number, last), "month", f"{year:04d}-{number:02d}"
    )


def make_quarter(year: int, number: int) -> CalendarPeriod:
    """Return a quarter of a year, counted from 1."""
    first, last = make_month(year, 3 * number - 2), make_month(year, 3 * number)
    return CalendarPeriod(first.start, last.end, "range", f"{year:04d}-Q{number}")


def make_season(year: int, name: str) -> CalendarPeriod:
    """Return a season of the year in which it begins."""
    first, code = SEASON_STARTS[name]
    last = make_month(year + (first == 12), (first + 2 - 1) % 12 + 1)
    return CalendarPeriod(date(year, first, 1), last.end, "season", f"{year:04d}-{code}")


def make_year(number: int) -> CalendarPeriod:
    """Return a year."""
    return CalendarPeriod(date(number, 1, 1), date(number, 12, 31), "year", f"{number:04d}")


def make_decade(first: int) -> CalendarPeriod:
    """Return the ten years from ``first`` on."""
    return CalendarPeriod(date(first, 1, 1), date(first + 9, 12, 31), "decade", f"{first // 10:03d}")


# First and last month of each third of a year, first and last year of each third of a decade.
PERIOD_THIRDS = {"year": ((1, 4), (5, 8), (9, 12)), "decade": ((0, 3), (4, 6), (7, 9))}


def take_period_part(period: CalendarPeriod, name: str) -> CalendarPeriod:
    """Return the early, middle or late third of a month, season, year or decade."""
    start, end = period.start, period.end
    if start is None or end is None:
        return period
    if period.grain == "decade":
        first, last = PERIOD_THIRDS["decade"][PART_INDEX[name]]
        start, end = date(start.year + first, 1, 1), date(start.year + last, 12, 31)
    elif period.grain == "year":
        first, last = PERIOD_THIRDS["year"][PART_INDEX[name]]
        start, end = date(start.year, first, 1), make_month(start.year, last).end
    else:
        length = (end - start).days + 1
        cuts = [0, length // 3, 2 * length // 3, length]
        end = start + timedelta(days=cuts[PART_INDEX[name] + 1] - 1)
        start += timedelta(days=cuts[PART_INDEX[name]])
    return replace(period, start=start, end=end, mod=TIMEX_MODS[name])


def shift_date(at: date, unit: str, count: int) -> date:
    """Return the day ``count`` days, weeks, months, quarters, years or decades after another."""
    if unit in ("day", "week"):
        return at + timedelta(days=count * (7 if unit == "week" else 1))
    months = at.year * 12 + at.month - 1 + count * {"month": 1, "quarter": 3, "year": 12, "decade": 120}[unit]
    number, ordinal = divmod(months, 12)
    number = min(max(number, 1), 9999)
    return date(number, ordinal + 1, min(at.day, calendar.monthrange(number, ordinal + 1)[1]))


def get_containing_period(at: date, unit: str) -> CalendarPeriod:
    """Return the day, week, weekend, month, quarter, year or decade that contains a day."""
    makers = {
        "day": lambda: make_day(at),
        "week": lambda: _make_week(at),
        "weekend": lambda: _make_weekend(at),
        "month": lambda: make_month(at.year, at.month),
        "quarter": lambda: make_quarter(at.year, (at.month + 2) // 3),
        "year": lambda: make_year(at.year),
        "decade": lambda: make_decade(at.year // 10 * 10),
    }
    return makers[unit]()
