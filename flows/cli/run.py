"""``counterclaim run``: the daily flow as a direct run, with its own server if the user has none."""

import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from flows.cli.options import DEFAULT_EXTRACTION, Day, ExtractionOptions
from flows.runtime.settings import DEFAULT_WAREHOUSE, SAMPLE_ARTICLES

if TYPE_CHECKING:
    from flows.pipeline.run_summary import RunSummary


def run(
    paths: Annotated[list[str] | None, Parameter(name="PATH", show_default=False)] = None,
    /,
    *,
    warehouse: str = DEFAULT_WAREHOUSE,
    publisher: str | None = None,
    published: Day | None = None,
    columns: dict[str, str] | None = None,
    forget: list[Literal["publisher", "published"]] | None = None,
    extraction: ExtractionOptions = DEFAULT_EXTRACTION,
) -> int:
    """Read news text and publish the tables of entities, claims and denials.

    Documents that the warehouse holds already are skipped; changed documents replace their own rows. A document
    that cannot be used becomes a row of `rejects`; if no document can be used, the exit code is 1.

    Example: `counterclaim run news/ --publisher Reuters --published 2026-11-23`

    Args:
        paths: Files, folders or globs, plain or compressed (.gz, .zst): .txt, .html, .pdf, .docx or .eml (one
            document each); .jsonl, .csv, .tsv, .parquet or .xlsx (one document per row); .rss, .atom or .xml feeds;
            .warc archives. The default is the sample in seeds/articles.
        warehouse: Folder of the tables, or s3://bucket/path.
        publisher: Publisher of documents that do not state theirs; remembered for later runs.
        published: Date of publication (YYYY-MM-DD) of documents that do not state theirs; remembered for later
            runs.
        columns: Names of the columns of a corpus, if they are not text, html, id, url, title, author, publisher
            and published_at: `--columns.text body --columns.published_at day`.
        forget: Values of earlier runs that no longer hold for these documents: `--forget publisher` or
            `--forget published`.
        extraction: How and where documents are extracted.
    """
    from flows.cli.preconditions import check_not_empty, check_run_options
    from tasks.read.formats.corpus_fields import check_columns
    from tasks.read.source_files import find_source_files

    sources = paths or [find_sample_path()]
    for source in sources:
        check_not_empty("a path", source)
    check_columns(columns or {})
    check_not_empty("--publisher", publisher)
    check_run_options(warehouse, extraction)
    find_source_files(sources)
    given = {
        "paths": sources,
        "warehouse": warehouse,
        "publisher": publisher,
        "published": published,
        "columns": columns,
        "forget": forget or [],
        # The command leaves them out; the record of a run names every parameter of the flow.
        **dict.fromkeys(("site", "publish", "site_url")),
    }
    return _run_daily(given, extraction)


def _run_daily(given: dict[str, Any], extraction: ExtractionOptions) -> int:
    """Run the daily flow, or only record the run if nothing is new, and return the exit code."""
    from flows.cli.summary_output import print_summary
    from flows.pipeline.preflight import has_news, record_unchanged_run

    given = {**given, **asdict(extraction)}
    starts_server = "PREFECT_API_URL" not in os.environ
    if starts_server and (summary := record_unchanged_run(given, print_waiting)):
        print_summary(summary)
        return int(summary.has_only_rejects)

    model = find_worker_model(extraction)
    # The preflight has found something new, and this process can load the model while the server starts.
    preloads_model = starts_server and extraction.runner == "process" and model is None
    # With a permanent server a run is recorded even if nothing is new, and then needs no model.
    is_extracting = model is not None and (starts_server or has_news(given))
    return run_flow_directly(partial(_prepare_daily, given, preloads_model), model if is_extracting else None)


def find_worker_model(extraction: ExtractionOptions) -> str | None:
    """Return the model that worker processes need; None if there are none, and the run extracts in its own process.

    A worker process can be ended if a document takes too long or too much memory; the process of the run cannot.
    """
    from flows.runtime.workers.fork_server import HAS_FORK_SERVER

    uses_processes = extraction.runner == "process" and (extraction.workers > 1 or HAS_FORK_SERVER)
    return extraction.model if uses_processes else None


def _prepare_daily(given: dict[str, Any], preloads_model: bool) -> Callable[[], "RunSummary"]:
    """Import the daily flow and return it with its parameters."""
    from flows.daily import daily
    from flows.pipeline.extraction import get_knowledge

    if preloads_model:
        get_knowledge(given["model"])
    return partial(daily, **given)


def find_sample_path() -> str:
    """Return the path of the sample articles: relative if the current folder has them, else that of the package."""
    from tasks.seeds import get_seed_path

    return SAMPLE_ARTICLES if Path(SAMPLE_ARTICLES).is_dir() else str(get_seed_path("articles"))


def run_flow_directly(prepare: Callable[[], Callable[[], "RunSummary"]], model: str | None = None) -> int:
    """Run the flow that ``prepare`` imports and returns, print its summary, and return the exit code.

    ``model`` is the model that the fork server loads while Prefect starts; None if that is not worth it.
    """
    from flows.runtime.server import DIRECT_RUN_TAG, PROCESS_TAG_PREFIX, provide_server
    from flows.runtime.workers.fork_server import keep_fork_server

    with provide_server() as server, keep_fork_server(model):
        # Prefect is imported here, while the server starts.
        from prefect import tags
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        from flows.cli.run_end import await_records, exit_without_server, run_to_end
        from flows.cli.summary_output import print_partial_run, print_summary
        from flows.runtime.failure_policy import find_partial_error

        flow = prepare()
        server.await_ready()
        if server.is_own:
            server.mark_dead_runs_crashed()
        # On a server that ends with the run nothing uses heartbeats, and stopping them takes up to a second.
        changed_settings = {PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None} if server.is_own else {}
        with tags(DIRECT_RUN_TAG, f"{PROCESS_TAG_PREFIX}{os.getpid()}"), temporary_settings(changed_settings):
            summary = run_to_end(flow, server)
        is_recorded = await_records(server, summary)
    print_summary(summary)
    if partial_error := find_partial_error(summary):
        print_partial_run(partial_error)
    code = 1 if partial_error or summary.has_only_rejects else 0
    if not is_recorded:
        exit_without_server(server, code)
    return code


def print_waiting(holder: str) -> None:
    """Print that another process is writing to the warehouse."""
    print(f"waiting: {holder} is writing to this warehouse", file=sys.stderr)
