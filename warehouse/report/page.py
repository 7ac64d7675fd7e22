"""The page of the report: data put into the templates, all of it escaped; the page fetches nothing."""

from base64 import b64encode
from datetime import date
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection
from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from warehouse.queries.connection import connect_to_warehouse, explain_damage
from warehouse.report import entity_pages, report_data
from warehouse.report.accusation_network import lay_out_network
from warehouse.report.article_view import prepare_article
from warehouse.report.report_scope import (
    ReportScope,
    Row,
    choose_all,
    choose_document,
    choose_entity,
    choose_since,
)
from warehouse.report.timeline import lay_out_timeline

MAX_EXCHANGES, MAX_CONTESTED, MAX_ARTICLES, MAX_CHARS = 25, 8, 16, 400_000
MAX_ENTITIES, MAX_LISTED, MAX_LISTED_ALONE = 24, 12, 100
HTML_REPLACEMENTS = {ord("\r"): "&#13;", 0: "␀"}
"""characters that an HTML parser would change: a carriage return is written as its reference, and NUL, which
HTML cannot hold, as its symbol"""


def render_report(
    root: Path | str, doc: str | None = None, entity: str | None = None, since: date | None = None
) -> str:
    """Return the report on a whole warehouse, one document, one entity, or the documents published since a day.

    Raises ReportError if there is no such document or entity, WarehouseError if nothing is published.
    """
    connection = connect_to_warehouse(root)
    with explain_damage(root):
        scope = _choose_scope(connection, doc, entity, since)
        report_data.create_exchange_tables(connection)
        return _render_page(_collect_template_values(connection, scope))


def _choose_scope(
    connection: DuckDBPyConnection, doc: str | None, entity: str | None, since: date | None
) -> ReportScope:
    if doc is not None:
        return choose_document(connection, doc)
    if entity is not None:
        return choose_entity(connection, entity)
    return choose_since(connection, since) if since else choose_all(connection)


def _collect_template_values(connection: DuckDBPyConnection, scope: ReportScope) -> dict[str, Any]:
    """Return the values of the templates, under the names that they use."""
    shown = report_data.choose_documents(connection, MAX_ARTICLES, MAX_CHARS)
    # A report on one entity has only its statements, too few for the shares of others, which get no section.
    pages = (
        [scope.entity_id] if scope.entity_id else entity_pages.find_leading_entities(connection, MAX_ENTITIES)
    )
    listed = MAX_LISTED_ALONE if scope.entity_id else MAX_LISTED
    accusations = report_data.read_accusations(connection)
    days = report_data.read_days(connection)
    articles = [prepare_article(report_data.read_article(connection, doc_id)) for doc_id in shown]
    return {
        "scope": scope,
        "heading": _make_heading(articles[0]["document"]) if scope.doc_id else scope.words,
        "counts": report_data.count_rows_in_scope(connection),
        "exchanges": report_data.read_exchanges(connection, MAX_EXCHANGES),
        "n_exchanges": report_data.count_exchanges(connection),
        "contested": report_data.read_most_contested(connection, MAX_CONTESTED),
        "network": lay_out_network(accusations),
        "days": days,
        "timeline": lay_out_timeline(days),
        "articles": articles,
        "shown": set(shown),
        "entities": [entity_pages.read_entity(connection, i, listed) for i in pages],
        "pages": set(pages),
    }


def _make_heading(document: Row) -> str:
    return _shorten_text(document["title"] or document["text"], 100)


def _render_page(values: dict[str, Any]) -> str:
    """Return the page; its policy lets the browser use only our script and style, and fetch nothing."""
    style, script = _read_asset("style.css"), _read_asset("script.js")
    policy = (
        f"default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src '{_compute_digest(style)}'; script-src '{_compute_digest(script)}'"
    )
    template = make_environment(PackageLoader("warehouse.report")).get_template("report.html")
    return template.render(values, style=style, script=script, policy=policy)


def make_environment(loader: BaseLoader) -> Environment:
    """Return the template environment: it escapes everything and raises an error for undefined names."""
    environment = Environment(
        loader=loader,
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "exact": escape_exactly,
        "short": _shorten_text,
        "day": _format_day,
        "number": "{:,}".format,
    }
    environment.tests["web"] = is_web_address
    return environment


def _read_asset(name: str) -> Markup:
    """Return a style sheet or script of this package, the only text that is not escaped."""
    return Markup(files("warehouse.report").joinpath("templates", name).read_text("utf-8"))


def _compute_digest(asset: str) -> str:
    """Return the hash by which a content security policy allows an inline asset."""
    return "sha256-" + b64encode(sha256(asset.encode()).digest()).decode()


def escape_exactly(text: str) -> Markup:
    """Return text escaped so that an HTML parser reads back exactly the same characters."""
    return Markup(str(escape(text)).translate(HTML_REPLACEMENTS))


def _shorten_text(text: object, longest: int = 220) -> str:
    """Return a text as one line of at most ``longest`` characters, cut between words if possible."""
    line = " ".join(str(text or "").split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"


def _format_day(value: date | None) -> str:
    """Return a day as people write it, or ``undated``."""
    return f"{value.day} {value:%b %Y}" if value else "undated"


def is_web_address(url: object) -> bool:
    """Return True if an address may become a link: only http and https, never javascript or data."""
    return str(url or "").lower().startswith(("https://", "http://"))
