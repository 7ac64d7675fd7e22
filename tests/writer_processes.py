"""Writers to be killed: real ``counterclaim run`` processes, or the same publications without the flow.

``python -m tests.writer_processes SOURCE WAREHOUSE`` is the second kind: it publishes the documents of a file.
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

from tests.sample_rows import TEXT, change, document_rows
from warehouse.storage.store import Store

HOME = Path(__file__).parents[1]
Program = Literal["cli", "store"]
Process = subprocess.Popen[bytes]
KEPT = 4
"""documents that a writer changes in every round; one more is new each time"""
PART = "1000"
"""characters: a round's changed documents are published in two parts"""
MARK = "COUNTERCLAIM_TORTURE"
"""an environment variable by which a writer's children are known, whatever group they are in"""


WORDS = """brave bright broad calm cold dark deep distant dry eager early empty fair famous fast fresh full gentle
glad great green grey hard heavy high huge idle keen kind large late light long loud low mild narrow neat new old
open pale plain poor proud quick quiet rare ready rich rough sharp short slow small soft strong sudden tall thick
thin tired warm weak wide wild wise young"""


def told(name: str) -> str:
    """Return words that make a document like no other, in English: it must not be taken for a near-duplicate."""
    return " ".join(random.Random(name).choices(WORDS.split(), k=40))


def write_source(folder: Path, owner: str, revision: int) -> Path:
    """Write the documents that a writer brings in a round: some changed, one new."""
    names = [*(f"{owner}{i}" for i in range(KEPT)), *(f"{owner}-new{i}" for i in range(1, revision + 1))]
    path = folder / f"{owner}.jsonl"
    lines = []
    for i, name in enumerate(names):
        number = revision if i < KEPT else 0
        said = f"General Haftar said on Monday that the {told(name)} army had taken village number {number}."
        lines.append(json.dumps({"id": name, "text": said, "published_at": f"2026-{i % 12 + 1:02}-01"}))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def publish_source(source: Path, root: str) -> None:
    """Publish the documents of a file as they are, without the flow."""
    documents = []
    for line in source.read_text(encoding="utf-8").splitlines():
        given = json.loads(line)
        rows = document_rows(given["id"], date.fromisoformat(given["published_at"]), given["text"][-3:])
        text = f"{TEXT} {given['text']}"
        rows["documents"][0] |= {"text": text, "n_chars": len(text)}
        documents.append(rows)
    with Store(root).writing() as writer:
        writer.publish(change(documents, run=f"{os.getpid()}"))


def start(
    program: Program, source: Path, root: Path | str, fault: str = "", server: str | None = None
) -> Process:
    """Start a writer in a process group of its own, to die at a fault point if one is named.

    It has a Prefect server of its own where no ``server`` is given. One with a server publishes in parts.
    """
    script = Path(sys.executable).with_name("counterclaim")
    command: dict[Program, list[str | Path]] = {
        "cli": [script, "run", source, "--warehouse", str(root), "--workers", "1"],
        "store": [sys.executable, "-m", "tests.writer_processes", source, str(root)],
    }
    own = {
        "PREFECT_HOME": f"{source.with_suffix('.prefect')}",
        "COUNTERCLAIM_FAULT": fault,
        MARK: f"{source}",
    } | ({"PREFECT_API_URL": server, "COUNTERCLAIM_PUBLISH_EVERY": PART} if server else {})
    others = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    with source.with_suffix(".log").open("ab") as log:
        return subprocess.Popen(
            command[program], cwd=HOME, env=others | own, stdout=log, stderr=log, start_new_session=True
        )


def kill(process: Process) -> None:
    """Kill a process and all of its group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def holds_lock(process: Process, root: Path) -> bool:
    """Tell whether a process is the one that writes now, or wrote last."""
    try:
        return (root / ".lock").read_text().startswith(f"process {process.pid} ")
    except FileNotFoundError:
        return False


def alive(source: Path) -> set[int]:
    """Return the processes of the writers of this source, and of their children in whatever group."""
    mark, found = f"{MARK}={source}\0".encode(), set()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in environment.read_bytes():
                found.add(int(environment.parent.name))
        except OSError:  # it has ended, or is another user's
            continue
    return found


if __name__ == "__main__":
    publish_source(Path(sys.argv[1]), sys.argv[2])
