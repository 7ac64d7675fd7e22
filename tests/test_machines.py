"""Usual machines: other Pythons, other packages, folders that may not be written, terminals of ASCII."""

import hashlib
import os
import re
import runpy
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from zipfile import ZipFile

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


SLOW_PIP = """
import sys, time
print("Looking in indexes: https://user:secret@packages.example/simple")
print("Ignoring win: markers 'sys_platform == \\"win32\\"' don't match your environment")
for name in ("one", "two"):
    print("Collecting " + name)
    print("  Downloading https://packages.example/" + name, flush=True)
    time.sleep(0.4)
print("Installing collected packages: one, two")
print("  Attempting uninstall: one", flush=True)
time.sleep(0.4)
sys.exit({code})
"""
install = runpy.run_path(str(ROOT / ".ci" / "environment.py"))["install"]


def make_wheel(folder: Path, name: str) -> str:
    """Make the wheel of an empty package, and return the line that requires it."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    files = {
        f"{name}.py": "",
        f"{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{name}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},,\n" for file in (*files, f"{name}-1.0.dist-info/RECORD"))
    with ZipFile(path, "w") as wheel:
        for file, text in (files | {f"{name}-1.0.dist-info/RECORD": record}).items():
            wheel.writestr(file, text)
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def install_wheels(checkout: Path, *requirements: str) -> subprocess.CompletedProcess[str]:
    """Set up an environment with these requirements, from the wheels of the checkout alone."""
    (checkout / "all.txt").write_text("".join(f"{line}\n" for line in requirements), encoding="utf-8")
    given = ("--no-index", "--find-links", ".", "--no-deps", "--require-hashes", "-r", "all.txt")
    return call(sys.executable, ".ci/environment.py", ".venv", "install", *given, cwd=checkout)


def test_setting_up_tells_its_steps_with_their_seconds(checkout: Path) -> None:
    elsewhere = "absent==1.0 ; sys_platform == 'absent' --hash=sha256:" + 64 * "0"
    done = install_wheels(checkout, make_wheel(checkout, "one"), make_wheel(checkout, "two"), elsewhere)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert re.sub(r" +\d+ s", " N s", done.stderr).splitlines() == [
        "Setting up .venv (once; some minutes)",
        "  Creating the environment",
        " N s: done",
        "  Installing pip",
        " N s: done",
        "  Installing about 3 packages of all.txt",
        " N s: done",
    ]
    assert call(checkout / ".venv/bin/python", "-c", "import one, two").returncode == 0


def test_what_pip_refuses_is_shown(checkout: Path) -> None:
    done = install_wheels(checkout, make_wheel(checkout, "one")[:-1] + "x")
    assert done.returncode != 0
    assert " s: failed\nERROR: " in done.stderr
    assert "one" in done.stderr.split("ERROR: ")[1]


@pytest.mark.parametrize("code", [0, 3])
def test_a_slow_installation_tells_how_far_it_is(
    code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    required = tmp_path / "all.txt"
    required.write_text("one==1\ntwo==2\nwin==1 ; sys_platform == 'win32'\n", encoding="utf-8")
    command = [sys.executable, "-c", SLOW_PIP.format(code=code)]
    with pytest.raises(SystemExit) if code else nullcontext() as ended:
        install(command, ["install", "-r", str(required)], seconds=0.15)
    assert not ended or ended.value.code == code
    told = capsys.readouterr().err
    states = re.findall(r"\d+ s: (package \d of \d|all packages are fetched)", told)
    assert list(dict.fromkeys(states)) == [
        "package 1 of 2",
        "package 2 of 2",
        "all packages are fetched",
    ]
    assert len(states) < 12
    assert ("s: failed" in told) == bool(code)
    assert "://" not in told


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
