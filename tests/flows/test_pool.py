"""The worker processes of a run."""

import os
import sys

import pytest
from prefect import flow, task

from flows.defaults import MODEL
from flows.extracting import known
from flows.pool import ForkedTaskRunner

pytestmark = pytest.mark.usefixtures("server")


@task
def loaded() -> tuple[int, int]:
    """Return the parent of the process that this runs in, and how often the model was loaded for it."""
    return os.getppid(), known.cache_info().misses


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are spawned")
def test_workers_are_forked_from_one_process_that_has_loaded_the_model() -> None:
    @flow
    def ask() -> list[tuple[int, int]]:
        with ForkedTaskRunner(MODEL, 2) as pool:
            return [future.result() for future in [pool.submit(loaded, {}) for _ in range(4)]]

    found = ask()
    parents = {parent for parent, _ in found}
    assert len(parents) == 1
    assert os.getpid() not in parents
    # Once, in the parent: the call in the worker found it.
    assert {misses for _, misses in found} == {1}
    with pytest.raises(ProcessLookupError):
        os.kill(parents.pop(), 0)
