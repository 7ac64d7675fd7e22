"""``counterclaim run``: the daily flow, with a server of its own where the user has none."""

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter
from cyclopts.types import PositiveInt

from flows.cli.options import Day
from flows.runtime.settings import ARTICLES, BATCH_SIZE, MODEL, WAREHOUSE, WORKERS, Runner

if TYPE_CHECKING:
    from flows.pipeline.run_summary import Summary


Workers = Annotated[PositiveInt, Parameter(show_default=lambda _: "one a core, at most 4")]


def run(
    paths: Annotated[list[str] | None, Parameter(name="PATH", show_default=False)] = None,
    /,
    *,
    warehouse: str = WAREHOUSE,
    publisher: str | None = None,
    published: Day | None = None,
    model: str = MODEL,
    workers: Workers = WORKERS,
    batch_size: PositiveInt = BATCH_SIZE,
    columns: dict[str, str] | None = None,
    runner: Runner = "process",
    cluster: str | None = None,
    forget: list[Literal["publisher", "published"]] | None = None,
) -> int:
    """Read news text and publish the tables of entities, claims and denials.

    What the warehouse holds already is recognised and left alone; what changed replaces its own rows. A
    document that cannot be used is a row of `rejects`; if all of them are, the exit code is 1.

    Example: `counterclaim run news/ --publisher Reuters --published 2026-11-23`

    Args:
        paths: Files, folders or globs, plain or as .gz or .zst: .txt, .html, .pdf or .eml (a document each);
            .jsonl, .csv, .tsv or .parquet (a document a row); .rss, .atom or .xml feeds; .warc archives. The
            default is the sample in seeds/articles.
        warehouse: Folder of the tables, or s3://bucket/path.
        publisher: Outlet, for documents that do not name theirs; remembered for later runs that do not say it.
        published: Date of publication (YYYY-MM-DD), for documents that do not state theirs; remembered too.
        model: Package of the spaCy pipeline.
        workers: Processes that extract at the same time; each takes about 0.6 GB.
        batch_size: Most documents that one process takes at a time.
        columns: Names of a corpus's own for text, html, id, url, title, author, publisher or published_at:
            `--columns.text body --columns.published_at day`.
        runner: Where batches are extracted: in processes or threads here, or on a Dask or Ray cluster, which
            need the extras `dask` or `ray`.
        cluster: Address of the Dask scheduler (tcp://host:8786) or of Ray (ray://host:10001). The default is a
            cluster of this machine's own, for the run.
        forget: What earlier runs said of these documents and no longer holds: `--forget publisher`, or
            `published`.
    """
    from flows.cli.preconditions import check_model, check_runner
    from flows.cli.summary_output import show
    from flows.pipeline.preflight import unchanged
    from flows.runtime.fork_server import AVAILABLE
    from tasks.read.source_files import find_sources
    from warehouse.credentials import without_credentials

    without_credentials(warehouse)  # before Prefect keeps it as a parameter
    sources = paths or [sample()]
    find_sources(sources)
    check_model(model)
    check_runner(runner)

    given: dict[str, Any] = {
        "paths": sources,
        "warehouse": warehouse,
        "publisher": publisher,
        "published": published,
        "model": model,
        "workers": workers,
        "batch_size": batch_size,
        "columns": columns,
        "runner": runner,
        "cluster": cluster,
        "forget": forget or [],
    }
    own_server = "PREFECT_API_URL" not in os.environ
    if own_server and (summary := unchanged(given, waiting)):
        show(summary)
        return 0

    # A worker process can be ended where a document takes too long or too much; the process of the run cannot.
    in_workers = runner == "process" and (workers > 1 or AVAILABLE)

    def prepare() -> Callable[[], "Summary"]:
        from flows.daily import daily
        from flows.pipeline.extraction import knowledge

        if own_server and runner == "process" and not in_workers:
            knowledge(model)  # something is new, and the server takes longer to start
        return partial(daily, **given)

    return by_hand(prepare, model if in_workers else None)


def sample() -> str:
    """Return the path of the sample: as in the checkout where that is the current folder, else where it lies."""
    from tasks.seeds import seed_path

    return ARTICLES if Path(ARTICLES).is_dir() else str(seed_path("articles"))


def by_hand(prepare: Callable[[], Callable[[], "Summary"]], model: str | None = None) -> int:
    """Run the flow that ``prepare`` imports, show what it did, and return the exit code.

    ``model`` is named where worker processes will surely need it.
    """
    from flows.runtime.fork_server import loading
    from flows.runtime.server import BY_HAND, PID, serving

    with serving() as server, loading(model if server.own else None):
        # Prefect is imported here, while the server starts.
        from prefect import tags
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        from flows.cli.run_end import await_records, exit_unheard, run_to_end
        from flows.cli.summary_output import show, show_partial
        from flows.runtime.failure_policy import find_partial

        flow = prepare()
        server.await_ready()
        if server.own:
            server.end_dead_runs()
        # Nobody listens for heartbeats on a server that ends with the run, and to stop them takes up to a second.
        silent = {PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None} if server.own else {}
        with tags(BY_HAND, f"{PID}{os.getpid()}"), temporary_settings(silent):
            summary = run_to_end(flow, server)
        is_recorded = await_records(server, summary)
    show(summary)
    if partial_result := find_partial(summary):
        show_partial(partial_result)
    counts = summary.run["counts"]
    code = 1 if partial_result or counts["read"] == counts["rejected"] else 0
    if not is_recorded:
        exit_unheard(server, code)
    return code


def waiting(holder: str) -> None:
    """Tell that another process is writing."""
    print(f"waiting: {holder} is writing to this warehouse", file=sys.stderr)
