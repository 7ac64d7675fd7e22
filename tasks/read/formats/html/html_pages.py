"""An HTML page becomes its main text and what it declares of itself."""

import logging
import re
from typing import TYPE_CHECKING

from tasks.document.records import Metadata
from tasks.read.errors import UnusableError
from tasks.read.formats.html.page_blocks import simplify_blocks
from tasks.read.formats.html.page_metadata import read_page_metadata
from tasks.read.formats.html.side_blocks import get_paragraph_texts, remove_side_blocks
from tasks.read.formats.reader_process import run_in_reader_process

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

# The reject says what trafilatura logs; without a handler Python would print it as well.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())

QUOTED = re.compile(r"<(/?)q(?:\s[^<>]{0,500})?>", re.IGNORECASE)
"""the element whose marks browsers add: without them its words are the author's"""
FRAGMENT = re.compile(r"\s*<(?:article|section|main|div|p|blockquote)[\s>][^\0]{20}", re.IGNORECASE)


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
        metadata = read_page_metadata(tree)
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
