"""Usual machines: other Pythons, other packages, folders that may not be written, terminals of ASCII."""

import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows.runtime.environment import find_prefect_home, is_writable
from flows.runtime.server import ServerError, make_prefect_home

ROOT = Path(__file__).parents[1]
find_stray = runpy.run_path(str(ROOT / ".ci" / "stray_files.py"))["find_stray"]
WHOLE = {
    name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "PYTHON")
}


def call(*command: str | Path, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command with these variables beside those that are set."""
    return subprocess.run(
        [*map(str, command)], cwd=cwd, env=WHOLE | variables, capture_output=True, text=True, encoding="utf-8"
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with what the Makefile needs to set up a package that needs nothing, in a non-ASCII path."""
    folder = tmp_path / "kürz né"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    return folder


def make_environment(folder: Path) -> Path:
    """Make a virtual environment without pip, as uv does, and return its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder / "bin" / "python"


def test_an_active_environment_without_pip_sets_up_one_that_has_it(checkout: Path, tmp_path: Path) -> None:
    python = make_environment(tmp_path / "active")
    done = call(python, ".ci/environment.py", ".venv", "install", "--no-index", "pip", cwd=checkout)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert call(checkout / ".venv/bin/python", "-m", "pip", "--version").returncode == 0


def test_its_own_environment_without_pip_gets_one(checkout: Path) -> None:
    python = make_environment(checkout / ".venv")
    done = call(python, ".ci/environment.py", ".venv", "install", "--no-index", "pip", cwd=checkout)
    assert done.returncode == 0, done.stderr


def test_an_editable_install_starts_in_a_folder_that_the_locale_cannot_name(checkout: Path) -> None:
    python = make_environment(checkout / ".venv")
    packages = next((checkout / ".venv/lib").glob("python*/site-packages"))
    (packages / "_counterclaim.pth").write_text(f"{checkout}\n", encoding="utf-8")
    (checkout / "found.py").write_text("")
    done = call(sys.executable, ".ci/environment.py", ".venv", "list", cwd=checkout, LC_ALL="C")
    assert done.returncode == 0, done.stderr
    assert call(python, "-c", "import found", cwd=ROOT / "docs", LC_ALL="C").returncode == 0


def test_a_python_that_is_named_but_not_used_is_reported(checkout: Path) -> None:
    folder = checkout / ".venv" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").write_text("#!/bin/sh\necho 3.99\n")
    (folder / "python").chmod(0o755)
    done = call("make", ".venv/bin/python", f"PYTHON={sys.executable}", cwd=checkout)
    assert done.returncode != 0
    assert ".venv is of Python 3.99" in done.stderr
    assert "make clean" in done.stderr
    assert call("make", ".venv/bin/python", cwd=checkout).returncode == 0


def test_the_makefile_holds_no_python() -> None:
    assert not re.search(r"python\S* -c|\bimport ", (ROOT / "Makefile").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["--help", "-o", "a.orig", "b/c.rej", "b/.d.py.swp", "{}", "x/{}", "e.py~"])
def test_stray_files_are_refused(name: str) -> None:
    assert find_stray(["README.md", name, "docs/a-b.md"]) == [name]


def test_the_gate_sees_a_stray_file_that_is_tracked(tmp_path: Path) -> None:
    (tmp_path / "--help").write_text("")
    for command in (["init", "-q"], ["add", "--", "--help"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    done = call(sys.executable, ROOT / ".ci" / "stray_files.py", cwd=tmp_path)
    assert done.returncode == 1
    assert "--help" in done.stderr
    assert "stray_files.py" in (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["warehouse", "tasks"])
def test_a_foreign_package_of_our_name_is_reported(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("")
    code = "from flows.cli import main; main()"
    done = call(sys.executable, "-c", code, cwd=ROOT / "docs", PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert done.returncode == 1
    assert done.stderr.startswith(f"counterclaim: the package '{name}' is {tmp_path / name}, not ")
    assert len(done.stderr.splitlines()) == 1


def test_state_goes_to_the_user_where_the_checkout_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / ".prefect").write_text("")  # root may write to every folder; no one into a file
    monkeypatch.setattr("flows.runtime.environment.CHECKOUT_ROOT", tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert not is_writable(tmp_path / ".prefect")
    assert find_prefect_home() == tmp_path / "state" / "counterclaim" / "prefect"
    monkeypatch.setenv("PREFECT_HOME", str(find_prefect_home()))
    make_prefect_home()
    assert str(find_prefect_home()) in capsys.readouterr().err
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / ".prefect" / "below"))
    with pytest.raises(ServerError, match="set PREFECT_HOME"):
        make_prefect_home()


def call_in_ascii(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line on a terminal that knows only ASCII."""
    return call(sys.executable, "-m", "flows.cli", *arguments, LC_ALL="C", PYTHONIOENCODING="ascii")


@pytest.mark.parametrize("line", ["--help", "run --help", "tables", "query --list", "run --colour"])
def test_an_ascii_terminal_is_served(line: str) -> None:
    done = call_in_ascii(*line.split())
    assert "Traceback" not in done.stderr
    assert (done.stdout + done.stderr).isascii()


def test_explain_on_an_ascii_terminal(tmp_path: Path) -> None:
    text = "“No,” the mayor of Łódź said on Tuesday… The ministry denied the claim — again. 北京\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    done = call_in_ascii("explain", tmp_path / "a.txt")
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert '"No,"' in done.stdout
