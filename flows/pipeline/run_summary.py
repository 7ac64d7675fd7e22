"""What a run did: its row of ``runs``, and its summary."""

import json
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from warehouse.credentials import redacted
from warehouse.storage.store import Store

LIBRARIES = ("counterclaim", "spacy", "deltalake", "prefect")
EXAMPLES = 3


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
    failed_steps: dict[str, str] = field(default_factory=dict)
    """errors of the steps over all documents that failed, by step"""

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
    run: dict[str, Any],
    flow_run_id: str,
    tasks: int,
    warehouse: str,
    changed: bool,
    rejects: list[dict[str, Any]],
) -> Summary:
    """Return the summary of a published run, read back from what it published."""
    datasets = Store(warehouse).datasets(("claims", "denials"))
    kinds = {
        name: count(datasets[name].to_table([kind])[kind])
        for name, kind in (("claims", "claim_type"), ("denials", "denial_type"))
    }
    examples = {name: rows.head(EXAMPLES).to_pylist() for name, rows in datasets.items()}
    return Summary(run, flow_run_id, tasks, warehouse, changed, kinds, examples, rejects, unread(warehouse))


def unread(warehouse: str) -> dict[str, int]:
    """Return the number of stored documents by language that were not extracted: those not in English."""
    documents = Store(warehouse).datasets(("documents",))["documents"]
    languages = documents.to_table(["language"], filter=ds.field("n_tokens") == 0)["language"]
    return count(languages)


def count(column: pa.ChunkedArray) -> dict[str, int]:
    """Return how often each value stands in a column, the most frequent first."""
    pairs = sorted((-row["counts"], row["values"]) for row in column.value_counts().to_pylist())
    return {value: -times for times, value in pairs}


def told(kinds: dict[str, int]) -> str:
    """Return numbers by kind as a phrase."""
    return ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in kinds.items()) or "none"
