"""The end of a direct run, whether Prefect's server hears of it or not."""

import os
import sys
from collections.abc import Callable
from typing import NoReturn

from flows.pipeline.run_summary import Summary
from flows.runtime.failure_policy import PARTIAL, PartialError, find_partial
from flows.runtime.prefect_calls import UNANSWERED, keeping_summary
from flows.runtime.server import Server, ServerError


def run_to_end(flow: Callable[[], Summary], server: Server) -> Summary:
    """Run the flow and return its summary, though it may be Partial or the server may not hear of its end.

    Raises ServerError if the server went away before the run had published.
    """
    with keeping_summary() as kept:
        try:
            return flow()
        except PartialError as error:
            return error.summary
        except UNANSWERED as error:
            if kept:
                return kept[-1]
            raise ServerError(
                f"The Prefect server at {server.address} stopped answering before the run began ({error}). "
                "The tables are as before; start the server and run again."
            ) from error


def await_records(server: Server, summary: Summary) -> bool:
    """Return True when the server has recorded the end of a run, False if it does not answer."""
    try:
        state = server.ask(f"/flow_runs/{summary.flow_run_id}", seconds=10)["state"]
        if state["type"] not in ("COMPLETED", "FAILED") or state["name"] == "Failed":
            server.set_state(summary.flow_run_id, final_state(summary))
        server.await_records(summary.flow_run_id, summary.tasks)
    except OSError:
        return False
    return True


def final_state(summary: Summary) -> dict[str, str]:
    """Return the state that a run ends in which has published."""
    if error := find_partial(summary):
        return {"type": "FAILED", "name": PARTIAL, "message": str(error)}
    return {"type": "COMPLETED", "name": "Completed"}


def exit_unheard(server: Server, code: int) -> NoReturn:
    """Say that Prefect does not know of the end of the run, and end the process at once.

    Prefect would try for minutes to send what it has left to send.
    """
    print(
        f"counterclaim: the run is published, but the Prefect server at {server.address} does not answer: "
        "it may show the run as running, until it notes that no heartbeat comes.",
        file=sys.stderr,
    )
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
