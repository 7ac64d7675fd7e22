"""Quantities: a number with its bounds, and its unit or counted noun."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tasks.document.doc import Token, TokenSpan
from tasks.expressions.number_words import NUMBER_TENS, NUMBER_UNITS
from tasks.expressions.unit_tables import UnitTables

NUMBER_SCALES = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 10**9,
    "trillion": 10**12,
    "k": 1_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "bn": 10**9,
    "tn": 10**12,
}
MAX_SHARE_CHARS = 24
# "One in five children" is a share: "five" does not count children.
SHARE_PREFIX = re.compile(r"\b(?:one|two|three|four|nine|\d+) (?:in|out of)(?: every)? $", re.I)
LOWER_BOUND_WORDS = (
    r"at least|no (?:fewer|less) than|not less than|a minimum of|more than|over|above|upwards? of"
    r"|in excess of|exceeding"
)
UPPER_BOUND_WORDS = (
    r"at most|no more than|not more than|up to|as many as|as much as|a maximum of|fewer than|less than|under"
    r"|below"
)
APPROXIMATE_WORDS = (
    r"about|around|some|nearly|almost|approximately|roughly|an estimated|close to|just|exactly|only|another"
)
_WORD = "|".join([*sorted([*NUMBER_UNITS, *NUMBER_TENS], key=len, reverse=True)])
_WORDS = rf"(?:{_WORD})(?:[- ](?:{_WORD}))?"
_SCALE = r"dozen|hundred|thousand|million|billion|trillion|k|mn|m|bn|tn"
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_ONE = (
    rf"(?:(?:{_DIGITS})(?:[ -]?(?:{_SCALE})\b)*|(?:an? )?half (?:a )?(?:{_SCALE})\b"
    rf"|(?:{_WORDS}|an?)(?:[ -](?:{_SCALE})\b)+|{_WORDS})"
)
_MANY = (
    r"(?:several|a few) (?:dozen|hundred|thousand|million)"
    r"|(?:(?:tens|hundreds|thousands|millions) of )?(?:dozens|scores|hundreds|thousands|millions|billions)"
)
_MONEY = r"(?:US|A|C)?[$£€¥]"
NUMBER_PATTERN = re.compile(
    rf"(?<![\w.,/$-])(?:(?P<bound>{LOWER_BOUND_WORDS}|{UPPER_BOUND_WORDS}|{APPROXIMATE_WORDS}) )?"
    rf"(?:between |from )?(?P<money>{_MONEY})?"
    rf"(?:(?P<many>{_MANY})\b|(?P<low>{_ONE})(?:(?: ?[-–] ?| to | or | and )(?:{_MONEY})?(?P<high>{_ONE}))?)"
    r"(?![\w/]|[,.]\d|-(?!(?:year|foot|mile|member|man|day)))",
    re.I,
)
UNCOUNTED_LABELS = frozenset({"DATE", "TIME", "ORDINAL"})
VAGUE_MINIMUMS = {
    "dozens": 24,
    "scores": 40,
    "hundreds": 200,
    "thousands": 2_000,
    "millions": 2_000_000,
    "billions": 2 * 10**9,
}
# Every number contains one of these; a cheap test before the full pattern.
NUMBER_HINT = re.compile(rf"\d|\b(?:{_WORD}|half|{'|'.join([*NUMBER_SCALES, *VAGUE_MINIMUMS])})\b")
VAGUE_MULTIPLIERS = {"tens": 20, "hundreds": 200, "thousands": 2_000, "millions": 2_000_000}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written, its lower and upper bound (null where open), and its unit or counted noun."""

    start: int
    end: int
    text: str
    low: float | None
    high: float | None
    unit: str | None


def find_quantities(span: TokenSpan, tables: UnitTables) -> list[Quantity]:
    """Return the quantities in a span; offsets are document offsets."""
    return list(_find_all_quantities(span, tables))


def _find_all_quantities(span: TokenSpan, tables: UnitTables) -> Iterator[Quantity]:
    """Yield the quantities in a span, without dates and ordinals."""
    text = span.text
    for match in NUMBER_PATTERN.finditer(text) if NUMBER_HINT.search(text.lower()) else ():
        start, end = span.start_char + match.start(), span.start_char + match.end()
        tokens = span.doc.char_span(start, end)
        # A number inside a longer token ("MiG-29") is part of a name.
        is_whole = tokens is not None and tokens[-1].idx + len(tokens[-1]) <= end + 1
        if (
            tokens is None
            or not is_whole
            or _is_date_or_pronoun(tokens)
            or SHARE_PREFIX.search(text[max(0, match.start() - MAX_SHARE_CHARS) : match.start()])
        ):
            continue
        low, high = _parse_bounds(match)
        if any(bound is not None and not math.isfinite(bound) for bound in (low, high)):
            # A number beyond the range of a float is a serial number or damaged text.
            continue
        measure = tables.unit_pattern.match(text, match.end())
        unit, end = _find_unit(match, measure, tokens, end, tables)
        if unit is not None or tokens[-1].ent_type_ in {"CARDINAL", "MONEY", "PERCENT", "QUANTITY"}:
            yield Quantity(start, end, span.doc.text[start:end], low, high, unit)


