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
from flows.runtime.server import provide_server
from tests.writer_processes import (
    CHANGED_PER_ROUND,
    Process,
    WriterProgram,
    find_living_processes,
    is_lock_holder,
    kill_process_group,
    start_writer,
    write_source,
)
from warehouse.errors import WarehouseError
from warehouse.maintenance.integrity import verify_deep
from warehouse.storage.store import Store
from warehouse.tables import TABLES

FAULT_POINTS = [
    "extract:1",
    "written",
    *(f"commit:{name}" for name in TABLES if name != "rejects"),  # none is rejected here
    *(f"link:{name}" for name in TABLES),
    "built",
    "swapped",
]
"""fault points at which a writer kills itself; a writer without the flow does not reach the first"""
SPARED, AT_ANY_TIME, WHILE_WRITING = "spared", "at any time", "while it writes"
DOCUMENT_TABLES = [table.name for table in TABLES.values() if table.partitioned]
MAX_ORPHAN_SECONDS = 30
WRITER_NAMES = "ab"
LOOK_PAUSE_SECONDS = 0.2
"""seconds between two looks"""


@dataclass
class ReaderObservations:
    """The newest revision of each document that each reader has seen, and the broken promises."""

    readers: dict[str, dict[str, int]] = field(default_factory=lambda: {"plain": {}, "delta": {}})
    versions: set[int] = field(default_factory=set)
    looks: int = 0
    wrong: list[str] = field(default_factory=list)

    def check_view(self, how: str, tables: Mapping[str, pa.Table]) -> None:
        """Check one view of the tables: each document once, complete, not lost and not older than before."""
        self.looks += 1
        known = self.readers[how]
        documents = tables["documents"].to_pylist()
        sources = Counter(row["source_uri"] for row in documents)
        ids = {row["doc_id"] for row in documents}
        self.expect_none(f"{how}: documents seen twice", [name for name, n in sources.items() if n > 1])
        self.expect_none(f"{how}: documents lost", known.keys() - sources.keys())
        for name in DOCUMENT_TABLES:
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
        """Record the offending values of a promise that is broken."""
        if offending:
            self.wrong.append(f"{promise}: {sorted(offending)[:3]}")


def _observe_warehouse(root: Path, seen: ReaderObservations) -> None:
    """Check the plain files of one version, then the Delta tables at their pinned versions."""
    try:
        with warehouse.open(root) as snapshot:
            seen.versions.add(snapshot.version)
            plain = {name: snapshot.dataset(name).to_table() for name in DOCUMENT_TABLES}
    except WarehouseError:  # nothing has been published yet
        return
    seen.check_view("plain", plain)
    seen.check_view(
        "delta", {name: rows.to_table() for name, rows in Store(root).open_datasets(DOCUMENT_TABLES).items()}
    )


def _watch_warehouse(root: Path, seen: ReaderObservations, stop: threading.Event) -> None:
    """Observe the warehouse until ``stop`` is set; a failure of a reader is a broken promise."""
    while not stop.wait(LOOK_PAUSE_SECONDS) and not seen.wrong:
        try:
            _observe_warehouse(root, seen)
        except Exception as error:
            seen.wrong.append(f"a reader failed: {error!r}")


