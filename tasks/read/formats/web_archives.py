"""The pages of a web archive (WARC, ISO 28500) become raw documents."""

import io
import logging
from collections.abc import Iterator
from typing import Any, BinaryIO

from tasks.document.records import Media, Metadata, RawDocument, Rejected
from tasks.read.byte_streams import Origin, optional_library, read_whole
from tasks.read.errors import UnusableError
from tasks.read.formats.warc_records import HEADERLESS, Record, RecordReader

# What warcio complains of is told by the Rejected; without a handler Python would print it as well.
logging.getLogger("warcio").addHandler(logging.NullHandler())

MEDIA: dict[str, Media] = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}


def read_warc(stream: BinaryIO, origin: Origin) -> Iterator[RawDocument | Rejected]:
    """Yield one document a page that was answered with 200, named ``uri#record-id``.

    Requests, redirects, errors, revisits, images and scripts are no documents. The day of the crawl is not
    the day of publication: only the page tells that. A record that cannot be read is one Rejected.

    Raises:
        UnusableError: the file holds no record of a WARC, or warcio is not installed.
    """
    with optional_library("warcio"):
        import warcio.archiveiterator  # noqa: F401
    found_any = False
    damaged: list[Rejected] = []
    for number, record in enumerate(RecordReader(stream), 1):
        found = _read_record(record, number, origin)
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
    """Return the rejects of a file without a whole record, or raise UnusableError if it is no WARC."""
    if any(HEADERLESS not in reject.detail for reject in damaged):
        return damaged
    raise UnusableError("broken WARC", "no record of a WARC is in it: check the file, or fetch it again")


def _read_record(record: Record, number: int, origin: Origin) -> RawDocument | Rejected | None:
    """Return the page of a record, None if it holds none, or why it cannot be read."""
    from warcio.archiveiterator import ArchiveIterator

    place = f"{origin.uri}#record={number}"
    if record.problem and record.problem.startswith("too large"):
        # Films and images are no documents, whatever their size.
        page = b"text/html" in record.content[:4096] or b"text/plain" in record.content[:4096]
        return Rejected(place, "read", "too large", f"record {number}: {record.problem}") if page else None
    try:
        if record.problem:
            raise UnusableError("broken WARC", record.problem)
        archived = next(iter(ArchiveIterator(io.BytesIO(record.content))), None)
        media = media_of(archived) if archived else None
        return to_document(archived, media, origin) if media else None
    except UnusableError as problem:
        return Rejected(place, "read", problem.reason, f"record {number}: {problem.detail}")
    except Exception as error:
        # Archives are hostile and warcio lets many kinds of error through: each is this record's fault.
        told = f"record {number}: {error.__class__.__name__}: {error!s:.200}"
        return Rejected(place, "read", "broken WARC", f"{told}: check the file, or fetch it again")


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
