"""The failure policy and the watcher as plain functions."""

from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import Any

import pytest
from prefect.states import Failed

from flows.pipeline.batches import BATCH_FAILED
from flows.pipeline.run_summary import Summary
from flows.runtime.failure_policy import PartialError, ending, is_of_the_system, may_pass
from flows.watch import MOST, event, look, settled
from tasks.read.source_files import InputError
from warehouse.tables import ContractError


def summary(*reasons: str) -> Summary:
    rejects = [{"source_uri": f"{number}.txt", "reason": reason} for number, reason in enumerate(reasons)]
    return Summary({"counts": {"read": 20}}, "", 0, "", True, {}, {}, rejects, {})


@pytest.mark.parametrize(
    ("error", "again", "of_the_system"),
    [
        (MemoryError(), True, False),
        (BrokenExecutor(), False, False),
        (OSError("no space"), True, True),
        (TimeoutError(), False, True),
        (InputError("no such file"), False, False),
        (ContractError("a column is missing"), False, False),
        (AttributeError("a slip in the code"), False, False),
    ],
)
def test_only_what_may_pass_is_tried_again(error: Exception, again: bool, of_the_system: bool) -> None:
    state: Any = Failed(data=error)
    nobody: Any = None
    assert may_pass(nobody, nobody, state) is again
    assert is_of_the_system(nobody, nobody, state) is of_the_system


def test_run_whose_documents_alone_were_rejected_is_complete() -> None:
    assert ending(done := summary("empty", "binary")) is done


def test_partial_names_the_documents_that_wait_and_no_others() -> None:
    state: Any = ending(summary("empty", *[BATCH_FAILED] * 12))
    assert (state.name, state.is_failed()) == ("Partial", True)
    assert "12 of 20 documents wait" in state.message
    assert "1.txt, 2.txt" in state.message
    assert state.message.endswith("10.txt and 2 more")
    assert isinstance(state.data, PartialError)


def test_file_is_told_once_it_has_stopped_growing(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("The mayor")
    (tmp_path / "picture.png").write_bytes(b"")
    first = look(tmp_path)
    assert settled({}, {}, first) == []
    page.write_text("The mayor denied it.")
    second = look(tmp_path)
    assert settled({}, first, second) == []
    assert settled({}, second, look(tmp_path)) == [page]
    assert settled(second, second, look(tmp_path)) == []
    page.write_text("The mayor denied it again.")
    third = look(tmp_path)
    assert settled(second, third, look(tmp_path)) == [page]


def test_event_names_files_or_where_they_are_many_their_folder(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.txt" for number in range(MOST + 1)]
    assert event(tmp_path, files[:2]).payload == {"paths": [str(files[0]), str(files[1])], "files": 2}
    assert event(tmp_path, files).payload == {"paths": [str(tmp_path)], "files": MOST + 1}
