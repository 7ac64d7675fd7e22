"""Convert records of corpora to raw documents: one set of fields for all formats."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal

from tasks.document.records import Metadata, RawDocument
from tasks.read.byte_streams import SourceOrigin
from tasks.read.errors import UnusableError
from tasks.read.metadata import parse_date, parse_mail_date, parse_printed_date, to_one_line
from warehouse.errors import InputError

CORPUS_FIELDS = ("text", "html", "id", "url", "title", "author", "publisher", "published_at")


def convert_record(record: Mapping[str, Any], origin: SourceOrigin, place: str) -> RawDocument:
    """Return the document of a record, or raise UnusableError; unknown fields are ignored.

    Its URI is ``uri#id`` if the record has an id, else ``place``.
    """
    known = _rename_columns(record, origin.columns)
    payload, media = _choose_payload(known, record)
    metadata = Metadata(
        publisher=_get_text_field(known, "publisher"),
        url=_get_text_field(known, "url"),
        title=_get_text_field(known, "title"),
        author=_get_text_field(known, "author"),
        published_at=_get_publication_date(known),
    )
    name = _get_record_id(known)
    uri = f"{origin.uri}#{name}" if name else place
    return RawDocument(uri, payload, media, metadata, origin.defaults)


def check_columns(columns: Iterable[str]) -> None:
    """Raise InputError for a column that is given for a field that does not exist."""
    if unknown := sorted(set(columns) - set(CORPUS_FIELDS)):
        raise InputError(f"columns: expected a name for any of {', '.join(CORPUS_FIELDS)}, found {unknown}")


def _rename_columns(record: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """Return the record's values by field, given the corpus's names of the fields."""
    return {field: record.get(columns.get(field, field)) for field in CORPUS_FIELDS}


def check_header(names: Iterable[str], origin: SourceOrigin) -> None:
    """Raise UnusableError for a table without a text column, so that not each of its rows is rejected."""
    names = list(names)
    wanted = [origin.columns.get(field, field) for field in ("text", "html")]
    if not set(wanted) & set(names):
        raise UnusableError(
            "no text",
            f"expected a column {_format_alternatives(wanted)}, found {_format_names(names)}; {COLUMNS_ADVICE}",
        )


COLUMNS_ADVICE = "name the field that holds the text with --columns.text"


def _choose_payload(known: dict[str, Any], record: Mapping[str, Any]) -> tuple[str, Literal["text", "html"]]:
    """Return the text of a record, or its HTML if the text is missing or blank, and the media type."""
    text, html = _get_text_field(known, "text"), _get_text_field(known, "html")
    if html and not (text and text.strip()):
        return html, "html"
    if text is None:
        raise UnusableError(
            "no text", f"expected a field 'text' or 'html', found {_format_names(record)}; {COLUMNS_ADVICE}"
        )
    return text, "text"


def _format_alternatives(names: Iterable[str]) -> str:
    """Return the names quoted and joined by "or"."""
    return " or ".join(map(repr, names))


def _format_names(names: Iterable[str]) -> str:
    """Return at most ten names, sorted and joined, for a message."""
    return ", ".join(sorted(names)[:10])[:200] or "none"


def _get_text_field(record: dict[str, Any], name: str) -> str | None:
    """Return the value of a text field or None; raise UnusableError if it is of another type."""
    value = record[name]
    if value is None or isinstance(value, str):
        return value
    raise UnusableError("bad field", f"{name!r} must be text, found {describe_json_value(value)}")


def _get_record_id(record: dict[str, Any]) -> str | None:
    """Return the record's id, text or an integer, as text."""
    value = record["id"]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return to_one_line(_get_text_field(record, "id"))


def _get_publication_date(record: dict[str, Any]) -> date | None:
    """Return the day of publication; raise UnusableError if it cannot be parsed, so that no month is guessed."""
    value = record["published_at"]
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    value = _get_text_field(record, "published_at")
    if not value or not value.strip():
        return None
    if day := parse_date(value) or parse_printed_date(value) or parse_mail_date(value):
        return day
    advice = "expected YYYY-MM-DD, an ISO time or another date that can be read in one way only"
    raise UnusableError("bad date", f"'published_at': {advice}, found {value!r:.80}")


def describe_json_value(value: object) -> str:
    """Return the JSON type and the beginning of a value, for a message."""
    names = {dict: "an object", list: "a list", bool: "a boolean", type(None): "null"}
    return f"{names.get(type(value), type(value).__name__)}: {value!r:.80}"
