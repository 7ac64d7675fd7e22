"""Quantities: a number with its bounds and its unit or the noun it counts."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tasks.document.doc import Span, Token

UNITS = dict(
    zip(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        range(20),
        strict=True,
    )
)
TENS = dict(
    zip(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
        range(20, 100, 10),
        strict=True,
    )
)
SCALES = {
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
CURRENCIES = {"US$": "USD", "$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY", "A$": "AUD", "C$": "CAD"}
MEASURES = {
    "%": "%",
    "percent": "%",
    "per cent": "%",
    "percentage points": "percentage points",
    "dollars": "USD",
    "euros": "EUR",
    "pounds sterling": "GBP",
    "km": "km",
    "kilometers": "km",
    "kilometres": "km",
    "miles": "miles",
    "km/h": "km/h",
    "kilometers per hour": "km/h",
    "kilometres per hour": "km/h",
    "miles per hour": "mph",
    "mph": "mph",
    "kg": "kg",
    "kilograms": "kg",
}
# What is counted without a noun: "12 dead and 30 wounded".
FATES = frozenset(
    {
        "dead",
        "killed",
        "wounded",
        "injured",
        "missing",
        "hurt",
        "displaced",
        "homeless",
        "arrested",
        "detained",
    }
)
# "One in five children" counts no children.
SHARE_REACH = 24
"""characters before a number in which the words of a share stand"""
SHARE = re.compile(r"\b(?:one|two|three|four|nine|\d+) (?:in|out of)(?: every)? $", re.I)
LOW_ONLY = (
    r"at least|no (?:fewer|less) than|not less than|a minimum of|more than|over|above|upwards? of"
    r"|in excess of|exceeding"
)
HIGH_ONLY = (
    r"at most|no more than|not more than|up to|as many as|as much as|a maximum of|fewer than|less than|under"
    r"|below"
)
ABOUT = (
    r"about|around|some|nearly|almost|approximately|roughly|an estimated|close to|just|exactly|only|another"
)
_WORD = "|".join([*sorted([*UNITS, *TENS], key=len, reverse=True)])
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
NUMBER = re.compile(
    rf"(?<![\w.,/$-])(?:(?P<bound>{LOW_ONLY}|{HIGH_ONLY}|{ABOUT}) )?(?:between |from )?(?P<money>{_MONEY})?"
    rf"(?:(?P<many>{_MANY})\b|(?P<low>{_ONE})(?:(?: ?[-–] ?| to | or | and )(?:{_MONEY})?(?P<high>{_ONE}))?)"
    r"(?![\w/]|[,.]\d|-(?!(?:year|foot|mile|member|man|day)))",
    re.I,
)
MEASURE = re.compile(
    rf" ?(?P<unit>{'|'.join(sorted(map(re.escape, MEASURES), key=len, reverse=True))})(?!\w)", re.I
)
NOT_COUNTED = frozenset({"DATE", "TIME", "ORDINAL"})
VAGUE = {
    "dozens": 24,
    "scores": 40,
    "hundreds": 200,
    "thousands": 2_000,
    "millions": 2_000_000,
    "billions": 2 * 10**9,
}
# Every number holds one of these: a cheap look that spares most texts the other.
NUMERIC = re.compile(rf"\d|\b(?:{_WORD}|half|{'|'.join([*SCALES, *VAGUE])})\b")
TENS_OF = {"tens": 20, "hundreds": 200, "thousands": 2_000, "millions": 2_000_000}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written, its lower and upper bound (null where open), and its unit or counted noun."""

    start: int
    end: int
    text: str
    low: float | None
    high: float | None
    unit: str | None


def find_quantities(span: Span) -> list[Quantity]:
    """Return the quantities in a stretch of a parsed document; offsets count the document's code points."""
    return list(read_all(span))


