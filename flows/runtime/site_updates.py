"""Bringing a site up to date at the end of a flow, in a process of its own, and showing what is new in it."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect import get_run_logger

from flows.runtime.artifacts import publish_site_artifact
from flows.runtime.prefect_calls import OptionalCalls
from warehouse.errors import FailureError, InputError


class SiteError(FailureError):
    """The site could not be brought up to date; what the flow did before it is published."""


@dataclass(frozen=True, slots=True)
class SiteTarget:
    """The site that a flow brings up to date."""

    folder: Path
    publish: str | None
    """place in a bucket to which it is published"""
    url: str | None
    """address at which readers find it; by default the folder"""

    def get_link_root(self) -> str:
        """Return the address at which the links of the artifact begin."""
        return self.url.rstrip("/") if self.url else self.folder.resolve().as_uri()


def choose_site(site: str | None, publish: str | None, url: str | None) -> SiteTarget | None:
    """Return the site of a flow, None if it has none; InputError if it is to be published and not built."""
    if site:
        return SiteTarget(Path(site), publish, url)
    if publish or url:
        raise InputError("`publish` and `site_url` say where a site is read: name its folder as `site` too.")
    return None


def update_site(warehouse: str, site: SiteTarget) -> None:
    """Bring a site up to date, publish it if it has a place for it, and create the artifact of what is new in it.

    It runs in a process of its own: it uses DuckDB, which prints pages about itself when a process that has imported it
    ends. Raises SiteError with the message of that process.
    """
    done = _build_in_process(warehouse, site)
    log, built, published = get_run_logger(), done["site"], done["published"]
    log.info("Site %s: %d pages, %d files written", site.folder, built["n_pages"], built["n_written"])
    if published:
        log.info(
            "Published to %s: %d files uploaded, %d removed",
            published["address"],
            published["n_uploaded"],
            published["n_removed"],
        )
    OptionalCalls(log.warning).try_call(lambda: publish_site_artifact(site.get_link_root(), built["changes"]))


def _build_in_process(warehouse: str, site: SiteTarget) -> dict[str, Any]:
    """Return what ``python -m warehouse.report.site`` did."""
    with tempfile.TemporaryDirectory() as scratch:
        result = Path(scratch) / "result.json"
        arguments = [warehouse, str(site.folder), str(result)]
        for option, value in (("--publish", site.publish), ("--site-url", site.url)):
            arguments += [option, value] if value else []
        command = [sys.executable, "-m", "warehouse.report.site", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SiteError(done.stderr.strip() or f"The site {site.folder} could not be built.")
        summary: dict[str, Any] = json.loads(result.read_text("utf-8"))
    return summary
