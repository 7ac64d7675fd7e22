"""When things were said, as a figure: claims above the line, denials below, a bar a period."""

from datetime import date
from math import ceil
from typing import Any

from warehouse.report.report_scope import Row

WIDTH, HALF, LABEL, MOST_BARS, WIDEST = 480, 40, 24, 48, 14
TICK = {"day": 62, "month": 62, "year": 40}
"""the least width between two labels below the bars, so that they stay apart on a small screen too"""


def timeline(days: list[Row]) -> dict[str, Any] | None:
    """Return bars by the finest period that needs few of them: day, month or year; null for one day or none.

    Every period from first to last has its place, so that silence shows. Units are SVG user units.
    """
    if len(days) < 2:
        return None
    grain, periods = _periods(days[0]["day"], days[-1]["day"])
    sums = {period: [0, 0] for period in periods}
    for row in days:
        both = sums[_start(row["day"], grain)]
        both[0] += row["claims"]
        both[1] += row["denials"]
    step, most = WIDTH / len(periods), max(max(both) for both in sums.values())
    bar = min(step * 0.76, WIDEST)
    bars = [
        {
            "period": _told(period, grain),
            "x": round((i + 0.5) * step - bar / 2, 2),
            "claims": claims,
            "up": round(HALF * claims / most, 1),
            "denials": denials,
            "down": round(HALF * denials / most, 1),
        }
        for i, (period, (claims, denials)) in enumerate(sums.items())
    ]
    return {
        "grain": grain,
        "bars": bars,
        "bar": round(bar, 2),
        "width": WIDTH,
        "half": HALF,
        "height": HALF + LABEL + round(HALF * max(denials for _, denials in sums.values()) / most, 1),
        "ticks": _ticks(list(sums), grain, step),
        "most": most,
        "first": bars[0]["period"],
        "last": bars[-1]["period"],
    }


def _ticks(periods: list[date], grain: str, step: float) -> list[Row]:
    """Return where labels stand below the bars, each at the middle of its bar, as many as there is room for."""
    every = max(1, ceil(TICK[grain] / step))
    form = {"day": "{0.day} {0:%b}", "month": "{0:%b %Y}", "year": "{0:%Y}"}[grain]
    return [
        {"x": round((i + 0.5) * step, 1), "label": form.format(period)}
        for i, period in enumerate(periods)
        if i % every == 0 and TICK[grain] / 2 <= (i + 0.5) * step <= WIDTH - TICK[grain] / 2
    ]


def _periods(first: date, last: date) -> tuple[str, list[date]]:
    """Return the grain and the starts of every period from first to last."""
    if (last - first).days < MOST_BARS:
        return "day", [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    if len(months) <= MOST_BARS:
        return "month", [date(n // 12, n % 12 + 1, 1) for n in months]
    return "year", [date(year, 1, 1) for year in range(first.year, last.year + 1)]


def _start(day: date, grain: str) -> date:
    """Return the first day of the period that a day belongs to."""
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[grain]


def _told(period: date, grain: str) -> str:
    """Return a period in words."""
    form = {"day": f"{period.day} %B %Y", "month": "%B %Y", "year": "%Y"}[grain]
    return period.strftime(form)
