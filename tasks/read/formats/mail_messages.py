"""An e-mail message becomes a raw document: newsletters, press releases and wire copy as they arrive."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from typing import BinaryIO

from tasks.document.records import MediaType, Metadata, RawDocument
from tasks.read.byte_streams import SourceOrigin, read_all_bytes
from tasks.read.errors import UnusableError
from tasks.read.formats.reader_process import run_in_reader_process
from tasks.read.metadata import parse_mail_date

MAIL_WORD = re.compile(r"\w+")
MARKUP = re.compile(r"<(script|style|head)\b.*?</\1\s*>|<!--.*?-->|<[^<>]*>|&\w+;", re.DOTALL | re.IGNORECASE)
HTML_POINTER = re.compile(
    r"\b(?:view|read|open|see|display)\b.{0,60}\b(?:browser|online|html|web ?page)\b"
    r"|\b(?:does|can|do) ?n[o’']t (?:support|display|show)\b.{0,40}\bhtml\b|\bhtml (?:version|e-?mail|message)\b"
    r"|\bhtml[- ](?:enabled|capable|compatible)\b",
    re.IGNORECASE | re.DOTALL,
)
"""what a plain part says that only points to the HTML part"""
MAX_STUB_WORDS = 60
RICH_FACTOR, MIN_RICH_WORDS = 4, 20
"""a plain part with a quarter of the words of the HTML part is no copy of it"""
# The standard library parses headers when they are asked for, and fails on damaged ones in any of these ways.
HEADER_ERRORS = (AttributeError, IndexError, LookupError, TypeError, ValueError)


def read_mail(stream: BinaryIO, origin: SourceOrigin) -> Iterator[RawDocument]:
    """Yield the message's text, or its HTML where it has no text; attachments are no part of it.

    Raises:
        UnusableError: the message is broken, has no text or cannot be parsed within the limits.
    """
    found = run_in_reader_process(parse_mail, read_all_bytes(stream))
    yield replace(found, source_uri=origin.uri, defaults=origin.defaults)


def parse_mail(payload: bytes) -> RawDocument:
    """Return the message without its place, in this process, or raise UnusableError."""
    try:
        return _convert_message(payload)
    except UnusableError:
        raise
    except HEADER_ERRORS as error:
        detail = f"its headers cannot be parsed: {type(error).__name__}: {error}"
        raise UnusableError("broken message", detail) from error


def _convert_message(payload: bytes) -> RawDocument:
    """Return the message with what its headers say."""
    message = message_from_bytes(payload, _class=EmailMessage, policy=policy.default)
    body = message.get_body(("plain", "html"))
    if body is None or not message.keys():
        raise UnusableError("no text", "expected a message with headers and a text or HTML part")
    if _is_stub(body, message.get_body(("html",))):
        body = message.get_body(("html",)) or body
    media: MediaType = "html" if body.get_content_subtype() == "html" else "text"
    return RawDocument("", _decode_part(body), media, _read_headers(message))


def _is_stub(plain: MIMEPart, page: MIMEPart | None) -> bool:
    """Return True if the plain part of a message only points to its HTML part."""
    if page is None or page is plain or plain.get_content_subtype() == "html":
        return False
    text, markup = _to_countable_text(plain), _to_countable_text(page)
    told = len(MAIL_WORD.findall(text))
    shown = len(MAIL_WORD.findall(MARKUP.sub(" ", markup)))
    if told <= MAX_STUB_WORDS and HTML_POINTER.search(text):
        return shown > 0
    return told * RICH_FACTOR <= shown and shown >= MIN_RICH_WORDS


def _to_countable_text(part: MIMEPart) -> str:
    """Return the content of a part, good enough to count its words."""
    found = _decode_part(part)
    return found if isinstance(found, str) else found.decode("utf-8", "replace")


def _decode_part(part: MIMEPart) -> str | bytes:
    """Return a part decoded as it declares itself, or its bytes where that is not true."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        raise UnusableError("no text", "the part that should hold the text is empty")
    try:
        return payload.decode(part.get_content_charset("ascii"))
    except (LookupError, UnicodeDecodeError):
        return payload


def _read_headers(message: EmailMessage) -> Metadata:
    """Return subject, sender and day of a message; the day is the one printed in its Date."""
    name, address = parseaddr(str(message.get("From", "")))
    day = parse_mail_date(str(message.get("Date", "")))
    return Metadata(title=message.get("Subject"), author=name or address or None, published_at=day)
