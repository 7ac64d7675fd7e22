"""Kill real writers at random and named moments, and check after every kill and in between.

``python -m tests.torture --kills 200 --writers 2`` starts ``counterclaim run`` processes that replace and add
documents, kills one of their process groups by SIGKILL, and looks at the warehouse through both readers
all the while. ``--program store`` writes the same documents without the flow, faster. Prints what was seen
as JSON; stops at the first broken promise and exits 1.
"""

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

import warehouse
from tests.rows import TEXT, change, document_rows
from warehouse.integrity import verify_deep
from warehouse.place import WarehouseError
from warehouse.store import Store
from warehouse.tables import TABLES

HOME = Path(__file__).parents[1]
POINTS = [
    "written",
    *(f"commit:{name}" for name in TABLES),
    *(f"link:{name}" for name in TABLES),
    "built",
    "swapped",
]
KEPT = 4
"""documents that a writer changes in every round; one more is new each time"""
CHECKED = [table.name for table in TABLES.values() if table.partitioned]


@dataclass
class Seen:
    """What readers have seen: the newest revision of each document by each reader, and what went wrong."""

    readers: dict[str, dict[str, int]] = field(default_factory=lambda: {"plain": {}, "delta": {}})
    versions: set[int] = field(default_factory=set)
    looks: int = 0
    wrong: list[str] = field(default_factory=list)

    def look(self, how: str, tables: dict[str, pa.Table]) -> None:
        """Check one view: each document once, with all its rows, none lost, none older than before."""
        self.looks += 1
        known = self.readers[how]
        documents = tables["documents"].to_pylist()
        sources = Counter(row["source_uri"] for row in documents)
        ids = {row["doc_id"] for row in documents}
        self._expect(how, "documents seen twice", [name for name, n in sources.items() if n > 1])
        self._expect(how, "documents lost", known.keys() - sources.keys())
        for name in CHECKED:
            rows = tables[name]
            key = rows.select(TABLES[name].key).group_by(list(TABLES[name].key)).aggregate([])
            self._expect(how, f"{name} twice", [] if key.num_rows == rows.num_rows else ["rows"])
            self._expect(how, f"{name} without document", set(rows["doc_id"].to_pylist()) - ids)
        self._expect(how, "documents without claims", ids - set(tables["claims"]["doc_id"].to_pylist()))
        for row in documents:
            revision = int(re.findall(r"\d+", row["text"])[-1])
            older = revision < known.get(row["source_uri"], 0)
            self._expect(how, "documents gone back", [row["source_uri"]] if older else [])
            known[row["source_uri"]] = revision

    def _expect(self, how: str, promise: str, offending: Any) -> None:
        if offending:
            self.wrong.append(f"{how}: {promise}: {sorted(offending)[:3]}")


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
    """Look again and again until told to stop."""
    while not stop.wait(0.05):
        look(root, seen)


def told(name: str) -> str:
    """Return words that make a document like no other: it must not be taken for a near-duplicate."""
    return "".join(random.Random(name).choices("aeioubdfgklmnprst ", k=300)).strip()


def write_sources(folder: Path, owner: str, revision: int) -> Path:
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


def write_rows(source: str, root: str) -> None:
    """Publish the documents of a file as they are, without the flow."""
    from datetime import date

    documents = []
    for line in Path(source).read_text(encoding="utf-8").splitlines():
        given = json.loads(line)
        rows = document_rows(given["id"], date.fromisoformat(given["published_at"]), given["text"][-3:])
        text = f"{TEXT} {given['text']}"
        rows["documents"][0] |= {"text": text, "n_chars": len(text)}
        documents.append(rows)
    with Store(root).writing() as writer:
        writer.publish(change(documents, run=f"{os.getpid()}"))


def start(program: str, source: Path, root: Path, fault: str) -> subprocess.Popen[bytes]:
    """Start a writer in a process group of its own, to die at a fault point if one is named."""
    command = {
        "cli": ["-m", "flows.daily", str(source), "--warehouse", str(root), "--workers", "1"],
        "store": ["-m", "tests.torture", "--write", str(source), str(root)],
    }[program]
    home = {"PREFECT_HOME": str(source.with_suffix(".prefect"))} if program == "cli" else {}
    environment = os.environ | home | {"COUNTERCLAIM_FAULT": fault}
    with source.with_suffix(".log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=HOME,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all of its group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def torture(program: str, kills: int, writers: int, seed: int, folder: Path) -> dict[str, Any]:
    """Kill writers so many times; return what was seen. The last runs are let finish and must end exact."""
    choice, root, seen, moments = random.Random(seed), folder / "data", Seen(), Counter[str]()
    owners = "ab"[:writers]
    revisions = dict.fromkeys(owners, 0)
    usual = finish(program, [write_sources(folder, owner, 0) for owner in owners], root)
    stop = threading.Event()
    watcher = threading.Thread(target=watch, args=(root, seen, stop))
    watcher.start()
    began = time.monotonic()
    while sum(moments.values()) < kills and not seen.wrong:
        victim = choice.choice(owners)
        revisions[victim] += 1
        sources = {owner: write_sources(folder, owner, revisions[owner]) for owner in owners}
        fault = choice.choice(POINTS) if choice.random() < 0.5 else ""
        others = [start(program, sources[owner], root, "") for owner in owners if owner != victim]
        process = start(program, sources[victim], root, fault)
        try:
            process.wait(None if fault else choice.uniform(0.1, 1.0) * usual)
        except subprocess.TimeoutExpired:
            kill(process)
        code = process.wait()
        kill(process)  # what the dead process leaves behind in its group
        if code == -signal.SIGKILL:
            moments[fault or "at random"] += 1
        seen.wrong += [f"the other writer failed with {other.returncode}" for other in others if other.wait()]
        look(root, seen)
    finish(program, [write_sources(folder, owner, revisions[owner]) for owner in owners], root)
    stop.set()
    watcher.join()
    look(root, seen)
    expected = {owner: KEPT + n for owner, n in revisions.items()}
    documents = {how: len(known) for how, known in seen.readers.items()}
    if set(documents.values()) != {sum(expected.values())}:
        seen.wrong.append(f"{documents} documents, expected {expected}")
    return {
        "program": program, "writers": writers, "seed": seed, "kills": sum(moments.values()),
        "moments": dict(moments), "looks": seen.looks, "versions seen": len(seen.versions),
        "documents": documents["plain"], "seconds": round(time.monotonic() - began, 1),
        "wrong": seen.wrong + [str(problem) for problem in verify_deep(root)],
    }  # fmt: skip


def finish(program: str, sources: list[Path], root: Path) -> float:
    """Let every writer finish, one after the other; return the seconds of the last."""
    took = 0.0
    for source in sources:
        began = time.monotonic()
        if start(program, source, root, "").wait():
            raise RuntimeError(f"A writer that nobody killed failed: see {source.with_suffix('.log')}")
        took = time.monotonic() - began
    return took


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--writers", type=int, default=2, choices=[1, 2])
    parser.add_argument("--program", default="cli", choices=["cli", "store"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        write_rows(*options.write)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        report = torture(options.program, options.kills, options.writers, options.seed, Path(folder))
    print(json.dumps(report, indent=1))
    return int(bool(report["wrong"]))


if __name__ == "__main__":
    raise SystemExit(main())
