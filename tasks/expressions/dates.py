"""Dates as news writes them ("on Thursday", "since mid-June", "in the last few years") as calendar days.

Values follow TIMEX3 (Pustejovsky et al. 2003). What depends on the day of publication is null without it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tasks.document.records import Span
from tasks.expressions.date_grammar import GRAMMAR, Anchor, NoAnchorError, Rule, Tense
from tasks.expressions.date_part_grammar import MORE

RULES = [*GRAMMAR, *MORE]
HINTS = sorted({hint for _, _, hints in RULES for hint in hints})
"""what a text must hold, one of them for each rule, to be worth a look"""
ASKED = 256
"""texts whose dates are kept: statements of one sentence ask for the same"""
NO_ANCHOR = "no publication date"
OPEN = "open-ended"


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date in a text: where it stands, its first and last day, grain, TIMEX3 value, or why it has none."""

    at: Span
    text: str
    start: date | None
    end: date | None
    grain: str | None
    timex: str | None
    mod: str = ""
    reason: str = ""


@lru_cache(ASKED)
def find_dates(text: str, published: date | None, tense: Tense = "past") -> tuple[DateSpan, ...]:
    """Return the dates of a text in order.

    Args:
        text: any text; offsets of the result count its code points.
        published: the day from which relative phrases count.
        tense: of the verb the date belongs to; it decides whether "on Friday" is the last or the next.
    """
    cores = list(find_cores(text, published, tense))
    swallowed = False
    found = []
    for i, core in enumerate(cores):
        # A date that ends the range of the date before it begins none of its own.
        swallowed = i > 0 and not swallowed and linked(text, cores[i - 1], core)
        if not swallowed:
            found.append(joined(text, cores, i, published))
    return tuple(found)


def find_cores(text: str, published: date | None, tense: Tense) -> Iterator[DateSpan]:
    """Yield the single dates of a text, the earliest and longest reading first."""
    folded = text.lower()
    present = {hint for hint in HINTS if hint in folded}
    found = [
        (m.start(), -m.end(), n, m)
        for n, (pattern, _, hints) in enumerate(RULES)
        if not present.isdisjoint(hints)
        for m in pattern.finditer(text)
    ]
    position = 0
    for start, _, n, match in sorted(found, key=lambda f: f[:3]):
        if start < position:
            continue
        core = read(match, RULES[n][1], published, tense)
        if core is not None:
            position = match.end()
            yield core


def read(match: re.Match[str], rule: Rule, published: date | None, tense: Tense) -> DateSpan | None:
    """Return the date of a match, None if there is no such day (31 February)."""
    try:
        tense = "past" if SINCE.search(words_before(match.string, match.start())) else tense
        period = rule(match, Anchor(published), tense)
    except NoAnchorError:
        return DateSpan(match.span(), match.group(), None, None, None, None, reason=NO_ANCHOR)
    except ValueError:
        return None
    return DateSpan(
        match.span(), match.group(), period.start, period.end, period.grain, period.timex, period.mod
    )


JOINING_REACH = 24
"""characters: longer than *ever since the* with the spaces around it"""
SINCE = re.compile(r"\b(?:ever )?since (?:the )?$", re.I)
UNTIL = re.compile(r"\b(?:until|till|up to|through) (?:the )?$", re.I)
FROM = re.compile(r"\b(?:from|between) (?:the )?$", re.I)
TO = re.compile(r"^\s*(?:-|–|—|to|and|until|till|through|up to)\s*(?:the )?$", re.I)


def words_before(text: str, offset: int) -> str:
    """Return what stands just before an offset, as far as the words that join dates reach."""
    return text[max(0, offset - JOINING_REACH) : offset]


def linked(text: str, first: DateSpan, second: DateSpan) -> bool:
    """Tell whether two dates are the ends of one range."""
    between = text[first.at[1] : second.at[0]]
    opened = FROM.search(words_before(text, first.at[0])) is not None
    return bool(TO.match(between)) and (opened or "and" not in between.lower())


def joined(text: str, cores: list[DateSpan], i: int, published: date | None) -> DateSpan:
    """Return a date with the words before it ("since") or the date after it that make it a range."""
    core = cores[i]
    begin = max(0, core.at[0] - JOINING_REACH)
    before = words_before(text, core.at[0])
    if i + 1 < len(cores) and linked(text, core, cores[i + 1]):
        opened = FROM.search(before)
        return ranged(text, core, cores[i + 1], begin + opened.start() if opened else core.at[0])
    if found := SINCE.search(before):
        if published and core.start and published < core.start:
            published = None
        reason = core.reason or ("" if published else NO_ANCHOR)
        return span_of(text, (begin + found.start(), core.at[1]), core.start, published, reason)
    if found := UNTIL.search(before):
        return span_of(text, (begin + found.start(), core.at[1]), None, core.end, core.reason or OPEN)
    return core


def span_of(text: str, at: Span, start: date | None, end: date | None, reason: str) -> DateSpan:
    """Return a range of days."""
    timex = f"{start.isoformat() if start else 'X'}/{end.isoformat() if end else 'X'}"
    return DateSpan(at, text[slice(*at)], start, end, "range", timex, reason=reason)


def ranged(text: str, first: DateSpan, last: DateSpan, begin: int) -> DateSpan:
    """Return the range between two dates, from an offset on; a first date without a year takes the second's."""
    at = (begin, last.at[1])
    start = first.start
    if start and last.end and start > last.end:
        start = start.replace(year=last.end.year - (start.replace(year=last.end.year) > last.end))
    return span_of(text, at, start, last.end, first.reason or last.reason)
