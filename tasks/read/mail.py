"""An e-mail message becomes a raw document: newsletters, press releases and wire copy as they arrive."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from typing import BinaryIO

from tasks.read.metadata import parse_mail_date
from tasks.read.streams import Origin, read_whole
from tasks.read.unusable import UnusableError
from tasks.records import Media, Metadata, RawDocument

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
    media: Media = "html" if body.get_content_subtype() == "html" else "text"
    return RawDocument(origin.uri, content(body), media, headers(message), origin.defaults)


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
