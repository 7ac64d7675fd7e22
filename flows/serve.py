"""``python -m flows.serve``: run the deployments from this process, without a work pool and a worker.

It needs a Prefect server (``PREFECT_API_URL``), whose scheduled runs it executes one at a time. When it is stopped, it
pauses the schedules.
"""

import os

from prefect import serve
from prefect.client.orchestration import get_client

from flows.deployments import install_automation, load_automations, load_deployments
from flows.runtime.environment import CONSOLE_LEVEL_VARIABLE, QUIET_LEVEL


def main() -> None:
    """Serve all deployments."""
    # The command line prints its own reports, so logging to the terminal is off by default; here it is wanted.
    if os.environ[CONSOLE_LEVEL_VARIABLE] == QUIET_LEVEL:
        del os.environ[CONSOLE_LEVEL_VARIABLE]
    with get_client(sync_client=True) as client:
        for automation in load_automations():
            install_automation(client, automation)
    serve(*load_deployments(), limit=1)


if __name__ == "__main__":
    main()
