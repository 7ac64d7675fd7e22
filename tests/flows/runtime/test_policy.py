"""The failure policy and the folder watcher, tested as plain functions."""

from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import Any

import pytest
from prefect.states import Failed

from flows.pipeline.batches import BATCH_FAILED
from flows.pipeline.run_summary import RunSummary, TablesSummary
from flows.runtime.failure_policy import (
    PartialRunError,
    has_failed_by_system,
    may_succeed_on_retry,
    to_final_state,
)
from flows.watch import MAX_FILES_NAMED, find_stable_files, make_event, read_file_stamps
from warehouse.errors import InputError
from warehouse.tables import ContractError


def summary(*reasons: str) -> RunSummary:
    rejects = [{"source_uri": f"{number}.txt", "reason": reason} for number, reason in enumerate(reasons)]
    return RunSummary(
        run={"counts": {"read": 20}},
        warehouse="",
        changed=True,
        tables=TablesSummary({}, {}, {}),
        rejects=rejects,
    )


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
    assert may_succeed_on_retry(nobody, nobody, state) is again
    assert has_failed_by_system(nobody, nobody, state) is of_the_system


def test_run_whose_documents_alone_were_rejected_is_complete() -> None:
    assert to_final_state(done := summary("empty", "binary")) is done


def test_partial_names_the_documents_that_wait_and_no_others() -> None:
    state: Any = to_final_state(summary("empty", *[BATCH_FAILED] * 12))
    assert (state.name, state.is_failed()) == ("Partial", True)
    assert "12 of 20 documents wait" in state.message
    assert "1.txt, 2.txt" in state.message
    assert state.message.endswith("10.txt and 2 more")
    assert isinstance(state.data, PartialRunError)


def test_a_file_is_reported_when_it_has_stopped_growing(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("The mayor")
    (tmp_path / "picture.png").write_bytes(b"")
    first = read_file_stamps(tmp_path)
    assert find_stable_files({}, {}, first) == []
    page.write_text("The mayor denied it.")
    second = read_file_stamps(tmp_path)
    assert find_stable_files({}, first, second) == []
    assert find_stable_files({}, second, read_file_stamps(tmp_path)) == [page]
    assert find_stable_files(second, second, read_file_stamps(tmp_path)) == []
    page.write_text("The mayor denied it again.")
    third = read_file_stamps(tmp_path)
    assert find_stable_files(second, third, read_file_stamps(tmp_path)) == [page]


def test_event_names_files_or_where_they_are_many_their_folder(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.txt" for number in range(MAX_FILES_NAMED + 1)]
    assert make_event(tmp_path, files[:2]).payload == {"paths": [str(files[0]), str(files[1])], "files": 2}
    assert make_event(tmp_path, files).payload == {"paths": [str(tmp_path)], "files": MAX_FILES_NAMED + 1}
