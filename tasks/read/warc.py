"""The pages of a web archive (WARC, ISO 28500) become raw documents."""

import logging
from collections.abc import Iterator
from typing import Any, BinaryIO

from tasks.read.streams import Origin, optional_library, read_whole
from tasks.read.unusable import UnusableError
from tasks.records import Media, Metadata, RawDocument, Rejected

# What warcio complains of is told by the Rejected; without a handler Python would print it as well.
logging.getLogger("warcio").addHandler(logging.NullHandler())

MEDIA: dict[str, Media] = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}


def read_warc(stream: BinaryIO, origin: Origin) -> Iterator[RawDocument | Rejected]:
    """Yield one document a page that was answered with 200, named ``uri#record-id``.

    Requests, redirects, errors, revisits, images and scripts are no documents. The day of the crawl is not
    the day of publication: only the page tells that.

    Raises:
        UnusableError: what follows is no WARC, or warcio is not installed.
    """
    with optional_library("warcio"):
        from warcio.archiveiterator import ArchiveIterator
    try:
        for record in ArchiveIterator(stream):
            if media := media_of(record):
                yield to_document(record, media, origin)
    except Exception as error:
        # Archives are hostile and warcio lets many kinds of error through: each is this file's fault.
        told = f"{error.__class__.__name__}: {error!s:.200}"
        raise UnusableError("broken WARC", f"{told}: check the file, or fetch it again") from error


def media_of(record: Any) -> Media | None:
    """Return how the content of a record is to be taken; None if it is no page."""
    if record.rec_type == "resource":
        kind = record.rec_headers.get_header("Content-Type")
    elif record.rec_type == "response" and record.http_headers and record.http_headers.statusline:
        kind = record.http_headers.get_header("Content-Type") if status_of(record) == "200" else None
    else:
        return None
    return MEDIA.get((kind or "").partition(";")[0].strip().lower())


def status_of(record: Any) -> str:
    """Return the status code of an HTTP response."""
    return str(record.http_headers.get_statuscode())


def to_document(record: Any, media: Media, origin: Origin) -> RawDocument | Rejected:
    """Return the page of a record with its address; what cannot be unpacked is Rejected."""
    name = (record.rec_headers.get_header("WARC-Record-ID") or "").strip("<>")
    url = record.rec_headers.get_header("WARC-Target-URI")
    place = f"{origin.uri}#{name or url}"
    try:
        payload = read_whole(record.content_stream())
    except UnusableError as problem:
        return Rejected(place, "read", problem.reason, problem.detail)
    return RawDocument(place, payload, media, Metadata(url=url), origin.defaults)
