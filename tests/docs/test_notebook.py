"""The notebook runs from top to bottom on the tables of a real run, and draws three plots."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from warehouse.queries import load_questions, read_question_sql
from warehouse.queries.connection import connect_to_warehouse, run_select

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the sample was run with the defaults, as after `make run`."""
    home = tmp_path_factory.mktemp("home")
    articles = str(ROOT / "seeds" / "articles")
    command = [sys.executable, "-m", "flows.daily", articles, "--warehouse", str(home / "warehouse" / "data")]
    own = os.environ | {"PREFECT_HOME": str(home / "prefect")}
    subprocess.run(command, cwd=ROOT, env=own, check=True, capture_output=True, timeout=300)
    return home


def test_the_tour(home: Path) -> None:
    notebook = nbformat.read(ROOT / "docs" / "notebooks" / "tour.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "outputs are not kept: they go stale"
    where = home / "docs" / "notebooks"
    where.mkdir(parents=True)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(where)}}).execute()
    drawn = [
        out
        for cell in notebook.cells
        for out in cell.get("outputs", ())
        if "image/png" in out.get("data", ())
    ]
    assert len(drawn) == 3


def test_every_question_runs_on_real_rows(home: Path) -> None:
    connection = connect_to_warehouse(home / "warehouse" / "data")
    rows = {
        name: len(run_select(connection, read_question_sql(name)).fetchall()) for name in load_questions()
    }
    assert rows["reading_decisions"] == 1
    assert rows["most_denials"] > 0
    assert rows["who_accuses_whom"] > 0
