"""What Prefect shows of a run: its name, progress, summary, newest denials, rejects and report."""

import html
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
from prefect import get_run_logger, runtime
from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.client.orchestration import SyncPrefectClient
from prefect.context import FlowRunContext

from flows.pipeline.run_summary import RunSummary, count_values
from flows.runtime.prefect_calls import OptionalCalls
from flows.text_formats import format_counts, format_document_count, format_markdown_table, shorten_line
from warehouse.storage.location import locate_warehouse
from warehouse.storage.store import Store
from warehouse.tables import PARTITION_COLUMN, UNKNOWN_MONTH

UPDATE_INTERVAL_SECONDS = 1.0
"""between two updates of the progress artifact"""
MAX_TABLE_ROWS = 20
"""rows of a table"""
MAX_CELL_CHARS = 300
"""characters of a cell"""
MAX_STATEMENT_CHARS = 90
"""characters of a cell in the table of denials, which Prefect shows on one line"""
REPORT_FILE = "report.html"
MARKDOWN_SIGNS = re.compile(r"[\\`*_\[\]<>#|~]")
CHANGES_NAMED = {
    "accusations": ("new accusation", "new accusations"),
    "denials": ("new denial", "new denials"),
    "contested": ("newly contested claim", "newly contested claims"),
}
"""each kind of change of a site in words"""


def _get_run_context() -> FlowRunContext:
    """Return Prefect's context of the run; ``prefect.runtime`` would ask the server again for parts of it."""
    context = FlowRunContext.get()
    assert context is not None
    return context


def is_deployment_run() -> bool:
    """Return True if a deployment started the run, so that nobody watches it in a terminal."""
    run = _get_run_context().flow_run
    return run is not None and run.deployment_id is not None


def add_document_count_to_run_name(documents: int) -> None:
    """Append the number of documents read to the name of the run."""
    name = f"{runtime.flow_run.name} · {format_document_count(documents)}"
    client = _get_run_context().client
    assert isinstance(client, SyncPrefectClient)
    client.update_flow_run(UUID(str(runtime.flow_run.id)), name=name)


class ProgressArtifact:
    """The progress artifact of a run; each update costs some milliseconds."""

    def __init__(self, optional_calls: OptionalCalls) -> None:
        """Create nothing yet: the first update does."""
        self._optional_calls = optional_calls
        self._id: UUID | None = None
        self._next_update = 0.0

    def update(self, share: float, description: str) -> None:
        """Show a share in [0, 1]; between the first and the last, at most one in ``UPDATE_INTERVAL_SECONDS``."""
        if self._id is None or share >= 1 or monotonic() >= self._next_update:
            self._optional_calls.try_call(lambda: self._show(share, description))
            self._next_update = monotonic() + UPDATE_INTERVAL_SECONDS

    def _show(self, share: float, description: str) -> None:
        if self._id is None:
            created = create_progress_artifact(100 * share, key="progress", description=description)
            self._id = UUID(str(created))
        else:
            update_progress_artifact(self._id, 100 * share, description=description)


def publish_artifacts(summary: RunSummary) -> None:
    """Create the artifacts of a run: summary, newest denials, rejects and, for a local warehouse, the report."""
    create_markdown_artifact(
        _format_summary_markdown(summary),
        key="run-summary",
        description="Documents and statements of the run",
    )
    create_table_artifact(
        _collect_newest_denials(summary.warehouse),
        key="newest-denials",
        description="The newest denials in the warehouse, each with the claim it answers best",
    )
    if summary.rejects:
        create_table_artifact(
            _format_rejects(summary),
            key="rejects",
            description="Documents that this run could not use, and why",
        )
    if path := _write_report(summary):
        create_link_artifact(
            path.as_uri(), link_text=str(path), key="report", description="Open this file in a browser"
        )


def publish_site_artifact(root: str, changes: Mapping[str, Any]) -> None:
    """Create the artifact that links to what is new in a site: accusations, denials, newly contested claims.

    ``root`` is the address at which the site is read, and ``changes`` are those of
    ``warehouse.report.site.SiteChanges`` as plain values.
    """
    lines = [f"# [The site]({root}/index.html)", ""]
    if changes["is_first"]:
        lines += ["This is the first build that is known: everything in it is new.", ""]
    for kind, (one, many) in CHANGES_NAMED.items():
        total, listed = changes[kind]["total"], changes[kind]["listed"]
        lines += [f"## {total:,} {one if total == 1 else many}", ""]
        lines += [_format_change(change, root) for change in listed]
        if total > len(listed):
            lines.append(f"- … and {total - len(listed):,} more")
        lines.append("")
    create_markdown_artifact("\n".join(lines), key="site", description="What is new in the site")


def _format_change(change: Mapping[str, Any], root: str) -> str:
    """Return a new row as a line of Markdown: who, whom, what, and a link to its page."""
    who, whom, what = (_shorten_for_markdown(change[name]) for name in ("who", "whom", "what"))
    cue = f" (“{_escape_markdown(change['cue'])}”)" if change["cue"] else ""
    claim = f", of the claim: {_shorten_for_markdown(change['claim'])}" if change["claim"] else ""
    denied = f", {_escape_markdown(change['denied_by'])}" if change["denied_by"] else ""
    link = f"[{change['day'] or 'undated'}]({root}/{change['page']})"
    return f"- {link} **{who}**{' → ' + whom if whom else ''}: {what}{cue}{claim}{denied}"


def _shorten_for_markdown(text: str) -> str:
    return _escape_markdown(shorten_line(text, MAX_STATEMENT_CHARS))


