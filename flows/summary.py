"""What a run leaves for people to read: its row of ``runs``, its summary, and two artifacts in Prefect."""

import json
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
from prefect import runtime
from prefect.artifacts import create_markdown_artifact, create_table_artifact

from warehouse.address import redacted
from warehouse.store import Store

LIBRARIES = ("counterclaim", "spacy", "deltalake", "prefect")
EXAMPLES = 3
NEWEST = 20


@dataclass(frozen=True, slots=True)
class Summary:
    """One run: its counts, the statements that the warehouse now holds by kind, and a few of them."""

    run: dict[str, Any]
    flow_run_id: str
    tasks: int
    """task runs of the flow run"""
    warehouse: str
    changed: bool
    kinds: dict[str, dict[str, int]]
    """number of rows by kind, for claims and denials"""
    examples: dict[str, list[dict[str, Any]]]
    rejects: list[dict[str, Any]]
    """the documents refused in this run"""
    unread: dict[str, int]
    """number of documents by language that the warehouse holds and that were not extracted"""

    @property
    def seconds(self) -> float:
        """How long the run took, its server's start aside."""
        taken = self.run["finished_at"] - self.run["started_at"]
        return float(taken.total_seconds())


def run_row(
    run_id: str, started: datetime, parameters: dict[str, Any], counts: dict[str, int], extractor: str
) -> dict[str, Any]:
    """Return the row of ``runs``."""
    versions = {"extractor": extractor, "python": platform.python_version()}
    return {
        "run_id": run_id,
        "started_at": started,
        "finished_at": datetime.now(UTC),
        "parameters": redacted(json.dumps(parameters, default=str, sort_keys=True)),
        "counts": counts,
        "versions": json.dumps(versions | {name: version(name) for name in LIBRARIES}, sort_keys=True),
    }


def summarise(
    run: dict[str, Any], tasks: int, warehouse: str, changed: bool, rejects: list[dict[str, Any]]
) -> Summary:
    """Return the summary of a published run, read back from what it published."""
    datasets = Store(warehouse).datasets(("claims", "denials"))
    kinds = {
        name: count(datasets[name].to_table([kind])[kind])
        for name, kind in (("claims", "claim_type"), ("denials", "denial_type"))
    }
    examples = {name: rows.head(EXAMPLES).to_pylist() for name, rows in datasets.items()}
    return Summary(
        run, str(runtime.flow_run.id), tasks, warehouse, changed, kinds, examples, rejects, unread(warehouse)
    )


def unread(warehouse: str) -> dict[str, int]:
    """Return the number of stored documents by language that were not extracted: those not in English."""
    documents = Store(warehouse).datasets(("documents",))["documents"]
    languages = documents.to_table(["language"], filter=ds.field("n_tokens") == 0)["language"]
    return count(languages)


def count(column: pa.ChunkedArray) -> dict[str, int]:
    """Return how often each value stands in a column, the most frequent first."""
    pairs = sorted((-row["counts"], row["values"]) for row in column.value_counts().to_pylist())
    return {value: -times for times, value in pairs}


def publish_artifacts(summary: Summary) -> None:
    """Show the run's summary and the newest denials in Prefect."""
    create_markdown_artifact(
        markdown(summary), key="run-summary", description="Documents and statements of the run"
    )
    columns = ["doc_id", "published_month", "source_text", "cue_text", "content_text", "denial_type"]
    denials = Store(summary.warehouse).read("denials", columns).sort_by([("published_month", "descending")])
    create_table_artifact(
        denials.slice(0, NEWEST).to_pylist(), key="newest-denials", description="Denials of the newest months"
    )


def markdown(summary: Summary) -> str:
    """Return the summary as Markdown."""
    counts = summary.run["counts"]
    lines = [
        f"# Run {summary.run['run_id']}",
        f"{counts['read']} documents read in {summary.seconds:.1f} s; tables in `{summary.warehouse}`.\n",
        *grid([counts]),
    ]
    for name, kinds in summary.kinds.items():
        lines.append(f"\n**{name}** in the warehouse: {told(kinds)}")
    if summary.unread:
        lines.append(f"\n**not English**, so stored but not extracted: {told(summary.unread)}")
    if summary.rejects:
        columns = ("source_uri", "stage", "reason", "detail")
        lines += ["", *grid([{name: row[name] for name in columns} for row in summary.rejects])]
    return "\n".join(lines)


def told(kinds: dict[str, int]) -> str:
    """Return numbers by kind as a phrase."""
    return ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in kinds.items()) or "none"


def grid(rows: list[dict[str, Any]]) -> list[str]:
    """Return rows as the lines of a Markdown table."""
    lines = [list(rows[0]), ["---"] * len(rows[0]), *(list(row.values()) for row in rows)]
    return ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines]
