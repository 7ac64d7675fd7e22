"""Building a site: every page is made from its data and written if the data changed; then the search data."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection
from jinja2 import ChoiceLoader, Environment, PackageLoader

from warehouse.queries.connection import connect_to_warehouse, explain_damage
from warehouse.report import report_data, report_scope
from warehouse.report.accusation_network import lay_out_network
from warehouse.report.article_view import prepare_article
from warehouse.report.page import make_environment
from warehouse.report.report_scope import fetch_rows
from warehouse.report.site import findings, site_pages
from warehouse.report.site.corrections import STORED_FILE, correct_said_rows, read_stored_verdicts
from warehouse.report.site.denial_gaps import collect_gaps
from warehouse.report.site.row_data import to_script_json
from warehouse.report.site.search_index import SearchIndex, make_script
from warehouse.report.site.site_changes import SiteChanges, read_changes, read_row_ids
from warehouse.report.site.site_folder import SiteFolder, compute_fingerprint, open_site_folder
from warehouse.report.site.site_pages import SitePage
from warehouse.report.site.site_tables import (
    CERTAIN_FROM,
    DOCUMENTS_SQL,
    create_site_tables,
    iterate_rows,
    read_entity_names,
)
from warehouse.report.site.wording import make_page_path
from warehouse.report.timeline import lay_out_timeline
from warehouse.reviews import CLAIM_TYPES, DENIAL_TYPES

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'"
)
"""the policy of every page: scripts and styles come from the folder, and nothing else is loaded"""
REPORT_ASSETS = ("style.css", "script.js")
"""assets of the single-file report that a site uses too"""
ASSETS = ("site.css", "site.js", "search.js", "figures.js", "gaps.js", "review.js", "cite.js")
MAX_OUTLETS_NAMED, MAX_PAIRS = 3, 500


@dataclass(frozen=True, slots=True)
class SiteSummary:
    """What a build did: numbers of pages and files in all, written and removed."""

    n_pages: int
    n_files: int
    n_written: int
    n_removed: int
    new_pages: tuple[str, ...]
    """paths of the pages that the last build did not have"""
    changes: SiteChanges
    """rows that the last build did not have"""


@dataclass(frozen=True, slots=True)
class _Site:
    """What all pages of a build share."""

    folder: SiteFolder
    templates: Environment
    shared: dict[str, Any]
    digest: str
    """hash of templates, code and shared values: if it changes, every page is made again"""

    def put(self, page: SitePage) -> None:
        """Write a page if its data or the templates changed."""
        fingerprint = compute_fingerprint(self.digest, page.template, page.data)
        self.folder.put(page.path, fingerprint, lambda: self._render(page))

    def _render(self, page: SitePage) -> str:
        data = dict(page.data)
        if "article" in data:
            data["article"] = prepare_article(data["article"])
        root = "../" * page.path.count("/")
        return self.templates.get_template(page.template).render(
            self.shared | data, root=root, path=page.path
        )


def build_site(
    root: Path | str, folder: Path, title: str | None = None, address: str | None = None
) -> SiteSummary:
    """Bring the site of a warehouse in a folder up to date; write only what changed, remove what is gone.

    Without a title or an address, where readers find it and to which citations lead, it keeps that of the last build.

    Raises ReportError if the folder holds something else, WarehouseError if nothing is published.
    """
    connection = connect_to_warehouse(root)
    with explain_damage(root):
        site_folder = open_site_folder(folder, title, address)
        # Before the tables of the figures, one of which hides the view of its name.
        counts = findings.count_rows(connection)
        create_site_tables(connection)
        site = _open_site(site_folder)
        names = read_entity_names(connection)
        for page in _make_pages(connection, names):
            site.put(page)
        _put_stored_verdicts(connection, site_folder)
        catalogue = _index_rows(connection, site_folder, names)
        letters = sorted({p.partition("/")[2][0] for p in site_folder.new if p.startswith("entities/")})
        data = _collect_index(connection, names, site_folder.title)
        data |= {"catalogue": catalogue, "letters": letters, "counts": counts}
        site.put(SitePage("index.html", "index_page.html", data))
        changes = read_changes(connection, site_folder.read_row_ids(), names)
        site_folder.finish(read_row_ids(connection))
    return _summarise(site_folder, changes)


def _summarise(folder: SiteFolder, changes: SiteChanges) -> SiteSummary:
    """Return what a finished build did."""
    pages = [path for path in folder.new if path.endswith(".html")]
    return SiteSummary(
        n_pages=len(pages),
        n_files=len(folder.new),
        n_written=len(folder.written),
        n_removed=len(folder.removed),
        new_pages=tuple(path for path in pages if path not in folder.old),
        changes=changes,
    )


def _open_site(folder: SiteFolder) -> _Site:
    """Write the styles and scripts, and return what all pages share."""
    assets = {name: _put_asset(folder, "warehouse.report.site", f"assets/{name}") for name in ASSETS}
    assets |= {name: _put_asset(folder, "warehouse.report", f"templates/{name}") for name in REPORT_ASSETS}
    shared: dict[str, Any] = {
        "assets": assets,
        "policy": POLICY,
        "site_title": folder.title or "Counterclaim",
        "address": folder.address,
        "certain_from": CERTAIN_FROM,
        "claim_types": CLAIM_TYPES,
        "denial_types": DENIAL_TYPES,
        "scope": report_scope.ReportScope("site"),
    }
    templates = make_environment(
        ChoiceLoader([PackageLoader("warehouse.report.site"), PackageLoader("warehouse.report")])
    )
    templates.filters["script_json"] = to_script_json
    templates.globals |= {"page_path": make_page_path}
    templates.tests["certain_in"] = lambda row_id, rows: rows[row_id]["confidence"] >= CERTAIN_FROM
    return _Site(folder=folder, templates=templates, shared=shared, digest=_compute_digest(shared))


def _put_asset(folder: SiteFolder, package: str, path: str) -> str:
    """Write a style sheet or script and return its path in the site."""
    name, _, suffix = path.rpartition("/")[2].rpartition(".")
    text = files(package).joinpath(path).read_text("utf-8")
    return folder.put_by_content("assets", name, f".{suffix}", text)


def _compute_digest(shared: dict[str, Any]) -> str:
    """Return a hash of the templates and the code of the report, and of the shared values."""
    package = Path(str(files("warehouse.report")))
    sources = [p.read_bytes() for suffix in ("html", "py") for p in sorted(package.rglob(f"*.{suffix}"))]
    return sha256(repr((sources, shared)).encode()).hexdigest()


def _make_pages(connection: DuckDBPyConnection, names: dict[str, str]) -> Iterator[SitePage]:
    """Yield every page but the index."""
    documents = fetch_rows(connection, DOCUMENTS_SQL)
    yield from site_pages.make_article_pages(connection, documents, names)
    yield from site_pages.make_claim_pages(connection, names)
    yield from site_pages.make_entity_pages(connection, names)
    yield from site_pages.make_exchange_pages(connection, names)
    yield from site_pages.make_article_lists(documents)
    yield from site_pages.make_entity_lists(connection)
    yield SitePage("figures.html", "figures_page.html", _collect_figures(connection, names))
    yield SitePage("reading.html", "reading_page.html", {})


def _collect_figures(connection: DuckDBPyConnection, names: dict[str, str]) -> dict[str, Any]:
    """Return the data of the figures: who accuses whom, when, and how long until the denial."""
    report_scope.choose_all(connection)
    correct_said_rows(connection)
    report_data.create_exchange_tables(connection)
    days, accusations = report_data.read_days(connection), report_data.read_accusations(connection)
    return {
        "network": lay_out_network(accusations),
        "pairs": accusations[:MAX_PAIRS],
        "n_pairs": len(accusations),
        "days": days,
        "timeline": lay_out_timeline(days),
        "counts": report_data.count_rows_in_scope(connection),
        "gaps": collect_gaps(connection, names),
    }


def _put_stored_verdicts(connection: DuckDBPyConnection, folder: SiteFolder) -> None:
    """Write the verdicts of the tables, for pages that hold verdicts of the browser."""
    stored = read_stored_verdicts(connection)
    script = make_script("reviews", stored)
    folder.put(STORED_FILE, sha256(script.encode()).hexdigest(), lambda: script)


def _index_rows(connection: DuckDBPyConnection, folder: SiteFolder, names: dict[str, str]) -> str:
    """Write the search data and return the path of its catalogue."""
    index = SearchIndex(folder=folder, names=names)
    texts = """
    SELECT doc_id, published_month, title, publisher, url, published_at, text FROM documents
    ORDER BY published_month <> 'unknown', published_month, doc_id
    """
    index.add_articles(iterate_rows(connection, texts))
    rows = """
    SELECT s.*, j.claim_number FROM shown AS s
    LEFT JOIN joined AS j ON j.denial_number = s.number AND j.rank = 1 ORDER BY s.number
    """
    index.add_rows(iterate_rows(connection, rows))
    return index.finish()


def _collect_index(
    connection: DuckDBPyConnection, names: dict[str, str], title: str | None
) -> dict[str, Any]:
    """Return the data of the index: findings, figures, and the months of the lists."""
    known = findings.read_dates_and_outlets(connection)
    months = "SELECT DISTINCT published_month AS name FROM {} ORDER BY name DESC"
    exchanged = months.format("shown WHERE kind = 'denial' AND answers_id IS NOT NULL")
    return findings.read_findings(connection, names) | {
        "title": title or _name_corpus(known["outlets"] or []),
        "first_day": known["first_day"],
        "last_day": known["last_day"],
        "months": [row["name"] for row in fetch_rows(connection, months.format("documents"))],
        "exchange_months": [row["name"] for row in fetch_rows(connection, exchanged)],
    }


def _name_corpus(outlets: list[str]) -> str:
    """Return the name of a corpus by its outlets."""
    if not outlets:
        return "Claims and denials"
    named = ", ".join(outlets[:MAX_OUTLETS_NAMED])
    more = len(outlets) - MAX_OUTLETS_NAMED
    return named if more <= 0 else f"{named} and {more} more"