def _escape_markdown(text: str) -> str:
    """Return text of an article so that Markdown and HTML show it as it is."""
    escaped = html.escape(text, quote=False)
    return MARKDOWN_SIGNS.sub(r"\\\g<0>", escaped)


def _collect_newest_denials(warehouse: str) -> list[dict[str, Any]]:
    """Return the newest denials, each with the claim that it answers best, as rows of short cells.

    It does not use DuckDB, which prints pages about itself when a process that has imported it ends.
    """
    store = Store(warehouse)
    denials = _read_newest_denials(store)
    denial_ids = _list_keys(denials, "denial_id")
    documents = _read_by_key(
        store, "documents", _list_keys(denials, "doc_id"), ["doc_id", "published_at", "publisher", "title"]
    )
    links = _read_by_key(store, "denial_links", denial_ids, ["denial_id", "claim_id"], pc.field("rank") == 1)
    claim_ids = _list_keys(links.values(), "claim_id")
    claims = _read_by_key(store, "claims", claim_ids, ["claim_id", "source_text", "content_text"])
    rows = []
    for denial in denials:
        document = documents[denial["doc_id"]]
        claim = claims.get(str(links.get(denial["denial_id"], {}).get("claim_id")), {})
        row = {
            "published": document["published_at"],
            "who": denial["source_text"],
            "denies": denial["content_text"],
            "whose claim": claim.get("source_text"),
            "claim": claim.get("content_text"),
            "publisher": document["publisher"],
            "title": document["title"],
        }
        rows.append({name: shorten_line(value, MAX_STATEMENT_CHARS) for name, value in row.items()})
    return sorted(rows, key=lambda row: row["published"], reverse=True)[:MAX_TABLE_ROWS]


def _read_newest_denials(store: Store) -> list[dict[str, Any]]:
    """Return the denials of the newest months, as many months as fill the table; older months are not read."""
    held = count_values(store.read("denials", [PARTITION_COLUMN])[PARTITION_COLUMN])
    months, found = [], 0
    for month in [*sorted(held.keys() - {UNKNOWN_MONTH}, reverse=True), UNKNOWN_MONTH]:
        if found < MAX_TABLE_ROWS:
            months.append(month)
            found += held.get(month, 0)
    columns = ["denial_id", "doc_id", "source_text", "content_text"]
    rows: list[dict[str, Any]] = store.read(
        "denials", columns, pc.field(PARTITION_COLUMN).isin(months)
    ).to_pylist()
    return rows


def _list_keys(rows: Iterable[Mapping[str, Any]], name: str) -> list[str]:
    """Return the values of a column that are not null, sorted."""
    return sorted({row[name] for row in rows if row[name]})


def _read_by_key(
    store: Store, table: str, keys: Sequence[str], columns: list[str], where: pc.Expression | None = None
) -> dict[str, dict[str, Any]]:
    """Return the rows of a table whose first column holds one of the keys, by key."""
    has_key = pc.field(columns[0]).isin(pa.array(keys, pa.string()))
    found = store.read(table, columns, has_key if where is None else has_key & where)
    return {row[columns[0]]: row for row in found.to_pylist()}


def _format_rejects(summary: RunSummary) -> list[dict[str, Any]]:
    """Return the rejects of the run as rows of short cells."""
    columns = ("source_uri", "stage", "reason", "detail")
    return [
        {name: shorten_line(row[name], MAX_CELL_CHARS) for name in columns}
        for row in summary.rejects[:MAX_TABLE_ROWS]
    ]


def _write_report(summary: RunSummary) -> Path | None:
    """Write the analyst's report beside the tables, if a deployment started the run; return its path.

    After a direct run, ``counterclaim report`` writes it. It runs in a process of its own, since it uses DuckDB.
    """
    folder = locate_warehouse(summary.warehouse).local_folder
    if not (folder and summary.changed and is_deployment_run()):
        return None
    command = ["report", "--warehouse", str(folder), "--out", str(folder / REPORT_FILE)]
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", *command], capture_output=True, text=True, check=False
    )
    if done.returncode:
        get_run_logger().warning(done.stderr.strip())
        return None
    return folder / REPORT_FILE


def _format_summary_markdown(summary: RunSummary) -> str:
    """Return the summary as Markdown."""
    counts = summary.run["counts"]
    lines = [
        f"# {counts['read']:,} documents read in {summary.seconds:,.1f} s\n",
        format_markdown_table([*counts], [[*counts.values()]]),
        "",
        format_markdown_table(
            ("in the warehouse", "by kind"),
            ((f"**{name}**", format_counts(kinds)) for name, kinds in summary.tables.counts_by_kind.items()),
        ),
    ]
    if unextracted := summary.tables.unextracted_by_language:
        lines.append(f"\n**Not English**, so stored but not extracted: {format_counts(unextracted)}.")
    if n_broken := summary.tables.n_broken:
        lines.append(f"\n**Words look broken**, and nothing was found: {n_broken} documents.")
    if n_undated := summary.tables.n_undated:
        lines.append(f"\n**Without a date**, so in the month `unknown`: {n_undated} documents.")
    if summary.rejects:
        rows = _format_rejects(summary)
        lines += [
            f"\n## {len(summary.rejects):,} documents could not be used\n",
            format_markdown_table([*rows[0]], ([*row.values()] for row in rows)),
        ]
        if len(summary.rejects) > MAX_TABLE_ROWS:
            lines.append(f"\nThe first {MAX_TABLE_ROWS}; all of them are in the table `rejects`.")
    lines.append(f"\nRun `{summary.run['run_id']}`; the tables are in `{summary.warehouse}`.")
    return "\n".join(lines)
