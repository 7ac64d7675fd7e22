"""The timeline: a bar for each period, claims above the line and denials below."""

from datetime import date
from math import ceil
from typing import Any

from warehouse.report.report_scope import Row

FIGURE_WIDTH, HALF_HEIGHT, LABEL_HEIGHT, MAX_BARS, MAX_BAR_WIDTH = 480, 40, 26, 48, 14
MIN_TICK_GAPS = {"day": 62, "month": 76, "year": 40}
"""the smallest distance between two labels below the bars, so that they do not touch on a small screen"""


def lay_out_timeline(days: list[Row]) -> dict[str, Any] | None:
    """Return bars by day, month or year, the finest that does not need too many; None for fewer than two days.

    Every period from the first to the last has its place, also if nothing was said. Units are SVG user units.
    """
    if len(days) < 2:
        return None
    grain, periods = _list_periods(days[0]["day"], days[-1]["day"])
    sums = {period: [0, 0] for period in periods}
    for row in days:
        both = sums[_get_period_start(row["day"], grain)]
        both[0] += row["claims"]
        both[1] += row["denials"]
    step, most = FIGURE_WIDTH / len(periods), max(max(both) for both in sums.values())
    bar = min(step * 0.76, MAX_BAR_WIDTH)
    bars = [
        {
            "period": _format_period(period, grain),
            "x": round((i + 0.5) * step - bar / 2, 2),
            "claims": claims,
            "up": round(HALF_HEIGHT * claims / most, 1),
            "denials": denials,
            "down": round(HALF_HEIGHT * denials / most, 1),
        }
        for i, (period, (claims, denials)) in enumerate(sums.items())
    ]
    return {
        "grain": grain,
        "bars": bars,
        "bar": round(bar, 2),
        "width": FIGURE_WIDTH,
        "half": HALF_HEIGHT,
        "height": HALF_HEIGHT
        + LABEL_HEIGHT
        + round(HALF_HEIGHT * max(denials for _, denials in sums.values()) / most, 1),
        "ticks": _place_ticks(list(sums), grain, step),
        "most": most,
        "first": bars[0]["period"],
        "last": bars[-1]["period"],
    }


def _place_ticks(periods: list[date], grain: str, step: float) -> list[Row]:
    """Return the positions of the labels, each below the middle of a bar, as many as there is room for."""
    every = max(1, ceil(MIN_TICK_GAPS[grain] / step))
    form = {"day": "{0.day} {0:%b}", "month": "{0:%b %Y}", "year": "{0:%Y}"}[grain]
    return [
        {"x": round((i + 0.5) * step, 1), "label": form.format(period)}
        for i, period in enumerate(periods)
        if i % every == 0
        and MIN_TICK_GAPS[grain] / 2 <= (i + 0.5) * step <= FIGURE_WIDTH - MIN_TICK_GAPS[grain] / 2
    ]


def _list_periods(first: date, last: date) -> tuple[str, list[date]]:
    """Return the grain, and the first day of every period from first to last."""
    if (last - first).days < MAX_BARS:
        return "day", [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    if len(months) <= MAX_BARS:
        return "month", [date(n // 12, n % 12 + 1, 1) for n in months]
    return "year", [date(year, 1, 1) for year in range(first.year, last.year + 1)]


def _get_period_start(day: date, grain: str) -> date:
    """Return the first day of the period to which a day belongs."""
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[grain]


def _format_period(period: date, grain: str) -> str:
    """Return a period in words."""
    form = {"day": f"{period.day} %B %Y", "month": "%B %Y", "year": "%Y"}[grain]
    return period.strftime(form)
