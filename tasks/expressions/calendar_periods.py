"""Periods of the calendar: days, weeks, months, seasons, years and decades, with their TIMEX3 values."""

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta

MONTHS = {name.lower(): i for i, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): i for i, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
WEEKDAYS = {name.lower(): i for i, name in enumerate(calendar.day_name)}
# First month of each season, and its TIMEX3 code; seasons are the meteorological ones of the northern half.
SEASONS = {
    "spring": (3, "SP"),
    "summer": (6, "SU"),
    "autumn": (9, "FA"),
    "fall": (9, "FA"),
    "winter": (12, "WI"),
}
PARTS = {"early": 0, "mid": 1, "late": 2}
MODS = {"early": "START", "mid": "MID", "late": "END"}


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days, both ends included; ``timex`` is its TIMEX3 value and ``mod`` its modifier."""

    start: date | None
    end: date | None
    grain: str
    timex: str
    mod: str = ""


def day(at: date) -> Period:
    """Return one day."""
    return Period(at, at, "day", at.isoformat())


def week(at: date) -> Period:
    """Return the week, Monday to Sunday, that holds a day."""
    monday = at - timedelta(days=at.weekday())
    year, number, _ = at.isocalendar()
    return Period(monday, monday + timedelta(days=6), "week", f"{year}-W{number:02d}")


def weekend(at: date) -> Period:
    """Return the Saturday and Sunday of the week that holds a day."""
    whole = week(at)
    assert whole.end is not None
    return Period(whole.end - timedelta(days=1), whole.end, "range", f"{whole.timex}-WE")


def month(year: int, number: int) -> Period:
    """Return a month."""
    last = calendar.monthrange(year, number)[1]
    return Period(date(year, number, 1), date(year, number, last), "month", f"{year:04d}-{number:02d}")


def quarter(year: int, number: int) -> Period:
    """Return a quarter, counted from 1."""
    first, last = month(year, 3 * number - 2), month(year, 3 * number)
    return Period(first.start, last.end, "range", f"{year:04d}-Q{number}")


def season(year: int, name: str) -> Period:
    """Return a season by the year in which it begins."""
    first, code = SEASONS[name]
    last = month(year + (first == 12), (first + 2 - 1) % 12 + 1)
    return Period(date(year, first, 1), last.end, "season", f"{year:04d}-{code}")


def year(number: int) -> Period:
    """Return a year."""
    return Period(date(number, 1, 1), date(number, 12, 31), "year", f"{number:04d}")


def decade(first: int) -> Period:
    """Return ten years."""
    return Period(date(first, 1, 1), date(first + 9, 12, 31), "decade", f"{first // 10:03d}")


# First and last month of each third of a year, first and last year of each third of a decade.
THIRDS = {"year": ((1, 4), (5, 8), (9, 12)), "decade": ((0, 3), (4, 6), (7, 9))}


def part(period: Period, name: str) -> Period:
    """Return the early, middle or late third of a month, season, year or decade."""
    start, end = period.start, period.end
    if start is None or end is None:
        return period
    if period.grain == "decade":
        first, last = THIRDS["decade"][PARTS[name]]
        start, end = date(start.year + first, 1, 1), date(start.year + last, 12, 31)
    elif period.grain == "year":
        first, last = THIRDS["year"][PARTS[name]]
        start, end = date(start.year, first, 1), month(start.year, last).end
    else:
        length = (end - start).days + 1
        cuts = [0, length // 3, 2 * length // 3, length]
        end = start + timedelta(days=cuts[PARTS[name] + 1] - 1)
        start += timedelta(days=cuts[PARTS[name]])
    return replace(period, start=start, end=end, mod=MODS[name])


def shift(at: date, unit: str, count: int) -> date:
    """Return the day that lies ``count`` days, weeks, months, years or decades after another."""
    if unit in ("day", "week"):
        return at + timedelta(days=count * (7 if unit == "week" else 1))
    months = at.year * 12 + at.month - 1 + count * {"month": 1, "quarter": 3, "year": 12, "decade": 120}[unit]
    number, ordinal = divmod(months, 12)
    number = min(max(number, 1), 9999)
    return date(number, ordinal + 1, min(at.day, calendar.monthrange(number, ordinal + 1)[1]))


def around(at: date, unit: str) -> Period:
    """Return the week, month, quarter, year or decade that holds a day."""
    makers = {
        "day": lambda: day(at),
        "week": lambda: week(at),
        "weekend": lambda: weekend(at),
        "month": lambda: month(at.year, at.month),
        "quarter": lambda: quarter(at.year, (at.month + 2) // 3),
        "year": lambda: year(at.year),
        "decade": lambda: decade(at.year // 10 * 10),
    }
    return makers[unit]()
