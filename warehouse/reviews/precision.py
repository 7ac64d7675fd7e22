"""The precision of rows by the verdicts of reviewers, with intervals, and where reviewers differ."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

from duckdb import DuckDBPyConnection

from warehouse.reviews.verdicts import GIVEN_VERDICTS_SQL, is_other_kind, word_verdict

Z_95 = 1.959964
"""quantile of the normal distribution for a two-sided interval of 95 %"""
REVIEWED_SQL = f"""
SELECT r.statement_id, s.kind, s.kind || ' ' || s.type AS type, s.rule, s.confidence,
    {GIVEN_VERDICTS_SQL} AS verdicts
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
    other_kind: float
    """rows rejected because they are of the other kind: a claim that is really a denial, or the reverse"""

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
    right = sum(_count_share(row, lambda given: given["verdict"] == "accepted") for row in rows)
    found = sum(_count_share(row, lambda given: given["verdict"] != "rejected") for row in rows)
    other_kind = sum(_count_share(row, is_other_kind) for row in rows)
    return Precision(group=group, n=len(rows), right=right, found=found, other_kind=other_kind)


def _count_share(row: Mapping[str, Any], is_counted: Callable[[Mapping[str, Any]], bool]) -> float:
    """Return the share of the verdicts on a row that count."""
    return sum(is_counted(given) for given in row["verdicts"]) / len(row["verdicts"])


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far reviewers agree on the rows that several of them have read."""

    n: int
    n_agreed: int
    differing: tuple[tuple[str, str], ...]
    """each row on which they differ, with the verdicts in words"""


def compute_agreement(rows: Iterable[Mapping[str, Any]]) -> Agreement:
    """Return on how many rows with several reviewers all say the same, and the others: the disputed ones."""
    shared = [row for row in rows if len(row["verdicts"]) > 1]
    worded = [(row["statement_id"], _word_verdicts(row)) for row in shared]
    differing = tuple((row_id, ", ".join(words)) for row_id, words in worded if words)
    return Agreement(len(shared), len(shared) - len(differing), differing)


def _word_verdicts(row: Mapping[str, Any]) -> list[str]:
    """Return what each reviewer says of a row, in words; nothing if all say the same."""
    said = [word_verdict(given, row["kind"]) for given in row["verdicts"]]
    names = [given["reviewer"] for given in row["verdicts"]]
    return [f"{name} {words}" for name, words in zip(names, said, strict=True)] if len(set(said)) > 1 else []
