"""What a run did: its row of ``runs``, and its summary."""

import json
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from warehouse.credentials import redact_secrets
from warehouse.storage.store import Store

VERSIONED_LIBRARIES = ("counterclaim", "spacy", "deltalake", "prefect")
MAX_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class TablesSummary:
    """The statements that the warehouse holds."""

    counts_by_kind: dict[str, dict[str, int]]
    """number of rows by kind, for claims and denials"""
    examples: dict[str, list[dict[str, Any]]]
    """a few rows of claims and denials"""
    unextracted_by_language: dict[str, int]
    """number of documents that were stored and not extracted, by language"""
    n_broken: int = 0
    """number of documents whose words look broken and in which nothing was found"""
    n_undated: int = 0
    """number of documents without a date"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run: its row of ``runs``, what it rejected, and what the warehouse holds after it."""

    run: dict[str, Any]
    warehouse: str
    changed: bool
    """True if the run changed the tables"""
    tables: TablesSummary
    flow_run_id: str = ""
    """empty if Prefect had no part in the run"""
    task_run_count: int = 0
    """task runs of the flow run"""
    rejects: list[dict[str, Any]] = field(default_factory=list)
    """the documents rejected in this run"""
    failed_steps: dict[str, str] = field(default_factory=dict)
    """errors of the corpus steps that failed, by step"""

    @property
    def has_only_rejects(self) -> bool:
        """True if no document that was read could be used."""
        return bool(self.run["counts"]["read"] == self.run["counts"]["rejected"])

    @property
    def seconds(self) -> float:
        """How long the run took, without the start of its server."""
        taken = self.run["finished_at"] - self.run["started_at"]
        return float(taken.total_seconds())


def make_run_row(
    run_id: str, started: datetime, parameters: dict[str, Any], counts: dict[str, int], extractor: str
) -> dict[str, Any]:
    """Return the row of ``runs`` of a run that ends now."""
    versions = {"extractor": extractor, "python": platform.python_version()}
    return {
        "run_id": run_id,
        "started_at": started,
        "finished_at": datetime.now(UTC),
        "parameters": redact_secrets(json.dumps(parameters, default=str, sort_keys=True)),
        "counts": counts,
        "versions": json.dumps(
            versions | {name: version(name) for name in VERSIONED_LIBRARIES}, sort_keys=True
        ),
    }


def summarise_tables(warehouse: str) -> TablesSummary:
    """Return the summary of the tables as they are published."""
    datasets = Store(warehouse).open_datasets(("claims", "denials", "documents"))
    kinds = {"claims": "claim_type", "denials": "denial_type"}
    languages = datasets["documents"].to_table(["language"], filter=ds.field("n_tokens") == 0)["language"]
    broken = datasets["documents"].count_rows(filter=ds.field("layout") == "broken")
    return TablesSummary(
        counts_by_kind={
            name: count_values(datasets[name].to_table([kind])[kind]) for name, kind in kinds.items()
        },
        examples={name: datasets[name].head(MAX_EXAMPLES).to_pylist() for name in kinds},
        unextracted_by_language=count_values(languages),
        n_broken=broken,
        n_undated=datasets["documents"].count_rows(filter=ds.field("published_at").is_null()),
    )


def count_values(column: pa.ChunkedArray) -> dict[str, int]:
    """Return how often each value occurs in a column, the most frequent first."""
    pairs = sorted((-row["counts"], row["values"]) for row in column.value_counts().to_pylist())
    return {value: -times for times, value in pairs}
