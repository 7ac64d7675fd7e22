"""``counterclaim report``: the analyst's report, one HTML file."""

import webbrowser
from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter
from cyclopts.validators import LimitedChoice

from flows.cli.options import Day
from flows.cli.query import QueryError
from flows.cli.terminal import naming, size_of
from flows.runtime.settings import WAREHOUSE

ABOUT = Group("About", validator=LimitedChoice())
"""at most one of these says what the report is about"""


def report(
    *,
    doc: Annotated[str | None, Parameter(group=ABOUT)] = None,
    entity: Annotated[str | None, Parameter(group=ABOUT)] = None,
    since: Annotated[Day | None, Parameter(group=ABOUT)] = None,
    warehouse: str = WAREHOUSE,
    out: Path = Path("report.html"),
    open: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Write a report to read in a browser or on paper: articles with their claims and denials marked.

    It is one HTML file that needs no network: who accuses whom, what is denied, every row beside its
    characters. Of many documents it shows the newest exchanges and says what it leaves out.

    Example: `counterclaim report --entity "Dmitry Peskov" --open`

    Args:
        doc: Only this document, by its `doc_id`.
        entity: Only what this entity said and what was said of it, by name, alias or `entity_id`.
        since: Only documents published on this day (YYYY-MM-DD) or later.
        warehouse: Folder of the tables.
        out: File to write; what it held is replaced.
        open: Show it in the browser.
    """
    from warehouse.report import ReportError
    from warehouse.report import report as page

    try:
        html = page(warehouse, doc, entity, since)
        out.write_text(html, encoding="utf-8", newline="")
    except (ReportError, OSError) as error:
        sql = error.listing if isinstance(error, ReportError) else ""
        hint = f' Try: counterclaim query "{sql}"{naming(warehouse)}' if sql else ""
        raise QueryError(f"The report cannot be made. {error}{hint}") from error
    print(f"The report is in {out} ({size_of(len(html.encode()))}).")
    if open and not webbrowser.open(out.resolve().as_uri()):
        print("No browser could be started: open the file yourself.")
    return 0
