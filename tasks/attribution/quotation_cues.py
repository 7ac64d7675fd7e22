"""Quotations find their cue: before them, after them, around them, or in the sentence that led up to them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tasks.attribution.quotations import (
    SENTENCE_STOPS,
    Quotation,
    get_next_token,
    get_previous_token,
    is_quoted_fragment,
    is_quoted_speech,
)
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import TokenRange

MAX_LEAD_IN_TOKENS = 40
MAX_LEAD_OUT_TOKENS = 30


@dataclass(slots=True)
class AttributedQuotations:
    """The quotations that belong to one cue."""

    cue: Token
    ranges: list[TokenRange] = field(default_factory=list)


def attribute_quotations(
    doc: Doc,
    quotations: Sequence[Quotation],
    paragraphs: Sequence[TokenRange],
    cues: Mapping[int, Token],
    others: Collection[int],
) -> list[AttributedQuotations]:
    """Return the speech quotations by cue, in order of their first one.

    ``cues`` holds, by token index, the heads of cues that can introduce quoted speech and stand outside
    quotation marks; ``others`` the verbal cues that cannot, which keep a fragment that follows them. A quotation
    whose sentence has no cue runs on from the one before it in its paragraph.
    """
    found: dict[int, AttributedQuotations] = {}
    order: list[AttributedQuotations] = []
    last: AttributedQuotations | None = None
    for i, quotation in enumerate(quotations):
        previous = _get_previous_quotation(quotations, i)
        lead = _find_cue_before(doc, quotation, previous, paragraphs[quotation.paragraph], cues)
        trail = _find_cue_after(
            doc, quotation, _get_next_quotation(quotations, i), paragraphs[quotation.paragraph], cues
        )
        cue = (
            None
            if _is_part_of_other_cue(doc, quotation, others, lead)
            else _choose_quotation_cue(doc, quotation, lead, trail)
        )
        if cue is None and quotation.start == paragraphs[quotation.paragraph][0]:
            cue = _find_announcing_cue(doc, paragraphs, quotation.paragraph, cues)
        if (
            previous is None
            and not _is_open_quotation_continued(quotations, i)
            and not _is_speech_taken_up(quotations, i, paragraphs)
        ):
            last = None
        if cue is not None and (is_quoted_speech(doc, quotation) or cue.i in found):
            if cue.i not in found:
                found[cue.i] = AttributedQuotations(cue)
                order.append(found[cue.i])
            found[cue.i].ranges.append(quotation.range)
            last = found[cue.i]
        elif (
            cue is None
            and last is not None
            and _is_same_speaker_continuation(doc, quotation, paragraphs[quotation.paragraph])
        ):
            last.ranges.append(quotation.range)
    return order + _find_block_quotations(doc, quotations, paragraphs, cues, found)


def _is_speech_taken_up(quotations: Sequence[Quotation], i: int, paragraphs: Sequence[TokenRange]) -> bool:
    """Return True if a paragraph that is one quotation takes up the speech that the paragraph before ended with."""
    start, end = paragraphs[quotations[i].paragraph]
    before = quotations[i - 1] if i else None
    if (
        before is None
        or before.paragraph + 1 != quotations[i].paragraph
        or quotations[i].range != (start, end)
    ):
        return False
    return before.end == paragraphs[before.paragraph][1]


def _is_part_of_other_cue(
    doc: Doc, quotation: Quotation, others: Collection[int], lead: Token | None
) -> bool:
    """Return True if a fragment is part of what a cue before it says that does not introduce quotations."""
    if not is_quoted_fragment(doc, quotation):
        return False
    floor = max(lead.i if lead is not None else 0, quotation.start - MAX_LEAD_IN_TOKENS)
    for i in range(quotation.start - 1, floor - 1, -1):
        if doc[i].text in SENTENCE_STOPS or "\n" in doc[i].text:
            return False
        if i in others:
            return True
    return False


def _find_block_quotations(
    doc: Doc,
    quotations: Sequence[Quotation],
    paragraphs: Sequence[TokenRange],
    cues: Mapping[int, Token],
    found: Mapping[int, AttributedQuotations],
) -> list[AttributedQuotations]:
    """Return the paragraphs without quotation marks that a cue and a colon announce."""
    marked = {quotation.paragraph for quotation in quotations}
    blocks = []
    for number, piece in enumerate(paragraphs):
        cue = _find_announcing_cue(doc, paragraphs, number, cues) if number not in marked else None
        if cue is not None and cue.i not in found:
            blocks.append(AttributedQuotations(cue, [piece]))
    return blocks


def _find_announcing_cue(
    doc: Doc, paragraphs: Sequence[TokenRange], number: int, cues: Mapping[int, Token]
) -> Token | None:
    """Return the cue that announces a paragraph: the last one of a paragraph before it that ends in a colon."""
    if not number or doc[paragraphs[number - 1][1] - 1].text != ":":
        return None
    start, end = paragraphs[number - 1]
    for i in range(end - 1, max(start, end - MAX_LEAD_OUT_TOKENS) - 1, -1):
        if doc[i].text in SENTENCE_STOPS:
            return None
        if i in cues:
            return cues[i]
    return None


def _get_previous_quotation(quotations: Sequence[Quotation], i: int) -> Quotation | None:
    """Return the quotation before the i-th in the same paragraph, or None."""
    return quotations[i - 1] if i and quotations[i - 1].paragraph == quotations[i].paragraph else None


def _get_next_quotation(quotations: Sequence[Quotation], i: int) -> Quotation | None:
    """Return the quotation after the i-th in the same paragraph, or None."""
    following = i + 1 < len(quotations) and quotations[i + 1].paragraph == quotations[i].paragraph
    return quotations[i + 1] if following else None


def _is_open_quotation_continued(quotations: Sequence[Quotation], i: int) -> bool:
    """Return True if a quotation takes up one that the paragraph before left open."""
    return bool(i) and quotations[i - 1].open and quotations[i - 1].paragraph + 1 == quotations[i].paragraph


def _find_cue_before(
    doc: Doc,
    quotation: Quotation,
    previous: Quotation | None,
    paragraph: TokenRange,
    cues: Mapping[int, Token],
) -> Token | None:
    """Return the nearest cue before a quotation in its sentence, or None."""
    floor = max(previous.end if previous else paragraph[0], quotation.start - MAX_LEAD_IN_TOKENS)
    for i in range(quotation.start - 1, floor - 1, -1):
        if doc[i].text in SENTENCE_STOPS and (i + 1 < quotation.start or doc[i].text != "..."):
            return None
        if i in cues:
            return cues[i] if _can_introduce(doc, cues[i], quotation) else None
    return None


def _can_introduce(doc: Doc, cue: Token, quotation: Quotation) -> bool:
    """Return True if a cue before a quotation leads up to it: no clause boundary stands between the two."""
    between = doc[cue.i + 1 : quotation.start]
    if any(token.text in (";", "”") for token in between):
        return False
    return len(between) <= 25


def _find_cue_after(
    doc: Doc,
    quotation: Quotation,
    following: Quotation | None,
    paragraph: TokenRange,
    cues: Mapping[int, Token],
) -> Token | None:
    """Return the first cue after a quotation in its sentence, or None."""
    if quotation.open or _is_sentence_end(doc, quotation):
        return None
    ceiling = min(following.start if following else paragraph[1], quotation.end + MAX_LEAD_OUT_TOKENS)
    for i in range(quotation.end, ceiling):
        if doc[i].text in SENTENCE_STOPS or doc[i].text == ";":
            return None
        if i in cues:
            return cues[i]
    return None


def _is_sentence_end(doc: Doc, quotation: Quotation) -> bool:
    """Return True if the sentence ends with the quotation: a full stop inside, and no lower-case word after it."""
    inner = doc[quotation.end - 2].text
    following = get_next_token(doc, quotation.end)
    if inner == "." or following is None:
        return True
    return inner in SENTENCE_STOPS and not (following.is_alpha or following.text == ",")


def _choose_quotation_cue(
    doc: Doc, quotation: Quotation, lead: Token | None, trail: Token | None
) -> Token | None:
    """Return the cue of a quotation: the one before, unless a comma inside its end points to the one after."""
    if lead is None or trail is None:
        return lead or trail
    inner, following, leading = (
        doc[quotation.end - 2].text,
        get_next_token(doc, quotation.end),
        get_previous_token(doc, quotation.start),
    )
    points_on = inner == "," or (following is not None and following.text == ",") or inner in ("?", "!")
    opens_lead = leading is not None and (leading.text in (",", ":") or leading.i == lead.i)
    return trail if points_on and not opens_lead else lead


def _is_same_speaker_continuation(doc: Doc, quotation: Quotation, paragraph: TokenRange) -> bool:
    """Return True if a quotation without a cue goes on with the speaker before: it is sentences of its own."""
    leading = get_previous_token(doc, quotation.start) if quotation.start > paragraph[0] else None
    fresh = leading is None or leading.text in SENTENCE_STOPS or leading.text in ("”", '"', "''", "“")
    return fresh and is_quoted_speech(doc, quotation)
