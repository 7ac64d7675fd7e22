"""The commands that maintain a warehouse: ``verify``, ``compact``, ``restore``, ``migrate``, ``backfill``."""

import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from cyclopts.types import NonNegativeInt

from flows.cli.options import DEFAULT_EXTRACTION, Day, ExtractionOptions
from flows.cli.run import find_worker_model, print_waiting, run_flow_directly
from flows.runtime.settings import DEFAULT_WAREHOUSE
from warehouse.errors import InputError

if TYPE_CHECKING:
    from flows.pipeline.run_summary import RunSummary

MAX_VERSIONS_SHOWN = 10


def verify(*, warehouse: str = DEFAULT_WAREHOUSE, deep: bool = False) -> int:
    """Check the promises of the tables; print the rows that break one and exit with 1 if there are any.

    The checks: spans select their stored text, keys are unique, references resolve, counts add up, and the schemas
    are as declared.

    Example: `counterclaim verify --deep --warehouse warehouse/data`

    Args:
        warehouse: Folder of the tables, or s3://bucket/path.
        deep: Also read every byte, to find files that are missing, cut, damaged or edited, and their rows.
    """
    from warehouse.maintenance.integrity import verify_deep
    from warehouse.maintenance.verification import verify_tables

    problems = (verify_deep if deep else verify_tables)(warehouse)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{warehouse}: " + (f"{len(problems)} checks failed" if problems else "every check passed"))
    return 1 if problems else 0


def compact(*, warehouse: str = DEFAULT_WAREHOUSE, keep_hours: NonNegativeInt = 168) -> int:
    """Merge small files and remove files that no kept version needs. The tables stay readable.

    Example: `counterclaim compact --keep-hours 720`

    Args:
        warehouse: Folder of the tables, or s3://bucket/path.
        keep_hours: Hours for which an older version can be restored; on object storage, longer than any run takes.
    """
    from warehouse.maintenance.compaction import compact_tables

    done = compact_tables(warehouse, keep_hours, print_waiting)
    print(
        f"{warehouse}: version {done.version}, {done.files_before} files merged into {done.files_after}, "
        f"{done.removed} old files removed in {done.seconds:.1f} s"
    )
    return 0


def restore(*, warehouse: str = DEFAULT_WAREHOUSE, version: NonNegativeInt | None = None) -> int:
    """Restore an older version as a new version; without `--version`, list the versions.

    Example: `counterclaim restore --version 12`

    Args:
        warehouse: Folder of the tables, or s3://bucket/path.
        version: The version to restore.
    """
    from warehouse.maintenance.restoration import list_versions, restore_version

    if version is None:
        versions = list_versions(warehouse)[:MAX_VERSIONS_SHOWN]
        if not versions:
            print(f"{warehouse}: no version has been published")
        for old in versions:
            print(f"{old.version:8}  {old.committed_at:%Y-%m-%d %H:%M:%S} UTC")
    else:
        new_version = restore_version(warehouse, version, print_waiting)
        print(f"{warehouse}: version {new_version} holds the rows of version {version}")
    return 0


def migrate(*, warehouse: str = DEFAULT_WAREHOUSE, dry_run: bool = False) -> int:
    """Rewrite tables of an older version of Counterclaim to the declared columns, and print the changes.

    Example: `counterclaim migrate --dry-run`

    Args:
        warehouse: Folder of the tables, or s3://bucket/path.
        dry_run: Only print what would change.
    """
    from warehouse.maintenance.migration import migrate_tables, plan_migration

    steps = plan_migration(warehouse) if dry_run else migrate_tables(warehouse, print_waiting)
    for step in steps:
        print(step)
    done = "to do" if dry_run else "done"
    changes = f"{len(steps)} change{'s' * (len(steps) != 1)} {done}"
    print(f"{warehouse}: " + (changes if steps else "the tables are as declared"))
    return 0


def backfill(
    *,
    since: Day | None = None,
    until: Day | None = None,
    extractor_version: str | None = None,
    warehouse: str = DEFAULT_WAREHOUSE,
    extraction: ExtractionOptions = DEFAULT_EXTRACTION,
) -> int:
    """Extract stored documents again from their stored text; no source file is opened.

    Example: `counterclaim backfill --since 2026-01-01 --until 2026-06-30`

    Args:
        since: First day of publication (YYYY-MM-DD). With neither day, all documents are extracted, undated ones
            too.
        until: Last day of publication; no limit by default.
        extractor_version: Only documents whose rows were made by this version (`documents.extractor_version`).
        warehouse: Folder of the tables, or s3://bucket/path.
        extraction: How and where documents are extracted.
    """
    from flows.cli.preconditions import check_not_empty, check_run_options
    from warehouse.storage.store import Store

    if since and until and until < since:
        raise InputError(f"--until {until} is before --since {since}: no day lies between them")
    check_not_empty("--extractor-version", extractor_version)
    check_run_options(warehouse, extraction)
    Store(warehouse).check_present()
    given = {
        "since": since,
        "until": until,
        "extractor_version": extractor_version,
        "warehouse": warehouse,
        **asdict(extraction),
    }
    return run_flow_directly(partial(_prepare_backfill, given), find_worker_model(extraction))


def _prepare_backfill(given: dict[str, Any]) -> Callable[[], "RunSummary"]:
    """Import the backfill flow and return it with its parameters."""
    from flows.backfill import backfill as backfill_flow

    return partial(backfill_flow, **given)
