"""Deployments on a real server with a real worker: starting, refusing, queueing and killing runs."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from flows.runtime.server import PrefectServer
from tests.flows.prefect_runs import CHECKOUT_ROOT, SAMPLE_TEXTS, PrefectWorker, await_run_end, wait_for
from warehouse.maintenance.verification import verify_tables
from warehouse.storage.store import Store

PREFECT = [sys.executable, "-m", "prefect"]
pytestmark = pytest.mark.usefixtures("home")


def deployment(server: PrefectServer, name: str) -> dict[str, Any]:
    found: dict[str, Any] = server.request_json(f"/deployments/name/{name}")
    return found


def trigger(server: PrefectServer, name: str, parameters: dict[str, Any], **given: Any) -> str:
    """Start a run through the REST API; return its id."""
    body = {"parameters": parameters, "state": {"type": "SCHEDULED"}, **given}
    run: dict[str, Any] = server.request_json(
        f"/deployments/{deployment(server, name)['id']}/create_flow_run", body
    )
    return str(run["id"])


def texts(folder: Path) -> list[str]:
    return sorted(Store(folder / "warehouse" / "data").read("documents")["text"].to_pylist())


@pytest.fixture
def article(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes an article with a unique text and returns its path."""

    def write(name: str) -> Path:
        path = tmp_path / f"{name}.txt"
        path.write_text(f"{SAMPLE_TEXTS['denial']}{tmp_path.name} {name}\n", encoding="utf-8")
        return path

    return write


def test_one_command_creates_pool_deployments_and_automations(server: PrefectServer) -> None:
    assert server.request_json("/work_pools/counterclaim")["type"] == "process"
    found = {row["name"]: row for row in server.request_json("/deployments/filter", {"offset": 0})}
    assert set(found) == {"daily", "watch", "backfill", "maintenance"}
    assert {name: len(row["schedules"]) for name, row in found.items()} == {
        "daily": 1, "watch": 0, "backfill": 0, "maintenance": 1
    }  # fmt: skip
    assert {row["concurrency_options"]["collision_strategy"] for row in found.values()} == {"ENQUEUE"}
    assert {row["global_concurrency_limit"]["limit"] for row in found.values()} == {1}
    automations = {row["name"] for row in server.request_json("/automations/filter", {"offset": 0})}
    assert automations == {
        "counterclaim marks dead runs as crashed",
        "counterclaim tells of runs that did not complete",
        "counterclaim reads new files",
    }


def test_form_explains_and_bounds_every_parameter(server: PrefectServer) -> None:
    for name in ("daily/daily", "backfill/backfill", "maintenance/maintenance"):
        schema = deployment(server, name)["parameter_openapi_schema"]
        assert all(field["description"] for field in schema["properties"].values())
        assert all(
            "default" in field or key in schema["required"] for key, field in schema["properties"].items()
        )


def test_what_is_served_without_a_worker_is_what_is_deployed(server: PrefectServer) -> None:
    from flows.deployments import load_deployments

    for served in load_deployments():
        deployed = deployment(server, f"{served.flow_name}/{served.name}")
        assert served.entrypoint == deployed["entrypoint"]
        assert served.parameters == deployed["parameters"]
        assert served.description == deployed["description"]
        assert len(served.schedules or []) == len(deployed["schedules"])
        assert len(served.triggers) == (served.name == "watch")
        assert served.concurrency_limit == deployed["global_concurrency_limit"]["limit"]


NONSENSE = [
    ("daily/daily", {"workers": 0}),
    ("daily/daily", {"workers": "two"}),
    ("daily/daily", {"batch_size": 100_000}),
    ("daily/daily", {"paths": []}),
    ("daily/daily", {"paths": "news"}),
    ("daily/daily", {"published": "yesterday"}),
    ("daily/daily", {"warehouse": "http://example.org/tables"}),
    ("daily/daily", {"model": "not a package"}),
    ("daily/daily", {"columns": {"colour": "hue"}}),
    ("daily/daily", {"runner": "abacus"}),
    ("daily/daily", {"cluster": "somewhere"}),
    ("backfill/backfill", {"until": "yesterday"}),
    ("backfill/backfill", {"since": "2026-13-01"}),
    ("maintenance/maintenance", {"keep_hours": -1}),
    ("maintenance/maintenance", {"deep": "very"}),
]


