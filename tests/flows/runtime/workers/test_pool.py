"""The worker processes of a run."""

import json
import os
import subprocess
import sys
from collections.abc import Set
from contextlib import closing
from pathlib import Path

import pytest

from flows.pipeline.batches import Batch
from flows.pipeline.extraction import load_versioned_knowledge
from flows.pipeline.stage import Stage
from flows.pipeline.staging import DocumentSpool
from flows.runtime.settings import DEFAULT_MODEL
from flows.runtime.workers.fork_server import keep_fork_server
from flows.runtime.workers.worker_processes import extract_in_processes, open_worker_pool
from tasks.document.records import Document, RawDocument
from tasks.read.cleaning import clean_document
from tests.flows.prefect_runs import wait_for
from tests.writer_processes import WRITER_VARIABLE, find_living_processes

pytestmark = pytest.mark.usefixtures("server")


def loaded(_: int) -> tuple[int, int]:
    """Return the id of this process's parent, and how often the model was loaded for it."""
    return os.getppid(), load_versioned_knowledge.cache_info().misses


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers are spawned")
def test_workers_are_forked_from_one_process_that_has_loaded_the_model() -> None:
    with keep_fork_server(DEFAULT_MODEL), open_worker_pool(DEFAULT_MODEL, 2) as pool:
        found = [*pool.map(loaded, range(4))]
    parents = {parent for parent, _ in found}
    assert len(parents) == 1
    assert os.getpid() not in parents
    # Loaded once, in the parent; the worker found it in the cache.
    assert {misses for _, misses in found} == {1}
    with pytest.raises(ProcessLookupError):
        os.kill(parents.pop(), 0)


def make_batches(stage: Stage, parts: int) -> list[Batch]:
    """Return the batches of some parts, of which each has two batches of one document."""
    texts = [f"The mayor of town {number} denied the claim." for number in range(2 * parts)]
    with DocumentSpool(stage) as spool:
        for text in texts:
            document = clean_document(RawDocument(text, text, "text"))
            assert isinstance(document, Document)
            spool.append(document)
    return [
        Batch(number + 1, len(texts), (number,), stage.address, f"part {number // 2}", DEFAULT_MODEL)
        for number in range(len(texts))
    ]


def list_extracted(stage: Stage) -> Set[int]:
    """Return the numbers of the batches of which the stage holds all rows."""
    return {int(Path(file).parent.name) for file in stage.list_files("rows") if "rejects" in file}


def test_workers_extract_the_next_part_while_one_is_resolved(tmp_path: Path) -> None:
    stage = Stage(str(tmp_path))
    batches = make_batches(stage, parts=3)
    with keep_fork_server(DEFAULT_MODEL), closing(extract_in_processes(batches, 2)) as outcomes:
        first = next(outcomes)
        wait_for("the rows of two parts", lambda: list_extracted(stage) == {1, 2, 3, 4}, seconds=60)
        others = [*outcomes]
    assert list_extracted(stage) == {1, 2, 3, 4, 5, 6}
    extracted = [(batch, outcome) for batch, outcome in [first, *others] if isinstance(outcome, dict)]
    assert {batch for batch, _ in extracted} == {*batches}
    assert {outcome["denials"] for _, outcome in extracted} == {1}


def test_a_run_that_is_killed_takes_its_workers_and_their_parent_with_it(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    lines = [json.dumps({"text": f"The mayor of town {i} denied the claim. " * 50}) for i in range(40)]
    corpus.write_text("\n".join(lines), encoding="utf-8")
    tables = ["--warehouse", str(tmp_path / "tables"), "--workers", "2", "--batch-size", "1"]
    command = [sys.executable, "-m", "flows.cli", "run", str(corpus), *tables]
    with (tmp_path / "log").open("wb") as log:
        run = subprocess.Popen(
            command, env=os.environ | {WRITER_VARIABLE: str(corpus)}, stdout=log, stderr=log
        )
    # The run, the resource tracker, the fork server, and two workers.
    wait_for("the workers", lambda: len(find_living_processes(corpus)) >= 5 or run.poll() is not None)
    run.kill()
    assert run.wait() < 0
    wait_for("the end of all its processes", lambda: not find_living_processes(corpus), seconds=60)


def test_a_forkserver_of_somebody_else_is_not_taken_for_the_process_that_has_loaded_the_model() -> None:
    script = (
        "from multiprocessing import forkserver; from flows.runtime.workers import fork_server\n"
        "forkserver.ensure_running()\n"
        "print(fork_server.is_fork_server_running()); fork_server._stop_fork_server()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
