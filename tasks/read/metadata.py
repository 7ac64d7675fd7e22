"""What is known of a document beside its text: publisher, address, title, author, date.

A value given for the document itself wins over its page's own, and that over the defaults of the run.
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
_TIME = r"(?:(?:,?[ T]+|, at | at )[0-2]?[0-9]:[0-5][0-9].*)?"
_YEAR, _DAY = r"(?P<year>[12][0-9]{3})", r"(?P<day>[0-3]?[0-9])"
_WEEKDAY, _NAME = r"(?:[A-Za-z]{3,9}\.?,? +)?", r"(?P<month>[A-Za-z]{3,9})\.?"
PRINTED = tuple(
    re.compile(form + _TIME)
    for form in (
        rf"{_YEAR}(?P<mark>[/.-])(?P<month>[01]?[0-9])(?P=mark){_DAY}",
        rf"{_DAY}(?P<first>[/.-])(?P<month>[01]?[0-9])(?P=first){_YEAR}",
        rf"{_WEEKDAY}{_DAY}(?:st|nd|rd|th)?[ -]{_NAME},?[ -]{_YEAR}",
        rf"{_WEEKDAY}{_NAME} {_DAY}(?:st|nd|rd|th)?,? {_YEAR}",
    )
)
FIELDS = tuple(field.name for field in dataclasses.fields(Metadata))
UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def one_line(value: str | None) -> str | None:
    """Return the value with each run of white space and control characters as one blank; None if empty."""
    return UNPRINTABLE.sub(" ", value or "").strip() or None


def first_known(*sources: Metadata) -> Metadata:
    """Return, field by field, the value of the first source that knows it, on one line."""
    known: dict[str, str | date | None] = {}
    for name in FIELDS:
        values = (getattr(source, name) for source in sources)
        tidy = (one_line(value) if isinstance(value, str) else value for value in values)
        known[name] = next((value for value in tidy if value is not None), None)
    return Metadata(**known)  # type: ignore[arg-type]


def parse_date(value: str) -> date | None:
    """Return the day that an ISO 8601 date or time names, as written there; None for anything else.

    The time zone is not applied: 23:30 in New York is the day printed in New York. A date without a day or
    with its month in doubt (03/04/2024) is nothing that can be read without guessing.
    """
    match = ISO_DATE.fullmatch(value.strip())
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def parse_mail_date(value: str) -> date | None:
    """Return the day that an RFC 2822 date names, as written there; None for anything else."""
    try:
        parsed = parsedate(value)
        return date(*parsed[:3]) if parsed and _is_printed(value, *parsed[:3]) else None
    except (ValueError, TypeError, OverflowError):
        return None


def _is_printed(value: str, year: int, month: int, day: int) -> bool:
    """Return True if the value contains year, month and day: ``parsedate`` makes dates of other numbers too."""
    words = {word[:3] for word in re.findall(r"[a-z]+", value.lower())}
    numbers = re.findall(r"[0-9]+", value)
    years = {str(year), f"{year % 100:02}"}
    return (
        MONTHS[month - 1] in words
        and str(day) in {n.lstrip("0") for n in numbers}
        and bool(years & set(numbers))
    )


def parse_printed_date(value: str) -> date | None:
    """Return the day that a date of one of the usual printed forms names; None where it is in doubt.

    Numbers are year first, or day first where the day is over 12: 03/04/2024 is nobody's certain day.
    """
    for form in PRINTED:
        if match := form.fullmatch(value.strip()):
            part = match.groupdict()
            day, month = int(part["day"]), part["month"]
            if part.get("first") and day <= LAST_MONTH:
                return None
            number = int(month) if month.isdigit() else _month_of(month)
            try:
                return date(int(part["year"]), number, day)
            except ValueError:
                return None
    return None


def _month_of(name: str) -> int:
    """Return the number of a month by its English name; 0 if it is none."""
    short = name.lower()[:3]
    return MONTHS.index(short) + 1 if short in MONTHS else 0


def payload_sha256(raw: RawDocument) -> str:
    """Return the SHA-256 of everything a document is made from: payload, media, metadata and defaults.

    A source whose hash is stored already needs no decoding: it would give the same document again.
    """
    payload = raw.payload
    content = payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else payload
    known = [getattr(metadata, name) for metadata in (raw.metadata, raw.defaults) for name in FIELDS]
    digest = sha256(json.dumps([raw.media, isinstance(payload, str), known], default=str).encode())
    digest.update(b"\0")
    digest.update(content)
    return digest.hexdigest()
