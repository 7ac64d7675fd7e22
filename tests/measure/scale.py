"""Measure runs of ten and of a hundred thousand short documents: ``make scale`` writes them into docs/speed.md.

Each run is a real ``counterclaim run`` of two workers into an empty warehouse, its processes measured as one tree;
what Prefect kept of it tells when batches were extracted and when parts were resolved and published.
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.reading import BATCHES_PER_WORKER
from tests.measure.speed import cut, machine, measured_run, read_texts, recombined
from tests.measure.speed_page import SCALE, write_page

WORKERS = 2


def spans(home: Path) -> dict[str, list[tuple[float, float]]]:
    """Return when the tasks of each kind began and ended, as time stamps."""
    with sqlite3.connect(home / "prefect.db") as database:
        rows = database.execute("SELECT name, start_time, end_time FROM task_run").fetchall()
    times = [
        (name.split()[0], *(datetime.fromisoformat(t).timestamp() for t in when)) for name, *when in rows
    ]
    found: dict[str, list[tuple[float, float]]] = {}
    for name, began, ended in sorted(times):
        found.setdefault(name, []).append((began, ended))
    return found


def one(texts: Sequence[str], documents: int, paragraphs: int, folder: Path) -> dict[str, Any]:
    """Return what a run of so many documents cost, and the same run again."""
    corpus, home = folder / f"{documents}.jsonl", folder / f"prefect-{documents}"
    with corpus.open("w", encoding="utf-8") as lines:
        for i, text in enumerate(recombined(texts, documents, paragraphs)):
            lines.write(json.dumps({"id": str(i), "text": text}) + "\n")
    os.environ["PREFECT_HOME"] = str(home)
    script, tables = Path(sys.executable).with_name("counterclaim"), folder / f"tables-{documents}"
    # The server's tables are laid once in a life.
    seed = [script, "run", "seeds/articles", "--warehouse", folder / f"seed-{documents}"]
    subprocess.run(seed, check=True, stdout=subprocess.DEVNULL)
    command = [str(script), "run", str(corpus), "--warehouse", str(tables), "--workers", str(WORKERS)]
    with sqlite3.connect(home / "prefect.db") as database:
        database.execute("DELETE FROM task_run")
    first = measured_run(command)
    when = spans(home)
    sums = {name: sum(ended - began for began, ended in every) for name, every in when.items()}
    extracting = max(e for _, e in when["extract"]) - min(b for b, _ in when["extract"])
    again = measured_run(command)
    again.pop("memory")
    print(f"{documents:,} documents: {first['wall']:.0f} s, {first['peak_gb']:.2f} GB", file=sys.stderr)
    return {
        "documents": documents,
        "tokens": tokens(tables),
        "batches": len(when["extract"]),
        "parts": len(when["publish"]),
        **first,
        "extraction": sums["extract"] / WORKERS,
        "extracting": extracting,
        "steps": {name: sums[name] for name in ("read", "resolve", "publish")},
        "publications": [ended - began for began, ended in when["publish"]],
        "resolutions": [ended - began for began, ended in when["resolve"]],
        "again": again,
    }


def batch_cost(texts: Sequence[str], folder: Path, documents: int = 200) -> dict[str, float]:
    """Return what a batch costs beyond its documents: a run of one document a batch against one of few batches."""
    corpus, spent = folder / "batches.jsonl", []
    lines = [
        json.dumps({"id": str(i), "text": text}) for i, text in enumerate(recombined(texts, documents, 1))
    ]
    corpus.write_text("\n".join(lines), encoding="utf-8")
    script = Path(sys.executable).with_name("counterclaim")
    for size in (1, documents):
        command = [script, "run", corpus, "--workers", WORKERS, "--batch-size", size]
        spent.append(measured_run([*map(str, command), "--warehouse", str(folder / f"batches-{size}")]))
    few = WORKERS * BATCHES_PER_WORKER
    return {name: (spent[0][name] - spent[1][name]) / (documents - few) for name in ("cpu", "wall")}


def tokens(tables: Path) -> int:
    """Return the number of tokens that are stored."""
    from warehouse.store import Store

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
            "machine": machine(),
            "pool": len(cut(texts)),
            "runs": [one(texts, n, given.paragraphs, Path(folder)) for n in given.documents],
            "batch": batch_cost(texts, Path(folder)),
        }
    SCALE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    write_page()


if __name__ == "__main__":
    main()
