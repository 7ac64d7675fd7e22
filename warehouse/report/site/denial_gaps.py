"""How long until the denial: the days from a claim to the first denial that answers it, as the figures page shows them.

The script ``gaps.js`` computes the same for the rows that pass a filter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from duckdb import DuckDBPyConnection

from warehouse.report.report_scope import Row, fetch_rows
from warehouse.report.site.row_data import collect_row_data

MAX_PAIRS, MAX_WAITING = 50, 20
BAR_WIDTH = 260
PAIRS_SQL = """
SELECT c.statement_id AS claim_id, d.statement_id AS denial_id, c.day AS claimed_on, d.day AS denied_on,
    date_diff('day', c.day, d.day) AS gap, j.score, j.link_word, j.link_word <> 'may answer' AS is_sure
FROM joined AS j JOIN shown AS c ON c.number = j.claim_number JOIN shown AS d ON d.number = j.denial_number
WHERE j.rank = 1 AND c.day IS NOT NULL AND d.day IS NOT NULL
    AND coalesce(c.verdict, '') <> 'rejected' AND coalesce(d.verdict, '') <> 'rejected'
QUALIFY row_number() OVER (PARTITION BY c.number ORDER BY is_sure DESC, d.day, j.score DESC, d.number) = 1
ORDER BY is_sure DESC, gap DESC, c.number
"""
WAITING_SQL = """
SELECT statement_id AS claim_id, day AS claimed_on, date_diff('day', day, last_day) AS gap,
    last_day, count(*) OVER () AS total
FROM shown, (SELECT max(day) AS last_day FROM shown)
WHERE type = 'accusation' AND len(target_ids) > 0 AND n_linked = 0 AND day IS NOT NULL
    AND coalesce(verdict, '') <> 'rejected'
ORDER BY is_certain DESC, day, number LIMIT $most
"""


@dataclass(frozen=True, slots=True)
class GapBand:
    """A range of days between a claim and its denial; ``key`` is its value in the filter of the index."""

    key: str
    label: str
    low: float
    high: float


GAP_BANDS = (
    GapBand("before", "before the claim", float("-inf"), -1),
    GapBand("0", "the same day", 0, 0),
    GapBand("1", "1 day", 1, 1),
    GapBand("2-3", "2 to 3 days", 2, 3),
    GapBand("4-7", "4 to 7 days", 4, 7),
    GapBand("8-30", "8 to 30 days", 8, 30),
    GapBand("31", "over 30 days", 31, float("inf")),
)


def collect_gaps(connection: DuckDBPyConnection, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the distribution, the claims with the longest gaps, and the oldest accusations without an answer."""
    pairs = fetch_rows(connection, PAIRS_SQL)
    sure, possible = [row for row in pairs if row["is_sure"]], [row for row in pairs if not row["is_sure"]]
    waiting = fetch_rows(connection, WAITING_SQL, most=MAX_WAITING)
    listed = [*sure[:MAX_PAIRS], *possible[:MAX_PAIRS]]
    ids = {row[name] for row in (*listed, *waiting) for name in ("claim_id", "denial_id") if name in row}
    sql = "FROM shown WHERE statement_id IN (SELECT unnest($ids::VARCHAR[]))"
    return {
        "bands": _count_bands(pairs),
        "median": median(max(row["gap"], 0) for row in sure) if sure else None,
        "sure": sure[:MAX_PAIRS],
        "n_sure": len(sure),
        "possible": possible[:MAX_PAIRS],
        "n_possible": len(possible),
        "waiting": waiting,
        "n_waiting": waiting[0]["total"] if waiting else 0,
        "rows": collect_row_data(fetch_rows(connection, sql, ids=sorted(ids)), names),
    }


def _count_bands(pairs: list[Row]) -> list[dict[str, Any]]:
    """Return each band in which there are claims, with their number and the widths of its bars."""
    found = [(band, [row for row in pairs if band.low <= row["gap"] <= band.high]) for band in GAP_BANDS]
    most = max(len(rows) for _, rows in found)
    return [_lay_out_band(band, rows, most) for band, rows in found if rows]


def _lay_out_band(band: GapBand, rows: list[Row], most: int) -> dict[str, Any]:
    n, n_sure = len(rows), sum(row["is_sure"] for row in rows)
    widths = {"width": round(BAR_WIDTH * n / most, 1), "sure_width": round(BAR_WIDTH * n_sure / most, 1)}
    return {"key": band.key, "label": band.label, "n": n, "n_sure": n_sure} | widths
