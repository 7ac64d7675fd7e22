"""Runs whose Prefect server is killed: the measurement of ``make servers``, in small."""

import pytest

from tests.benchmarks.server_kills import measure


@pytest.mark.slow
def test_runs_end_in_a_true_state_where_a_server_is_killed() -> None:
    found = measure(["shared", "own"], seed=1)
    assert found["wrong"] == []
    assert (found["kills"], found["runs"]) == ({"shared": 1, "own": 1}, 4)
