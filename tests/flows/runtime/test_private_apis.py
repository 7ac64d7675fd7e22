"""Private and undocumented functions of the standard library and of Prefect that the runtime depends on.

Each is used in one function, whose docstring says why. A test that fails here says which of them a new version changed.
"""

import inspect
import subprocess
import sys

import pytest

import flows  # noqa: F401 - prepares the environment before Prefect is imported
from flows.runtime import server


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are spawned")
def test_the_fork_server_of_the_standard_library_shows_its_process_and_can_be_stopped() -> None:
    script = (
        "from multiprocessing import forkserver\n"
        "from flows.runtime.workers.fork_server import get_private_fork_server\n"
        "server = get_private_fork_server(); pids = [server._forkserver_pid]\n"
        "forkserver.ensure_running(); pids.append(server._forkserver_pid)\n"
        "server._stop(); pids.append(server._forkserver_pid)\n"
        "print(*(type(pid).__name__ for pid in pids))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "NoneType int NoneType\n"


def test_prefect_sends_what_it_has_queued(monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    limits = {}
    for worker in (APILogWorker, EventsWorker):
        assert "timeout" in inspect.signature(worker.drain_all).parameters
        monkeypatch.setattr(
            worker, "drain_all", lambda timeout, name=worker.__name__: limits.update({name: timeout})
        )
    server.flush_prefect_queues()
    assert limits == dict.fromkeys(("APILogWorker", "EventsWorker"), server.MAX_STOP_SECONDS)


def test_prefect_makes_the_application_that_the_server_of_a_run_serves() -> None:
    from prefect.server.api.server import create_app

    assert {"ephemeral", "final"} <= inspect.signature(create_app).parameters.keys()
