"""Make the blocks of a page that trafilatura drops or runs together paragraphs: signed quotations, tables of layout."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

MAX_NAME_CHARS = 120
MIN_TEXT_CHARS = 40
DASHES = "—–-―~"


def simplify_blocks(tree: "HtmlElement") -> bool:
    """Change quotations with a name and tables of layout to paragraphs in place; return True if there were any.

    The name of a quotation (``cite``, ``footer`` or ``figcaption``) becomes a paragraph after it, with a dash before
    it, as it is printed.
    """
    signed = [_move_signature(quotation) for quotation in tree.xpath("//blockquote")]
    tables = [_flatten_table(table) for table in tree.xpath("//table[not(ancestor::table)]")]
    return any(signed) or any(tables)


def _move_signature(quotation: "HtmlElement") -> bool:
    """Put who signs a quotation into a paragraph after it; return True if anybody does."""
    from lxml.html import Element

    name = _find_signature(quotation)
    if name is None:
        return False
    words = " ".join(name.text_content().split())
    name.drop_tree()
    signature = Element("p")
    signature.text = words if words.startswith(tuple(DASHES)) else f"— {words}"
    signature.tail, quotation.tail = quotation.tail, None
    figure = quotation.getparent()
    quotation.addnext(signature)
    if figure is not None and figure.tag == "figure":
        figure.tag = "div"
    if not quotation.xpath(".//p"):
        quotation.tag = "p"
    return True


def _find_signature(quotation: "HtmlElement") -> "HtmlElement | None":
    """Return the element that names who is quoted, or None."""
    inside = quotation.xpath(".//footer | .//cite")
    figure = quotation.getparent()
    if not inside and figure is not None and figure.tag == "figure":
        inside = figure.xpath(".//figcaption | .//cite")
    if not inside:
        return None
    words = " ".join(inside[0].text_content().split())
    is_last = not (inside[0].tail or "").strip()
    return inside[0] if is_last and 0 < len(words) <= MAX_NAME_CHARS else None


def _flatten_table(table: "HtmlElement") -> bool:
    """Make a table whose cells hold paragraphs a run of blocks; return True if it was one."""
    paragraphs = [p for p in table.xpath(".//td//p") if len(p.text_content().strip()) >= MIN_TEXT_CHARS]
    if not paragraphs or table.xpath(".//th"):
        return False
    for element in (table, *table.xpath(".//table | .//tbody | .//tr | .//td")):
        element.tag = "div"
    return True
