"""Kill real writers at random and named moments, and check after every kill and in between.

``python -m tests.benchmarks.torture --kills 200 --writers 2`` starts ``counterclaim run`` processes that replace and
add documents, kills their process groups by SIGKILL, and looks at the warehouse through both readers all the while.
Of two writers one has a Prefect server of its own, which must die with it; the other uses one that lasts, and
publishes in parts. ``--program store`` writes the same documents without the flow, faster. Writes what was seen as
JSON; stops at the first broken promise and exits 1.
"""

import argparse
import json
import math
import os
import random
import re
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any

import pyarrow as pa

import warehouse
from flows.runtime.server import serving
from tests.writer_processes import KEPT, Process, Program, alive, holds_lock, kill, start, write_source
from warehouse.maintenance.integrity import verify_deep
from warehouse.storage.location import WarehouseError
from warehouse.storage.store import Store
from warehouse.tables import TABLES

FAULTS = [
    "extract:1",
    "written",
    *(f"commit:{name}" for name in TABLES if name != "rejects"),  # none is rejected here
    *(f"link:{name}" for name in TABLES),
    "built",
    "swapped",
]
"""where a writer kills itself; one without the flow passes the first by"""
SPARED, ANY, WRITING = "spared", "at any time", "while it writes"
CHECKED = [table.name for table in TABLES.values() if table.partitioned]
ORPHAN_SECONDS = 30
PAUSE = 0.2
"""seconds between two looks"""


@dataclass
class Seen:
    """What readers have seen: the newest revision of each document by each reader, and what went wrong."""

    readers: dict[str, dict[str, int]] = field(default_factory=lambda: {"plain": {}, "delta": {}})
    versions: set[int] = field(default_factory=set)
    looks: int = 0
    wrong: list[str] = field(default_factory=list)

    def look(self, how: str, tables: Mapping[str, pa.Table]) -> None:
        """Check one view: each document once, with all its rows, none lost, none older than before."""
        self.looks += 1
        known = self.readers[how]
        documents = tables["documents"].to_pylist()
        sources = Counter(row["source_uri"] for row in documents)
        ids = {row["doc_id"] for row in documents}
        self.expect_none(f"{how}: documents seen twice", [name for name, n in sources.items() if n > 1])
        self.expect_none(f"{how}: documents lost", known.keys() - sources.keys())
        for name in CHECKED:
            rows = tables[name]
            key = rows.select(TABLES[name].key).group_by(list(TABLES[name].key)).aggregate([])
            self.expect_none(f"{how}: rows twice", [] if key.num_rows == rows.num_rows else [name])
            self.expect_none(f"{how}: {name} without document", set(rows["doc_id"].to_pylist()) - ids)
        self.expect_none(f"{how}: without claims", ids - set(tables["claims"]["doc_id"].to_pylist()))
        for row in documents:
            revision = int(re.findall(r"\d+", row["text"])[-1])
            older = revision < known.get(row["source_uri"], 0)
            self.expect_none(f"{how}: documents gone back", [row["source_uri"]] if older else [])
            known[row["source_uri"]] = revision

    def expect_none(self, promise: str, offending: Any) -> None:
        """Note what breaks a promise."""
        if offending:
            self.wrong.append(f"{promise}: {sorted(offending)[:3]}")


def look(root: Path, seen: Seen) -> None:
    """Look through the plain files of one version, then through Delta at the pinned versions."""
    try:
        with warehouse.open(root) as snapshot:
            seen.versions.add(snapshot.version)
            plain = {name: snapshot.dataset(name).to_table() for name in CHECKED}
    except WarehouseError:  # nothing has been published yet
        return
    seen.look("plain", plain)
    seen.look("delta", {name: rows.to_table() for name, rows in Store(root).datasets(CHECKED).items()})


def watch(root: Path, seen: Seen, stop: threading.Event) -> None:
    """Look again and again until told to stop; a look that fails is a broken promise."""
    while not stop.wait(PAUSE) and not seen.wrong:
        try:
            look(root, seen)
        except Exception as error:
            seen.wrong.append(f"a reader failed: {error!r}")


