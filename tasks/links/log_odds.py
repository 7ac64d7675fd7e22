"""Sums of weighted features as log odds, and their probabilities."""

import math
from collections.abc import Mapping, Sequence

MAX_EXPONENT = 700.0
"""the largest exponent whose power of e is a float"""
MIN_PROBABILITY = 1e-9


def compute_log_odds(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the bias plus the weighted sum of the features; a feature without a weight counts 0."""
    return weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in features.items())


def to_probability(log_odds: float) -> float:
    """Return the probability that corresponds to log odds."""
    return 1 / (1 + math.exp(min(-log_odds, MAX_EXPONENT)))


def to_log_odds(probability: float) -> float:
    """Return the log odds of a probability, which is taken to be at least 1e-9 from 0 and 1."""
    return math.log(max(probability, MIN_PROBABILITY) / max(1 - probability, MIN_PROBABILITY))


def compute_link_probabilities(strengths: Sequence[float], calibration: Mapping[str, float]) -> list[float]:
    """Return the probability that a denial answers each claim, given their strengths, and last that it answers none."""
    parts = [math.exp(calibration["link_sharpness"] * to_log_odds(strength)) for strength in strengths]
    parts.append(math.exp(calibration["no_claim"]))
    total = sum(parts)
    return [part / total for part in parts]
