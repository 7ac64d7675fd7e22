"""The entries of an RSS or Atom file become raw documents."""

import io
from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO

from tasks.document.records import Metadata, RawDocument, Rejected
from tasks.read.byte_streams import Origin, optional_library, read_whole
from tasks.read.errors import UnusableError
from tasks.read.metadata import one_line, parse_date, parse_mail_date, parse_printed_date

PLAIN = "text/plain"


def read_feed(stream: BinaryIO, origin: Origin) -> Iterator[RawDocument | Rejected]:
    """Yield one document an entry: its full content where the feed has it, else its summary.

    An entry is named ``uri#id``, by its guid or address, else ``uri#entry=7``. The feed's title is the
    publisher.

    Raises:
        UnusableError: the file is no feed, or feedparser is not installed.
    """
    with optional_library("feedparser"):
        import feedparser
    # As a stream: bytes that look like an address or a path would be fetched or opened.
    feed = feedparser.parse(io.BytesIO(read_whole(stream)))
    if not feed.get("version") and not feed.entries:
        raise UnusableError("no feed", f"expected RSS or Atom: {feed.get('bozo_exception', 'no entries')}")
    for number, entry in enumerate(feed.entries, 1):
        place = f"{origin.uri}#{one_line(entry.get('id') or entry.get('link')) or f'entry={number}'}"
        try:
            yield to_document(entry, place, origin.defaults, feed.feed.get("title"))
        except UnusableError as problem:
            yield Rejected(place, "read", problem.reason, f"entry {number}: {problem.detail}")


def to_document(entry: Any, place: str, defaults: Metadata, publisher: str | None) -> RawDocument:
    """Return the document that an entry holds, or raise UnusableError."""
    bodies = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    body = next((b for b in bodies if (b.get("value") or "").strip()), None)
    if body is None:
        raise UnusableError("no text", "expected a content, description or summary")
    metadata = Metadata(
        publisher=entry.get("source", {}).get("title") or publisher,
        url=entry.get("link"),
        title=entry.get("title"),
        author=entry.get("author"),
        published_at=day_of(entry),
    )
    if body.get("type") == PLAIN:
        return RawDocument(place, body["value"], "text", metadata, defaults)
    # Marked as the main text: else a short entry is taken for the frame of a page.
    page = f"<html><body><article>{body['value']}</article></body></html>"
    return RawDocument(place, page, "html", metadata, defaults)


def day_of(entry: Any) -> date | None:
    """Return the day of publication as printed.

    feedparser's own reading is not asked: it makes 1 November of 2016/6/29.
    """
    value = entry.get("published")
    if not value:
        return None
    if day := parse_date(value) or parse_printed_date(value) or parse_mail_date(value):
        return day
    raise UnusableError("bad date", f"expected a day as in RFC 2822 or ISO 8601, found {value!r:.80}")
