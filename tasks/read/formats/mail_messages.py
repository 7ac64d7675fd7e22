"""An e-mail message becomes a raw document: newsletters, press releases and wire copy as they arrive."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from typing import BinaryIO

from tasks.document.records import Media, Metadata, RawDocument
from tasks.read.byte_streams import Origin, read_whole
from tasks.read.errors import UnusableError
from tasks.read.metadata import parse_mail_date

WORD = re.compile(r"\w+")
MARKUP = re.compile(r"<(script|style|head)\b.*?</\1\s*>|<!--.*?-->|<[^<>]*>|&\w+;", re.DOTALL | re.IGNORECASE)
SEE_PAGE = re.compile(
    r"\b(?:view|read|open|see|display)\b.{0,60}\b(?:browser|online|html|web ?page)\b"
    r"|\b(?:does|can|do) ?n[o’']t (?:support|display|show)\b.{0,40}\bhtml\b|\bhtml (?:version|e-?mail|message)\b"
    r"|\bhtml[- ](?:enabled|capable|compatible)\b",
    re.IGNORECASE | re.DOTALL,
)
"""what a plain part says that only points to the HTML part"""
MAX_STUB_WORDS = 60
RICHER, MIN_RICH_WORDS = 4, 20
"""a plain part with a quarter of the words of the HTML part is no copy of it"""
# The standard library parses headers when they are asked for, and fails on damaged ones in any of these ways.
DAMAGE = (AttributeError, IndexError, LookupError, TypeError, ValueError)


def read_mail(stream: BinaryIO, origin: Origin) -> Iterator[RawDocument]:
    """Yield the message's text, or its HTML where it has no text; attachments are no part of it.

    Raises:
        UnusableError: the message is broken or has no text.
    """
    payload = read_whole(stream)
    try:
        document = to_document(payload, origin)
    except UnusableError:
        raise
    except DAMAGE as error:
        detail = f"its headers cannot be parsed: {type(error).__name__}: {error}"
        raise UnusableError("broken message", detail) from error
    yield document


def to_document(payload: bytes, origin: Origin) -> RawDocument:
    """Return the message with what its headers say."""
    message = message_from_bytes(payload, _class=EmailMessage, policy=policy.default)
    body = message.get_body(("plain", "html"))
    if body is None or not message.keys():
        raise UnusableError("no text", "expected a message with headers and a text or HTML part")
    if is_stub(body, message.get_body(("html",))):
        body = message.get_body(("html",)) or body
    media: Media = "html" if body.get_content_subtype() == "html" else "text"
    return RawDocument(origin.uri, content(body), media, headers(message), origin.defaults)


def is_stub(plain: MIMEPart, page: MIMEPart | None) -> bool:
    """Return True if the plain part of a message only points to its HTML part."""
    if page is None or page is plain or plain.get_content_subtype() == "html":
        return False
    text, markup = as_text(plain), as_text(page)
    told = len(WORD.findall(text))
    shown = len(WORD.findall(MARKUP.sub(" ", markup)))
    if told <= MAX_STUB_WORDS and SEE_PAGE.search(text):
        return shown > 0
    return told * RICHER <= shown and shown >= MIN_RICH_WORDS


def as_text(part: MIMEPart) -> str:
    """Return the content of a part, good enough to count its words."""
    found = content(part)
    return found if isinstance(found, str) else found.decode("utf-8", "replace")


def content(part: MIMEPart) -> str | bytes:
    """Return a part decoded as it declares itself, or its bytes where that is not true."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        raise UnusableError("no text", "the part that should hold the text is empty")
    try:
        return payload.decode(part.get_content_charset("ascii"))
    except (LookupError, UnicodeDecodeError):
        return payload


def headers(message: EmailMessage) -> Metadata:
    """Return subject, sender and day of a message; the day is the one printed in its Date."""
    name, address = parseaddr(str(message.get("From", "")))
    day = parse_mail_date(str(message.get("Date", "")))
    return Metadata(title=message.get("Subject"), author=name or address or None, published_at=day)
