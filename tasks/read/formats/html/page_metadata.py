"""What an HTML page declares of itself: title, author, address, site and date."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tasks.document.records import Metadata
from tasks.read.formats.html.json_ld import find_json_ld_authors, find_json_ld_dates
from tasks.read.metadata import get_day_order, read_stated_date

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

DATE_META_NAMES = frozenset(
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
VAGUE_META_NAMES = frozenset({"date", "dc.date", "dcterms.date"})
"""names of elements that may hold the day of the site or of the last change"""
NO_AUTHOR = re.compile(
    r"\b(?:published|updated|modified|posted|last edited|min(?:ute)?s? read|share|follow|subscribe)\b|https?:|\d{4}",
    re.IGNORECASE,
)
"""what pages write beside the names of authors"""
AUTHOR_PREFIX = re.compile(r"^(?:written |posted |story |report )?by:? ", re.IGNORECASE)
JSON_LD_SCRIPTS = "//script[contains(@type, 'ld+json')]"


def read_page_metadata(tree: "HtmlElement | None") -> Metadata:
    """Return what the page itself says of its title, author, address, site and date."""
    from trafilatura.metadata import extract_metadata

    if tree is None:
        return Metadata()
    day, problem = read_stated_date(_find_date_values(tree), get_day_order(tree.get("lang")))
    found = extract_metadata(tree)
    site, url = found.sitename, found.url
    if site and url and site in url:
        # trafilatura falls back on the host name: a guess, which must not outdo the run's publisher.
        site = None
    scripts = [script.text or "" for script in tree.xpath(JSON_LD_SCRIPTS)]
    author = clean_author(found.author) or clean_author(find_json_ld_authors(scripts))
    return Metadata(site, url, found.title, author, day, problem)


def _find_date_values(tree: "HtmlElement") -> Iterator[str]:
    """Yield the page's declared publication dates: meta elements, JSON-LD, then time elements.

    A meta element that only says *date* comes after JSON-LD. htmldate is not asked: it reads 03/04/2024 as April and
    takes a date from the running text.
    """
    vague = []
    for meta in tree.iter("meta"):
        names = {meta.get(key, "").lower() for key in ("property", "name", "itemprop")}
        if names & DATE_META_NAMES:
            if names & VAGUE_META_NAMES:
                vague.append(meta.get("content", ""))
            else:
                yield meta.get("content", "")
    for script in tree.xpath(JSON_LD_SCRIPTS):
        yield from find_json_ld_dates(script.text or "")
    yield from vague
    for time in tree.xpath("//time[@pubdate or @itemprop='datePublished']"):
        yield time.get("datetime", "")


def clean_author(author: str | None) -> str | None:
    """Return the names of the authors, without the days and invitations that pages write beside them."""
    names = [AUTHOR_PREFIX.sub("", name.strip()) for name in (author or "").split(";")]
    kept = [name for name in names if name and not NO_AUTHOR.search(name)]
    return "; ".join(dict.fromkeys(kept)) or None
