"""An HTML page becomes its main text and what it declares of itself."""

import logging
import re
from collections.abc import Iterator
from datetime import date

from lxml.html import HtmlElement  # type: ignore[import-untyped]
from trafilatura import extract
from trafilatura.metadata import extract_metadata
from trafilatura.utils import load_html

from tasks.read.metadata import parse_date
from tasks.read.unusable import UnusableError
from tasks.records import Metadata

# What trafilatura complains of is told by the Rejected; without a handler Python would print it as well.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())

DATE_NAMES = frozenset(
    {
        "article:published",
        "article:published_time",
        "citation_publication_date",
        "cxenseparse:recs:publishtime",
        "date",
        "date_published",
        "datepublished",
        "dc.date",
        "dc.date.created",
        "dc.date.issued",
        "dcterms.created",
        "dcterms.date",
        "dcterms.issued",
        "og:article:published_time",
        "og:published_time",
        "parsely-pub-date",
        "pubdate",
        "publication-date",
        "publication_date",
        "publish-date",
        "publishdate",
        "published-date",
        "published_time",
        "sailthru.date",
    }
)
JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')


def read_page(source: str) -> tuple[str, Metadata]:
    """Return the main text of a page, its paragraphs on lines of their own, and the page's metadata.

    Raises:
        UnusableError: the page cannot be parsed, or trafilatura finds no main text in it.
    """
    try:
        text = extract(source, output_format="txt", include_comments=False)
        metadata = declared(source)
    except Exception as error:
        # Pages are hostile and trafilatura has no error of its own: whatever it raises is this page's fault.
        raise UnusableError("unreadable page", f"{error.__class__.__name__}: {error!s:.200}") from error
    if not text:
        raise UnusableError("no main text", "trafilatura finds no article in the page")
    return text, metadata


def declared(source: str) -> Metadata:
    """Return what the page itself says of its title, author, address, site and date."""
    tree = load_html(source)
    if tree is None:
        return Metadata()
    published_at = declared_date(tree)
    found = extract_metadata(tree)
    site, url = found.sitename, found.url
    if site and url and site in url:
        # trafilatura falls back on the host name: a guess, which must not outdo the run's publisher.
        site = None
    return Metadata(site, url, found.title, found.author, published_at)


def declared_date(tree: HtmlElement) -> date | None:
    """Return the publication date that the page declares in machine-readable form.

    htmldate is not asked: it reads 03/04/2024 as April and takes a date from the running text.
    """
    dates = (parse_date(value) for value in date_values(tree))
    return next((day for day in dates if day), None)


def date_values(tree: HtmlElement) -> Iterator[str]:
    """Yield the page's declared publication dates: meta elements, JSON-LD, then time elements."""
    for meta in tree.iter("meta"):
        names = (meta.get(key, "").lower() for key in ("property", "name", "itemprop"))
        if DATE_NAMES.intersection(names):
            yield meta.get("content", "")
    for script in tree.xpath("//script[contains(@type, 'ld+json')]"):
        yield from JSON_DATE.findall(script.text or "")
    for time in tree.xpath("//time[@pubdate or @itemprop='datePublished']"):
        yield time.get("datetime", "")
