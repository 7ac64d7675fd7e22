"""``python -m flows.deploy``: create the work pool, the deployments and the automations on the Prefect server.

It may be run again at any time: what is there is brought up to date. A worker then runs what is due:
``prefect worker start --pool counterclaim``.
"""

import os
import subprocess
import sys

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists

from flows.runtime.deployments import automations, declared, install

POOL = "counterclaim"


def create_pool(client: SyncPrefectClient) -> str:
    """Create the work pool of processes, if there is none of its name; return what was done."""
    try:
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
    except ObjectAlreadyExists:
        return "up to date"
    return "created"


def main() -> None:
    """Create all of it, and say so."""
    if not os.environ.get("PREFECT_API_URL"):
        sys.exit(
            "PREFECT_API_URL is not set. Start a server (prefect server start), then:\n"
            "  export PREFECT_API_URL=http://127.0.0.1:4200/api"
        )
    with get_client(sync_client=True) as client:
        print(f"work pool {POOL}: {create_pool(client)}")
        deploy = ["deploy", "--all", "--prefect-file", str(declared("prefect.yaml"))]
        done = subprocess.run([sys.executable, "-m", "prefect", "--no-prompt", *deploy], check=False)
        if done.returncode:
            sys.exit(done.returncode)
        for automation in automations():
            print(f"automation “{automation.name}”: {install(client, automation)}")


if __name__ == "__main__":
    main()
