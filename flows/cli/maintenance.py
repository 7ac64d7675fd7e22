"""The commands that look after a warehouse: ``verify``, ``compact``, ``restore``, ``migrate``, ``backfill``."""

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from cyclopts.types import NonNegativeInt, PositiveInt

from flows.cli.options import Day
from flows.cli.run import Workers, by_hand, waiting
from flows.runtime.settings import BATCH_SIZE, MODEL, WAREHOUSE, WORKERS, Runner
from warehouse.errors import InputError

if TYPE_CHECKING:
    from flows.pipeline.run_summary import Summary

SHOWN = 10


def verify(*, warehouse: str = WAREHOUSE, deep: bool = False) -> int:
    """Check every promise that can be checked on disk; exit with 1 and name the rows that break one.

    Spans slice to their text, keys are unique, references resolve, counts reconcile, and the schemas are
    those of the contract.

    Example: `counterclaim verify --deep --warehouse warehouse/data`

    Args:
        warehouse: Folder of the tables, or s3://bucket/path.
        deep: Read every byte too: name files that are missing, cut, damaged or edited, and their rows.
    """
    from warehouse.maintenance.integrity import verify_deep
    from warehouse.maintenance.verification import verify as verify_rows

    problems = (verify_deep if deep else verify_rows)(warehouse)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{warehouse}: " + (f"{len(problems)} checks failed" if problems else "every check passed"))
    return 1 if problems else 0


def compact(*, warehouse: str = WAREHOUSE, keep_hours: NonNegativeInt = 168) -> int:
    """Merge small files and remove those that no version kept needs, while others read.

    Example: `counterclaim compact --keep-hours 720`

    Args:
        warehouse: Folder of the tables, or s3://bucket/path.
        keep_hours: How long an older version can be restored; on object storage no run may take longer.
    """
    from warehouse.maintenance.compaction import compact as merge

    done = merge(warehouse, keep_hours, waiting)
    print(
        f"{warehouse}: version {done.version}, {done.files_before} files are {done.files_after} now, "
        f"{done.removed} old ones removed in {done.seconds:.1f} s"
    )
    return 0


def restore(*, warehouse: str = WAREHOUSE, version: NonNegativeInt | None = None) -> int:
    """Go back to an older version, as a new one; without one, list those that there are.

    Example: `counterclaim restore --version 12`

    Args:
        warehouse: Folder of the tables, or s3://bucket/path.
        version: The version whose rows are to be the current ones again.
    """
    from warehouse.maintenance.restoration import history
    from warehouse.maintenance.restoration import restore as go_back

    if version is None:
        for old in history(warehouse)[:SHOWN]:
            print(f"{old.version:8}  {old.committed_at:%Y-%m-%d %H:%M:%S} UTC")
    else:
        print(
            f"{warehouse}: version {go_back(warehouse, version, waiting)} holds the rows of version {version}"
        )
    return 0


def migrate(*, warehouse: str = WAREHOUSE, dry_run: bool = False) -> int:
    """Rewrite tables that an older Counterclaim made, as one version, and say what changes.

    Example: `counterclaim migrate --dry-run`

    Args:
        warehouse: Folder of the tables, or s3://bucket/path.
        dry_run: Only say what would change.
    """
    from warehouse.maintenance.migration import migrate as rewrite
    from warehouse.maintenance.migration import plan

    steps = plan(warehouse) if dry_run else rewrite(warehouse, waiting)
    for step in steps:
        print(step)
    done = "to do" if dry_run else "done"
    print(f"{warehouse}: " + (f"{len(steps)} changes {done}" if steps else "the tables are as declared"))
    return 0


def backfill(
    *,
    since: Day | None = None,
    until: Day | None = None,
    extractor_version: str | None = None,
    warehouse: str = WAREHOUSE,
    model: str = MODEL,
    workers: Workers = WORKERS,
    batch_size: PositiveInt = BATCH_SIZE,
    runner: Runner = "process",
    cluster: str | None = None,
) -> int:
    """Extract stored documents anew from their stored text; no source file is opened.

    Example: `counterclaim backfill --since 2026-01-01 --until 2026-06-30`

    Args:
        since: First day of publication (YYYY-MM-DD). With neither day given all documents are extracted, those
            without a date too.
        until: Last day of publication; the default is today and later.
        extractor_version: Only the documents whose rows this version made, as `documents.extractor_version` has it.
        warehouse: Folder of the tables, or s3://bucket/path.
        model: Package of the spaCy pipeline.
        workers: Processes that extract at the same time; each takes about 0.6 GB.
        batch_size: Most documents that one process takes at a time.
        runner: Where batches are extracted, as for `counterclaim run`.
        cluster: Address of the cluster, as for `counterclaim run`.
    """
    from flows.cli.preconditions import check_model, check_runner
    from warehouse.credentials import without_credentials

    if since and until and until < since:
        raise InputError(f"--until {until} is before --since {since}: no day lies between them")
    check_model(model)
    check_runner(runner)
    without_credentials(warehouse)

    def prepare() -> Callable[[], "Summary"]:
        from flows.maintenance import backfill as extract_anew

        given = (since, until, extractor_version, warehouse, model, workers, batch_size)
        return partial(extract_anew, *given, runner, cluster)

    return by_hand(prepare)
