"""The tutorial as a script: its commands run in a copy of the checkout; ``make tutorial`` writes what they print."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT_ROOT = Path(__file__).parents[2]
TUTORIAL_PAGE = CHECKOUT_ROOT / "docs" / "tutorial.md"
SHELL_BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.S | re.M)
"""commands, and what they print where the page shows it"""
OUTPUT_BLOCK = re.compile(r"(^```sh\n.*?^```\n\n```text\n).*?(^```\n)", re.S | re.M)
CORPUS_ARTICLES = 75
"""articles of the corpus"""
END_OF_BLOCK = "== end of block =="
ACTIVATE_SCRIPT = 'PATH="$PWD/.venv/bin:$PATH"\n'
PROGRAM_SCRIPTS = {
    "counterclaim": "#!/bin/sh\nPYTHONPATH='{home}' exec '{python}' -c 'from flows.cli import main; main()' \"$@\"\n",
    "python": "#!/bin/sh\nexec '{python}' \"$@\"\n",
}


def _prepare_checkout(home: Path, articles: int) -> None:
    """Copy what the tutorial needs, and set it up as ``make run`` would have: with the Python that runs this.

    Of the corpus only the last so many ``articles`` are kept.
    """
    for name in ("flows", "tasks", "warehouse", "seeds", "tests/gold"):
        ignore = shutil.ignore_patterns("data", "__pycache__")
        shutil.copytree(CHECKOUT_ROOT / name, home / name, ignore=ignore)
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(CHECKOUT_ROOT / name, home)
    shutil.copytree(CHECKOUT_ROOT / "requirements", home / "requirements")
    corpus = home / "tests" / "gold" / "texts.jsonl"
    corpus.write_text(
        "\n".join(corpus.read_text(encoding="utf-8").split("\n")[-1 - articles :]), encoding="utf-8"
    )
    programs = home / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "activate").write_text(ACTIVATE_SCRIPT)
    for name, program in PROGRAM_SCRIPTS.items():
        (programs / name).write_text(program.format(home=home, python=sys.executable))
        (programs / name).chmod(0o755)
    (home / ".venv" / ".run-is-installed").touch()


def run_tutorial(home: Path, articles: int) -> tuple[list[str], list[str]]:
    """Run the blocks one after the other in one shell; return what each printed, and what the page shows."""
    _prepare_checkout(home, articles)
    blocks = SHELL_BLOCK.findall(TUTORIAL_PAGE.read_text(encoding="utf-8"))
    script = "set -e\n" + "".join(f"{commands}echo '{END_OF_BLOCK}'\n" for commands, _ in blocks)
    own = {"BROWSER": "true", "PREFECT_HOME": str(home / "prefect"), "COLUMNS": "80"}
    # A make below a make tells which folder it enters, and its reader has no make above.
    others = ("PREFECT_API_URL", "PYTHONPATH", "MAKELEVEL", "MAKEFLAGS", "MFLAGS")
    # Before the reader activates the environment, the shell does not find the command.
    programs = Path(sys.executable).parent
    path = os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if Path(p) != programs)
    environment = {k: v for k, v in os.environ.items() if k not in others} | own | {"PATH": path}
    done = subprocess.run(
        ["bash", "-c", script], cwd=home, env=environment, capture_output=True, text=True, timeout=1800
    )
    here = os.path.relpath(programs, home.resolve())
    printed = done.stdout.replace(f"{here}/counterclaim", ".venv/bin/counterclaim").split(END_OF_BLOCK + "\n")
    if done.returncode:
        raise AssertionError(f"failed: {blocks[len(printed) - 1][0]}\n{printed[-1]}\n{done.stderr[-2000:]}")
    return printed[: len(blocks)], [shown for _, shown in blocks]


def strip_blank_edges(text: str) -> str:
    """Return what was printed without blanks at the ends of lines and empty lines around it."""
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines()) + "\n"


def _write_tutorial_page() -> None:
    """Write what the commands print into the page."""
    with tempfile.TemporaryDirectory() as folder:
        printed, _ = run_tutorial(Path(folder) / "counterclaim", CORPUS_ARTICLES)
    page = TUTORIAL_PAGE.read_text(encoding="utf-8")
    shows = iter(
        [out for out, block in zip(printed, SHELL_BLOCK.finditer(page), strict=True) if block[2] is not None]
    )
    TUTORIAL_PAGE.write_text(
        OUTPUT_BLOCK.sub(lambda m: m[1] + strip_blank_edges(next(shows)) + m[2], page), encoding="utf-8"
    )


if __name__ == "__main__":
    _write_tutorial_page()
