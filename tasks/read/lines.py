"""Lines of JSON become raw documents: one object a line, UTF-8, unknown fields ignored."""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from typing import Any, BinaryIO, Literal

import orjson

from tasks.read.metadata import one_line, parse_date
from tasks.read.unusable import UnusableError
from tasks.records import Metadata, RawDocument, Rejected

BOM = b"\xef\xbb\xbf"


def read_lines(
    stream: BinaryIO, uri: str, defaults: Metadata, max_bytes: int
) -> Iterator[RawDocument | Rejected]:
    """Yield one document a line; a line that holds none is one Rejected, a blank line nothing.

    A document is named ``uri#id`` where its line has an id, else ``uri#line=7``, counted from 1.
    """
    for number, line in numbered(stream, max_bytes):
        place = f"{uri}#line={number}"
        try:
            if len(line) > max_bytes:
                raise UnusableError("too large", f"over {max_bytes:,} bytes: one line is one article")
            yield to_document(line, uri, place, defaults)
        except UnusableError as problem:
            digest = sha256(line).hexdigest()
            yield Rejected(place, "read", problem.reason, f"line {number}: {problem.detail}", digest)


def numbered(stream: BinaryIO, max_bytes: int) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank with their numbers; of one too long only its beginning."""
    number = 0
    while line := stream.readline(max_bytes + 1):
        number += 1
        rest = line
        while len(line) > max_bytes and rest and not rest.endswith(b"\n"):
            rest = stream.readline(max_bytes)
        line = line.removeprefix(BOM) if number == 1 else line
        if line.strip():
            yield number, line


def to_document(line: bytes, uri: str, place: str, defaults: Metadata) -> RawDocument:
    """Return the document that a line holds, or raise UnusableError."""
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise UnusableError("broken JSON", f"{error}: expected one JSON object a line, in UTF-8") from error
    if not isinstance(record, dict):
        raise UnusableError("broken JSON", f"expected an object, found {describe(record)}")
    payload, media = choose_payload(record)
    metadata = Metadata(
        publisher=text_of(record, "publisher"),
        url=text_of(record, "url"),
        title=text_of(record, "title"),
        author=text_of(record, "author"),
        published_at=day_of(record),
    )
    name = id_of(record)
    return RawDocument(f"{uri}#{name}" if name else place, payload, media, metadata, defaults)


def choose_payload(record: dict[str, Any]) -> tuple[str, Literal["text", "html"]]:
    """Return the text of a record, or its HTML where the text is missing or blank."""
    text, html = text_of(record, "text"), text_of(record, "html")
    if html and not (text and text.strip()):
        return html, "html"
    if text is None:
        found = ", ".join(sorted(record)[:10]) or "none"
        raise UnusableError("no text", f"expected a field 'text' or 'html', found {found[:200]}")
    return text, "text"


def text_of(record: dict[str, Any], name: str) -> str | None:
    """Return a field that must be text if it is there."""
    value = record.get(name)
    if value is None or isinstance(value, str):
        return value
    raise UnusableError("bad field", f"{name!r} must be text, found {describe(value)}")


def id_of(record: dict[str, Any]) -> str | None:
    """Return the record's id, which may be text or a whole number."""
    value = record.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return one_line(text_of(record, "id"))


def day_of(record: dict[str, Any]) -> date | None:
    """Return the day of publication; one that cannot be read is refused, since its month would be a guess."""
    value = text_of(record, "published_at")
    if not value or not value.strip():
        return None
    if day := parse_date(value):
        return day
    raise UnusableError("bad date", f"'published_at' must be YYYY-MM-DD or an ISO time, found {value!r:.80}")


def describe(value: object) -> str:
    """Return the JSON name and the beginning of a value, for a message."""
    names = {dict: "an object", list: "a list", bool: "a boolean", type(None): "null"}
    return f"{names.get(type(value), type(value).__name__)}: {value!r:.80}"
