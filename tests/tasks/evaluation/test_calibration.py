"""Calibration of confidence."""

import random

import pytest

from tasks.evaluation.attribution_scores import score_attributions
from tasks.evaluation.calibration import (
    JudgedRow,
    compute_calibration_error,
    estimate_chance_error,
    group_by_confidence,
    group_by_rule,
    group_by_type,
)


def make_rows(confidence: float, right: int, wrong: int, type: str = "statement") -> list[JudgedRow]:
    return [JudgedRow(confidence, type, "that", number < right) for number in range(right + wrong)]


def test_the_error_is_the_gap_of_each_bin_weighted_by_its_rows() -> None:
    rows = [*make_rows(0.85, 6, 4), *make_rows(0.25, 10, 20)]
    assert compute_calibration_error(rows) == pytest.approx((10 * 0.25 + 30 * (1 / 3 - 0.25)) / 40)
    assert compute_calibration_error([]) == 0


def test_gaps_within_a_bin_even_out_and_those_of_two_bins_do_not() -> None:
    assert compute_calibration_error([*make_rows(0.82, 9, 1), *make_rows(0.88, 8, 2)]) == pytest.approx(0)
    assert compute_calibration_error([*make_rows(0.75, 8, 2), *make_rows(0.85, 8, 2)]) == pytest.approx(0.05)


def test_the_highest_and_the_lowest_confidence_have_bins() -> None:
    groups = group_by_confidence([*make_rows(1.0, 2, 0), *make_rows(0.95, 1, 0), *make_rows(0.0, 0, 1)])
    assert [(one.name, one.n) for one in groups] == [("0.0 to 0.1", 1), ("0.9 to 1.0", 3)]
    assert [one.right for one in groups] == [0, 1]


def test_types_and_rules_come_with_the_most_frequent_first() -> None:
    rows = [*make_rows(0.5, 1, 1, "belief"), *make_rows(0.7, 3, 1)]
    statement, belief = group_by_type(rows)
    assert (statement.name, statement.n, statement.right) == ("statement", 4, 0.75)
    assert statement.mean_confidence == pytest.approx(0.7)
    assert (belief.name, belief.right) == ("belief", 0.5)
    assert [(one.name, one.n) for one in group_by_rule(rows)] == [("that", 6)]


def test_rows_drawn_by_their_own_confidence_have_the_error_of_chance() -> None:
    draw = random.Random(7)
    confidences = [draw.uniform(0.1, 0.95) for _ in range(400)]
    errors = [
        compute_calibration_error([JudgedRow(c, "statement", "that", draw.random() < c) for c in confidences])
        for _ in range(50)
    ]
    chance = estimate_chance_error([JudgedRow(c, "statement", "that", True) for c in confidences])
    assert sum(errors) / len(errors) == pytest.approx(chance, rel=0.15)
    assert 0.01 < chance < 0.1


def test_each_predicted_attribution_is_judged_by_content_and_source() -> None:
    text = "The mayor said the bridge was safe. Ann said it was not."
    said = {"source": [[0, 9]], "cue": [[10, 14]], "content": [[15, 34]]}
    other = {"source": [[36, 39]], "cue": [[40, 44]], "content": [[45, 55]]}
    gold = [{"doc_id": "d", "text": text, "attributions": [said, other]}]
    wrong_source = {**other, "source": [[0, 9]]}
    invented = {**said, "content": [[36, 39]]}
    found = score_attributions(gold, {"d": {"attributions": [wrong_source, said, invented]}})
    assert found.judged == [(wrong_source, False), (said, True), (invented, False)]
    assert found.counts["relaxed"] == 1
