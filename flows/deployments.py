"""The deployments of ``prefect.yaml`` and the automations of ``automations.yaml``, as Prefect objects."""

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

from flows.runtime.environment import CHECKOUT_ROOT

PACKAGED_DECLARATIONS = Path(__file__).parent / "_deployments"


def find_declaration_file(name: str) -> Path:
    """Return the path of a declaration file in the current folder, else the checkout, else the installed package."""
    folders = (Path.cwd(), CHECKOUT_ROOT, PACKAGED_DECLARATIONS)
    return next(folder / name for folder in folders if (folder / name).exists())


def load_deployments() -> list[RunnerDeployment]:
    """Return the deployments of ``prefect.yaml`` in the form in which they are served without a worker."""
    specs = yaml.safe_load(find_declaration_file("prefect.yaml").read_text("utf-8"))["deployments"]
    return [_build_deployment(spec) for spec in specs]


def _build_deployment(spec: dict[str, Any]) -> RunnerDeployment:
    """Return a deployment from its declaration in ``prefect.yaml``."""
    deployment = load_flow_from_entrypoint(spec["entrypoint"]).to_deployment(
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
    assert isinstance(deployment, RunnerDeployment)
    return deployment


def load_automations() -> list[AutomationCore]:
    """Return the automations of ``automations.yaml``."""
    specs = yaml.safe_load(find_declaration_file("automations.yaml").read_text("utf-8"))["automations"]
    return [AutomationCore.model_validate(spec) for spec in specs]


def install_automation(client: SyncPrefectClient, automation: AutomationCore) -> str:
    """Create an automation, or update the one with this name; return ``created`` or ``up to date``.

    An update keeps the actions, since a user may have added a notification, and whether the automation is enabled.
    """
    found = client.request("POST", "/automations/filter", json=_make_name_filter(automation.name)).json()
    body = automation.model_dump(mode="json", exclude_unset=True)
    if not found:
        client.request("POST", "/automations/", json=body).raise_for_status()
        return "created"
    kept = {name: found[0][name] for name in ("enabled", "actions")}
    path = {"id": found[0]["id"]}
    client.request("PUT", "/automations/{id}", path_params=path, json=body | kept).raise_for_status()
    return "up to date"


def _make_name_filter(name: str) -> dict[str, Any]:
    """Return the filter for automations with this name."""
    return {"automations": {"name": {"any_": [name]}}}
