"""``python -m flows.serve``: run the deployments from this process, without a work pool and a worker.

It needs a Prefect server (``PREFECT_API_URL``) and runs what is due on it, one run at a time, until it is stopped;
then it pauses the schedules.
"""

import os

from prefect import serve
from prefect.client.orchestration import get_client

from flows.runtime.deployments import automations, deployments, install
from flows.runtime.environment import CONSOLE, QUIET


def main() -> None:
    """Serve all deployments."""
    # The command line reports on its runs itself; here their processes are to log to the terminal.
    if os.environ[CONSOLE] == QUIET:
        del os.environ[CONSOLE]
    with get_client(sync_client=True) as client:
        for automation in automations():
            install(client, automation)
    serve(*deployments(), limit=1)


if __name__ == "__main__":
    main()
