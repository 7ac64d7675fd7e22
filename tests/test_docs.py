"""What the documents say is so: their commands exist, the data dictionary and the locks are current."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from itertools import takewhile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from flows.cli import app
from tests.docs.error_rates import format_error_rates
from tests.docs.reference_page import (
    ENVIRONMENT_VARIABLES,
    REFERENCE_PAGE,
    connect_to_empty_warehouse,
    format_reference_page,
)
from warehouse.data_dictionary import format_dictionary_markdown
from warehouse.queries import load_questions

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md")),
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))


def written(pattern: str) -> Iterator[str]:
    """Yield what the documents name: lines of code blocks and code in the text."""
    for name in DOCUMENTS:
        text = (ROOT / name).read_text(encoding="utf-8")
        for language, block, code in re.findall(r"^```(\w*)\n(.*?)^```|`([^`\n]+)`", text, re.S | re.M):
            for line in (code or (block if language in ("", "sh") else "")).splitlines():
                if found := re.match(pattern, line.removeprefix("$ ")):
                    yield found[1]


@pytest.mark.parametrize("line", sorted({*written(r"(counterclaim [a-z].*)")}))
def test_documented_command_parses(line: str) -> None:
    words = shlex.split(re.sub(r"\bN$", "3", line), comments=True)
    arguments = list(takewhile(lambda word: word not in ("|", ">", ">>"), words))[1:]
    if len(arguments) == 1:  # a command that is only named
        assert arguments[0] in app
        return
    assert arguments[0] != "query" or arguments[1] not in load_questions(), "a question is asked with --name"
    command, bound, _ = app.parse_args(arguments, exit_on_error=False, print_error=False)
    assert command.__name__ == arguments[0]
    assert bound is not None


@pytest.mark.parametrize("line", sorted({*written(r"(counterclaim query [\"'].*)")}))
def test_documented_sql_knows_its_columns(line: str) -> None:
    connect_to_empty_warehouse().sql(shlex.split(line)[2])


@pytest.mark.parametrize("target", sorted({*written(r"make ([a-z-]+)")}))
def test_documented_target_exists(target: str) -> None:
    assert target in TARGETS


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match("https?:|#", link)]
    broken = [link for link in links if not ((ROOT / name).parent / link.partition("#")[0]).exists()]
    assert broken == []


def test_the_index_leads_to_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {p.relative_to(ROOT / "docs").as_posix() for p in (ROOT / "docs").rglob("*.md")} - {"README.md"}
    assert sorted(page for page in pages if f"]({page})" not in index) == []


def test_documented_files_exist() -> None:
    named = set(written(r"((?:flows|tasks|warehouse|seeds|tests)/[\w/.-]+)"))
    assert len(named) > 5
    missing = [path for path in sorted(named) if not (ROOT / path).exists()]
    assert [path for path in missing if not path.startswith("warehouse/data")] == []


NAME_AND_FILE = re.compile(r"`(?:\w+\.)?(\w+)`(?: \| | \()`([\w/]+\.py)`")
"""matches `name` | `file` in a table, and `name` (`file`) in a sentence"""


@pytest.mark.parametrize("page", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_documented_names_are_declared_in_the_file_beside_them(page: str) -> None:
    named = NAME_AND_FILE.findall((ROOT / page).read_text(encoding="utf-8"))
    assert len(named) > 5
    wrong = [
        f"{name} in {path}"
        for name, path in named
        if not re.search(  # a function, a class, a constant, a field or a column
            rf'^ *(?:(?:async )?def |class )?{name}(?:\(|:| =)|"{name}"',
            (ROOT / path).read_text(encoding="utf-8"),
            re.M,
        )
    ]
    assert wrong == []


def test_data_dictionary_is_current() -> None:
    assert format_dictionary_markdown() in (ROOT / "README.md").read_text(encoding="utf-8"), (
        "run: make dictionary"
    )


def test_the_reference_is_current() -> None:
    assert (ROOT / REFERENCE_PAGE).read_text(encoding="utf-8") == format_reference_page(), (
        "run: make reference"
    )


def test_the_error_rates_are_current() -> None:
    assert format_error_rates() in (ROOT / "docs" / "datasheet.md").read_text(encoding="utf-8"), (
        "run: make reference"
    )


def test_the_reference_knows_every_variable() -> None:
    code = [path for package in ("flows", "tasks", "warehouse") for path in (ROOT / package).rglob("*.py")]
    used = {name for path in code for name in re.findall(r"COUNTERCLAIM_[A-Z_]+", path.read_text("utf-8"))}
    assert used == {name for name in ENVIRONMENT_VARIABLES if name.startswith("COUNTERCLAIM_")}


@pytest.mark.parametrize("name", ["run", "dev"])
def test_lock_satisfies_what_is_declared(name: str) -> None:
    lock = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|@ |--index|--find-links", lock)
    pins: dict[str, list[str]] = {}
    for package, pin in re.findall(r"^([\w.-]+)(?:\[[\w, -]+\])?==([^ ;]+)", lock, re.M):
        pins.setdefault(package, []).append(pin)
    for requirement in declared(name):
        versions = pins.get(requirement.name.lower(), [])
        assert versions, f"{requirement} is not in requirements/{name}.txt; run: make lock"
        assert all(requirement.specifier.contains(pin) for pin in versions), requirement


def declared(lock: str) -> Iterator[Requirement]:
    """Yield what the project declares for a lock."""
    project, groups = PROJECT["project"], PROJECT["dependency-groups"]
    texts = [*project["dependencies"], *groups["build"]]
    if lock == "dev":
        texts += [*project["optional-dependencies"]["readers"], *groups["dev"]]
    yield from (Requirement(text) for text in texts if isinstance(text, str))


def test_changelog_has_a_section_for_this_version() -> None:
    assert f"## {version('counterclaim')}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
