"""The cue of each quotation: before it, after it, around it, or in the sentence that introduces it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tasks.attribution.quoting.quotations import (
    SENTENCE_STOPS,
    Quotation,
    get_next_token,
    get_previous_token,
    is_quoted_fragment,
    is_quoted_speech,
    is_quoted_title,
)
from tasks.attribution.source_phrases import is_passive
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import TokenRange

ANNOUNCING_MARKS = frozenset([":", ","])
"""ends of a paragraph that announces a quotation in the next one"""
MAX_LEAD_IN_TOKENS = 40
MAX_LEAD_OUT_TOKENS = 30
MAX_SPEAKER_TOKENS = 6
DASHES = frozenset(["-", "–", "—", "--"])
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
        cue = _find_quotation_cue(doc, quotations, i, cues, others)
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
        elif cue is None and (reported := _find_reporting_cue(doc, quotations, i, cues)) is not None:
            last = found.setdefault(reported.i, AttributedQuotations(reported))
            last.following.append(quotation.range)
    return [*found.values(), *_find_block_quotations(doc, quotations, cues, found)]


def _is_part_of_speech(doc: Doc, quotation: Quotation, is_later: bool) -> bool:
    """Return True if a quotation beside a cue is what is said; of several, the later ones may be a few words."""
    return is_quoted_speech(doc, quotation) or (is_later and not is_quoted_title(doc, quotation))


def _find_reporting_cue(
    doc: Doc, quotations: Sequence[Quotation], i: int, cues: Mapping[int, Token]
) -> Token | None:
    """Return the cue of the sentence before a quotation of whole sentences, which reports without marks, or None."""
    quotation = quotations[i]
    first = doc.paragraphs[quotation.paragraph][0]
    leading = get_previous_token(doc, quotation.start)
    if leading is None or leading.i < first or leading.text not in SENTENCE_STOPS:
        return None
    if _get_previous_quotation(quotations, i) is not None or not is_quoted_speech(doc, quotation):
        return None
    sentence = leading.sent
    root = next((t for t in sentence if t.head is t and t.i >= first), None)
    if root is None or root.i not in cues:
        return None
    has_clause = any(k.dep_ == "ccomp" and k.i > root.i for k in root.children)
    return cues[root.i] if has_clause else None


def _find_quotation_cue(
    doc: Doc,
    quotations: Sequence[Quotation],
    i: int,
    cues: Mapping[int, Token],
    others: Collection[int],
) -> Token | None:
    """Return the cue in the sentence of the i-th quotation, or the one that announces its paragraph, or None."""
    quotation = quotations[i]
    paragraph = doc.paragraphs[quotation.paragraph]
    lead = _find_cue_before(doc, quotation, _get_previous_quotation(quotations, i), paragraph, cues)
    trail = _find_cue_after(doc, quotation, _get_next_quotation(quotations, i), paragraph, cues)
    cue = None
    if not _is_part_of_other_cue(doc, quotation, others, lead):
        cue = _choose_quotation_cue(doc, quotation, lead, trail)
    if cue is None and quotation.start == paragraph[0]:
        return _find_announcing_cue(doc, quotation.paragraph, cues, ANNOUNCING_MARKS)
    return cue


def _is_continuation_possible(
    doc: Doc, quotations: Sequence[Quotation], i: int, last: AttributedQuotations | None
) -> bool:
    """Return True if the i-th quotation may have the speaker of the quotation before it, whose cue is ``last``."""
    return (
        _get_previous_quotation(quotations, i) is not None
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
    cues: Mapping[int, Token],
    found: Mapping[int, AttributedQuotations],
) -> list[AttributedQuotations]:
    """Return the paragraphs without quotation marks that a cue and a colon announce."""
    marked = {quotation.paragraph for quotation in quotations}
    blocks = []
    for number, piece in enumerate(doc.paragraphs):
        cue = _find_announcing_cue(doc, number, cues, ":") if number not in marked else None
        if cue is not None and cue.i not in found:
            blocks.append(AttributedQuotations(cue, [piece]))
    return blocks


def _find_announcing_cue(
    doc: Doc, number: int, cues: Mapping[int, Token], marks: Collection[str]
) -> Token | None:
    """Return the cue that announces a paragraph: the last one of the paragraph before it, which ends in a mark."""
    if not number:
        return None
    start, end = doc.paragraphs[number - 1]
    while end - 1 > start and doc[end - 1].is_space:
        end -= 1
    if doc[end - 1].text not in marks:
        return None
    for i in range(end - 1, max(start, end - MAX_LEAD_OUT_TOKENS) - 1, -1):
        if doc[i].text in SENTENCE_STOPS:
            return None
        if i in cues:
            return _get_main_cue(cues[i], cues)
    return None


def _get_main_cue(cue: Token, cues: Mapping[int, Token]) -> Token:
    """Return the main clause's cue for a passive in a relative clause: *replied in a letter that was read:*."""
    root = cue.sent.root
    return cues[root.i] if cue.dep_ == "relcl" and is_passive(cue) and root.i in cues else cue


