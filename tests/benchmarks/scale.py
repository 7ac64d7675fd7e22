"""Measure runs of ten and of a hundred thousand short documents: ``make scale`` writes them into docs/speed.md.

Each run is a real ``counterclaim run`` of two workers into an empty warehouse, its processes measured as one tree;
what Prefect kept of it tells when batches were extracted and when parts were resolved and published.
"""

import argparse
import json
import math
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

from flows.pipeline.run_parts import BATCHES_PER_WORKER
from tests.benchmarks.speed import (
    SAMPLE_SECONDS,
    describe_machine,
    measure_run,
    read_texts,
    recombine_paragraphs,
    split_into_paragraphs,
)
from tests.benchmarks.speed_page import SCALE_FIGURES, write_speed_page

WORKER_COUNT = 2
MEMORY_POINTS = 150
"""points of the curve of memory that are kept of a run"""
COUNTERCLAIM_SCRIPT = str(Path(sys.executable).with_name("counterclaim"))
RUN_PHASES = {
    "until it reads": "imports; the run's own server, which starts beside them",
    "until it extracts": "reading; the workers, where the server's start left them unfinished",
    "until all is extracted": "extraction",
    "until all is published": "resolving and publishing",
    "until it ends": "artifacts, records, the end of the server",
}

TaskTimes = dict[str, list[tuple[float, float]]]
"""task name → time stamps of begin and end"""


def _read_task_times(home: Path, since: float) -> TaskTimes:
    """Return the begin and end of each task of the runs since a time."""
    with sqlite3.connect(home / "prefect.db") as database:
        rows = database.execute("SELECT name, start_time, end_time FROM task_run").fetchall()
    times = [
        (name.split()[0], *(datetime.fromisoformat(t).timestamp() for t in when)) for name, *when in rows
    ]
    found: TaskTimes = {}
    for name, began, ended in sorted(times):
        if began > since:
            found.setdefault(name, []).append((began, ended))
    return found


def measure_phases(
    arguments: Sequence[str], home: Path, pause: float = SAMPLE_SECONDS, log: Path | None = None
) -> tuple[dict[str, Any], TaskTimes]:
    """Run ``counterclaim run``; return its seconds of wall and CPU, the seconds of each phase, and its tasks.

    ``pause`` and ``log`` are those of :func:`tests.benchmarks.speed.measure_run`.
    """
    os.environ["PREFECT_HOME"] = str(home)
    before = time.time()
    found = measure_run([COUNTERCLAIM_SCRIPT, "run", *arguments], pause, log)
    when = _read_task_times(home, before)
    if "extract" not in when:
        return found, when
    reached = [
        before,
        when["read"][0][0],
        min(began for began, _ in when["extract"]),
        max(ended for _, ended in when["extract"]),
        max(ended for _, ended in when["publish"]),
        before + found["wall"],
    ]
    lasted = [after - earlier for earlier, after in pairwise(reached)]
    return found | {"phases": dict(zip(RUN_PHASES, lasted, strict=True))}, when


def _measure_run_of_size(
    texts: Sequence[str], documents: int, paragraphs: int, folder: Path
) -> dict[str, Any]:
    """Return the cost of a run over new documents, and of the same run again."""
    corpus, home = folder / f"{documents}.jsonl", folder / f"prefect-{documents}"
    with corpus.open("w", encoding="utf-8") as lines:
        for i, text in enumerate(recombine_paragraphs(texts, documents, paragraphs)):
            lines.write(json.dumps({"id": str(i), "text": text}) + "\n")
    tables = folder / f"tables-{documents}"
    # The first start of a server creates its database tables.
    measure_phases(["--warehouse", str(folder / f"seed-{documents}")], home)
    given = [str(corpus), "--warehouse", str(tables), "--workers", str(WORKER_COUNT)]
    first, when = measure_phases(given, home)
    again, _ = measure_phases(given, home)
    again.pop("memory")
    first["memory"] = thin_out_memory(first["memory"])
    print(f"{documents:,} documents: {first['wall']:.0f} s, {first['peak_gb']:.2f} GB", file=sys.stderr)
    return {
        "documents": documents,
        "tokens": _count_stored_tokens(tables),
        "batches": len(when["extract"]),
        "parts": len(when["publish"]),
        **first,
        "publications": [ended - began for began, ended in when["publish"]],
        "resolutions": [ended - began for began, ended in when["resolve"]],
        "again": again,
    }


def thin_out_memory(memory: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the most memory of each of :data:`MEMORY_POINTS` equal parts of a run, with its time."""
    each = math.ceil(len(memory) / MEMORY_POINTS)
    parts = [memory[at : at + each] for at in range(0, len(memory), each)]
    return [(when, round(size, 3)) for when, size in (max(part, key=itemgetter(1)) for part in parts)]


def _measure_batch_cost(texts: Sequence[str], folder: Path, documents: int = 400) -> dict[str, float]:
    """Return the overhead of a batch: a run with one document a batch compared with one of few batches."""
    corpus, spent = folder / "batches.jsonl", []
    lines = [
        json.dumps({"id": str(i), "text": text})
        for i, text in enumerate(recombine_paragraphs(texts, documents, 2))
    ]
    corpus.write_text("\n".join(lines), encoding="utf-8")
    for size in (1, documents):
        command = [COUNTERCLAIM_SCRIPT, "run", corpus, "--workers", WORKER_COUNT, "--batch-size", size]
        spent.append(measure_run([*map(str, command), "--warehouse", str(folder / f"batches-{size}")]))
    few = WORKER_COUNT * BATCHES_PER_WORKER
    return {name: (spent[0][name] - spent[1][name]) / (documents - few) for name in ("cpu", "wall")}


def _count_stored_tokens(tables: Path) -> int:
    """Return the number of tokens that are stored."""
    from warehouse.storage.store import Store

    return int(sum(Store(tables).read("documents", ["n_tokens"])["n_tokens"].to_pylist()))


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--paragraphs", type=int, default=2, help="of a document")
    given = parser.parse_args()
    texts = read_texts(None, 0)
    with tempfile.TemporaryDirectory() as folder:
        found = {
            "machine": describe_machine(),
            "pool": len(split_into_paragraphs(texts)),
            "runs": [_measure_run_of_size(texts, n, given.paragraphs, Path(folder)) for n in given.documents],
            "batch": _measure_batch_cost(texts, Path(folder)),
        }
    SCALE_FIGURES.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    write_speed_page()


if __name__ == "__main__":
    main()
