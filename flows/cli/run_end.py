"""The end of a direct run, whether Prefect's server answers or not."""

import os
import sys
from collections.abc import Callable
from typing import NoReturn

from prefect.exceptions import ParameterTypeError

from flows.pipeline.run_summary import RunSummary
from flows.runtime.failure_policy import PARTIAL_STATE, PartialRunError, find_partial_error
from flows.runtime.prefect_calls import collect_summaries, is_server_error
from flows.runtime.server import MAX_RECORD_SECONDS, PrefectServer, ServerError
from warehouse.errors import InputError


def run_to_end(flow: Callable[[], RunSummary], server: PrefectServer) -> RunSummary:
    """Run the flow and return its summary, even if it is Partial or the server cannot record its end.

    Raises:
        ServerError: the server went away before the run published.
        InputError: the flow does not take a parameter.
    """
    with collect_summaries() as summaries:
        try:
            return flow()
        except PartialRunError as error:
            return error.summary
        except ParameterTypeError as error:
            raise InputError(f"{error}. Nothing was read.") from error
        except Exception as error:
            if not is_server_error(error):
                raise
            if summaries:
                return summaries[-1]
            raise ServerError(
                f"The Prefect server at {server.address} stopped answering before the run began ({error}). "
                "The tables are unchanged; start the server and run the command again."
            ) from error


def await_records(server: PrefectServer, summary: RunSummary) -> bool:
    """Return True when the server has recorded the end of a run, False if it does not answer."""
    try:
        state = server.request_json(f"/flow_runs/{summary.flow_run_id}", seconds=MAX_RECORD_SECONDS)["state"]
        if state["type"] not in ("COMPLETED", "FAILED") or state["name"] == "Failed":
            server.set_state(summary.flow_run_id, _get_final_state(summary))
        server.await_records(summary.flow_run_id, summary.task_run_count)
    except OSError:
        return False
    return True


def _get_final_state(summary: RunSummary) -> dict[str, str]:
    """Return the final state of a run that has published."""
    if error := find_partial_error(summary):
        return {"type": "FAILED", "name": PARTIAL_STATE, "message": str(error)}
    return {"type": "COMPLETED", "name": "Completed"}


def exit_without_server(server: PrefectServer, code: int) -> NoReturn:
    """Print that the server does not know the end of the run, and end the process at once.

    Prefect would try for minutes to send its last events.
    """
    print(
        f"counterclaim: the run is published, but the Prefect server at {server.address} does not answer: "
        "it may show the run as running until it misses its heartbeats.",
        file=sys.stderr,
    )
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
