"""What people see of a run in Prefect: its name, how far it is, its summary, denials, rejects and report."""

import subprocess
import sys
from collections.abc import Iterable
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

from flows.pipeline.batches import counted
from flows.pipeline.run_summary import Summary, count, told
from flows.runtime.prefect_calls import Reporting
from warehouse.storage.location import locate
from warehouse.storage.store import Store
from warehouse.tables import PARTITION, UNKNOWN

EVERY = 1.0
"""seconds between two updates of the progress"""
SHOWN = 20
"""rows of a table"""
LONGEST = 300
"""characters of a cell"""
GLANCE = 90
"""characters of a cell of statements, which Prefect shows on one line"""
REPORT = "report.html"


def context() -> FlowRunContext:
    """Return what Prefect knows here of the run: ``prefect.runtime`` asks the server anew for some of it."""
    found = FlowRunContext.get()
    assert found is not None
    return found


def is_of_a_deployment() -> bool:
    """Tell whether a deployment made the run, so that nobody sits before it."""
    run = context().flow_run
    return run is not None and run.deployment_id is not None


def name_by_size(documents: int) -> None:
    """Let the name of the run end with how many documents it read."""
    name = f"{runtime.flow_run.name} · {counted(documents)}"
    client = context().client
    assert isinstance(client, SyncPrefectClient)
    client.update_flow_run(UUID(str(runtime.flow_run.id)), name=name)


class Bar:
    """A progress artifact of the run, updated while it goes; each update costs some milliseconds."""

    def __init__(self, reporting: Reporting) -> None:
        """Show nothing yet."""
        self._reporting = reporting
        self._id: UUID | None = None
        self._due = 0.0

    def move(self, share: float, told: str) -> None:
        """Show a share in [0, 1] and what it means; the last one at once, others when they are due."""
        if self._id is None or share >= 1 or monotonic() >= self._due:
            self._reporting.try_call(lambda: self._show(share, told))
            self._due = monotonic() + EVERY

    def _show(self, share: float, told: str) -> None:
        if self._id is None:
            created = create_progress_artifact(100 * share, key="progress", description=told)
            self._id = UUID(str(created))
        else:
            update_progress_artifact(self._id, 100 * share, description=told)


def publish_artifacts(summary: Summary) -> None:
    """Show the run's summary, the newest denials, what was refused and, where it can be read, the report."""
    create_markdown_artifact(
        markdown(summary), key="run-summary", description="Documents and statements of the run"
    )
    create_table_artifact(
        newest_denials(summary.warehouse),
        key="newest-denials",
        description="The newest denials in the warehouse, each with the claim it answers best",
    )
    if summary.rejects:
        create_table_artifact(
            refused(summary), key="rejects", description="Documents that this run could not use, and why"
        )
    if path := write_report(summary):
        create_link_artifact(
            path.as_uri(), link_text=str(path), key="report", description="Open this file in a browser"
        )


def newest_denials(warehouse: str) -> list[dict[str, Any]]:
    """Return the newest denials with the claim that each answers best, as rows of short cells.

    Not by DuckDB: imported in a run, it prints pages about itself when the process ends.
    """
    store = Store(warehouse)
    denials = newest(store)
    documents = by_key(store, "documents", "doc_id", denials, ["published_at", "publisher", "title"])
    best = by_key(store, "denial_links", "denial_id", denials, ["claim_id"], pc.field("rank") == 1)
    claims = by_key(store, "claims", "claim_id", best.values(), ["source_text", "content_text"])
    rows = []
    for denial in denials:
        document = documents[denial["doc_id"]]
        claim = claims.get(str(best.get(denial["denial_id"], {}).get("claim_id")), {})
        row = {
            "published": document["published_at"],
            "who": denial["source_text"],
            "denies": denial["content_text"],
            "whose claim": claim.get("source_text"),
            "claim": claim.get("content_text"),
            "publisher": document["publisher"],
            "title": document["title"],
        }
        rows.append({name: cell(value, GLANCE) for name, value in row.items()})
    return sorted(rows, key=lambda row: row["published"], reverse=True)[:SHOWN]


def newest(store: Store) -> list[dict[str, Any]]:
    """Return the denials of as many of the newest months as it takes to have enough; older ones are not read."""
    held = count(store.read("denials", [PARTITION])[PARTITION])
    months, found = [], 0
    for month in [*sorted(held.keys() - {UNKNOWN}, reverse=True), UNKNOWN]:
        if found < SHOWN:
            months.append(month)
            found += held.get(month, 0)
    columns = ["denial_id", "doc_id", "source_text", "content_text"]
    rows: list[dict[str, Any]] = store.read("denials", columns, pc.field(PARTITION).isin(months)).to_pylist()
    return rows


def by_key(
    store: Store,
    table: str,
    key: str,
    rows: Iterable[dict[str, Any]],
    columns: list[str],
    where: pc.Expression | None = None,
) -> dict[str, dict[str, Any]]:
    """Return the rows of a table that these rows name by its key."""
    named = pc.field(key).isin(pa.array(sorted({row[key] for row in rows if row[key]}), pa.string()))
    found = store.read(table, [key, *columns], named if where is None else named & where)
    return {row[key]: row for row in found.to_pylist()}


def refused(summary: Summary) -> list[dict[str, Any]]:
    """Return what the run refused as rows of short cells."""
    columns = ("source_uri", "stage", "reason", "detail")
    return [{name: cell(row[name]) for name in columns} for row in summary.rejects[:SHOWN]]


def cell(value: object, longest: int = LONGEST) -> str:
    """Return a value on one line of limited length."""
    text = " ".join(str("" if value is None else value).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def write_report(summary: Summary) -> Path | None:
    """Write the analyst's report beside the tables of a deployment's run; return its path.

    Whoever runs by hand asks for it. It takes a process of its own, as it asks DuckDB.
    """
    folder = locate(summary.warehouse).local
    if not (folder and summary.changed and is_of_a_deployment()):
        return None
    ask = ["report", "--warehouse", str(folder), "--out", str(folder / REPORT)]
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", *ask], capture_output=True, text=True, check=False
    )
    if done.returncode:
        get_run_logger().warning(done.stderr.strip())
        return None
    return folder / REPORT


def markdown(summary: Summary) -> str:
    """Return the summary as Markdown."""
    counts = summary.run["counts"]
    lines = [
        f"# {counts['read']:,} documents read in {summary.seconds:,.1f} s\n",
        *grid([counts]),
        "",
        *grid(
            [
                {"in the warehouse": f"**{name}**", "by kind": told(kinds)}
                for name, kinds in summary.kinds.items()
            ]
        ),
    ]
    if summary.unread:
        lines.append(f"\n**Not English**, so stored but not extracted: {told(summary.unread)}.")
    if summary.rejects:
        lines += [f"\n## {len(summary.rejects):,} documents could not be used\n", *grid(refused(summary))]
        if len(summary.rejects) > SHOWN:
            lines.append(f"\nThe first {SHOWN}; all of them are in the table `rejects`.")
    lines.append(f"\nRun `{summary.run['run_id']}`; the tables are in `{summary.warehouse}`.")
    return "\n".join(lines)


def grid(rows: list[dict[str, Any]]) -> list[str]:
    """Return rows as the lines of a Markdown table."""
    lines = [list(rows[0]), ["---"] * len(rows[0]), *(list(row.values()) for row in rows)]
    return ["| " + " | ".join(str(value).replace("|", "\\|") for value in line) + " |" for line in lines]
