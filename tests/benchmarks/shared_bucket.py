"""Measure a run whose workers share only a bucket with it: ``make bucket`` writes the figures into docs/scaling.md.

Four Dask workers, each with a home and a folder for temporary files of its own, extract the batches of a real
``counterclaim run`` into a warehouse in SeaweedFS, or in moto's S3 where that is not installed. Two workers are killed
on the way and not replaced. The rows must be those of worker processes and a folder.
"""

import argparse
import asyncio
import json
import os
import re
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from pyarrow import fs

from tests.benchmarks.scale import COUNTERCLAIM_SCRIPT, WORKER_COUNT
from tests.benchmarks.speed import describe_machine, measure_run, read_texts, recombine_paragraphs
from tests.dask_cluster import DaskCluster, serve_dask_cluster
from tests.flows.prefect_runs import read_all_tables
from tests.object_storage import CREDENTIAL_VARIABLES, ServerKind, find_seaweedfs, serve_buckets
from warehouse.storage.location import open_bucket_file_system

DOCS = Path(__file__).parents[2] / "docs"
BUCKET_FIGURES = DOCS / "benchmarks" / "bucket.json"
SCALING_PAGE = DOCS / "scaling.md"
BUCKET_SECTION = re.compile(r"(?s)(?<=<!-- bucket -->\n).*(?=<!-- /bucket -->)")
DOCUMENT_COUNT, PARAGRAPHS = 10_000, 2
DASK_WORKERS = 4
KILLS = {0.25: 0, 0.5: 1}
"""share of the batches that are extracted → the worker that is killed then"""
STAGE = "news/warehouse/_staging"
CHUNK = 1 << 16


class CountingProxy:
    """Passes connections on to a server, and counts the bytes sent to it and received from it."""

    def __init__(self, target: str) -> None:
        """Keep the address of the server."""
        self._target = urlsplit(target)
        self.address = ""
        self.sent = self.received = 0

    @contextmanager
    def serve(self) -> Iterator["CountingProxy"]:
        """Serve in a thread until the end of the block."""
        loop, ready = asyncio.new_event_loop(), threading.Event()

        async def start() -> None:
            server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
            self.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            ready.set()

        def run() -> None:
            loop.run_until_complete(start())
            loop.run_forever()

        threading.Thread(target=run, daemon=True).start()
        ready.wait()
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(loop.stop)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._target.hostname, self._target.port)
        await asyncio.gather(self._copy(reader, back, "sent"), self._copy(there, writer, "received"))

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, counter: str) -> None:
        """Copy until one side closes; a worker that is killed closes without notice."""
        try:
            while chunk := await source.read(CHUNK):
                setattr(self, counter, getattr(self, counter) + len(chunk))
                target.write(chunk)
                await target.drain()
        except ConnectionError:
            pass
        finally:
            target.close()


def _kill_workers(cluster: DaskCluster, batches: int, killed: list[float]) -> None:
    """Kill workers when shares of the batches have left their rows; record the shares."""
    files = open_bucket_file_system()
    selector = fs.FileSelector(STAGE, allow_not_found=True, recursive=True)
    for share, worker in KILLS.items():
        done: set[str] = set()
        while len(done) < share * batches:
            time.sleep(0.5)
            done |= {
                info.path.split("/")[-2] for info in files.get_file_info(selector) if "/rows/" in info.path
            }
        cluster.kill_worker(worker)
        killed.append(len(done) / batches)


def _write_corpus(file: Path, documents: int) -> None:
    texts = recombine_paragraphs(read_texts(None, 0), documents, PARAGRAPHS)
    lines = (json.dumps({"id": str(i), "text": text}) for i, text in enumerate(texts))
    file.write_text("\n".join(lines), encoding="utf-8")


