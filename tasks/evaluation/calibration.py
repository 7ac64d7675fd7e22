"""Calibration: whether the confidence of rows is the share of them that is right."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BIN_COUNT = 10
DRAW_COUNT = 1000
"""draws of right and wrong rows from which the error of perfectly calibrated rows is estimated"""


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A predicted row, and whether the gold has it."""

    confidence: float
    """from 0 to 1"""
    type: str
    rule: str
    right: bool


@dataclass(frozen=True, slots=True)
class CalibrationGroup:
    """Rows that have a bin of confidence, a type or a rule in common."""

    name: str
    n: int
    mean_confidence: float
    right: float
    """share of the rows that is right, from 0 to 1"""


def group_by_confidence(rows: Iterable[JudgedRow]) -> list[CalibrationGroup]:
    """Return the rows in ten bins of confidence, lowest first; bins without rows are left out."""
    return sorted(
        _group(rows, lambda row: _name_bin(_find_bin(row.confidence))), key=lambda group: group.name
    )


def group_by_type(rows: Iterable[JudgedRow]) -> list[CalibrationGroup]:
    """Return the rows by type, the most frequent first."""
    return _sort_by_size(_group(rows, lambda row: row.type))


def group_by_rule(rows: Iterable[JudgedRow]) -> list[CalibrationGroup]:
    """Return the rows by rule, the most frequent first."""
    return _sort_by_size(_group(rows, lambda row: row.rule))


def compute_calibration_error(rows: Sequence[JudgedRow]) -> float:
    """Return the expected calibration error in ten bins (Naeini et al. 2015), from 0 to 1."""
    confidence = np.array([row.confidence for row in rows])
    right = np.array([[row.right for row in rows]], dtype=float)
    return float(_compute_errors(confidence, right)[0])


def estimate_chance_error(rows: Sequence[JudgedRow], seed: int = 0) -> float:
    """Return the mean error that rows of these confidences would have if they were perfectly calibrated."""
    confidence = np.array([row.confidence for row in rows])
    draws = np.random.default_rng(seed).random((DRAW_COUNT, len(rows))) < confidence
    return float(_compute_errors(confidence, draws.astype(float)).mean())


def _compute_errors(confidence: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the calibration error of each line of ``right``, which has a column for each row."""
    if not len(confidence):
        return np.zeros(len(right))
    bins = np.array([_find_bin(value) for value in confidence])
    gaps = [abs((right[:, bins == one] - confidence[bins == one]).sum(axis=1)) for one in set(bins.tolist())]
    return np.asarray(np.sum(gaps, axis=0) / len(confidence))


def _find_bin(confidence: float) -> int:
    return min(int(confidence * BIN_COUNT), BIN_COUNT - 1)


def _name_bin(number: int) -> str:
    return f"{number / BIN_COUNT:.1f} to {(number + 1) / BIN_COUNT:.1f}"


def _group(rows: Iterable[JudgedRow], get_name: Callable[[JudgedRow], str]) -> list[CalibrationGroup]:
    found: defaultdict[str, list[JudgedRow]] = defaultdict(list)
    for row in rows:
        found[get_name(row)].append(row)
    return [
        CalibrationGroup(
            name,
            len(group),
            sum(row.confidence for row in group) / len(group),
            sum(row.right for row in group) / len(group),
        )
        for name, group in found.items()
    ]


def _sort_by_size(groups: Iterable[CalibrationGroup]) -> list[CalibrationGroup]:
    return sorted(groups, key=lambda group: (-group.n, group.name))
