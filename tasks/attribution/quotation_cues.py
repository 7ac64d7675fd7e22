"""Quotations find their cue: before them, after them, around them, or in the sentence that led up to them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tasks.attribution.quotations import STOPS, Quotation, after, before, is_fragment, is_speech
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import Range

LEAD_IN = 40
LEAD_OUT = 30


@dataclass(slots=True)
class Attributed:
    """The quotations that belong to one cue."""

    cue: Token
    ranges: list[Range] = field(default_factory=list)


def attribute_quotations(
    doc: Doc,
    quotations: Sequence[Quotation],
    paragraphs: Sequence[Range],
    cues: Mapping[int, Token],
    others: Collection[int],
) -> list[Attributed]:
    """Return the speech quotations by cue, in order of their first one.

    ``cues`` holds, by token index, the heads of cues that can introduce quoted speech and stand outside
    quotation marks; ``others`` the verbal cues that cannot, which keep a fragment that follows them. A quotation
    whose sentence has no cue runs on from the one before it in its paragraph.
    """
    found: dict[int, Attributed] = {}
    order: list[Attributed] = []
    last: Attributed | None = None
    for i, quotation in enumerate(quotations):
        previous = previous_in_paragraph(quotations, i)
        lead = lead_in(doc, quotation, previous, paragraphs[quotation.paragraph], cues)
        trail = lead_out(
            doc, quotation, next_in_paragraph(quotations, i), paragraphs[quotation.paragraph], cues
        )
        cue = None if belongs_to_other(doc, quotation, others, lead) else choose(doc, quotation, lead, trail)
        if cue is None and quotation.start == paragraphs[quotation.paragraph][0]:
            cue = announced_by(doc, paragraphs, quotation.paragraph, cues)
        if previous is None and not continues(quotations, i) and not goes_on(quotations, i, paragraphs):
            last = None
        if cue is not None and (is_speech(doc, quotation) or cue.i in found):
            if cue.i not in found:
                found[cue.i] = Attributed(cue)
                order.append(found[cue.i])
            found[cue.i].ranges.append(quotation.range)
            last = found[cue.i]
        elif cue is None and last is not None and runs_on(doc, quotation, paragraphs[quotation.paragraph]):
            last.ranges.append(quotation.range)
    return order + block_quotations(doc, quotations, paragraphs, cues, found)


def goes_on(quotations: Sequence[Quotation], i: int, paragraphs: Sequence[Range]) -> bool:
    """Tell whether a paragraph that is one quotation takes up the speech that the paragraph before ended with."""
    start, end = paragraphs[quotations[i].paragraph]
    before = quotations[i - 1] if i else None
    if (
        before is None
        or before.paragraph + 1 != quotations[i].paragraph
        or quotations[i].range != (start, end)
    ):
        return False
    return before.end == paragraphs[before.paragraph][1]


def belongs_to_other(doc: Doc, quotation: Quotation, others: Collection[int], lead: Token | None) -> bool:
    """Tell whether a fragment is part of what a cue before it says that does not introduce quotations."""
    if not is_fragment(doc, quotation):
        return False
    floor = max(lead.i if lead is not None else 0, quotation.start - LEAD_IN)
    for i in range(quotation.start - 1, floor - 1, -1):
        if doc[i].text in STOPS or "\n" in doc[i].text:
            return False
        if i in others:
            return True
    return False


def block_quotations(
    doc: Doc,
    quotations: Sequence[Quotation],
    paragraphs: Sequence[Range],
    cues: Mapping[int, Token],
    found: Mapping[int, Attributed],
) -> list[Attributed]:
    """Return the paragraphs without quotation marks that a cue and a colon announce."""
    marked = {quotation.paragraph for quotation in quotations}
    blocks = []
    for number, piece in enumerate(paragraphs):
        cue = announced_by(doc, paragraphs, number, cues) if number not in marked else None
        if cue is not None and cue.i not in found:
            blocks.append(Attributed(cue, [piece]))
    return blocks


def announced_by(
    doc: Doc, paragraphs: Sequence[Range], number: int, cues: Mapping[int, Token]
) -> Token | None:
    """Return the cue that announces a paragraph: the last one of a paragraph before it that ends in a colon."""
    if not number or doc[paragraphs[number - 1][1] - 1].text != ":":
        return None
    start, end = paragraphs[number - 1]
    for i in range(end - 1, max(start, end - LEAD_OUT) - 1, -1):
        if doc[i].text in STOPS:
            return None
        if i in cues:
            return cues[i]
    return None


def previous_in_paragraph(quotations: Sequence[Quotation], i: int) -> Quotation | None:
    """Return the quotation before the i-th in the same paragraph, or None."""
    return quotations[i - 1] if i and quotations[i - 1].paragraph == quotations[i].paragraph else None


def next_in_paragraph(quotations: Sequence[Quotation], i: int) -> Quotation | None:
    """Return the quotation after the i-th in the same paragraph, or None."""
    following = i + 1 < len(quotations) and quotations[i + 1].paragraph == quotations[i].paragraph
    return quotations[i + 1] if following else None


def continues(quotations: Sequence[Quotation], i: int) -> bool:
    """Tell whether a quotation takes up one that the paragraph before left open."""
    return bool(i) and quotations[i - 1].open and quotations[i - 1].paragraph + 1 == quotations[i].paragraph


def lead_in(
    doc: Doc, quotation: Quotation, previous: Quotation | None, paragraph: Range, cues: Mapping[int, Token]
) -> Token | None:
    """Return the nearest cue before a quotation in its sentence, or None."""
    floor = max(previous.end if previous else paragraph[0], quotation.start - LEAD_IN)
    for i in range(quotation.start - 1, floor - 1, -1):
        if doc[i].text in STOPS and (i + 1 < quotation.start or doc[i].text != "..."):
            return None
        if i in cues:
            return cues[i] if introduces(doc, cues[i], quotation) else None
    return None


def introduces(doc: Doc, cue: Token, quotation: Quotation) -> bool:
    """Tell whether a cue before a quotation leads up to it: no clause boundary stands between the two."""
    between = doc[cue.i + 1 : quotation.start]
    if any(token.text in (";", "”") for token in between):
        return False
    return len(between) <= 25


def lead_out(
    doc: Doc, quotation: Quotation, following: Quotation | None, paragraph: Range, cues: Mapping[int, Token]
) -> Token | None:
    """Return the first cue after a quotation in its sentence, or None."""
    if quotation.open or ends_sentence(doc, quotation):
        return None
    ceiling = min(following.start if following else paragraph[1], quotation.end + LEAD_OUT)
    for i in range(quotation.end, ceiling):
        if doc[i].text in STOPS or doc[i].text == ";":
            return None
        if i in cues:
            return cues[i]
    return None


def ends_sentence(doc: Doc, quotation: Quotation) -> bool:
    """Tell whether the sentence ends with the quotation: a full stop inside, and no lower-case word after it."""
    inner = doc[quotation.end - 2].text
    following = after(doc, quotation.end)
    if inner == "." or following is None:
        return True
    return inner in STOPS and not (following.is_alpha or following.text == ",")


def choose(doc: Doc, quotation: Quotation, lead: Token | None, trail: Token | None) -> Token | None:
    """Return the cue of a quotation: the one before, unless a comma inside its end points to the one after."""
    if lead is None or trail is None:
        return lead or trail
    inner, following, leading = (
        doc[quotation.end - 2].text,
        after(doc, quotation.end),
        before(doc, quotation.start),
    )
    points_on = inner == "," or (following is not None and following.text == ",") or inner in ("?", "!")
    opens_lead = leading is not None and (leading.text in (",", ":") or leading.i == lead.i)
    return trail if points_on and not opens_lead else lead


def runs_on(doc: Doc, quotation: Quotation, paragraph: Range) -> bool:
    """Tell whether a quotation without a cue goes on with the speaker before: it is sentences of its own."""
    leading = before(doc, quotation.start) if quotation.start > paragraph[0] else None
    fresh = leading is None or leading.text in STOPS or leading.text in ("”", '"', "''", "“")
    return fresh and is_speech(doc, quotation)
