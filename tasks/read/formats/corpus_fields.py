"""A record of a corpus, whatever its format, becomes a raw document: one set of fields for all of them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal

from tasks.document.records import Metadata, RawDocument
from tasks.read.byte_streams import Origin
from tasks.read.errors import UnusableError
from tasks.read.metadata import one_line, parse_date

FIELDS = ("text", "html", "id", "url", "title", "author", "publisher", "published_at")


def to_document(record: Mapping[str, Any], origin: Origin, place: str) -> RawDocument:
    """Return the document that a record holds, or raise UnusableError; fields of other names are ignored.

    It is named ``uri#id`` where the record has an id, else by its place.
    """
    known = rename(record, origin.columns)
    payload, media = choose_payload(known, record)
    metadata = Metadata(
        publisher=text_of(known, "publisher"),
        url=text_of(known, "url"),
        title=text_of(known, "title"),
        author=text_of(known, "author"),
        published_at=day_of(known),
    )
    name = id_of(known)
    uri = f"{origin.uri}#{name}" if name else place
    return RawDocument(uri, payload, media, metadata, origin.defaults)


def rename(record: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """Return the record's values by field, whatever the corpus calls them."""
    return {field: record.get(columns.get(field, field)) for field in FIELDS}


def check_header(names: Iterable[str], origin: Origin) -> None:
    """Raise UnusableError for a table without a column of text, before each of its rows is refused."""
    names = list(names)
    wanted = [origin.columns.get(field, field) for field in ("text", "html")]
    if not set(wanted) & set(names):
        raise UnusableError("no text", f"expected a column {told(wanted)}, found {listed(names)}; {ADVICE}")


ADVICE = "name the field that holds the text with --columns.text"


def choose_payload(known: dict[str, Any], record: Mapping[str, Any]) -> tuple[str, Literal["text", "html"]]:
    """Return the text of a record, or its HTML where the text is missing or blank."""
    text, html = text_of(known, "text"), text_of(known, "html")
    if html and not (text and text.strip()):
        return html, "html"
    if text is None:
        raise UnusableError("no text", f"expected a field 'text' or 'html', found {listed(record)}; {ADVICE}")
    return text, "text"


def told(names: Iterable[str]) -> str:
    """Return names as alternatives."""
    return " or ".join(map(repr, names))


def listed(names: Iterable[str]) -> str:
    """Return the first of some names, sorted, for a message."""
    return ", ".join(sorted(names)[:10])[:200] or "none"


def text_of(record: dict[str, Any], name: str) -> str | None:
    """Return a field that must be text if it is there."""
    value = record[name]
    if value is None or isinstance(value, str):
        return value
    raise UnusableError("bad field", f"{name!r} must be text, found {describe(value)}")


def id_of(record: dict[str, Any]) -> str | None:
    """Return the record's id, which may be text or a whole number."""
    value = record["id"]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return one_line(text_of(record, "id"))


def day_of(record: dict[str, Any]) -> date | None:
    """Return the day of publication; one that cannot be read is refused, since its month would be a guess."""
    value = record["published_at"]
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
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
