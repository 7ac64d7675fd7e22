"""``counterclaim report``: the analyst's report as one HTML file."""

import webbrowser
from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter
from cyclopts.validators import LimitedChoice

from flows.cli.options import Day
from flows.cli.query import QueryError
from flows.cli.terminal import format_warehouse_option
from flows.runtime.settings import DEFAULT_WAREHOUSE
from flows.text_formats import format_bytes
from warehouse.errors import InputError

SCOPE_OPTIONS = Group("Subject", validator=LimitedChoice())
"""options of which at most one may be given"""


def report(
    *,
    doc: Annotated[str | None, Parameter(group=SCOPE_OPTIONS)] = None,
    entity: Annotated[str | None, Parameter(group=SCOPE_OPTIONS)] = None,
    since: Annotated[Day | None, Parameter(group=SCOPE_OPTIONS)] = None,
    warehouse: str = DEFAULT_WAREHOUSE,
    site: Annotated[Path | None, Parameter(group=SCOPE_OPTIONS)] = None,
    title: str | None = None,
    site_url: str | None = None,
    publish: str | None = None,
    out: Path = Path("report.html"),
    open: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Write a report for a browser or for print: articles with their claims and denials marked.

    It is one HTML file that needs no network. It shows who accuses whom, what is denied, and each row beside its text.
    If there are many documents, it shows the newest exchanges and says what it leaves out. With `--site` it is a folder
    with a page for every article, name and contested claim, to search, filter, cite and review, and to open, zip and
    send: it needs no server. The same command brings it up to date and writes only what changed.

    Example: `counterclaim report --entity "Dmitry Peskov" --open`

    Example: `counterclaim report --site site --title "Harbour strike, October 2026"`

    Example: `counterclaim report --site site --publish s3://my-bucket/harbour`

    Args:
        doc: `doc_id` of the only document to show.
        entity: Name, alias or `entity_id` of an entity: only statements by it and about it are shown.
        since: Only documents published on this day (YYYY-MM-DD) or later.
        warehouse: Folder of the tables.
        site: Folder to write the whole warehouse to, as pages; new, empty, or written by this command before.
        title: Title of the site, which later builds keep; by default it is named after its outlets.
        site_url: Address at which readers find the site, https://...; citations lead there, and later builds keep it.
            Without it, they name the path in the folder.
        publish: Place in a bucket, s3://bucket/prefix, to which what changed in the site is uploaded.
        out: File to write; an existing file is replaced.
        open: Open the report in the browser.
    """
    from warehouse.report import ReportError, render_report

    if site:
        _update_site(warehouse, site, title, site_url, publish)
        if open:
            _open_in_browser(site / "index.html")
        return 0
    if publish or site_url:
        raise InputError("--publish and --site-url are for --site: name the folder of the site too")
    try:
        html = render_report(warehouse, doc, entity, since)
        out.write_text(html, encoding="utf-8", newline="")
    except OSError as error:
        raise QueryError(
            f"The report cannot be written to {out}: {error.strerror or error}. Name a file in a folder that "
            "exists with --out."
        ) from error
    except ReportError as error:
        sql = error.listing
        hint = f' Try: counterclaim query "{sql}"{format_warehouse_option(warehouse)}' if sql else ""
        raise QueryError(f"The report cannot be written. {error}{hint}") from error
    print(f"The report is in {out} ({format_bytes(len(html.encode()))}).")
    if open:
        _open_in_browser(out)
    return 0


def _update_site(
    warehouse: str, folder: Path, title: str | None, site_url: str | None, publish: str | None
) -> None:
    if site_url and not site_url.startswith(("https://", "http://")):
        raise InputError(f"Expected https://... as the address of the site; found {site_url!r}.")
    if publish:
        _check_publication(publish)
    _write_site(warehouse, folder, title, site_url)
    if publish:
        _publish_site(folder, publish)


def _write_site(warehouse: str, folder: Path, title: str | None, site_url: str | None) -> None:
    from warehouse.report import ReportError
    from warehouse.report.site import build_site

    try:
        done = build_site(warehouse, folder, title, site_url)
    except ReportError as error:
        raise QueryError(f"The site cannot be written. {error}") from error
    except OSError as error:
        raise QueryError(f"The site cannot be written to {folder}: {error.strerror or error}.") from error
    print(
        f"The site is in {folder / 'index.html'}: {done.n_pages:,} pages; {done.n_written:,} files written, "
        f"{done.n_removed:,} removed, {done.n_files - done.n_written:,} as before."
    )
    new = done.changes
    if not new.is_first:
        print(
            f"New since the last build: {new.accusations.total:,} accusations, {new.denials.total:,} denials, "
            f"{new.contested.total:,} claims newly contested."
        )


def _check_publication(address: str) -> None:
    """Raise QueryError before the site is built if it could not be published."""
    from warehouse.report import ReportError
    from warehouse.report.site import check_site_address

    try:
        check_site_address(address)
    except ReportError as error:
        raise QueryError(str(error)) from error


def _publish_site(folder: Path, address: str) -> None:
    from warehouse.report import ReportError
    from warehouse.report.site import publish_site

    try:
        done = publish_site(folder, address)
    except ReportError as error:
        raise QueryError(f"The site cannot be published. {error}") from error
    print(
        f"Published to {done.address}: {done.n_uploaded:,} files uploaded, {done.n_removed:,} removed, "
        f"{done.n_unchanged:,} as before."
    )


def _open_in_browser(page: Path) -> None:
    if not webbrowser.open(page.resolve().as_uri()):
        print("No browser could be started: open the file yourself.")
