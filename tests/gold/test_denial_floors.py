"""Denials and their links on the gold never get worse than the floors in ``denial_floors.json``."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tasks.evaluation.denial_scores import compute_denial_figures, predict_denials, score_denials
from tasks.knowledge import Knowledge

HERE = Path(__file__).parent
FLOORS = json.loads((HERE / "denial_floors.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found(knowledge: Knowledge) -> Counter[str]:
    lines = (HERE / "texts.jsonl").read_text(encoding="utf-8").splitlines()
    texts = {row["doc_id"]: row["text"] for row in map(json.loads, lines)}
    gold = json.loads((HERE / "denials.json").read_text(encoding="utf-8"))["articles"]
    return score_denials(
        gold, texts, {row["doc_id"]: row for row in predict_denials(texts.items(), knowledge)}
    )


@pytest.mark.parametrize("figure", FLOORS)
def test_figure_is_not_below_its_floor(figure: str, found: Counter[str]) -> None:
    assert compute_denial_figures(found)[figure] >= FLOORS[figure], compute_denial_figures(found)


def test_no_trap_is_taken(found: Counter[str]) -> None:
    assert found["trapped"] == 0
    assert found["traps"] >= 20
