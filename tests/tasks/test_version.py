"""The version of the extractor: another wherever what it knows is another."""

import shutil
from pathlib import Path

import pytest

from tasks.extract.parse import DEFAULT_MODEL
from tasks.extraction import EXTRACTOR_VERSION, version_of
from tasks.seeds import HERE


def test_the_version_stays_while_nothing_changes() -> None:
    assert version_of() == version_of(DEFAULT_MODEL)
    assert version_of().startswith(f"{EXTRACTOR_VERSION}-")


def test_another_model_is_another_version() -> None:
    assert version_of("json") != version_of()


def test_edited_tables_are_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(HERE.parent / "seeds", tmp_path / "seeds")
    before = version_of()
    monkeypatch.setattr("tasks.seeds.HERE", tmp_path / "tasks")
    assert version_of() == before
    with (tmp_path / "seeds/cues/verbs.csv").open("a") as table:
        table.write("\n")
    assert version_of() != before
    shutil.copytree(HERE.parent / "seeds", tmp_path / "seeds", dirs_exist_ok=True)
    (tmp_path / "seeds/articles/another.txt").write_text("no table")
    assert version_of() == before


def test_the_users_entities_are_part_of_the_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {version_of()}
    monkeypatch.setenv("COUNTERCLAIM_ENTITIES", str(tmp_path))
    assert version_of() in seen
    for name, text in (
        ("merge.csv", "from_id,into_id\n"),
        ("merge.csv", "from_id,into_id\na,b\n"),
        ("split.csv", ""),
    ):
        (tmp_path / name).write_text(text)
        assert version_of() not in seen
        seen.add(version_of())
    (tmp_path / "notes.csv").write_text("not read")
    assert version_of() in seen