@dataclass
class Torture:
    """Writers that are killed over one warehouse, and what came of it."""

    program: Program
    folder: Path
    owners: str
    choice: random.Random
    server: str | None = None
    """address of the Prefect server of the second writer"""
    seen: Seen = field(default_factory=Seen)
    moments: Counter[str] = field(default_factory=Counter)
    """kills by moment"""
    revisions: Counter[str] = field(default_factory=Counter)
    finished: int = 0
    usual: float = 0.0
    """seconds that an undisturbed writer takes"""
    held: float = 0.0
    """seconds of them with the lock"""

    @property
    def root(self) -> Path:
        """The warehouse."""
        return self.folder / "data"

    def start(self, owner: str, fault: str = "") -> Process:
        """Start a writer on what it brings in this round."""
        source = write_source(self.folder, owner, self.revisions[owner])
        return start(self.program, source, self.root, fault, self.server if owner == "b" else None)

    def finish(self) -> None:
        """Let every writer finish, one after the other, and take the time of the last."""
        for owner in self.owners:
            began = locked = time.monotonic()
            process = self.start(owner)
            while process.poll() is None:
                time.sleep(0.02)
                if not holds_lock(process, self.root):
                    locked = time.monotonic()
            self.usual, self.held = time.monotonic() - began, time.monotonic() - locked
            self.bury(owner, process, SPARED)

    def round(self) -> None:
        """Let every writer bring something at the same time; at least one of them is to die on the way."""
        fates = {owner: self.fate(spared=0.3) for owner in self.owners}
        fates[self.choice.choice(self.owners)] = self.fate(spared=0)
        strikes, processes = [], {}
        for owner, fate in fates.items():
            self.revisions[owner] += 1
            processes[owner] = self.start(owner, fate if fate in FAULTS else "")
            moment = self.choice.uniform(0, self.held if fate == WRITING else self.usual)
            strikes.append(threading.Thread(target=self.strike, args=(processes[owner], fate, moment)))
            strikes[-1].start()
        for strike in strikes:
            strike.join()
        for owner, process in processes.items():
            self.bury(owner, process, fates[owner])
        look(self.root, self.seen)

    def fate(self, spared: float) -> str:
        """Return how a writer ends: it lives, dies at a fault point, or is killed at a random moment."""
        if self.choice.random() < spared:
            return SPARED
        faults = FAULTS if self.program == "cli" else FAULTS[1:]
        return self.choice.choice([self.choice.choice(faults), self.choice.choice(faults), ANY, WRITING])

    def strike(self, process: Process, fate: str, moment: float) -> None:
        """Kill a writer when its time has come; one with a fault point kills itself."""
        while fate == WRITING and process.poll() is None and not holds_lock(process, self.root):
            time.sleep(0.01)
        try:
            process.wait(moment if fate in (ANY, WRITING) else None)
        except TimeoutExpired:
            kill(process)
            process.wait()
        kill(process)  # what the dead process leaves behind in its group

    def bury(self, owner: str, process: Process, fate: str) -> None:
        """Note how a writer ended; nothing of it may live on."""
        if process.returncode == -signal.SIGKILL:
            self.moments[fate] += 1
        elif process.returncode == 0:
            self.finished += 1
        else:
            self.seen.wrong.append(f"writer {owner} failed with {process.returncode}: {fate}")
        source, deadline = self.folder / f"{owner}.jsonl", time.monotonic() + ORPHAN_SECONDS
        while (left := alive(source)) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.seen.expect_none(f"processes left running by a writer that died {fate}", left)


def torture(
    program: Program,
    kills: int,
    writers: int,
    seed: int,
    folder: Path,
    minutes: float = math.inf,
    server: str | None = None,
) -> dict[str, Any]:
    """Kill writers so many times, or for so many minutes; return what was seen.

    The last runs are let finish and must end exact.
    """
    it = Torture(program, folder, "ab"[:writers], random.Random(seed), server)
    it.finish()
    stop, began = threading.Event(), time.monotonic()
    watcher = threading.Thread(target=watch, args=(it.root, it.seen, stop))
    watcher.start()
    while it.moments.total() < kills and not it.seen.wrong and time.monotonic() < began + 60 * minutes:
        it.round()
    it.finish()
    stop.set()
    watcher.join()
    look(it.root, it.seen)
    documents, expected = it.seen.readers["plain"].keys(), it.revisions.total() + KEPT * writers
    if {len(known) for known in it.seen.readers.values()} != {expected}:
        it.seen.wrong.append(f"{len(documents)} documents at the end, expected {expected}")
    return {
        "program": program, "writers": writers, "seed": seed, "kills": it.moments.total(),
        "moments": dict(sorted(it.moments.items())), "finished": it.finished, "looks": it.seen.looks,
        "versions_seen": len(it.seen.versions), "documents": len(documents),
        "seconds": round(time.monotonic() - began, 1),
        "wrong": it.seen.wrong + [str(problem) for problem in verify_deep(it.root)],
    }  # fmt: skip


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--writers", type=int, default=2, choices=[1, 2])
    parser.add_argument("--program", default="cli", choices=["cli", "store"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--minutes", type=float, default=math.inf, help="begin no round after so many minutes"
    )
    parser.add_argument("--out", type=Path, help="file for what was seen; printed where none is named")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        os.environ.pop("PREFECT_API_URL", None)
        os.environ["PREFECT_HOME"] = f"{folder}/prefect"
        lasting = options.program == "cli" and options.writers == 2
        server = stack.enter_context(serving()).address if lasting else None
        report = torture(
            options.program,
            options.kills,
            options.writers,
            options.seed,
            Path(folder),
            options.minutes,
            server,
        )
    text = json.dumps(report, indent=1) + "\n"
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return int(bool(report["wrong"]))


if __name__ == "__main__":
    raise SystemExit(main())
