"""What stands in ``prefect.yaml`` and ``automations.yaml``, read for :mod:`flows.deploy` and :mod:`flows.serve`."""

from pathlib import Path
from typing import Any

import yaml
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.deployments.runner import RunnerDeployment
from prefect.events import DeploymentEventTrigger
from prefect.events.schemas.automations import AutomationCore
from prefect.flows import load_flow_from_entrypoint
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows.runtime.environment import CHECKOUT

SHIPPED = Path(__file__).parents[1] / "_deployments"


def declared(name: str) -> Path:
    """Return a file of declarations: the current folder's, the checkout's, or that of the installed package."""
    places = (Path.cwd(), CHECKOUT, SHIPPED)
    return next(folder / name for folder in places if (folder / name).exists())


def deployments() -> list[RunnerDeployment]:
    """Return the deployments, as they are served without a worker."""
    specs = yaml.safe_load(declared("prefect.yaml").read_text("utf-8"))["deployments"]
    return [deployment(spec) for spec in specs]


def deployment(spec: dict[str, Any]) -> RunnerDeployment:
    """Return one deployment of ``prefect.yaml``."""
    built = load_flow_from_entrypoint(spec["entrypoint"]).to_deployment(
        spec["name"],
        description=spec["description"],
        tags=spec.get("tags"),
        parameters=spec.get("parameters"),
        concurrency_limit=ConcurrencyLimitConfig(**spec["concurrency_limit"]),
        schedules=[
            Cron(plan["cron"], timezone=plan["timezone"], active=plan["active"])
            for plan in spec.get("schedules", [])
        ],
        triggers=[DeploymentEventTrigger(**trigger) for trigger in spec.get("triggers", [])],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    assert isinstance(built, RunnerDeployment)
    return built


def automations() -> list[AutomationCore]:
    """Return the automations."""
    specs = yaml.safe_load(declared("automations.yaml").read_text("utf-8"))["automations"]
    return [AutomationCore.model_validate(spec) for spec in specs]


def install(client: SyncPrefectClient, automation: AutomationCore) -> str:
    """Create an automation, or bring the trigger of the one of this name up to date; return what was done.

    The actions of one that is there stay: somebody may have added a notification.
    """
    found = client.request("POST", "/automations/filter", json=named(automation.name)).json()
    body = automation.model_dump(mode="json", exclude_unset=True)
    if not found:
        client.request("POST", "/automations/", json=body).raise_for_status()
        return "created"
    kept = {name: found[0][name] for name in ("enabled", "actions")}
    path = {"id": found[0]["id"]}
    client.request("PUT", "/automations/{id}", path_params=path, json=body | kept).raise_for_status()
    return "up to date"


def named(name: str) -> dict[str, Any]:
    """Return the filter for automations of a name."""
    return {"automations": {"name": {"any_": [name]}}}
