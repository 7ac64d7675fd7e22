"""The steps of the Dockerfile, run without a container engine in a separate folder and virtual environment."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.prefect_runs import CHECKOUT_ROOT

pytestmark = pytest.mark.slow


def steps() -> list[tuple[str, str]]:
    """Return the instructions of the first stage, which builds everything that the second stage copies."""
    text = (CHECKOUT_ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    found = re.findall(r"^([A-Z]+) (.*)$", text, re.M)
    second = [i for i, (name, _) in enumerate(found) if name == "FROM"][1]
    return found[:second]


def copy(given: str, folder: Path) -> None:
    source, target = given.split()
    if source == ".":
        allowed = re.findall(r"^!(.*)$", (CHECKOUT_ROOT / ".dockerignore").read_text("utf-8"), re.M)
        for name in (name for name in allowed if (CHECKOUT_ROOT / name).exists()):
            into, left_out = folder / name, shutil.ignore_patterns("__pycache__", "data")
            if (CHECKOUT_ROOT / name).is_dir():
                shutil.copytree(CHECKOUT_ROOT / name, into, ignore=left_out)
            else:
                shutil.copy(CHECKOUT_ROOT / name, into)
    else:
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT_ROOT / source, folder / target)


def test_image_builds_from_the_hashed_lock_and_runs(tmp_path: Path) -> None:
    app, venv, home = tmp_path / "app", tmp_path / "venv", tmp_path / "home"
    for folder in (app, home):
        folder.mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PREFECT"))}
    for name, given in steps():
        if name == "COPY":
            copy(given, app)
        elif name == "RUN":
            command = re.sub(r"^python ", f"{sys.executable} ", given).replace("/venv", str(venv))
            subprocess.run(["bash", "-ec", command], cwd=app, env=clean, check=True)
    (home / "a.txt").write_text("The mayor denied it.", encoding="utf-8")
    script = venv / "bin" / "counterclaim"
    run = [str(script), "run", "a.txt", "--warehouse", "tables"]
    told = subprocess.run(run, cwd=home, env=clean, check=True, capture_output=True, text=True).stdout
    assert "1 read, 1 stored" in told
    shipped = (
        "from flows.deployments import find_declaration_file, load_automations; "
        "print(find_declaration_file('prefect.yaml'), len(load_automations()))"
    )
    ask = [str(venv / "bin" / "python"), "-c", shipped]
    told = subprocess.run(ask, cwd=home, env=clean, check=True, capture_output=True, text=True).stdout
    assert "_deployments" in told