def _get_previous_quotation(quotations: Sequence[Quotation], i: int) -> Quotation | None:
    """Return the quotation before the i-th in the same paragraph, or None."""
    return quotations[i - 1] if i and quotations[i - 1].paragraph == quotations[i].paragraph else None


def _get_next_quotation(quotations: Sequence[Quotation], i: int) -> Quotation | None:
    """Return the quotation after the i-th in the same paragraph, or None."""
    following = i + 1 < len(quotations) and quotations[i + 1].paragraph == quotations[i].paragraph
    return quotations[i + 1] if following else None


def _is_open_quotation_continued(quotations: Sequence[Quotation], i: int) -> bool:
    """Return True if a quotation continues one that the paragraph before left open."""
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
    """Return True if a cue introduces the quotation after it: no clause boundary is between the two."""
    between = doc[cue.i + 1 : quotation.start]
    if any(token.text in (";", "”") for token in between):
        return False
    if len(between) and between[-1].text == ":" and any(token.text in DASHES for token in between):
        # *Nobody agreed - Ann Lee: “…”*: a name stands before the colon.
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
    if quotation.open:
        return None
    is_ended = _is_sentence_end(doc, quotation)
    ceiling = min(following.start if following else paragraph[1], quotation.end + MAX_LEAD_OUT_TOKENS)
    for i in range(quotation.end, ceiling):
        if doc[i].text in SENTENCE_STOPS or doc[i].text == ";":
            return None
        if i in cues:
            return cues[i] if not is_ended or _is_bare_attribution(doc, (quotation.end, ceiling), i) else None
    return None


def _is_bare_attribution(doc: Doc, piece: TokenRange, cue: int) -> bool:
    """Return True if a sentence after a quotation is a name and its cue alone: *“Stop.” Ann Lee added*."""
    start, end = piece
    is_last = cue + 1 == end or doc[cue + 1].text == "."
    return is_last and start < cue <= start + MAX_SPEAKER_TOKENS and _is_name(doc.tokens[start:cue])


def _is_name(tokens: Sequence[Token]) -> bool:
    """Return True for words that name a person, and nothing else."""
    return all(t.tag_ in ("NNP", "NNPS") for t in tokens) or [t.tag_ for t in tokens] == ["PRP"]


def _is_sentence_end(doc: Doc, quotation: Quotation) -> bool:
    """Return True if the sentence ends with the quotation: a full stop inside, and no lower-case word after it."""
    inner = doc[quotation.end - 2].text
    following = get_next_token(doc, quotation.end)
    if inner == "." or following is None:
        return True
    return inner in SENTENCE_STOPS and not (following.text[0].isalpha() or following.text == ",")


def _choose_quotation_cue(
    doc: Doc, quotation: Quotation, lead: Token | None, trail: Token | None
) -> Token | None:
    """Return the cue of a quotation: the one before, unless a comma inside its end points to the one after."""
    if lead is None or trail is None:
        return lead or trail
    if is_quoted_fragment(doc, quotation) and lead.right_edge.i >= quotation.end - 2:
        # *She said it was “too late,” and he agreed*: the quotation is part of the clause that is reported.
        return lead
    inner, following, leading = (
        doc[quotation.end - 2].text,
        get_next_token(doc, quotation.end),
        get_previous_token(doc, quotation.start),
    )
    points_on = inner == "," or (following is not None and following.text == ",") or inner in ("?", "!")
    opens_lead = leading is not None and (leading.text in (",", ":") or leading.i == lead.i)
    return trail if points_on and not opens_lead else lead


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
    quotation, before = quotations[i], _get_previous_quotation(quotations, i)
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
