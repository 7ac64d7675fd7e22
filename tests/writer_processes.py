"""Writer processes for tests that kill them: real ``counterclaim run`` processes, or the store without the flow.

``python -m tests.writer_processes SOURCE WAREHOUSE`` is the latter: it publishes the documents of a file.
"""

import json
import os
import random
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Literal

from tests.sample_rows import SAMPLE_TEXT, make_change, make_document_rows
from warehouse.storage.store import Store

CHECKOUT_ROOT = Path(__file__).parents[1]
WriterProgram = Literal["cli", "store"]
Process = subprocess.Popen[bytes]
CHANGED_PER_ROUND = 4
"""documents that a writer changes in every round; it also adds one new document"""
CHARS_PER_PART = "1000"
"""characters: a round's changed documents are published in two parts"""
WRITER_VARIABLE = "COUNTERCLAIM_TORTURE"
"""environment variable that marks a writer and its children, in any process group"""


DISTINCT_WORDS = """brave bright broad calm cold dark deep distant dry eager early empty fair famous fast fresh full
gentle glad great green grey hard heavy high huge idle keen kind large late light long loud low mild narrow neat new old
open pale plain poor proud quick quiet rare ready rich rough sharp short slow small soft strong sudden tall thick
thin tired warm weak wide wild wise young"""


def _make_distinct_words(name: str) -> str:
    """Return English words that are specific to a name, so that the document is no near-duplicate of others."""
    return " ".join(random.Random(name).choices(DISTINCT_WORDS.split(), k=40))


def write_source(folder: Path, owner: str, revision: int) -> Path:
    """Write the documents of a writer for a round, some changed and one new, and return the file."""
    names = [
        *(f"{owner}{i}" for i in range(CHANGED_PER_ROUND)),
        *(f"{owner}-new{i}" for i in range(1, revision + 1)),
    ]
    path = folder / f"{owner}.jsonl"
    lines = []
    for i, name in enumerate(names):
        number = revision if i < CHANGED_PER_ROUND else 0
        army = f"{_make_distinct_words(name)} army"
        said = f"General Haftar said on Monday that the {army} had taken village number {number}."
        lines.append(json.dumps({"id": name, "text": said, "published_at": f"2026-{i % 12 + 1:02}-01"}))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _publish_source(source: Path, root: str) -> None:
    """Publish the documents of a file through the store, without the flow."""
    documents = []
    for line in source.read_text(encoding="utf-8").splitlines():
        given = json.loads(line)
        rows = make_document_rows(given["id"], date.fromisoformat(given["published_at"]), given["text"][-3:])
        text = f"{SAMPLE_TEXT} {given['text']}"
        rows["documents"][0] |= {"text": text, "n_chars": len(text)}
        documents.append(rows)
    with Store(root).open_writer() as writer:
        writer.publish(make_change(documents, run=f"{os.getpid()}"))


def start_writer(
    program: WriterProgram, source: Path, root: Path | str, fault: str = "", server: str | None = None
) -> Process:
    """Start a writer in its own process group; it kills itself at the fault point, if one is named.

    Without ``server`` it starts its own Prefect server; with one it publishes in parts.
    """
    script = Path(sys.executable).with_name("counterclaim")
    command: dict[WriterProgram, list[str | Path]] = {
        "cli": [script, "run", source, "--warehouse", str(root), "--workers", "1"],
        "store": [sys.executable, "-m", "tests.writer_processes", source, str(root)],
    }
    own = {
        "PREFECT_HOME": f"{source.with_suffix('.prefect')}",
        "COUNTERCLAIM_FAULT": fault,
        WRITER_VARIABLE: f"{source}",
    } | ({"PREFECT_API_URL": server, "COUNTERCLAIM_PUBLISH_EVERY": CHARS_PER_PART} if server else {})
    others = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    with source.with_suffix(".log").open("ab") as log:
        return subprocess.Popen(
            command[program],
            cwd=CHECKOUT_ROOT,
            env=others | own,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def kill_process_group(process: Process) -> None:
    """Kill a process and its process group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def is_lock_holder(process: Process, root: Path) -> bool:
    """Return True if a process holds the lock of the warehouse, or held it last."""
    try:
        return (root / ".lock").read_text().startswith(f"process {process.pid} ")
    except FileNotFoundError:
        return False


def find_living_processes(source: Path) -> set[int]:
    """Return the ids of the writers of this source and of their children, in any process group."""
    mark, found = f"{WRITER_VARIABLE}={source}\0".encode(), set()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in environment.read_bytes():
                found.add(int(environment.parent.name))
        except OSError:  # it has ended, or is another user's
            continue
    return found


if __name__ == "__main__":
    _publish_source(Path(sys.argv[1]), sys.argv[2])
