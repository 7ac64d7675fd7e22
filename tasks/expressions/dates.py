"""Date expressions of news ("on Thursday", "since mid-June", "in the last few years") as calendar days.

Values follow TIMEX3 (Pustejovsky et al. 2003). A relative date has no days if the day of publication is not known.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tasks.document.records import Span
from tasks.expressions.date_grammar import DATE_GRAMMAR, MONTH_HINTS, MONTH_PATTERN
from tasks.expressions.date_interpretation import DateRule, NoAnchorError, PublicationAnchor, Tense
from tasks.expressions.date_part_grammar import DATE_PART_GRAMMAR

DATE_RULES = [*DATE_GRAMMAR, *DATE_PART_GRAMMAR]
DATE_HINTS = sorted({hint for rule in DATE_RULES for hint in rule.hints})
RULES_BY_HINT = {hint: [n for n, rule in enumerate(DATE_RULES) if hint in rule.hints] for hint in DATE_HINTS}
MONTH_WORD = re.compile(rf"(?<![a-z])(?:{MONTH_PATTERN.lower()})(?![a-z])")
"""the hints of months are parts of many words: *market*, *decide*"""
DATE_CACHE_SIZE = 256
"""texts whose dates are cached: several statements share a sentence"""
NO_ANCHOR_REASON = "no publication date"
OPEN_ENDED = "open-ended"


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date in a text: its span, first and last day, grain and TIMEX3 value, or the reason why it has none."""

    span: Span
    text: str
    start: date | None
    end: date | None
    grain: str | None
    timex: str | None
    mod: str = ""
    reason: str = ""


@lru_cache(DATE_CACHE_SIZE)
def find_dates(text: str, published: date | None, tense: Tense = "past") -> tuple[DateSpan, ...]:
    """Return the dates of a text in order.

    Args:
        text: any text; offsets of the result count its code points.
        published: the day of publication, to which relative phrases refer.
        tense: the tense of the verb, which decides whether "on Friday" is the last or the next one.
    """
    dates = list(_find_single_dates(text, published, tense))
    ends_range = False
    found = []
    for i, single in enumerate(dates):
        # A date that ends a range does not begin another.
        ends_range = i > 0 and not ends_range and _is_range(text, dates[i - 1], single)
        if not ends_range:
            found.append(_extend_date(text, dates, i, published))
    return tuple(found)


def _find_single_dates(text: str, published: date | None, tense: Tense) -> Iterator[DateSpan]:
    """Yield the single dates of a text in order; of overlapping matches the earliest, then the longest."""
    folded = text.lower()
    present = {hint for hint in DATE_HINTS if hint in folded}
    if not MONTH_WORD.search(folded):
        present = present.difference(MONTH_HINTS)
    rules = {n for hint in present for n in RULES_BY_HINT[hint]}
    found = [(m.start(), -m.end(), n, m) for n in sorted(rules) for m in DATE_RULES[n].pattern.finditer(text)]
    position = 0
    for start, _, n, match in sorted(found, key=lambda f: f[:3]):
        if start < position:
            continue
        single = _interpret_match(match, DATE_RULES[n], published, tense)
        if single is not None:
            position = match.end()
            yield single


def _interpret_match(
    match: re.Match[str], rule: DateRule, published: date | None, tense: Tense
) -> DateSpan | None:
    """Return the date of a match, or None if it is not a date (31 February)."""
    try:
        tense = "past" if SINCE_WORDS.search(_get_words_before(match.string, match.start())) else tense
        period = rule.interpret(match, PublicationAnchor(published), tense)
    except NoAnchorError:
        return DateSpan(
            span=match.span(),
            text=match.group(),
            start=None,
            end=None,
            grain=None,
            timex=None,
            reason=NO_ANCHOR_REASON,
        )
    except ValueError:
        return None
    return DateSpan(
        span=match.span(),
        text=match.group(),
        start=period.start,
        end=period.end,
        grain=period.grain,
        timex=period.timex,
        mod=period.mod,
    )


MAX_JOINING_CHARS = 24
"""longer than *ever since the* with the spaces around it"""
SINCE_WORDS = re.compile(r"\b(?:ever )?since (?:the )?$", re.I)
UNTIL_WORDS = re.compile(r"\b(?:until|till|up to|through) (?:the )?$", re.I)
RANGE_OPENING = re.compile(r"\b(?:from|between) (?:the )?$", re.I)
RANGE_LINK = re.compile(r"^\s*(?:-|–|—|to|and|until|till|through|up to)\s*(?:the )?$", re.I)


def _get_words_before(text: str, offset: int) -> str:
    """Return the last :data:`MAX_JOINING_CHARS` characters before an offset."""
    return text[max(0, offset - MAX_JOINING_CHARS) : offset]


def _is_range(text: str, first: DateSpan, second: DateSpan) -> bool:
    """Return True if two dates are the ends of one range."""
    between = text[first.span[1] : second.span[0]]
    is_opened = RANGE_OPENING.search(_get_words_before(text, first.span[0])) is not None
    return bool(RANGE_LINK.match(between)) and (is_opened or "and" not in between.lower())


def _extend_date(text: str, dates: list[DateSpan], i: int, published: date | None) -> DateSpan:
    """Return the range that a date makes with the date after it or the word before it ("since"), else the date."""
    single = dates[i]
    begin = max(0, single.span[0] - MAX_JOINING_CHARS)
    before = _get_words_before(text, single.span[0])
    if i + 1 < len(dates) and _is_range(text, single, dates[i + 1]):
        opening = RANGE_OPENING.search(before)
        return _join_date_range(
            text, single, dates[i + 1], begin + opening.start() if opening else single.span[0]
        )
    if found := SINCE_WORDS.search(before):
        if published and single.start and published < single.start:
            published = None
        reason = single.reason or ("" if published else NO_ANCHOR_REASON)
        return _make_date_range(
            text, (begin + found.start(), single.span[1]), single.start, published, reason
        )
    if found := UNTIL_WORDS.search(before):
        return _make_date_range(
            text, (begin + found.start(), single.span[1]), None, single.end, single.reason or OPEN_ENDED
        )
    return single


def _make_date_range(text: str, span: Span, start: date | None, end: date | None, reason: str) -> DateSpan:
    """Return a range of days."""
    timex = f"{start.isoformat() if start else 'X'}/{end.isoformat() if end else 'X'}"
    return DateSpan(span, text[slice(*span)], start, end, "range", timex, reason=reason)


def _join_date_range(text: str, first: DateSpan, last: DateSpan, begin: int) -> DateSpan:
    """Return the range of two dates, from an offset on; a first date without a year gets the year of the second."""
    span = (begin, last.span[1])
    start = first.start
    if start and last.end and start > last.end:
        start = start.replace(year=last.end.year - (start.replace(year=last.end.year) > last.end))
    return _make_date_range(text, span, start, last.end, first.reason or last.reason)
