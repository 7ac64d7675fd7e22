"""Read the pages of a web archive (WARC, ISO 28500) as raw documents."""

import io
import logging
from collections.abc import Iterator
from typing import Any, BinaryIO

from tasks.document.records import MediaType, Metadata, RawDocument, Rejected
from tasks.read.byte_streams import SourceOrigin, read_all_bytes, require_optional_library
from tasks.read.errors import UnusableError
from tasks.read.formats.warc_records import MISSING_HEADER, WarcRecord, WarcRecordReader

# The Rejected reports warcio's errors; without a handler Python would print its warnings as well.
logging.getLogger("warcio").addHandler(logging.NullHandler())

MEDIA_BY_CONTENT_TYPE: dict[str, MediaType] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "text",
}


def read_warc(stream: BinaryIO, origin: SourceOrigin) -> Iterator[RawDocument | Rejected]:
    """Yield a document for each page with status 200, with the URI ``uri#record-id``.

    Requests, redirects, errors, revisits, images and scripts are skipped. The day of the crawl is not used
    as the day of publication. A record that cannot be read is a Rejected.

    Raises:
        UnusableError: the file contains no WARC record, or warcio is not installed.
    """
    with require_optional_library("warcio"):
        import warcio.archiveiterator  # noqa: F401
    found_any = False
    damaged: list[Rejected] = []
    for number, record in enumerate(WarcRecordReader(stream), 1):
        found = _convert_record(record, number, origin)
        if isinstance(found, Rejected) and not found_any:
            damaged.append(found)
            continue
        found_any = True
        yield from damaged
        damaged.clear()
        if found:
            yield found
    if not found_any:
        yield from _check_archive(damaged)


def _check_archive(damaged: list[Rejected]) -> list[Rejected]:
    """Return the rejects of a file without an intact record, or raise UnusableError if it is no WARC."""
    if any(MISSING_HEADER not in reject.detail for reject in damaged):
        return damaged
    raise UnusableError("broken WARC", "the file contains no WARC record: check the file, or fetch it again")


def _convert_record(record: WarcRecord, number: int, origin: SourceOrigin) -> RawDocument | Rejected | None:
    """Return the page of a record, a Rejected if it cannot be read, or None if it is not a page."""
    from warcio.archiveiterator import ArchiveIterator

    place = f"{origin.uri}#record={number}"
    if record.problem and record.problem.startswith("too large"):
        # Only an oversized page is a lost document, not a video or an image.
        is_page = b"text/html" in record.content[:4096] or b"text/plain" in record.content[:4096]
        return Rejected(place, "read", "too large", f"record {number}: {record.problem}") if is_page else None
    try:
        if record.problem:
            raise UnusableError("broken WARC", record.problem)
        archived = next(iter(ArchiveIterator(io.BytesIO(record.content))), None)
        media = _get_media_type(archived) if archived else None
        return _convert_page(archived, media, origin) if media else None
    except UnusableError as problem:
        return Rejected(place, "read", problem.reason, f"record {number}: {problem.detail}")
    except Exception as error:
        # Input is untrusted and warcio raises many kinds of errors: all are faults of this record.
        detail = f"record {number}: {error.__class__.__name__}: {error!s:.200}"
        return Rejected(place, "read", "broken WARC", f"{detail}: check the file, or fetch it again")


def _get_media_type(record: Any) -> MediaType | None:
    """Return the media type of a record with a page; None for other records."""
    if record.rec_type == "resource":
        kind = record.rec_headers.get_header("Content-Type")
    elif record.rec_type == "response" and record.http_headers and record.http_headers.statusline:
        kind = record.http_headers.get_header("Content-Type") if _get_http_status(record) == "200" else None
    else:
        return None
    return MEDIA_BY_CONTENT_TYPE.get((kind or "").partition(";")[0].strip().lower())


def _get_http_status(record: Any) -> str:
    """Return the status code of an HTTP response."""
    return str(record.http_headers.get_statuscode())


def _convert_page(record: Any, media: MediaType, origin: SourceOrigin) -> RawDocument | Rejected:
    """Return the page of a record with its URL, or a Rejected if its content cannot be read."""
    name = (record.rec_headers.get_header("WARC-Record-ID") or "").strip("<>")
    url = record.rec_headers.get_header("WARC-Target-URI")
    place = f"{origin.uri}#{name or url}"
    try:
        payload = read_all_bytes(record.content_stream())
    except UnusableError as problem:
        return Rejected(place, "read", problem.reason, problem.detail)
    return RawDocument(place, payload, media, Metadata(url=url), origin.defaults)