def _measure(folder: Path, documents: int, batch_size: int) -> dict[str, Any]:
    """Return the figures of both runs, after comparing their rows."""
    corpus, tables = folder / "corpus.jsonl", folder / "tables"
    _write_corpus(corpus, documents)
    given = [COUNTERCLAIM_SCRIPT, "run", str(corpus), "--batch-size", str(batch_size)]
    os.environ["PREFECT_HOME"] = str(folder / "prefect")
    here = measure_run([*given, "--warehouse", str(tables), "--workers", str(WORKER_COUNT)])
    kind: ServerKind = "seaweedfs" if find_seaweedfs() else "moto"
    killed: list[float] = []
    with serve_buckets(kind) as endpoint, CountingProxy(endpoint).serve() as proxy:
        os.environ.update(CREDENTIAL_VARIABLES | {"AWS_ENDPOINT_URL": proxy.address})
        boto3.client("s3").create_bucket(Bucket="news")
        with serve_dask_cluster(folder, DASK_WORKERS) as cluster:
            batches = -(-documents // batch_size)
            killer = threading.Thread(target=_kill_workers, args=(cluster, batches, killed), daemon=True)
            killer.start()
            address = ["--runner", "dask", "--cluster", cluster.address, "--workers", str(DASK_WORKERS)]
            there = measure_run([*given, "--warehouse", "s3://news/warehouse", *address])
            moved = {"sent": proxy.sent, "received": proxy.received}
            killer.join(10)
        # Not through the proxy, which this process serves: deltalake holds the interpreter's lock while it waits.
        os.environ["AWS_ENDPOINT_URL"] = endpoint
        same = read_all_tables("s3://news/warehouse") == read_all_tables(tables)
    runs = {"folder": here, "bucket": there}
    return {
        "store": kind,
        "documents": documents,
        "corpus_bytes": corpus.stat().st_size,
        "moved": moved,
        "killed_at": killed,
        "same_rows": same,
        "runs": {name: {key: run[key] for key in ("wall", "cpu", "peak_gb")} for name, run in runs.items()},
    }


def _format_lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the page."""
    about, runs = found["machine"], found["runs"]
    store = {"seaweedfs": "SeaweedFS", "moto": "moto's S3"}[found["store"]]
    yield f"*Written by `make bucket` from [bucket.json](benchmarks/{BUCKET_FIGURES.name}).* {about['processor']},"
    yield f"{about['cores']} cores, load before {about['load_before']}. {DASK_WORKERS} Dask workers, each with folders"
    yield f"of its own; a warehouse in {store}; {found['documents']:,} documents, {found['corpus_bytes'] / 1e6:.0f} MB."
    yield ""
    yield "| | |"
    yield "|---|---:|"
    yield f"| seconds of the run | {runs['bucket']['wall']:.0f} |"
    yield f"| … of {WORKER_COUNT} worker processes with a folder | {runs['folder']['wall']:.0f} |"
    yield f"| workers killed, at the share of the batches | {', '.join(f'{at:.0%}' for at in found['killed_at'])} |"
    yield f"| MB sent to the bucket, by the run and its workers | {found['moved']['sent'] / 1e6:.0f} |"
    yield f"| MB received from it | {found['moved']['received'] / 1e6:.0f} |"
    yield f"| rows of all tables equal to those in the folder | {'yes' if found['same_rows'] else '**no**'} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENT_COUNT)
    parser.add_argument("--batch-size", type=int, default=100)
    parser.add_argument("--only-page", action="store_true")
    given = parser.parse_args(arguments)
    if not given.only_page:
        with tempfile.TemporaryDirectory() as folder:
            machine = describe_machine()
            found = {"machine": machine, **_measure(Path(folder), given.documents, given.batch_size)}
        BUCKET_FIGURES.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    found = json.loads(BUCKET_FIGURES.read_text(encoding="utf-8"))
    page = SCALING_PAGE.read_text(encoding="utf-8")
    written = "\n".join(_format_lines(found)) + "\n"
    SCALING_PAGE.write_text(BUCKET_SECTION.sub(lambda _: written, page), encoding="utf-8")
    if not found["same_rows"] or len(found["killed_at"]) < len(KILLS):
        raise SystemExit("the rows differ, or not every worker was killed")


if __name__ == "__main__":
    main()
