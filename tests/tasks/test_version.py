"""The version of the extractor: another wherever what it knows is another."""

import shutil
from pathlib import Path

import pytest

from tasks.document.parser import DEFAULT_MODEL
from tasks.seeds import HERE
from tasks.version import EXTRACTOR_VERSION, version_of


def test_the_version_begins_with_that_of_the_code() -> None:
    assert version_of(DEFAULT_MODEL).startswith(f"{EXTRACTOR_VERSION}-")


def test_another_model_is_another_version() -> None:
    assert version_of("json") != version_of(DEFAULT_MODEL)


def test_edited_tables_are_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(HERE.parent / "seeds", tmp_path / "seeds")
    before = version_of(DEFAULT_MODEL)
    monkeypatch.setattr("tasks.seeds.HERE", tmp_path / "tasks")
    assert version_of(DEFAULT_MODEL) == before
    with (tmp_path / "seeds/cues/verbs.csv").open("a") as table:
        table.write("\n")
    assert version_of(DEFAULT_MODEL) != before
    shutil.copytree(HERE.parent / "seeds", tmp_path / "seeds", dirs_exist_ok=True)
    (tmp_path / "seeds/articles/another.txt").write_text("no table")
    assert version_of(DEFAULT_MODEL) == before


def test_the_users_entities_are_part_of_the_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {version_of(DEFAULT_MODEL)}
    monkeypatch.setenv("COUNTERCLAIM_ENTITIES", str(tmp_path))
    assert version_of(DEFAULT_MODEL) in seen
    for name, text in (
        ("merge.csv", "from_id,into_id\n"),
        ("merge.csv", "from_id,into_id\na,b\n"),
        ("split.csv", ""),
    ):
        (tmp_path / name).write_text(text)
        assert version_of(DEFAULT_MODEL) not in seen
        seen.add(version_of(DEFAULT_MODEL))
    (tmp_path / "notes.csv").write_text("not read")
    assert version_of(DEFAULT_MODEL) in seen