def read_all(span: Span) -> Iterator[Quantity]:
    """Yield the quantities of a span, dates and ordinals aside."""
    text = span.text
    for match in NUMBER.finditer(text) if NUMERIC.search(text.lower()) else ():
        start, end = span.start_char + match.start(), span.start_char + match.end()
        tokens = span.doc.char_span(start, end)
        # A number inside a longer token ("MiG-29") names a thing and counts nothing.
        whole = tokens is not None and tokens[-1].idx + len(tokens[-1]) <= end + 1
        if (
            tokens is None
            or not whole
            or dated(tokens)
            or SHARE.search(text[max(0, match.start() - SHARE_REACH) : match.start()])
        ):
            continue
        low, high = bounds(match)
        if any(bound is not None and not math.isfinite(bound) for bound in (low, high)):
            # More digits than a float holds count nothing that exists: a serial number, or a damaged text.
            continue
        measure = MEASURE.match(text, match.end())
        unit, end = unit_of(match, measure, tokens, end)
        if unit is not None or tokens[-1].ent_type_ in {"CARDINAL", "MONEY", "PERCENT", "QUANTITY"}:
            yield Quantity(start, end, span.doc.text[start:end], low, high, unit)


def dated(tokens: Span) -> bool:
    """Tell whether the number is part of a date, time or ordinal, or "one" as a pronoun."""
    last = tokens[-1]
    pronoun = last.lower_ == "one" and last.dep_ not in {"nummod", "npadvmod"}
    return pronoun or any(t.ent_type_ in NOT_COUNTED and t.like_num for t in tokens)


def unit_of(
    match: re.Match[str], measure: re.Match[str] | None, tokens: Span, end: int
) -> tuple[str | None, int]:
    """Return the unit or counted noun and the offset at which the quantity ends with it."""
    if match["money"]:
        # "A€" is no currency: the letter before the sign belongs to something else.
        sign = match["money"].upper()
        return CURRENCIES.get(sign) or CURRENCIES[sign[-1]], end
    if measure:
        return MEASURES[measure["unit"].lower()], end + len(measure.group())
    noun = counted(tokens)
    if noun is None:
        return None, end
    doc, first = tokens.doc, tokens.end
    if first < noun.i and doc[first].lower_ == "of":
        first += 1
    while first < noun.i and doc[first].lower_ in {"the", "more", "other", "-"}:
        first += 1
    return doc[first : noun.i + 1].text, noun.idx + len(noun)


def counted(tokens: Span) -> Token | None:
    """Return the noun that the number counts."""
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
    if following is not None and following.lower_ in FATES:
        return following
    if following is None or not following.tag_.startswith("NN"):
        return None
    return following.head if following.dep_ == "compound" else following


def bounds(match: re.Match[str]) -> tuple[float | None, float | None]:
    """Return the lower and upper bound that the words state."""
    if match["many"]:
        first, _, rest = match["many"].lower().partition(" of ")
        if first.startswith(("several", "a few")):
            return float(VAGUE[f"{first.split()[-1]}s"]), None
        return (float(TENS_OF[first] * VAGUE[rest] // 2) if rest else float(VAGUE[first])), None
    low = value(match["low"])
    if match["high"]:
        high = value(match["high"])
        return scale_like(match["low"], match["high"], low, high), high
    bound = (match["bound"] or "").lower()
    if re.fullmatch(LOW_ONLY, bound):
        return low, None
    if re.fullmatch(HIGH_ONLY, bound):
        return None, low
    return low, low


def scale_like(first: str, second: str, low: float, high: float) -> float:
    """Return the lower bound in the scale of the upper: "3 to 5 million" begins at three million."""
    scale = second.split()[-1].lower()
    return (
        low * SCALES[scale]
        if scale in SCALES and low < high / 1000 and first.split()[-1].lower() not in SCALES
        else low
    )


def value(text: str) -> float:
    """Return the number that digits, number words and scales make."""
    total, current = 0.0, 0.0
    for word in re.findall(r"\d[\d,]*(?:\.\d+)?|[a-z]+", text.lower()):
        if word[0].isdigit():
            current += float(word.replace(",", ""))
        elif word in SCALES:
            current = (current or 1.0) * SCALES[word]
            if SCALES[word] >= 1000:
                total, current = total + current, 0.0
        elif word == "half":
            current += 0.5
        else:
            current += UNITS.get(word, TENS.get(word, 0))
    return total + current
