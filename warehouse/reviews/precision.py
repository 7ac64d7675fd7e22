"""The precision of rows by the verdicts of reviewers, with intervals, and where reviewers differ."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

from duckdb import DuckDBPyConnection

Z_95 = 1.959964
"""quantile of the normal distribution for a two-sided interval of 95 %"""
REVIEWED_SQL = """
SELECT r.statement_id, s.kind || ' ' || s.type AS type, s.rule, s.confidence,
    list(r.verdict ORDER BY r.reviewer) AS verdicts, list(r.reviewer ORDER BY r.reviewer) AS reviewers
FROM reviews AS r JOIN statements AS s USING (statement_id)
GROUP BY ALL ORDER BY r.statement_id
"""


@dataclass(frozen=True, slots=True)
class Precision:
    """The reviewed rows of one group; a row on which reviewers differ counts in parts."""

    group: str
    n: int
    right: float
    """rows accepted as they are"""
    found: float
    """rows accepted or corrected: they are claims or denials, whatever of their values is wrong"""

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson interval of the share of right rows, 95 %."""
        return compute_wilson_interval(self.right, self.n)


def compute_wilson_interval(right: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share. Source: E. B. Wilson, JASA 22 (1927), 209-212."""
    if not n:
        return 0.0, 1.0
    share, z2 = right / n, Z_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def compute_weighted_precision(
    connection: DuckDBPyConnection, groups: Iterable[Precision]
) -> tuple[float, float] | None:
    """Return the share of right rows of the corpus, from those of its types, and the share of rows of these types.

    A sheet drawn in equal numbers from each type has more rows of rare types than the corpus has. None if no type
    has been reviewed.
    """
    sql = "SELECT kind || ' ' || type AS type, count(*) AS n FROM statements GROUP BY 1"
    sizes = dict(connection.sql(sql).fetchall())
    known = [(sizes[one.group], one.right / one.n) for one in groups if one.group in sizes]
    covered = sum(size for size, _ in known)
    return (
        (sum(size * share for size, share in known) / covered, covered / sum(sizes.values()))
        if covered
        else None
    )


def read_reviewed_rows(connection: DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the rows with verdicts that the tables still have."""
    rows: list[dict[str, Any]] = connection.sql(REVIEWED_SQL).to_arrow_table().to_pylist()
    return rows


def compute_precision(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Precision]]:
    """Return the precision of all rows, and by type, by rule and by confidence in tenths."""
    groups: dict[str, dict[str, list[Mapping[str, Any]]]] = {
        name: defaultdict(list) for name in ("all rows", "type", "rule", "confidence")
    }
    for row in rows:
        tenth = min(int(row["confidence"] * 10), 9)
        keys = ("all", row["type"], row["rule"], f"{tenth / 10:.1f} to {(tenth + 1) / 10:.1f}")
        for by, key in zip(groups.values(), keys, strict=True):
            by[key].append(row)
    return {
        name: [_summarise(key, of_key) for key, of_key in sorted(by.items())] for name, by in groups.items()
    }


def _summarise(group: str, rows: list[Mapping[str, Any]]) -> Precision:
    right = sum(_count_share(row["verdicts"], {"accepted"}) for row in rows)
    found = sum(_count_share(row["verdicts"], {"accepted", "corrected"}) for row in rows)
    return Precision(group, len(rows), right, found)


def _count_share(verdicts: list[str], counted: set[str]) -> float:
    return sum(verdict in counted for verdict in verdicts) / len(verdicts)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far reviewers agree on the rows that several of them have read."""

    n: int
    n_agreed: int
    differing: tuple[tuple[str, str], ...]
    """each row on which they differ, with the verdicts in words"""


def compute_agreement(rows: Iterable[Mapping[str, Any]]) -> Agreement:
    """Return on how many of the rows with several reviewers all give the same verdict, and the others."""
    shared = [row for row in rows if len(row["verdicts"]) > 1]
    differing = [row for row in shared if len(set(row["verdicts"])) > 1]
    words = tuple(
        (
            row["statement_id"],
            ", ".join(
                f"{name} {verdict}" for name, verdict in zip(row["reviewers"], row["verdicts"], strict=True)
            ),
        )
        for row in differing
    )
    return Agreement(len(shared), len(shared) - len(differing), words)
