"""One Prefect server for all tests of the flows: starting one takes most of the time that a small run takes."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

import flows  # noqa: F401 - prepares the environment before Prefect is imported
from flows.server import Server, serving

ARTICLES = {
    "denial": "The United States accused Russia of supplying weapons to the rebels. Russia denied the claim.\n",
    "speech": "“We will hold elections in May,” Prime Minister Abdul Dbeibah said on Tuesday.\n",
    "report": "According to the Red Cross, some 40 people were killed near Sirte on 3 May 2020.\n",
    "doubt": "Analysts said that the ceasefire would not last. The general called the report a lie.\n",
}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve Prefect for the session, with a database of its own."""
    patch = pytest.MonkeyPatch()
    patch.setenv("PREFECT_HOME", str(tmp_path_factory.mktemp("prefect")))
    patch.delenv("PREFECT_API_URL", raising=False)
    with serving() as one:
        from prefect.settings import PREFECT_API_URL, temporary_settings

        with temporary_settings({PREFECT_API_URL: one.address}):
            one.await_ready()
            yield one
    patch.undo()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a corpus of small articles, one a line."""
    path = tmp_path / "corpus.jsonl"
    lines = [
        {
            "id": name,
            "text": text,
            "publisher": "Example News",
            "published_at": date(2020, 5, day).isoformat(),
        }
        for day, (name, text) in enumerate(ARTICLES.items(), 1)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def counterclaim(server: Server, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs the command line in this process: (exit code, output, errors)."""
    from flows.cli import main

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        assert os.environ["PREFECT_API_URL"] == server.address
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return int(stop.value.code or 0), out, err

    return call
