"""Bringing a site up to date at the end of a flow, in a process of its own, and showing what is new in it."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from prefect import get_run_logger

from flows.runtime.artifacts import publish_site_artifact
from flows.runtime.prefect_calls import OptionalCalls
from warehouse.errors import FailureError, InputError


class SiteError(FailureError):
    """The site could not be brought up to date; what the flow did before it is published."""


def check_site_parameters(site: str | None, publish: str | None) -> None:
    """Raise InputError if a site is to be published and none is to be built."""
    if publish and not site:
        raise InputError("`publish` names where a site is published to: name its folder as `site` too.")


def update_site(warehouse: str, folder: Path, publish: str | None = None) -> None:
    """Bring a site up to date, publish it if an address is given, and create the artifact of what is new in it.

    It runs in a process of its own: it uses DuckDB, which prints pages about itself when a process that has imported it
    ends. Raises SiteError with the message of that process.
    """
    done = _build_in_process(warehouse, folder, publish)
    log, site, published = get_run_logger(), done["site"], done["published"]
    log.info("Site %s: %d pages, %d files written", folder, site["n_pages"], site["n_written"])
    if published:
        log.info(
            "Published to %s: %d files uploaded, %d removed",
            published["address"],
            published["n_uploaded"],
            published["n_removed"],
        )
    OptionalCalls(log.warning).try_call(lambda: publish_site_artifact(folder, site["changes"], publish))


def _build_in_process(warehouse: str, folder: Path, publish: str | None) -> dict[str, Any]:
    """Return what ``python -m warehouse.report.site`` did."""
    with tempfile.TemporaryDirectory() as scratch:
        result = Path(scratch) / "result.json"
        arguments = [warehouse, str(folder), str(result), *([publish] if publish else [])]
        command = [sys.executable, "-m", "warehouse.report.site", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SiteError(done.stderr.strip() or f"The site {folder} could not be built.")
        summary: dict[str, Any] = json.loads(result.read_text("utf-8"))
    return summary
