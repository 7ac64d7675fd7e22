"""Verify the tables, and merge their small files."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger

from flows.parameters import (
    NonEmptyText,
    RetentionHours,
    WarehouseAddress,
)
from flows.runtime.artifacts import publish_site_artifact
from flows.runtime.settings import (
    DEFAULT_WAREHOUSE,
)
from warehouse.errors import FailureError
from warehouse.maintenance.compaction import RETENTION_HOURS, compact_tables


class VerificationError(FailureError):
    """The warehouse breaks a promise; the message names the rows."""


@flow(name="maintenance", flow_run_name="maintenance of {warehouse}")
def maintenance(
    warehouse: WarehouseAddress = DEFAULT_WAREHOUSE,
    keep_hours: RetentionHours = RETENTION_HOURS,
    deep: bool = True,
    site: NonEmptyText | None = None,
) -> dict[str, Any]:
    """Verify the tables, merge their small files, remove files that no kept version needs, and update the site.

    The tables stay readable. If they break a promise, nothing is changed: the run fails and names the rows.

    Args:
        warehouse: Folder of the tables, or s3://bucket/path.
        keep_hours: Hours for which an older version can be restored; in a bucket, longer than any run takes.
        deep: Verify every byte of the files, not only their rows.
        site: Folder of a site, as `counterclaim report --site` writes it, to bring up to date; none by default. The
            artifact `site` of the run links to its new articles and newly contested claims.
    """
    # Verification uses DuckDB, which prints pages about itself when a process that has imported it ends: only runs of
    # this flow import it.
    from warehouse.maintenance.integrity import verify_deep
    from warehouse.maintenance.verification import verify_tables

    log = get_run_logger()
    if problems := (verify_deep if deep else verify_tables)(warehouse):
        raise VerificationError(
            f"{warehouse} breaks {len(problems)} promises: {'; '.join(map(str, problems))}"
        )
    report = asdict(compact_tables(warehouse, keep_hours, log.info))
    log.info("Every check passed. Compaction: %s", report)
    if site:
        _update_site(warehouse, Path(site))
    return report


def _update_site(warehouse: str, folder: Path) -> None:
    """Bring a site up to date and create the artifact that links to what is new in it."""
    from warehouse.report.site import build_site

    done = build_site(warehouse, folder)
    get_run_logger().info("Site: %d pages, %d files written", done.n_pages, done.n_written)
    publish_site_artifact(folder, done.new_pages)