@pytest.mark.parametrize(("name", "parameters"), NONSENSE)
def test_nonsense_is_refused_before_a_run_starts(
    server: PrefectServer, name: str, parameters: dict[str, Any]
) -> None:
    runs = server.request_json("/flow_runs/count", {"flow_runs": None})
    with pytest.raises(HTTPError) as refusal:
        trigger(server, name, parameters)
    assert refusal.value.code in (409, 422)
    assert server.request_json("/flow_runs/count", {"flow_runs": None}) == runs


def test_schedule_is_paused_and_resumed(server: PrefectServer) -> None:
    def is_active() -> bool:
        return bool(deployment(server, "daily/daily")["schedules"][0]["active"])

    plan = deployment(server, "daily/daily")["schedules"][0]["id"]
    assert is_active()
    subprocess.run([*PREFECT, "deployment", "schedule", "pause", "daily/daily", plan], check=True)
    assert not is_active()
    subprocess.run([*PREFECT, "deployment", "schedule", "resume", "daily/daily", plan], check=True)
    assert is_active()


@pytest.mark.usefixtures("worker")
def test_calls_commands_and_new_files_start_runs_that_wait_for_each_other(
    server: PrefectServer, home: Path, tmp_path: Path, article: Callable[[str], Path]
) -> None:
    by_call, by_command, by_file = (article(name) for name in ("call", "command", "file"))
    folder = tmp_path / "watched"
    folder.mkdir()
    by_file = by_file.rename(folder / by_file.name)
    ids = [trigger(server, "daily/daily", {"paths": [str(by_call)], "workers": 1})]
    run = [*PREFECT, "deployment", "run", "daily/daily", "-p", f'paths=["{by_command}"]', "-p", "workers=1"]
    told = subprocess.run(run, check=True, capture_output=True, text=True).stdout
    ids.append(told.split("UUID:")[1].split()[0])
    watcher = subprocess.Popen([sys.executable, "-m", "flows.watch", str(folder), "--every", "0.5"])
    try:
        watched = {"deployments": {"name": {"any_": ["watch"]}}}
        found = wait_for("the run of a new file", lambda: server.request_json("/flow_runs/filter", watched))
    finally:
        watcher.kill()
        watcher.wait()
    runs = [await_run_end(server, run_id) for run_id in (*ids, found[0]["id"])]
    assert [run["state_name"] for run in runs] == ["Completed"] * 3
    assert found[0]["parameters"]["paths"] == [str(by_file)]
    first, second = sorted(runs[:2], key=lambda run: str(run["start_time"]))
    assert first["end_time"] < second["start_time"]
    assert {path.read_text("utf-8") for path in (by_call, by_command, by_file)} <= {*texts(home)}
    assert runs[0]["name"].startswith("call.txt · ")
    assert runs[0]["name"].endswith(" · 1 document")


@pytest.mark.usefixtures("worker")
def test_run_killed_under_a_worker_is_crashed_at_once_and_the_next_finishes_its_work(
    server: PrefectServer, home: Path, article: Callable[[str], Path]
) -> None:
    page = article("page")
    given = {"paths": [str(page)], "workers": 1}
    fault = {"env": {"COUNTERCLAIM_FAULT": "extract:1"}}
    killed = trigger(server, "daily/daily", given, job_variables=fault)
    # The worker takes runs that are due at once in any order: the second is scheduled when the first has started.
    wait_for(
        "the first run's turn",
        lambda: server.request_json(f"/flow_runs/{killed}")["state_type"] != "SCHEDULED",
    )
    waiting = trigger(server, "daily/daily", given)
    assert await_run_end(server, killed)["state_name"] == "Crashed"
    assert await_run_end(server, waiting)["state_name"] == "Completed"
    assert page.read_text("utf-8") in texts(home)
    assert verify_tables(home / "warehouse" / "data") == []


def test_worker_killed_during_a_run_leaves_nothing_that_blocks_the_next(
    server: PrefectServer, home: Path, worker: PrefectWorker, article: Callable[[str], Path]
) -> None:
    pages = [article("first"), article("second")]
    runs = [trigger(server, "daily/daily", {"paths": [str(page)], "workers": 1}) for page in pages]
    wait_for(
        "a running run",
        lambda: any(server.request_json(f"/flow_runs/{r}")["state_type"] == "RUNNING" for r in runs),
    )
    worker.process.send_signal(signal.SIGKILL)
    worker.process.wait()
    worker.start()
    assert [await_run_end(server, run)["state_name"] for run in runs] == ["Completed", "Completed"]
    assert {page.read_text("utf-8") for page in pages} <= {*texts(home)}


