"""An e-mail message becomes a raw document: newsletters, press releases and wire copy as they arrive."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from pathlib import PurePosixPath
from typing import BinaryIO

from tasks.document.records import MediaType, Metadata, RawDocument, Rejected
from tasks.read.byte_streams import SourceOrigin, read_all_bytes
from tasks.read.errors import UnusableError
from tasks.read.formats.reader_process import run_in_reader_process
from tasks.read.metadata import read_stated_date
from tasks.read.source_files import FILE_KINDS, PACKED_SUFFIXES, UNREAD_SUFFIXES

MAIL_WORD = re.compile(r"\w+")
MARKUP = re.compile(r"<(script|style|head)\b.*?</\1\s*>|<!--.*?-->|<[^<>]*>|&\w+;", re.DOTALL | re.IGNORECASE)
HTML_POINTER = re.compile(
    r"\b(?:view|read|open|see|display)\b.{0,60}\b(?:browser|online|html|web ?page|web version)\b"
    r"|\b(?:does|can|do) ?n[o’']t (?:support|display|show)\b.{0,40}\bhtml\b|\bhtml (?:version|e-?mail|message)\b"
    r"|\bhtml[- ](?:enabled|capable|compatible|only)\b|\bcontains html\b"
    r"|\b(?:can ?n[o’']t|cannot|trouble|unable to|problems?) (?:see|view|read|display)(?:ing)? (?:this|images)\b"
    r"|\brequires? (?:an?|your) .{0,30}\b(?:mail|reader|client|browser)\b|\A\s*\[[^\[\]]{1,60}\]\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
"""what a plain part says that only points to the HTML part"""
TRUNCATION = re.compile(
    r"(?:\.\.\.|…|\[\.\.\.\])[\s)\]]*(?:$|\n)"
    r"|\b(?:read (?:more|on|the (?:full|rest))|full (?:story|article|text)|continue reading)\b",
    re.IGNORECASE,
)
"""what ends a plain part that has only the beginning of the HTML part"""
URL = re.compile(r"https?://\S+")
MAX_STUB_WORDS = 60
RICH_FACTOR, TRUNCATED_FACTOR, MIN_RICH_WORDS = 4, 1.5, 20
"""a plain part with a quarter of the words of the HTML part is no copy of it, nor a cut one with two thirds"""
MEDIA_BY_SUFFIX: dict[str, MediaType] = {
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".docx": "docx",
}
MEDIA_BY_TYPE: dict[str, MediaType] = {
    "text/plain": "text",
    "text/html": "html",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
UNREAD_ATTACHMENTS = (UNREAD_SUFFIXES | PACKED_SUFFIXES | FILE_KINDS.keys()) - MEDIA_BY_SUFFIX.keys()
MAX_MAIL_DEPTH = 5
# The standard library parses headers when they are asked for, and fails on damaged ones in any of these ways.
HEADER_ERRORS = (AttributeError, IndexError, LookupError, TypeError, ValueError)


def read_mail(stream: BinaryIO, origin: SourceOrigin) -> Iterator[RawDocument | Rejected]:
    """Yield the message's text, or its HTML where it has no text, then its attachments as documents of their own.

    Attachments are texts, pages, PDFs, Word files and forwarded messages, with the URI ``uri#attachment=1``. Another
    kind of document is a Rejected; images, calendars, cards and cryptographic signatures are left out.

    Raises:
        UnusableError: the message is broken, has neither text nor attachments or cannot be parsed within the limits.
    """
    for found in run_in_reader_process(parse_mail, read_all_bytes(stream)):
        place = f"{origin.uri}{found.source_uri}"
        if isinstance(found, Rejected):
            yield replace(found, source_uri=place)
        else:
            yield replace(found, source_uri=place, defaults=origin.defaults)


def parse_mail(payload: bytes) -> list[RawDocument | Rejected]:
    """Return the message and its attachments, each under the end of its URI, or raise UnusableError.

    It runs in the reader process.
    """
    try:
        return _convert_message(message_from_bytes(payload, _class=EmailMessage, policy=policy.default))
    except UnusableError:
        raise
    except HEADER_ERRORS as error:
        detail = f"its headers cannot be parsed: {type(error).__name__}: {error}"
        raise UnusableError("broken message", detail) from error


def _convert_message(message: EmailMessage, depth: int = 0) -> list[RawDocument | Rejected]:
    """Return the message with what its headers say, and its attachments."""
    body = message.get_body(("plain", "html"))
    metadata = _read_headers(message)
    attached: list[RawDocument | Rejected] = []
    for number, part in enumerate(_find_attachments(message), 1):
        attached += _convert_attachment(part, f"#attachment={number}", metadata, depth)
    if not message.keys() or (body is None and not attached):
        raise UnusableError("no text", "expected a message with headers and a text or HTML part")
    if body is None:
        return attached
    if _is_stub(body, message.get_body(("html",))):
        body = message.get_body(("html",)) or body
    media: MediaType = "html" if body.get_content_subtype() == "html" else "text"
    return [RawDocument("", _decode_part(body), media, metadata), *attached]


def _find_attachments(message: MIMEPart) -> Iterator[MIMEPart]:
    """Yield the parts of a message beside its body and the alternatives to it, in order."""
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart":
            waiting += reversed(list(part.iter_parts()))
        elif part is not message and not any(part is body for body in bodies):
            yield part


def _convert_forwarded(part: MIMEPart, depth: int) -> list[RawDocument | Rejected]:
    """Return the documents of a message that is attached to another."""
    if depth >= MAX_MAIL_DEPTH:
        raise UnusableError("too deep", f"over {MAX_MAIL_DEPTH} messages inside each other")
    messages = part.get_payload()
    message = messages[0] if isinstance(messages, list) and messages else None
    return _convert_message(message, depth + 1) if isinstance(message, EmailMessage) else []


def _convert_attachment(
    part: MIMEPart, name: str, sent: Metadata, depth: int
) -> Iterator[RawDocument | Rejected]:
    """Yield the document that an attachment is, or why it is none; nothing for what holds no text."""
    suffix = PurePosixPath((part.get_filename() or "").lower()).suffix
    try:
        if part.get_content_type() == "message/rfc822":
            for found in _convert_forwarded(part, depth):
                yield replace(found, source_uri=name + found.source_uri)
        elif media := MEDIA_BY_SUFFIX.get(suffix) or MEDIA_BY_TYPE.get(part.get_content_type()):
            payload = _decode_part(part)
            if payload.strip():
                yield RawDocument(name, payload, media, Metadata(published_at=sent.published_at))
        elif suffix in UNREAD_ATTACHMENTS:
            told = f"an attachment of kind {suffix} is not read: save it as a file beside the message"
            raise UnusableError("unknown kind", told)
    except UnusableError as problem:
        yield Rejected(name, "read", problem.reason, problem.detail)
    except HEADER_ERRORS as error:
        yield Rejected(name, "read", "broken message", f"{type(error).__name__}: {error}")


def _is_stub(plain: MIMEPart, page: MIMEPart | None) -> bool:
    """Return True if the plain part of a message only points to its HTML part."""
    if page is None or page is plain or plain.get_content_subtype() == "html":
        return False
    text, markup = _to_countable_text(plain), _to_countable_text(page)
    told = len(MAIL_WORD.findall(URL.sub(" ", text)))
    shown = len(MAIL_WORD.findall(MARKUP.sub(" ", markup)))
    if told <= MAX_STUB_WORDS and HTML_POINTER.search(text):
        return shown > 0
    factor = TRUNCATED_FACTOR if TRUNCATION.search(text) else RICH_FACTOR
    return told * factor <= shown and shown >= MIN_RICH_WORDS


def _to_countable_text(part: MIMEPart) -> str:
    """Return the content of a part, good enough to count its words."""
    found = _decode_part(part)
    return found if isinstance(found, str) else found.decode("utf-8", "replace")


def _decode_part(part: MIMEPart) -> str | bytes:
    """Return a part decoded as it declares itself, or its bytes where that is not true.

    UTF-8 is often declared as another encoding, and no text in another encoding is valid UTF-8 by chance.
    """
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        raise UnusableError("no text", "the part that should hold the text is empty")
    for charset in ("utf-8", part.get_content_charset("ascii")):
        try:
            if charset != "utf-8" or not payload.isascii():
                return payload.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return payload


def _read_headers(message: EmailMessage) -> Metadata:
    """Return subject, sender and day of a message; the day is the one printed in its Date."""
    name, address = parseaddr(str(message.get("From", "")))
    day, problem = read_stated_date([str(message.get("Date", ""))])
    return Metadata(
        title=message.get("Subject"),
        author=name or address or None,
        published_at=day,
        published_problem=problem,
    )
