"""``python -m flows.serve``: run the deployments from this process, without a work pool and a worker.

It needs a Prefect server (``PREFECT_API_URL``) and runs what is due on it, one run at a time, until it is stopped;
then it pauses the schedules.
"""

from prefect import serve
from prefect.client.orchestration import get_client

from flows.deployments import automations, deployments, install


def main() -> None:
    """Serve all deployments."""
    with get_client(sync_client=True) as client:
        for automation in automations():
            install(client, automation)
    serve(*deployments(), limit=1)


if __name__ == "__main__":
    main()
