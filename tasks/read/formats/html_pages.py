"""An HTML page becomes its main text and what it declares of itself."""

import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tasks.document.records import Metadata
from tasks.read.errors import UnusableError
from tasks.read.formats.page_blocks import simplify_blocks
from tasks.read.formats.reader_process import run_in_reader_process
from tasks.read.formats.side_blocks import get_paragraph_texts, remove_side_blocks
from tasks.read.metadata import get_day_order, read_stated_date

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

# What trafilatura complains of is told by the Rejected; without a handler Python would print it as well.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())

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
JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
CDATA_MARK = re.compile(r"(?:/\*|//)?\s*(?:<!\[CDATA\[|\]\]>)\s*(?:\*/)?|^\s*<!--|-->\s*$")
TRAILING_COMMA = re.compile(r",(\s*[}\]])")
ARTICLE_TYPE = re.compile(r"(?:Article|Posting|Report|Review)$")
CONTAINER_PROPERTIES = frozenset(
    {
        "itemlistelement",
        "haspart",
        "mentions",
        "citation",
        "isbasedon",
        "comment",
        "review",
        "about",
        "ispartof",
        "publisher",
        "author",
    }
)
"""properties of a page or an article that hold other things, with days of their own"""
NO_AUTHOR = re.compile(
    r"\b(?:published|updated|modified|posted|last edited|min(?:ute)?s? read|share|follow|subscribe)\b|https?:|\d{4}",
    re.IGNORECASE,
)
"""what pages write beside the names of authors"""
AUTHOR_PREFIX = re.compile(r"^(?:written |posted |story |report )?by:? ", re.IGNORECASE)
QUOTED = re.compile(r"<(/?)q(?:\s[^<>]{0,500})?>", re.IGNORECASE)
"""the element whose marks browsers add: without them its words are the author's"""
JSON_LD_SCRIPTS = "//script[contains(@type, 'ld+json')]"
FRAGMENT = re.compile(r"\s*<(?:article|section|main|div|p|blockquote)[\s>][^\0]{20}", re.IGNORECASE)
MAX_JSON_DEPTH = 30


def read_html_page(source: str) -> tuple[str, Metadata]:
    """Return the main text of a page, its paragraphs on lines of their own, and the page's metadata.

    Raises:
        UnusableError: the page cannot be parsed within the limits, or trafilatura finds no main text in it.
    """
    text, metadata = run_in_reader_process(parse_page, source.encode("utf-8", "surrogatepass"))
    return text, metadata


def parse_page(payload: bytes) -> tuple[str, Metadata]:
    """Return main text and metadata of a page in UTF-8, in this process, or raise UnusableError."""
    from lxml.html import tostring
    from trafilatura.utils import load_html

    source = payload.decode("utf-8", "surrogatepass")
    source = _write_marks(source)
    if FRAGMENT.match(source):
        # lxml makes the only element of a fragment the page, in which trafilatura finds nothing.
        source = f"<html><body>{source}</body></html>"
    try:
        tree = load_html(source)
        if tree is not None and simplify_blocks(tree):
            source = tostring(tree, encoding="unicode")
        text = _extract_main_text(source, tree)
        metadata = _read_page_metadata(tree)
    except MemoryError:
        raise
    except Exception as error:
        # Pages are hostile and trafilatura has no error of its own: whatever it raises is this page's fault.
        raise UnusableError("unreadable page", f"{error.__class__.__name__}: {error!s:.200}") from error
    if not text:
        raise UnusableError("no main text", "trafilatura finds no article in the page")
    return text, metadata


