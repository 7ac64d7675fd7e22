"""``python -m flows.deploy``: create the work pool, the deployments and the automations on the Prefect server.

It can be repeated at any time: it updates what exists. Then start a worker, which runs the scheduled flows:
``prefect worker start --pool counterclaim``.
"""

import os
import subprocess
import sys

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists

from flows.deployments import find_declaration_file, install_automation, load_automations

WORK_POOL = "counterclaim"


def _create_work_pool(client: SyncPrefectClient) -> str:
    """Create the work pool of type ``process`` if it does not exist; return ``created`` or ``up to date``."""
    try:
        client.create_work_pool(WorkPoolCreate(name=WORK_POOL, type="process"))
    except ObjectAlreadyExists:
        return "up to date"
    return "created"


def main() -> None:
    """Create the work pool, the deployments and the automations, and print what was done."""
    if not os.environ.get("PREFECT_API_URL"):
        sys.exit(
            "PREFECT_API_URL is not set. Start a server (prefect server start), then:\n"
            "  export PREFECT_API_URL=http://127.0.0.1:4200/api"
        )
    with get_client(sync_client=True) as client:
        print(f"work pool {WORK_POOL}: {_create_work_pool(client)}")
        deploy = ["deploy", "--all", "--prefect-file", str(find_declaration_file("prefect.yaml"))]
        done = subprocess.run([sys.executable, "-m", "prefect", "--no-prompt", *deploy], check=False)
        if done.returncode:
            sys.exit(done.returncode)
        for automation in load_automations():
            print(f"automation “{automation.name}”: {install_automation(client, automation)}")


if __name__ == "__main__":
    main()
