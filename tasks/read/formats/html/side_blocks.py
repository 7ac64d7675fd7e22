"""Remove what surrounds the article of a page: banners, dialogs, other stories, captions, what nobody sees."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

CONSENT_BANNER = re.compile(
    r"cookie|consent|gdpr|privacy-(?:banner|notice|popup)|\bcmp\b|onetrust|didomi", re.IGNORECASE
)
CONSENT_WORDS = re.compile(
    r"\bcookies?\b|\bconsent\b|\bprivacy (?:policy|settings|choices)\b|\badverts?\b|\bour (?:\d+ )?partners\b",
    re.IGNORECASE,
)
OUTSIDE_TEXT = (
    "//p[not(ancestor::article or ancestor::main)] | //td[not(.//p or .//td)]"
    " | //div[not(.//p or .//div or .//td or ancestor::article or ancestor::main)]"
)
MIN_CONSENT_WORDS = 3
"""different or repeated words of consent in a block outside the article that make it a banner"""
SIDE_BLOCK = re.compile(
    r"(?:^|[\s_-])(?:related|recommended|recirc\w*|more-(?:stories|news|from)|most-(?:read|popular)|trending|read-?next"
    r"|newsletter|sign-?up|author-?(?:bio|box|info|card)|ads?|advert\w*|sponsored|teasers?|promo|share|social|comments?|disqus|outbrain|taboola)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""ids and classes of the elements beside an article: links, forms and comments"""
MAX_BLOCKS = 200
"""blocks of a page that are examined; ordinary pages have a tenth, and more would take quadratic time"""
MAX_SIDE_SHARE = 0.5
"""a block with a larger share of a page's paragraphs is its article, whatever its class says"""
MIN_PARAGRAPH_CHARS = 40
UNSEEN = (
    "//noscript | //template | //figcaption | //*[@hidden] | //*[@aria-hidden='true'][.//p]"
    " | //*[contains(translate(@style, ' ', ''), 'display:none')]"
)
"""what readers do not see, and captions, which are no part of the text"""
READ_ALSO = re.compile(
    r"\W*(?:(?:read|see|watch) (?:also|more|next)|(?:also|more) (?:read|on this|from)|related|recommended)\b",
    re.IGNORECASE,
)
"""how a paragraph begins that only leads to another story"""
LINKED_HEADING = (
    ".//*[self::h2 or self::h3 or self::h4][.//a[@href]] | .//a[@href]//*[self::h2 or self::h3 or self::h4]"
)
MIN_LINKED_HEADINGS = 3


def get_paragraph_texts(element: "HtmlElement") -> list[str]:
    """Return the paragraphs of an element with white space collapsed, those of a few words left out."""
    texts = (" ".join(paragraph.text_content().split()) for paragraph in element.iter("p"))
    return [text for text in texts if len(text) >= MIN_PARAGRAPH_CHARS]


def remove_side_blocks(tree: "HtmlElement") -> "HtmlElement | None":
    """Return the page without banners of consent, dialogs, and blocks beside its article; None if it has none."""
    copy = deepcopy(tree)
    elements = copy.iter("div", "section", "aside", "dialog", "form", "footer", "ul", "article")
    named = [element for element in elements if _is_named_block(element)][:MAX_BLOCKS]
    total = _count_paragraph_chars(copy)
    blocks = [element for element in named if _is_consent_banner(element) or _is_side_block(element, total)]
    blocks += [*_find_unnamed_banners(copy), *_find_unseen_blocks(copy, total), *_find_story_lists(copy)]
    for block in blocks:
        if block.getparent() is not None:
            block.drop_tree()
    return copy if blocks else None


def _is_named_block(element: "HtmlElement") -> bool:
    """Return True for a dialog, and an element with an id or class that may be of a banner or a side block."""
    names = _get_names(element)
    if element.tag == "dialog" or element.get("role") == "dialog" or element.get("aria-modal") == "true":
        return True
    return CONSENT_BANNER.search(names) is not None or SIDE_BLOCK.search(names) is not None


