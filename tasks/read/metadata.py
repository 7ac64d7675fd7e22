"""Metadata of documents: publisher, URL, title, author, publication date; and the hash of a raw document.

A value given with the document takes precedence over its page's own value, and that over the run's default.
"""

import dataclasses
import json
import re
from collections.abc import Iterable
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
_SHORT_YEAR = r"(?P<year>[12][0-9]{3}|[0-9]{2})"
_WEEKDAY, _NAME = r"(?:[A-Za-z]{3,9}\.?,? +)?", r"(?P<month>[A-Za-z]{3,9})\.?"
PRINTED_DATES = tuple(
    re.compile(form + _TIME)
    for form in (
        rf"{_YEAR}(?P<mark>[/.-])(?P<month>[01]?[0-9])(?P=mark){_DAY}",
        rf"{_DAY}(?P<first>[/.-])(?P<month>[0-3]?[0-9])(?P=first){_SHORT_YEAR}",
        rf"{_WEEKDAY}{_DAY}(?:st|nd|rd|th)?[ -]{_NAME},?[ -]{_SHORT_YEAR}",
        rf"{_WEEKDAY}{_NAME} {_DAY}(?:st|nd|rd|th)?,? {_YEAR}",
    )
)
METADATA_FIELDS = tuple(field.name for field in dataclasses.fields(Metadata))
HASHED_FIELDS = tuple(name for name in METADATA_FIELDS if name != "published_problem")
FIRST_YEAR, LAST_YEAR = 1000, 2050
"""a year outside is a typing error or a day of expiry"""
CENTURY_PIVOT = 69
"""two-digit years from this one on are of the last century, as in POSIX"""
DAY_FIRST_LANGUAGES = frozenset({"en-gb", "en-au", "en-nz", "en-ie", "en-in", "en-za", "en-ng", "en-ke"})
MONTH_FIRST_LANGUAGES = frozenset({"en-us", "en-ph", "fil"})
ORDERLESS_LANGUAGES = frozenset({"", "en", "en-ca", "ja", "zh", "ko", "hu", "lt", "mn", "fa"})
"""languages, or countries, in which both orders or another one are usual"""
UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def to_one_line(value: str | None) -> str | None:
    """Return the value with each run of white space and control characters as one space; None if empty."""
    return UNPRINTABLE.sub(" ", value or "").strip() or None


def merge_metadata(*sources: Metadata) -> Metadata:
    """Return for each field the first value that is not empty, on one line."""
    known: dict[str, str | date | None] = {}
    for name in HASHED_FIELDS:
        values = (getattr(source, name) for source in sources)
        cleaned = (to_one_line(value) if isinstance(value, str) else value for value in values)
        known[name] = next((value for value in cleaned if value is not None), None)
    if known["published_at"] is None:
        problems = (source.published_problem for source in sources)
        known["published_problem"] = next(filter(None, problems), None)
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


def parse_printed_date(value: str, day_first: bool | None = None) -> date | None:
    """Return the day of a date in a usual printed form; None if it is ambiguous or in no such form.

    Numeric dates are read as year first, or in the only order that makes a date; where both do (03/04/2024), in the
    order that ``day_first`` says, if it is known.
    """
    for form in PRINTED_DATES:
        if match := form.fullmatch(value.strip()):
            part = match.groupdict()
            year = _complete_year(part["year"])
            if not part.get("first"):
                month = part["month"]
                number = int(month) if month.isdigit() else _parse_month_name(month)
                return _make_date(year, number, int(part["day"]))
            first, second = int(part["day"]), int(part["month"])
            order = _find_day_order(first, second)
            is_day_first = day_first if order is None else order
            if first == second:
                return _make_date(year, first, second)
            if is_day_first is None:
                return None
            return _make_date(year, second, first) if is_day_first else _make_date(year, first, second)
    return None


def _make_date(year: int, month: int, day: int) -> date | None:
    """Return a day, or None if the calendar does not have it."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _complete_year(digits: str) -> int:
    """Return a year, with the century of one in two digits."""
    year = int(digits)
    if len(digits) > len("99"):
        return year
    return year + (1900 if year >= CENTURY_PIVOT else 2000)


def _find_day_order(first: int, second: int) -> bool | None:
    """Return True if only the first of two numbers can be a day, False if only the second can, else None."""
    if (first > LAST_MONTH) == (second > LAST_MONTH):
        return None
    return first > LAST_MONTH


def infer_day_order(values: Iterable[str]) -> bool | None:
    """Return True if the numeric dates of a source have the day first, False for the month; None if none tells."""
    orders = set()
    for value in values:
        match = PRINTED_DATES[1].fullmatch(value.strip())
        if match and (order := _find_day_order(int(match["day"]), int(match["month"]))) is not None:
            orders.add(order)
    return orders.pop() if len(orders) == 1 else None


def get_day_order(language: str | None) -> bool | None:
    """Return True if dates in a language (``en-GB``) have the day first, False for the month; None if unknown."""
    tag = (language or "").strip().lower().replace("_", "-")
    if tag in MONTH_FIRST_LANGUAGES:
        return False
    if tag in DAY_FIRST_LANGUAGES:
        return True
    return None if tag.partition("-")[0] in ORDERLESS_LANGUAGES else True


def read_stated_date(
    values: Iterable[str | None], day_first: bool | None = None
) -> tuple[date | None, str | None]:
    """Return the first day that can be read of the dates that a source states, or None and why there is none."""
    problem = None
    for value in filter(None, map(to_one_line, values)):
        day = parse_date(value) or parse_printed_date(value, day_first) or parse_mail_date(value)
        if day is not None and FIRST_YEAR <= day.year <= LAST_YEAR:
            return day, None
        problem = problem or _describe_date_problem(value, day)
    return None, problem


def _describe_date_problem(value: str, day: date | None) -> str:
    """Return why a date is not used, with the date as printed."""
    if day is not None:
        return f"implausible year: {value:.60}"
    is_numeric = PRINTED_DATES[1].fullmatch(value) is not None
    both = is_numeric and all(parse_printed_date(value, order) for order in (True, False))
    return f"{'day or month first' if both else 'not a date'}: {value:.60}"


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
    known = [getattr(metadata, name) for metadata in (raw.metadata, raw.defaults) for name in HASHED_FIELDS]
    digest = sha256(json.dumps([raw.media, isinstance(payload, str), known], default=str).encode())
    digest.update(b"\0")
    digest.update(content)
    return digest.hexdigest()