def _is_date_or_pronoun(tokens: TokenSpan) -> bool:
    """Return True if the number is part of a date, time or ordinal, or "one" as a pronoun."""
    last = tokens[-1]
    is_pronoun = last.lower_ == "one" and last.dep_ not in {"nummod", "npadvmod"}
    return is_pronoun or any(t.ent_type_ in UNCOUNTED_LABELS and t.like_num for t in tokens)


def _find_unit(
    match: re.Match[str], measure: re.Match[str] | None, tokens: TokenSpan, end: int, tables: UnitTables
) -> tuple[str | None, int]:
    """Return the unit or counted noun and the offset at which the quantity ends with it."""
    if match["money"]:
        # "A€" is not a currency: the letter before the sign belongs to another word.
        sign = match["money"].upper()
        return tables.currencies.get(sign) or tables.currencies[sign[-1]], end
    if measure:
        return tables.units[measure["unit"].lower()], end + len(measure.group())
    noun = _find_counted_noun(tokens, tables.casualty_words)
    if noun is None:
        return None, end
    doc, first = tokens.doc, tokens.end
    if first < noun.i and doc[first].lower_ == "of":
        first += 1
    while first < noun.i and doc[first].lower_ in {"the", "more", "other", "-"}:
        first += 1
    return doc[first : noun.i + 1].text, noun.idx + len(noun)


def _find_counted_noun(tokens: TokenSpan, casualty_words: frozenset[str]) -> Token | None:
    """Return the noun that a number counts, or None."""
    for token in reversed(list(tokens)):
        head = token.head
        if (
            token.dep_ in {"nummod", "quantmod", "compound"}
            and head.i >= tokens.end
            and head.tag_.startswith("NN")
        ):
            return head
    for child in tokens[-1].rights:
        if child.dep_ == "prep" and child.lower_ == "of":
            return next((t for t in child.rights if t.dep_ == "pobj"), None)
    following = tokens.doc[tokens.end] if tokens.end < len(tokens.doc) else None
    if following is not None and following.lower_ in casualty_words:
        return following
    if following is None or not following.tag_.startswith("NN"):
        return None
    return following.head if following.dep_ == "compound" else following


def _parse_bounds(match: re.Match[str]) -> tuple[float | None, float | None]:
    """Return the lower and upper bound of a number; None where it is open."""
    if match["many"]:
        first, _, rest = match["many"].lower().partition(" of ")
        if first.startswith(("several", "a few")):
            return float(VAGUE_MINIMUMS[f"{first.split()[-1]}s"]), None
        if rest:
            return float(VAGUE_MULTIPLIERS[first] * VAGUE_MINIMUMS[rest] // 2), None
        return float(VAGUE_MINIMUMS[first]), None
    low = _parse_number(match["low"])
    if match["high"]:
        high = _parse_number(match["high"])
        return _scale_lower_bound(match["low"], match["high"], low, high), high
    bound = (match["bound"] or "").lower()
    if re.fullmatch(LOWER_BOUND_WORDS, bound):
        return low, None
    if re.fullmatch(UPPER_BOUND_WORDS, bound):
        return None, low
    return low, low


def _scale_lower_bound(first: str, second: str, low: float, high: float) -> float:
    """Return the lower bound in the scale of the upper bound: three million in "3 to 5 million"."""
    scale = second.split()[-1].lower()
    return (
        low * NUMBER_SCALES[scale]
        if scale in NUMBER_SCALES and low < high / 1000 and first.split()[-1].lower() not in NUMBER_SCALES
        else low
    )


def _parse_number(text: str) -> float:
    """Return the value of a number in digits, number words and scales."""
    total, current = 0.0, 0.0
    for word in re.findall(r"\d[\d,]*(?:\.\d+)?|[a-z]+", text.lower()):
        if word[0].isdigit():
            current += float(word.replace(",", ""))
        elif word in NUMBER_SCALES:
            current = (current or 1.0) * NUMBER_SCALES[word]
            if NUMBER_SCALES[word] >= 1000:
                total, current = total + current, 0.0
        elif word == "half":
            current += 0.5
        else:
            current += NUMBER_UNITS.get(word, NUMBER_TENS.get(word, 0))
    return total + current
