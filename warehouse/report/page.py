"""The page: what was gathered, put into the templates; nothing is fetched, nothing reaches it unescaped."""

from base64 import b64encode
from datetime import date
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from warehouse.queries.connection import connect, naming_damage
from warehouse.report import entity_pages, report_data
from warehouse.report.accusation_network import network
from warehouse.report.article_view import present
from warehouse.report.report_scope import Row, Scope, choose_all, choose_document, choose_entity, choose_since
from warehouse.report.timeline import timeline

MOST_EXCHANGES, MOST_CONTESTED, MOST_ARTICLES, MOST_CHARACTERS = 25, 8, 16, 400_000
MOST_ENTITIES, MOST_LISTED, MOST_LISTED_ALONE = 24, 12, 100
UNSEEN = {ord("\r"): "&#13;", 0: "␀"}
"""what an HTML parser would drop or change: a carriage return is written as its reference, and NUL, which
no HTML can hold, as the symbol for it"""


def report(
    root: Path | str, doc: str | None = None, entity: str | None = None, since: date | None = None
) -> str:
    """Return the report of a warehouse, or of one document, one entity or what is dated since a day.

    Raises ReportError where what was asked for is not there, WarehouseError where nothing is published.
    """
    connection = connect(root)
    with naming_damage(root):
        scope = _choose(connection, doc, entity, since)
        report_data.pair_up(connection)
        return _render(_gather(connection, scope))


def _choose(connection: DuckDBPyConnection, doc: str | None, entity: str | None, since: date | None) -> Scope:
    if doc is not None:
        return choose_document(connection, doc)
    if entity is not None:
        return choose_entity(connection, entity)
    return choose_since(connection, since) if since else choose_all(connection)


def _gather(connection: DuckDBPyConnection, scope: Scope) -> dict[str, Any]:
    """Return everything the template tells, under the names it uses."""
    shown = report_data.documents_to_show(connection, MOST_ARTICLES, MOST_CHARACTERS)
    # Of one entity's statements, nobody else's shares can be told: the others get no page.
    pages = [scope.entity_id] if scope.entity_id else entity_pages.leading(connection, MOST_ENTITIES)
    listed = MOST_LISTED_ALONE if scope.entity_id else MOST_LISTED
    accusations = report_data.accusations(connection)
    days = report_data.days(connection)
    articles = [present(report_data.article(connection, doc_id)) for doc_id in shown]
    return {
        "scope": scope,
        "heading": _heading(articles[0]["document"]) if scope.doc_id else scope.words,
        "counts": report_data.counts(connection),
        "exchanges": report_data.exchanges(connection, MOST_EXCHANGES),
        "n_exchanges": report_data.n_exchanges(connection),
        "contested": report_data.most_contested(connection, MOST_CONTESTED),
        "network": network(accusations),
        "days": days,
        "timeline": timeline(days),
        "articles": articles,
        "shown": set(shown),
        "entities": [entity_pages.entity(connection, i, listed) for i in pages],
        "pages": set(pages),
    }


def _heading(document: Row) -> str:
    return short(document["title"] or document["text"], 100)


def _render(told: dict[str, Any]) -> str:
    """Return the page; its policy lets the browser run only our script and style and fetch nothing."""
    style, script = _asset("style.css"), _asset("script.js")
    policy = (
        f"default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    )
    template = _environment().get_template("report.html")
    return template.render(told, style=style, script=script, policy=policy)


def _environment() -> Environment:
    """Return the templates: everything escaped, and nothing undefined passed over."""
    environment = Environment(
        loader=PackageLoader("warehouse.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"exact": exact, "short": short, "day": day, "number": "{:,}".format}
    environment.tests["web"] = is_web
    return environment


def _asset(name: str) -> Markup:
    """Return a style sheet or script of this package: the only text that is not escaped."""
    return Markup(files("warehouse.report").joinpath("templates", name).read_text("utf-8"))


def _digest(asset: str) -> str:
    """Return the hash by which a content security policy allows an inline asset."""
    return "sha256-" + b64encode(sha256(asset.encode()).digest()).decode()


def exact(text: str) -> Markup:
    """Return text escaped so that an HTML parser gives back every character of it."""
    return Markup(str(escape(text)).translate(UNSEEN))


def short(text: object, longest: int = 220) -> str:
    """Return a text on one line of limited length, cut between words where there are any."""
    line = " ".join(str(text or "").split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"


def day(value: date | None) -> str:
    """Return a day as people write it, or that it is not known."""
    return f"{value.day} {value:%b %Y}" if value else "undated"


def is_web(url: object) -> bool:
    """Tell whether an address may be a link: only http and https, never javascript or data."""
    return str(url or "").lower().startswith(("https://", "http://"))
