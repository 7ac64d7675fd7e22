"""The page on reliability says what was measured, and the measuring works."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import reliability


def test_the_page_is_made_from_the_figures() -> None:
    assert (reliability.DOCS / "reliability.md").read_text(
        encoding="utf-8"
    ) == reliability.render_reliability_page()


SOUND_FIGURES: dict[str, Any] = {
    "torture": {"wrong": []},
    "readers": {"mixed": 0},
    "bucket": {"documents": 8, "expected_documents": 8, "problems": 0},
    "days": [{"most_files_in_a_partition": 8}],
    "hostile": {"stopped": [], "uncounted": 0, "problems": [], "rejects": [{"reason": "empty text"}]},
}


def test_sound_figures_break_no_promise() -> None:
    assert reliability.find_broken_promises(SOUND_FIGURES) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("torture", {"wrong": ["3 documents at the end, expected 4"]}),
        ("readers", {"mixed": 1}),
        ("bucket", {"documents": 7, "expected_documents": 8, "problems": 0}),
        ("bucket", {"documents": 8, "expected_documents": 8, "problems": 1}),
        ("days", [{"most_files_in_a_partition": 8}, {"most_files_in_a_partition": 9}]),
        ("hostile", {"stopped": ["corpus-000"], "uncounted": 0, "problems": [], "rejects": []}),
        ("hostile", {"stopped": [], "uncounted": 1, "problems": [], "rejects": []}),
        ("hostile", {"stopped": [], "uncounted": 0, "problems": ["spans"], "rejects": []}),
        ("hostile", {"stopped": [], "uncounted": 0, "problems": [], "rejects": [{"reason": "worker died"}]}),
    ],
)
def test_figures_that_show_a_broken_promise_are_refused(name: str, value: Any) -> None:
    assert len(reliability.find_broken_promises(SOUND_FIGURES | {name: value})) == 1


@pytest.mark.slow
def test_small_measurements(tmp_path: Path) -> None:
    assert reliability.measure_million_claims(tmp_path, documents=200, each=5)["rows"] == 1000
    assert reliability.measure_readers(tmp_path, publications=3)["mixed"] == 0
    (ten,) = reliability.measure_daily_runs(tmp_path, runs=10)
    assert ten["documents"] == 100


def test_new_measurements_are_saved_beside_the_earlier_figures(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    path.write_text('{"days": "as they were"}')
    reliability.measure_and_save(["joining"], stored=(20, 60), path=path)
    found = json.loads(path.read_text())
    assert found["days"] == "as they were"
    assert [row["documents"] for row in found["joining"]] == [20, 60]
