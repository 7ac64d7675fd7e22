"""Runs whose Prefect server is killed: a small version of the measurement of ``make servers``."""

import pytest

from tests.benchmarks.server_kills import measure_server_kills


@pytest.mark.slow
def test_runs_end_in_a_true_state_where_a_server_is_killed() -> None:
    found = measure_server_kills(["shared", "own"], seed=1)
    assert found["wrong"] == []
    assert (found["kills"], found["runs"]) == ({"shared": 1, "own": 1}, 4)
