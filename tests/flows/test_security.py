"""Hostile documents write to no path outside, and secrets of the environment reach no log and no table."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flows.prefect_runs import run_daily
from warehouse.maintenance.verification import verify_tables
from warehouse.storage.store import Store
from warehouse.tables import TABLES

Command = Callable[..., tuple[int, str, str]]
HUSH = "hush-hush"
SECRETS = {
    "AWS_ACCESS_KEY_ID": f"AKIA{HUSH}",
    "AWS_SECRET_ACCESS_KEY": f"{HUSH}/secret",
    "AWS_SESSION_TOKEN": f"{HUSH}-session",
    "PREFECT_API_KEY": f"pnu_{HUSH}",
}
HOSTILE = {
    "id": "../../escaped",
    "publisher": "a/b=c\n../escaped",
    "title": "<script>alert(1)</script>\x1b[2J",
    "url": "file:///escaped",
    "author": "$(touch escaped)",
    "text": "General Haftar said `touch escaped` had failed. He denied ../../escaped.",
    "published_at": "2026-01-02",
}


@pytest.mark.usefixtures("server")
def test_nothing_escapes_and_no_secret_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    corpus, tables = tmp_path / "corpus.jsonl", tmp_path / "tables"
    corpus.write_text(json.dumps(HOSTILE) + "\n" + json.dumps({"id": 2, "text": ""}) + "\n")
    counts = run_daily(corpus, warehouse=tables, publisher=f"The {SECRETS['AWS_SESSION_TOKEN']}").run[
        "counts"
    ]
    assert (counts["stored"], counts["rejected"]) == (1, 1)
    assert verify_tables(tables) == []
    made = [*tmp_path.rglob("*"), *Path().iterdir(), *tmp_path.parent.parent.iterdir()]
    assert not [path for path in made if "escaped" in path.name]
    rows = {name: Store(tables).read(name).to_pylist() for name in TABLES if name != "documents"}
    assert HUSH not in json.dumps(rows, default=str)
    assert HUSH not in "".join(capfd.readouterr())


def test_an_address_with_a_secret_reaches_nothing(counterclaim: Command, corpus: Path) -> None:
    for arguments in (("run", corpus), ("backfill", "--since", "2020-01-01"), ("verify",), ("compact",)):
        code, out, err = counterclaim(*arguments, "--warehouse", f"s3://key:{HUSH}@bucket/path")
        assert code == 1
        assert HUSH not in out + err
        assert "AWS_SECRET_ACCESS_KEY" in err
    for path in Path(os.environ["PREFECT_HOME"]).rglob("*"):
        assert not path.is_file() or f"key:{HUSH}".encode() not in path.read_bytes()
