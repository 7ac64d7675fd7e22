"""Verify the tables, and merge their small files."""

from dataclasses import asdict
from typing import Any

from prefect import flow, get_run_logger

from flows.parameters import NonEmptyText, RetentionHours, SiteAddress, WarehouseAddress, WebAddress
from flows.runtime.settings import DEFAULT_WAREHOUSE
from flows.runtime.site_updates import choose_site, update_site
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
    publish: SiteAddress = None,
    site_url: WebAddress = None,
) -> dict[str, Any]:
    """Verify the tables, merge their small files, remove files that no kept version needs, and update the site.

    The tables stay readable. If they break a promise, nothing is changed: the run fails and names the rows.

    Args:
        warehouse: Folder of the tables, or s3://bucket/path.
        keep_hours: Hours for which an older version can be restored; in a bucket, longer than any run takes.
        deep: Verify every byte of the files, not only their rows.
        site: Folder of a site, as `counterclaim report --site` writes it, to bring up to date; none by default. The
            artifact `site` of the run links to its new accusations, new denials and newly contested claims.
        publish: Place in a bucket, s3://bucket/prefix, to which what changed in the site is uploaded; none by default.
        site_url: Address at which readers find the site, https://...; the links of the artifact lead there. Without it
            they lead to the folder, which a browser opens only if the link is copied.
    """
    target = choose_site(site, publish, site_url)
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
    if target:
        update_site(warehouse, target)
    return report