@pytest.fixture
def impatient(server: PrefectServer) -> Iterator[None]:
    """Install the shipped automation for dead runs with a waiting time of seconds."""
    import yaml

    shipped = yaml.safe_load((CHECKOUT_ROOT / "automations.yaml").read_text("utf-8"))["automations"][0]
    shipped |= {"name": "impatient", "trigger": shipped["trigger"] | {"within": 15}}
    created = server.request_json("/automations/", shipped)["id"]
    yield
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        client.request("DELETE", "/automations/{id}", path_params={"id": created})


@pytest.mark.usefixtures("impatient")
def test_the_automation_marks_a_killed_direct_run_as_crashed_and_notifies(
    server: PrefectServer, tmp_path: Path, article: Callable[[str], Path]
) -> None:
    page, tables = article("page"), tmp_path / "tables"
    run = [sys.executable, "-m", "flows.daily", str(page), "--workers", "1", "--warehouse", str(tables)]
    fault = os.environ | {"COUNTERCLAIM_FAULT": "written"}
    assert subprocess.run(run, env=fault, check=False, capture_output=True).returncode == -signal.SIGKILL
    mine = {"flow_runs": {"name": {"like_": "page.txt"}, "state": {"type": {"any_": ["RUNNING", "CRASHED"]}}}}
    dead = next(
        r
        for r in server.request_json("/flow_runs/filter", mine)
        if r["parameters"]["warehouse"] == str(tables)
    )
    assert await_run_end(server, dead["id"])["state_name"] == "Crashed"
    subprocess.run(run, check=True, capture_output=True)
    assert Store(tables).read("documents")["text"].to_pylist() == [page.read_text("utf-8")]
    shipped = {"automations": {"name": {"any_": ["counterclaim tells of runs that did not complete"]}}}
    alarm = server.request_json("/automations/filter", shipped)[0]["id"]
    told = {"filter": {"event": {"name": ["prefect.automation.triggered"]}}}

    def was_told() -> bool:
        events = server.request_json("/events/filter", told)["events"]
        mine = [e for e in events if e["resource"]["prefect.resource.id"] == f"prefect.automation.{alarm}"]
        return any(dead["id"] in json.dumps(event["payload"]) for event in mine)

    assert wait_for("an alarm about the dead run", was_told)


def test_direct_run_whose_process_is_gone_is_ended_by_the_next(server: PrefectServer) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    flow = server.request_json("/flows/", {"name": "daily"})["id"]
    states = {}
    for pid in (gone.pid, os.getpid()):
        tags = ["by-hand", f"process-{pid}"]
        states[pid] = server.request_json(
            "/flow_runs/", {"flow_id": flow, "tags": tags, "state": {"type": "RUNNING"}}
        )["id"]
    server.mark_dead_runs_crashed()
    found = {pid: server.request_json(f"/flow_runs/{run_id}")["state_type"] for pid, run_id in states.items()}
    assert found == {gone.pid: "CRASHED", os.getpid(): "RUNNING"}
    server.request_json(
        f"/flow_runs/{states[os.getpid()]}/set_state", {"state": {"type": "CANCELLED"}, "force": True}
    )


def test_deploying_again_keeps_the_actions_that_somebody_added(server: PrefectServer) -> None:
    from prefect.client.orchestration import get_client

    from flows.deployments import install_automation, load_automations

    shipped = load_automations()[1]
    named = {"automations": {"name": {"any_": [shipped.name]}}}
    with get_client(sync_client=True) as client:
        (there,) = server.request_json("/automations/filter", named)
        added = [*there["actions"], {"type": "cancel-flow-run"}]
        body = shipped.model_dump(mode="json", exclude_unset=True) | {"actions": added, "enabled": False}
        path = {"id": there["id"]}
        client.request("PUT", "/automations/{id}", path_params=path, json=body).raise_for_status()
        assert install_automation(client, shipped) == "up to date"
        (again,) = server.request_json("/automations/filter", named)
        assert [action["type"] for action in again["actions"]] == ["do-nothing", "cancel-flow-run"]
        assert (again["id"], again["enabled"]) == (there["id"], False)
        client.request(
            "PUT",
            "/automations/{id}",
            path_params=path,
            json=body | {"enabled": True, "actions": there["actions"]},
        )
