"""Metadata of documents: publisher, URL, title, author, publication date; and the hash of a raw document.

A value given with the document takes precedence over its page's own value, and that over the run's default.
"""

import dataclasses
import json
import re
from datetime import date
from email.utils import parsedate
from hashlib import sha256

from tasks.document.records import Metadata, RawDocument

ISO_DATE = re.compile(r"([12][0-9]{3})-?([01][0-9])-?([0-3][0-9])(?:[Tt ]+[0-2][0-9].*)?")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LAST_MONTH = 12
"""a first number above it cannot be a month"""
_TIME = r"(?:(?:,?[ T]+|, at | at )[0-2]?[0-9]:[0-5][0-9].*)?"
_YEAR, _DAY = r"(?P<year>[12][0-9]{3})", r"(?P<day>[0-3]?[0-9])"
_WEEKDAY, _NAME = r"(?:[A-Za-z]{3,9}\.?,? +)?", r"(?P<month>[A-Za-z]{3,9})\.?"
PRINTED_DATES = tuple(
    re.compile(form + _TIME)
    for form in (
        rf"{_YEAR}(?P<mark>[/.-])(?P<month>[01]?[0-9])(?P=mark){_DAY}",
        rf"{_DAY}(?P<first>[/.-])(?P<month>[01]?[0-9])(?P=first){_YEAR}",
        rf"{_WEEKDAY}{_DAY}(?:st|nd|rd|th)?[ -]{_NAME},?[ -]{_YEAR}",
        rf"{_WEEKDAY}{_NAME} {_DAY}(?:st|nd|rd|th)?,? {_YEAR}",
    )
)
METADATA_FIELDS = tuple(field.name for field in dataclasses.fields(Metadata))
UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def to_one_line(value: str | None) -> str | None:
    """Return the value with each run of white space and control characters as one space; None if empty."""
    return UNPRINTABLE.sub(" ", value or "").strip() or None


def merge_metadata(*sources: Metadata) -> Metadata:
    """Return for each field the first value that is not empty, on one line."""
    known: dict[str, str | date | None] = {}
    for name in METADATA_FIELDS:
        values = (getattr(source, name) for source in sources)
        cleaned = (to_one_line(value) if isinstance(value, str) else value for value in values)
        known[name] = next((value for value in cleaned if value is not None), None)
    return Metadata(**known)  # type: ignore[arg-type]


def parse_date(value: str) -> date | None:
    """Return the day of an ISO 8601 date or time, as written; None for anything else.

    The time zone is ignored: 23:30 in New York is on the day printed in New York. A date without a day, or
    with an ambiguous month (03/04/2024), is not guessed.
    """
    match = ISO_DATE.fullmatch(value.strip())
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def parse_mail_date(value: str) -> date | None:
    """Return the day of an RFC 2822 date, as written; None for anything else."""
    try:
        parsed = parsedate(value)
        return date(*parsed[:3]) if parsed and _is_printed_date(value, *parsed[:3]) else None
    except (ValueError, TypeError, OverflowError):
        return None


def _is_printed_date(value: str, year: int, month: int, day: int) -> bool:
    """Return True if the value contains year, month and day; ``parsedate`` also accepts other numbers."""
    words = {word[:3] for word in re.findall(r"[a-z]+", value.lower())}
    numbers = re.findall(r"[0-9]+", value)
    years = {str(year), f"{year % 100:02}"}
    return (
        MONTHS[month - 1] in words
        and str(day) in {n.lstrip("0") for n in numbers}
        and bool(years & set(numbers))
    )


def parse_printed_date(value: str) -> date | None:
    """Return the day of a date in a usual printed form; None if it is ambiguous or in no such form.

    Numeric dates are read as year first, or as day first if the day is over 12: 03/04/2024 is ambiguous.
    """
    for form in PRINTED_DATES:
        if match := form.fullmatch(value.strip()):
            part = match.groupdict()
            day, month = int(part["day"]), part["month"]
            if part.get("first") and day <= LAST_MONTH:
                return None
            number = int(month) if month.isdigit() else _parse_month_name(month)
            try:
                return date(int(part["year"]), number, day)
            except ValueError:
                return None
    return None


def _parse_month_name(name: str) -> int:
    """Return the number of a month from its English name; 0 if there is no such month."""
    short = name.lower()[:3]
    return MONTHS.index(short) + 1 if short in MONTHS else 0


def compute_payload_sha256(raw: RawDocument) -> str:
    """Return the SHA-256 of all inputs of a document: payload, media type, metadata and defaults.

    A source whose hash is stored need not be decoded: it would give the same document.
    """
    payload = raw.payload
    content = payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else payload
    known = [getattr(metadata, name) for metadata in (raw.metadata, raw.defaults) for name in METADATA_FIELDS]
    digest = sha256(json.dumps([raw.media, isinstance(payload, str), known], default=str).encode())
    digest.update(b"\0")
    digest.update(content)
    return digest.hexdigest()