@dataclass
class TortureRun:
    """Writers of one warehouse that are killed, and the outcome."""

    program: WriterProgram
    folder: Path
    owners: str
    """names of the writers, one letter each"""
    seed: int
    server: str | None = None
    """address of the Prefect server of the second writer"""
    seen: ReaderObservations = field(default_factory=ReaderObservations)
    moments: Counter[str] = field(default_factory=Counter)
    """kills by moment"""
    revisions: Counter[str] = field(default_factory=Counter)
    finished: int = 0
    usual: float = 0.0
    """seconds that an undisturbed writer takes"""
    held: float = 0.0
    """seconds of these in which it holds the lock"""
    choice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Seed the choices."""
        self.choice = random.Random(self.seed)

    @property
    def root(self) -> Path:
        """The warehouse."""
        return self.folder / "data"

    def start_writer(self, owner: str, fault: str = "") -> Process:
        """Start a writer on its documents of this round."""
        source = write_source(self.folder, owner, self.revisions[owner])
        return start_writer(self.program, source, self.root, fault, self.server if owner == "b" else None)

    def finish_writers(self) -> None:
        """Run every writer to its end, one after the other, and record the time of the last."""
        for owner in self.owners:
            began = locked = time.monotonic()
            process = self.start_writer(owner)
            while process.poll() is None:
                time.sleep(0.02)
                if not is_lock_holder(process, self.root):
                    locked = time.monotonic()
            self.usual, self.held = time.monotonic() - began, time.monotonic() - locked
            self.record_writer_end(owner, process, SPARED)

    def run_round(self) -> None:
        """Run all writers at the same time; at least one of them is killed."""
        fates = {owner: self.choose_fate(spared=0.3) for owner in self.owners}
        fates[self.choice.choice(self.owners)] = self.choose_fate(spared=0)
        strikes, processes = [], {}
        for owner, fate in fates.items():
            self.revisions[owner] += 1
            processes[owner] = self.start_writer(owner, fate if fate in FAULT_POINTS else "")
            moment = self.choice.uniform(0, self.held if fate == WHILE_WRITING else self.usual)
            strikes.append(
                threading.Thread(target=self.kill_writer_when_due, args=(processes[owner], fate, moment))
            )
            strikes[-1].start()
        for strike in strikes:
            strike.join()
        for owner, process in processes.items():
            self.record_writer_end(owner, process, fates[owner])
        _observe_warehouse(self.root, self.seen)

    def choose_fate(self, spared: float) -> str:
        """Return the planned end of a writer: none, at a fault point, or killed at a random moment."""
        if self.choice.random() < spared:
            return SPARED
        faults = FAULT_POINTS if self.program == "cli" else FAULT_POINTS[1:]
        return self.choice.choice(
            [self.choice.choice(faults), self.choice.choice(faults), AT_ANY_TIME, WHILE_WRITING]
        )

    def kill_writer_when_due(self, process: Process, fate: str, moment: float) -> None:
        """Kill a writer at its moment; one with a fault point kills itself."""
        while fate == WHILE_WRITING and process.poll() is None and not is_lock_holder(process, self.root):
            time.sleep(0.01)
        try:
            process.wait(moment if fate in (AT_ANY_TIME, WHILE_WRITING) else None)
        except TimeoutExpired:
            kill_process_group(process)
            process.wait()
        kill_process_group(process)  # what the dead process leaves behind in its group

    def record_writer_end(self, owner: str, process: Process, fate: str) -> None:
        """Record how a writer ended; no process of it may be left."""
        if process.returncode == -signal.SIGKILL:
            self.moments[fate] += 1
        elif process.returncode == 0:
            self.finished += 1
        else:
            self.seen.wrong.append(f"writer {owner} failed with {process.returncode}: {fate}")
        source, deadline = self.folder / f"{owner}.jsonl", time.monotonic() + MAX_ORPHAN_SECONDS
        while (left := find_living_processes(source)) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.seen.expect_none(f"processes left running by a writer that died {fate}", left)


def torture_writers(it: TortureRun, kills: int, minutes: float = math.inf) -> dict[str, Any]:
    """Kill writers ``kills`` times, or for ``minutes``; return the outcome.

    The last runs are not killed; after them the tables must hold exactly the expected documents.
    """
    it.finish_writers()
    stop, began = threading.Event(), time.monotonic()
    watcher = threading.Thread(target=_watch_warehouse, args=(it.root, it.seen, stop))
    watcher.start()
    while it.moments.total() < kills and not it.seen.wrong and time.monotonic() < began + 60 * minutes:
        it.run_round()
    it.finish_writers()
    stop.set()
    watcher.join()
    _observe_warehouse(it.root, it.seen)
    documents, expected = (
        it.seen.readers["plain"].keys(),
        it.revisions.total() + CHANGED_PER_ROUND * len(it.owners),
    )
    if {len(known) for known in it.seen.readers.values()} != {expected}:
        it.seen.wrong.append(f"{len(documents)} documents at the end, expected {expected}")
    return {
        "program": it.program, "writers": len(it.owners), "seed": it.seed, "kills": it.moments.total(),
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
        "--minutes", type=float, default=math.inf, help="begin no round after this many minutes"
    )
    parser.add_argument("--out", type=Path, help="file for the outcome; printed if not given")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        os.environ.pop("PREFECT_API_URL", None)
        os.environ["PREFECT_HOME"] = f"{folder}/prefect"
        lasting = options.program == "cli" and options.writers == 2
        server = stack.enter_context(provide_server()).address if lasting else None
        it = TortureRun(
            program=options.program,
            folder=Path(folder),
            owners=WRITER_NAMES[: options.writers],
            seed=options.seed,
            server=server,
        )
        report = torture_writers(it, options.kills, options.minutes)
    text = json.dumps(report, indent=1) + "\n"
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return int(bool(report["wrong"]))


if __name__ == "__main__":
    raise SystemExit(main())
