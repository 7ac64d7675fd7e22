"""The entries of an RSS or Atom file become raw documents."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from tasks.document.records import Metadata, RawDocument, Rejected
from tasks.read.byte_streams import SourceOrigin, read_all_bytes, require_optional_library
from tasks.read.errors import UnusableError
from tasks.read.formats.reader_process import run_in_reader_process
from tasks.read.metadata import get_day_order, infer_day_order, read_stated_date, to_one_line

PLAIN_TEXT = "text/plain"
ENTITY = re.compile(
    rb"<!ENTITY\s++(?:%|[^<>\"']*(?:[\"'][^\"'>]*&(?!\#)|[\"'][^\"'>]{200}|\b(?:SYSTEM|PUBLIC)\b))"
)
"""a declaration of XML that refers to another entity or a file, or is long: few bytes expand to gigabytes"""
MAX_PROLOGUE = 1_000_000


def read_feed(stream: BinaryIO, origin: SourceOrigin) -> Iterator[RawDocument | Rejected]:
    """Yield one document an entry: its full content where the feed has it, else its summary.

    An entry is named ``uri#id``, by its guid or address, else ``uri#entry=7``. The feed's title is the
    publisher.

    Raises:
        UnusableError: the file is no feed, cannot be parsed within the limits, or feedparser is not
            installed.
    """
    with require_optional_library("feedparser"):
        import feedparser  # noqa: F401
    for found in run_in_reader_process(parse_feed, read_all_bytes(stream)):
        place = f"{origin.uri}#{found.source_uri}"
        if isinstance(found, Rejected):
            yield replace(found, source_uri=place)
        else:
            yield replace(found, source_uri=place, defaults=origin.defaults)


def parse_feed(payload: bytes) -> list[RawDocument | Rejected]:
    """Return the entries of a feed, each under its name in it, in this process, or raise UnusableError."""
    import feedparser

    if ENTITY.search(payload, 0, MAX_PROLOGUE):
        told = "it declares entities made of others or of files: remove its DOCTYPE, no feed needs one"
        raise UnusableError("unsafe XML", told)
    # As a stream: bytes that look like an address or a path would be fetched or opened.
    feed = feedparser.parse(io.BytesIO(payload))
    if not feed.get("version") and not feed.entries:
        raise UnusableError("no feed", f"expected RSS or Atom: {feed.get('bozo_exception', 'no entries')}")
    order = infer_day_order([entry.get("published") or "" for entry in feed.entries])
    if order is None:
        order = get_day_order(feed.feed.get("language"))
    return [
        _read_entry(entry, number, feed.feed.get("title"), order)
        for number, entry in enumerate(feed.entries, 1)
    ]


def _read_entry(
    entry: Any, number: int, publisher: str | None, day_first: bool | None
) -> RawDocument | Rejected:
    """Return the document that an entry holds, or why it holds none."""
    name = to_one_line(entry.get("id") or entry.get("link")) or f"entry={number}"
    try:
        return _convert_entry(entry, name, publisher, day_first)
    except UnusableError as problem:
        return Rejected(name, "read", problem.reason, f"entry {number}: {problem.detail}")


def _convert_entry(entry: Any, name: str, publisher: str | None, day_first: bool | None) -> RawDocument:
    """Return the document that an entry holds, or raise UnusableError."""
    bodies = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    body = next((b for b in bodies if (b.get("value") or "").strip()), None)
    if body is None:
        raise UnusableError("no text", "expected a content, description or summary")
    # feedparser's own reading of the date is not used: it makes 1 November of 2016/6/29.
    day, problem = read_stated_date([entry.get("published")], day_first)
    metadata = Metadata(
        publisher=entry.get("source", {}).get("title") or publisher,
        url=entry.get("link"),
        title=entry.get("title"),
        author=entry.get("author"),
        published_at=day,
        published_problem=problem,
    )
    if body.get("type") == PLAIN_TEXT:
        return RawDocument(name, body["value"], "text", metadata)
    # Marked as the main text: else a short entry is taken for the frame of a page.
    page = f"<html><body><article>{body['value']}</article></body></html>"
    return RawDocument(name, page, "html", metadata)
