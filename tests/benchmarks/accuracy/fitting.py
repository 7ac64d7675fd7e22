"""Logistic models fitted by Newton's method: plain, and conditional on one of several alternatives being right."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
MAX_STEPS = 60
MAX_STEP = 2.0
MIN_CHANGE = 1e-6


@dataclass(frozen=True, slots=True)
class Choice:
    """The alternatives of one choice: their features as rows, which of them are right, and the weight of the choice."""

    alternatives: Array
    is_right: NDArray[np.bool_]
    weight: float = 1.0


def fit_logistic(x: Array, y: Array, weights: Array, penalties: Array) -> Array:
    """Return the coefficients of a logistic regression with a ridge penalty per column.

    Args:
        x: one row per observation.
        y: 0 or 1 for each observation.
        weights: of the observations.
        penalties: of the columns.
    """
    coefficients = np.zeros(x.shape[1])
    for _ in range(MAX_STEPS):
        p = to_probabilities(x @ coefficients)
        gradient = x.T @ (weights * (y - p)) - penalties * coefficients
        hessian = (x * (weights * p * (1 - p))[:, None]).T @ x + np.diag(penalties)
        step = np.linalg.solve(hessian, gradient)
        coefficients = coefficients + step
        if np.abs(step).max() < MIN_CHANGE:
            break
    return coefficients


def fit_conditional_logit(choices: Sequence[Choice], prior: Array, penalties: Array) -> Array:
    """Return the coefficients under which the right alternatives are likeliest, shrunk towards ``prior``.

    Choices without a right alternative are ignored.
    """
    coefficients = prior.copy()
    usable = [choice for choice in choices if choice.is_right.any()]
    for _ in range(MAX_STEPS):
        gradient, hessian = -penalties * (coefficients - prior), np.diag(penalties)
        for choice in usable:
            x = choice.alternatives
            p = _softmax(x @ coefficients)
            target = p * choice.is_right
            mean = x.T @ p
            gradient = gradient + choice.weight * x.T @ (target / max(target.sum(), 1e-12) - p)
            hessian = hessian + choice.weight * ((x * p[:, None]).T @ x - np.outer(mean, mean))
        step = np.linalg.solve(hessian, gradient)
        step = step * min(1.0, MAX_STEP / max(float(np.abs(step).max()), 1e-12))
        coefficients = coefficients + step
        if np.abs(step).max() < MIN_CHANGE:
            break
    return coefficients


def to_probabilities(log_odds: Array) -> Array:
    """Return the probabilities that correspond to log odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))), dtype=np.float64)


def _softmax(scores: Array) -> Array:
    """Return the probabilities of alternatives with these scores."""
    parts = np.exp(scores - scores.max())
    return np.asarray(parts / parts.sum(), dtype=np.float64)


def assign_folds(doc_ids: Sequence[str], n_folds: int) -> NDArray[np.int64]:
    """Return the fold of each row: whole articles, in the order of their ids."""
    number = {name: n % n_folds for n, name in enumerate(sorted(set(doc_ids)))}
    return np.array([number[name] for name in doc_ids])


def compute_auc(values: Sequence[float], is_right: Sequence[bool]) -> float:
    """Return the area under the ROC curve."""
    yes = [v for v, y in zip(values, is_right, strict=True) if y]
    no = [v for v, y in zip(values, is_right, strict=True) if not y]
    return sum((p > q) + 0.5 * (p == q) for p in yes for q in no) / max(1, len(yes) * len(no))
