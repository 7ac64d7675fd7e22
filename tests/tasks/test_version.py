"""The extractor version changes with the tables, the model and the user's entities."""

import shutil
from pathlib import Path

import pytest

from tasks.document.parser import DEFAULT_MODEL
from tasks.seeds import TASKS_FOLDER
from tasks.version import EXTRACTOR_VERSION, compute_extractor_version


def test_the_version_begins_with_that_of_the_code() -> None:
    assert compute_extractor_version(DEFAULT_MODEL).startswith(f"{EXTRACTOR_VERSION}-")


def test_another_model_is_another_version() -> None:
    assert compute_extractor_version("json") != compute_extractor_version(DEFAULT_MODEL)


def test_edited_tables_are_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(TASKS_FOLDER.parent / "seeds", tmp_path / "seeds")
    before = compute_extractor_version(DEFAULT_MODEL)
    monkeypatch.setattr("tasks.seeds.TASKS_FOLDER", tmp_path / "tasks")
    assert compute_extractor_version(DEFAULT_MODEL) == before
    with (tmp_path / "seeds/cues/verbs.csv").open("a") as table:
        table.write("\n")
    assert compute_extractor_version(DEFAULT_MODEL) != before
    shutil.copytree(TASKS_FOLDER.parent / "seeds", tmp_path / "seeds", dirs_exist_ok=True)
    (tmp_path / "seeds/articles/another.txt").write_text("no table")
    assert compute_extractor_version(DEFAULT_MODEL) == before


def test_the_users_entities_are_part_of_the_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {compute_extractor_version(DEFAULT_MODEL)}
    monkeypatch.setenv("COUNTERCLAIM_ENTITIES", str(tmp_path))
    assert compute_extractor_version(DEFAULT_MODEL) in seen
    for name, text in (
        ("merge.csv", "from_id,into_id\n"),
        ("merge.csv", "from_id,into_id\na,b\n"),
        ("split.csv", ""),
    ):
        (tmp_path / name).write_text(text)
        assert compute_extractor_version(DEFAULT_MODEL) not in seen
        seen.add(compute_extractor_version(DEFAULT_MODEL))
    (tmp_path / "notes.csv").write_text("not read")
    assert compute_extractor_version(DEFAULT_MODEL) in seen
