"""The quotations that belong to each cue, with those that continue them and paragraphs that a colon announces."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tasks.attribution.quoting.quotation_cues import (
    find_announcing_cue,
    find_quotation_cue,
    find_reporting_cue,
    get_previous_quotation,
)
from tasks.attribution.quoting.quotations import (
    SENTENCE_STOPS,
    Quotation,
    get_previous_token,
    is_quoted_fragment,
    is_quoted_speech,
    is_quoted_title,
)
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import TokenRange

MAX_ADJUNCT_TOKENS = 12
"""tokens of an adjunct before a quotation that continues another"""


@dataclass(slots=True)
class AttributedQuotations:
    """The quotations that belong to one cue."""

    cue: Token
    ranges: list[TokenRange] = field(default_factory=list)
    following: list[TokenRange] = field(default_factory=list)
    """those after a statement without quotation marks: *He said it was late. “We should go.”*"""


def attribute_quotations(
    doc: Doc,
    quotations: Sequence[Quotation],
    cues: Mapping[int, Token],
    others: Collection[int],
) -> list[AttributedQuotations]:
    """Return the speech quotations by cue, in order of their first one.

    ``cues`` holds, by token index, the heads of cues that can introduce quoted speech and are outside
    quotation marks; ``others`` the verbal cues that cannot, which keep a fragment that follows them. A quotation
    whose sentence has no cue continues the one before it in its paragraph. One that its paragraph leaves open goes on
    in the next paragraph, which may name its speaker.
    """
    found: dict[int, AttributedQuotations] = {}
    last: AttributedQuotations | None = None
    waiting: list[TokenRange] = []
    for i, quotation in enumerate(quotations):
        cue = find_quotation_cue(doc, quotations, i, cues, others)
        if not _is_continuation_possible(doc, quotations, i, last):
            last = None
        if not _is_open_quotation_continued(quotations, i):
            waiting = []
        if cue is not None and _is_part_of_speech(doc, quotation, cue.i in found):
            last = found.setdefault(cue.i, AttributedQuotations(cue))
            last.ranges += [*waiting, quotation.range]
            waiting = []
        elif cue is None and last is not None and (said := _find_continuation(doc, quotations, i)):
            (last.ranges if last.ranges else last.following).append(said)
        elif cue is None and quotation.open and not quotation.unclosed:
            waiting.append(quotation.range)
        elif cue is None and (reported := find_reporting_cue(doc, quotations, i, cues)) is not None:
            last = found.setdefault(reported.i, AttributedQuotations(reported))
            last.following.append(quotation.range)
    return [*found.values(), *_find_block_quotations(doc, quotations, cues, found)]


def _is_part_of_speech(doc: Doc, quotation: Quotation, is_later: bool) -> bool:
    """Return True if a quotation beside a cue is what is said; of several, the later ones may be a few words."""
    return is_quoted_speech(doc, quotation) or (is_later and not is_quoted_title(doc, quotation))


def _is_continuation_possible(
    doc: Doc, quotations: Sequence[Quotation], i: int, last: AttributedQuotations | None
) -> bool:
    """Return True if the i-th quotation may have the speaker of the quotation before it, whose cue is ``last``."""
    return (
        get_previous_quotation(quotations, i) is not None
        or _is_open_quotation_continued(quotations, i)
        or _is_speech_continued(doc, quotations, i, last)
    )


def _is_speech_continued(
    doc: Doc, quotations: Sequence[Quotation], i: int, last: AttributedQuotations | None
) -> bool:
    """Return True if a paragraph is one quotation and the paragraph before it ends with one, or with *she said*."""
    start, end = doc.paragraphs[quotations[i].paragraph]
    before = quotations[i - 1] if i else None
    if (
        before is None
        or before.paragraph + 1 != quotations[i].paragraph
        or quotations[i].range != (start, end)
    ):
        return False
    last_end = doc.paragraphs[before.paragraph][1]
    is_said_last = last is not None and before.end <= last.cue.i < last_end <= last.cue.sent.end
    return before.end == last_end or is_said_last


def _find_block_quotations(
    doc: Doc,
    quotations: Sequence[Quotation],
    cues: Mapping[int, Token],
    found: Mapping[int, AttributedQuotations],
) -> list[AttributedQuotations]:
    """Return the paragraphs without quotation marks that a cue and a colon announce."""
    marked = {quotation.paragraph for quotation in quotations}
    blocks = []
    for number, piece in enumerate(doc.paragraphs):
        cue = find_announcing_cue(doc, number, cues, ":") if number not in marked else None
        if cue is not None and cue.i not in found:
            blocks.append(AttributedQuotations(cue, [piece]))
    return blocks


def _is_open_quotation_continued(quotations: Sequence[Quotation], i: int) -> bool:
    """Return True if a quotation continues one that the paragraph before left open."""
    return bool(i) and quotations[i - 1].open and quotations[i - 1].paragraph + 1 == quotations[i].paragraph


def _find_continuation(doc: Doc, quotations: Sequence[Quotation], i: int) -> TokenRange | None:
    """Return what a quotation without a cue adds to the one before it, or None if it is somebody else's."""
    if _is_same_speaker_continuation(doc, quotations[i]):
        return quotations[i].range
    return _find_continued_sentence(doc, quotations, i)


def _is_same_speaker_continuation(doc: Doc, quotation: Quotation) -> bool:
    """Return True if a quotation without a cue continues the one before.

    It consists of whole sentences, or completes one that the author only begins: *For the others, “it is late.”*
    """
    paragraph = doc.paragraphs[quotation.paragraph]
    leading = get_previous_token(doc, quotation.start) if quotation.start > paragraph[0] else None
    fresh = leading is None or leading.text in SENTENCE_STOPS or leading.text in ("”", '"', "''", "“")
    if not is_quoted_speech(doc, quotation):
        return False
    return fresh or (leading is not None and leading.text == "," and _is_begun_by_author(doc, quotation))


def _find_continued_sentence(doc: Doc, quotations: Sequence[Quotation], i: int) -> TokenRange | None:
    """Return the sentence that a quotation ends and that goes on with what the quotation before it said, or None.

    *“It is late,” she said. But that is not “the end of the matter.”* The sentence names nobody else.
    """
    quotation, before = quotations[i], get_previous_quotation(quotations, i)
    if before is None or not is_quoted_speech(doc, quotation) or not is_quoted_fragment(doc, quotation):
        return None
    inner = doc[quotation.end - 2].text
    start = quotation.start
    while start > before.end and doc[start - 1].text not in SENTENCE_STOPS:
        start -= 1
    names = any(t.ent_type_ in ("PERSON", "ORG", "NORP") for t in doc.tokens[start : quotation.start])
    if names or start <= before.end or inner not in SENTENCE_STOPS:
        return None
    return start, quotation.end


def _is_begun_by_author(doc: Doc, quotation: Quotation) -> bool:
    """Return True if only a short adjunct without a verb stands between a sentence's start and its quotation."""
    for i in range(quotation.start - 1, max(quotation.start - 1 - MAX_ADJUNCT_TOKENS, -1), -1):
        token = doc[i]
        if token.text in SENTENCE_STOPS or token.text in ("”", '"', "''") or "\n" in token.text:
            return True
        if token.tag_.startswith(("VB", "MD", "PRP")) or token.ent_type_ == "PERSON":
            return False
    return False