def _is_consent_banner(element: "HtmlElement") -> bool:
    """Return True for a dialog or banner around no article."""
    is_banner = element.tag not in ("ul", "article") and CONSENT_BANNER.search(_get_names(element))
    is_dialog = (
        element.tag == "dialog" or element.get("role") == "dialog" or element.get("aria-modal") == "true"
    )
    return (
        bool(is_banner or is_dialog)
        and element.find(".//article") is None
        and element.find(".//main") is None
    )


def _find_unnamed_banners(tree: "HtmlElement") -> list["HtmlElement"]:
    """Return the parents of paragraphs that ask for consent, outside the article of a page that has one.

    Where nothing says which part of a page is its article, each paragraph of a banner asks for consent.
    """
    has_article = tree.xpath("boolean(//article | //main)")
    counts: dict[HtmlElement, int] = {}
    others: set[HtmlElement] = set()
    for paragraph in tree.xpath(OUTSIDE_TEXT)[:MAX_BLOCKS]:
        parent = paragraph.getparent() if paragraph.tag == "p" else paragraph
        found = len(CONSENT_WORDS.findall(paragraph.text_content()))
        if parent is None or parent.tag == "body":
            continue
        if found:
            counts[parent] = counts.get(parent, 0) + found
        elif not has_article:
            others.add(parent)
    return [
        parent
        for parent, count in counts.items()
        if count >= MIN_CONSENT_WORDS
        and parent not in others
        and parent.find(".//article") is None
        and parent.find(".//h1") is None
    ]


def _is_side_block(element: "HtmlElement", total: int) -> bool:
    """Return True for a block that its id or class puts beside the article, unless most paragraphs are in it."""
    if not SIDE_BLOCK.search(_get_names(element)) or element.find(".//h1") is not None:
        return False
    return _count_paragraph_chars(element) <= MAX_SIDE_SHARE * total


def _get_names(element: "HtmlElement") -> str:
    """Return the id and the classes of an element."""
    return f"{element.get('id', '')} {element.get('class', '')}"


def _count_paragraph_chars(element: "HtmlElement") -> int:
    """Return the number of characters in the paragraphs of an element."""
    return sum(map(len, get_paragraph_texts(element)))


def _find_unseen_blocks(tree: "HtmlElement", total: int) -> Iterator["HtmlElement"]:
    """Yield what readers do not see, captions, and paragraphs that only lead to another story."""
    for element in tree.xpath(UNSEEN)[:MAX_BLOCKS]:
        if element.tag != "body" and _count_paragraph_chars(element) <= MAX_SIDE_SHARE * total:
            yield element
    for paragraph in tree.xpath("//p[.//a[@href]]")[:MAX_BLOCKS]:
        words = " ".join(paragraph.text_content().split())
        linked = sum(len(" ".join(link.text_content().split())) for link in paragraph.iter("a"))
        if READ_ALSO.match(words) and 2 * linked > len(words):
            yield paragraph


def _find_story_lists(tree: "HtmlElement") -> Iterator["HtmlElement"]:
    """Yield the blocks of teasers: several headings that are links, in a block without the title of the page."""
    for block in tree.xpath("//section | //aside | //ul | //ol | //div[not(.//article)]")[:MAX_BLOCKS]:
        if block.find(".//h1") is not None or len(block.xpath(LINKED_HEADING)) < MIN_LINKED_HEADINGS:
            continue
        if not any(_is_own_paragraph(p, block) for p in block.iter("p")):
            yield block


def _is_own_paragraph(paragraph: "HtmlElement", block: "HtmlElement") -> bool:
    """Return True if a long paragraph is in a block of teasers but not in one of them."""
    if len(" ".join(paragraph.text_content().split())) < MIN_PARAGRAPH_CHARS:
        return False
    parent = paragraph.getparent()
    while parent is not None and parent is not block:
        if parent.xpath(LINKED_HEADING):
            return False
        parent = parent.getparent()
    return True
