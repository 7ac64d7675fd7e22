"""What the JSON-LD of an HTML page says of its article: its day of publication and its authors."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

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
MAX_JSON_DEPTH = 30


def find_json_ld_dates(script: str) -> list[str]:
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


def find_json_ld_authors(scripts: Iterable[str]) -> str | None:
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


def _parse_json_ld(script: str) -> object:
    """Return the value of a script of JSON-LD, wrapped in CDATA or with trailing commas too; None if it is broken."""
    try:
        return json.loads(TRAILING_COMMA.sub(r"\1", CDATA_MARK.sub("", script)))
    except (ValueError, RecursionError):
        return None


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
