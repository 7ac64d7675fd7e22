"""The page on reliability says what was measured, and the measuring works."""

import json
from pathlib import Path

from tests.benchmarks import reliability


def test_the_page_is_made_from_the_figures() -> None:
    assert (reliability.DOCS / "reliability.md").read_text(
        encoding="utf-8"
    ) == reliability.render_reliability_page()


def test_nothing_measured_was_broken() -> None:
    found = reliability.read_figures()
    assert found["torture"]["wrong"] == []
    assert found["torture"]["kills"] >= 30
    assert (found["readers"]["mixed"], found["bucket"]["problems"]) == (0, 0)
    assert found["bucket"]["documents"] == found["bucket"]["expected_documents"]
    assert max(row["most_files_in_a_partition"] for row in found["days"]) <= 8


def test_small_measurements(tmp_path: Path) -> None:
    assert reliability.measure_million_claims(tmp_path, documents=200, each=5)["rows"] == 1000
    assert reliability.measure_readers(tmp_path, publications=3)["mixed"] == 0
    (ten,) = reliability.measure_daily_runs(tmp_path, runs=10)
    assert ten["documents"] == 100


def test_what_is_measured_anew_stands_beside_the_other_figures(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    path.write_text('{"days": "as they were"}')
    reliability.measure_and_save(["joining"], stored=(20, 60), path=path)
    found = json.loads(path.read_text())
    assert found["days"] == "as they were"
    assert [row["documents"] for row in found["joining"]] == [20, 60]