def _write_marks(source: str) -> str:
    """Return a page with quotation marks for its ``q`` elements: “ ”, and ‘ ’ inside others."""
    depth = 0

    def replace_tag(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag.group(1):
            depth = max(depth - 1, 0)
            return "’" if depth % 2 else "”"
        depth += 1
        return "“" if depth % 2 else "‘"

    return QUOTED.sub(replace_tag, source)


def _extract_main_text(source: str, tree: "HtmlElement | None") -> str | None:
    """Return the main text that trafilatura finds, or the page's article where it took a banner for it."""
    from lxml.html import tostring
    from trafilatura import extract

    text = extract(source, output_format="txt", include_comments=False)
    if tree is None:
        return text
    pruned = remove_side_blocks(tree)
    if pruned is not None:
        text = extract(pruned, output_format="txt", include_comments=False) or text
    articles = tree.xpath(
        "//article[not(ancestor::article)] | //*[@itemprop='articleBody'][not(ancestor::article)]"
    )
    if not articles:
        return text
    article = max(articles, key=lambda found: sum(map(len, get_paragraph_texts(found))))
    wanted, found = get_paragraph_texts(article), " ".join((text or "").split())
    if not wanted or any(paragraph in found for paragraph in wanted):
        return text
    body = tostring(article, encoding="unicode", with_tail=False)
    page = f"<html><body><article>{body}</article></body></html>"
    return extract(page, output_format="txt", include_comments=False) or text


def _clean_author(author: str | None) -> str | None:
    """Return the names of the authors, without the days and invitations that pages write beside them."""
    names = [AUTHOR_PREFIX.sub("", name.strip()) for name in (author or "").split(";")]
    kept = [name for name in names if name and not NO_AUTHOR.search(name)]
    return "; ".join(dict.fromkeys(kept)) or None


def _parse_json_ld(script: str) -> object:
    """Return the value of a script of JSON-LD, wrapped in CDATA or with trailing commas too; None if it is broken."""
    try:
        return json.loads(TRAILING_COMMA.sub(r"\1", CDATA_MARK.sub("", script)))
    except (ValueError, RecursionError):
        return None


def _find_json_ld_dates(script: str) -> list[str]:
    """Return the days of publication in JSON-LD: those of articles, else of pages and what has no type.

    The day of a site, a comment or a picture is not that of the article.
    """
    data = _parse_json_ld(script)
    if data is None:
        return JSON_DATE.findall(script) if '"@type"' not in script else []
    dated = [(item, day) for item in _find_items(data) if isinstance(day := item.get("datePublished"), str)]
    articles = [day for item, day in dated if _is_article(item)]
    pages = [day for item, day in dated if all(kind.endswith("Page") for kind in _get_types(item))]
    return articles or pages


def _find_json_ld_authors(scripts: Iterable[str]) -> str | None:
    """Return the names of the authors of articles in JSON-LD, or None."""
    items = [item for script in scripts for item in _find_items(_parse_json_ld(script))]
    named = {item["@id"]: item for item in items if isinstance(item.get("@id"), str) and "name" in item}
    names: list[str] = []
    for item in items:
        authors = item.get("author") if _is_article(item) else None
        for author in authors if isinstance(authors, list) else [authors]:
            if isinstance(author, dict):
                author = author.get("name") or named.get(str(author.get("@id")), {}).get("name")
            names += [author] if isinstance(author, str) else []
    return "; ".join(dict.fromkeys(names)) or None


def _get_types(item: Mapping[str, object]) -> list[str]:
    """Return the types of a thing in JSON-LD."""
    kinds = item.get("@type") or []
    return [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])]


def _is_article(item: Mapping[str, object]) -> bool:
    """Return True if a thing in JSON-LD is an article."""
    return any(ARTICLE_TYPE.search(kind) for kind in _get_types(item))


def _find_items(data: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the things in JSON-LD, those that hold others first."""
    if depth > MAX_JSON_DEPTH:
        return
    if isinstance(data, list):
        for item in data:
            yield from _find_items(item, depth + 1)
    elif isinstance(data, dict):
        yield data
        for name, value in data.items():
            if name.lower() not in CONTAINER_PROPERTIES:
                yield from _find_items(value, depth + 1)


def _read_page_metadata(tree: "HtmlElement | None") -> Metadata:
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
    author = _clean_author(found.author) or _clean_author(_find_json_ld_authors(scripts))
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
        yield from _find_json_ld_dates(script.text or "")
    yield from vague
    for time in tree.xpath("//time[@pubdate or @itemprop='datePublished']"):
        yield time.get("datetime", "")
