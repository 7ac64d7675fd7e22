"""The cue of each quotation: before it, after it, around it, or in the sentence that introduces it."""

from collections.abc import Collection, Mapping, Sequence

from tasks.attribution.quoting.quotations import (
    SENTENCE_STOPS,
    Quotation,
    get_next_token,
    get_previous_token,
    is_quoted_fragment,
    is_quoted_speech,
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


def find_reporting_cue(
    doc: Doc, quotations: Sequence[Quotation], i: int, cues: Mapping[int, Token]
) -> Token | None:
    """Return the cue of the sentence before a quotation of whole sentences, which reports without marks, or None."""
    quotation = quotations[i]
    first = doc.paragraphs[quotation.paragraph][0]
    leading = get_previous_token(doc, quotation.start)
    if leading is None or leading.i < first or leading.text not in SENTENCE_STOPS:
        return None
    if get_previous_quotation(quotations, i) is not None or not is_quoted_speech(doc, quotation):
        return None
    sentence = leading.sent
    root = next((t for t in sentence if t.head is t and t.i >= first), None)
    if root is None or root.i not in cues:
        return None
    has_clause = any(k.dep_ == "ccomp" and k.i > root.i for k in root.children)
    return cues[root.i] if has_clause else None


def find_quotation_cue(
    doc: Doc,
    quotations: Sequence[Quotation],
    i: int,
    cues: Mapping[int, Token],
    others: Collection[int],
) -> Token | None:
    """Return the cue in the sentence of the i-th quotation, or the one that announces its paragraph, or None."""
    quotation = quotations[i]
    paragraph = doc.paragraphs[quotation.paragraph]
    lead = _find_cue_before(doc, quotation, get_previous_quotation(quotations, i), paragraph, cues)
    trail = _find_cue_after(doc, quotation, _get_next_quotation(quotations, i), paragraph, cues)
    cue = None
    if not _is_part_of_other_cue(doc, quotation, others, lead):
        cue = _choose_quotation_cue(doc, quotation, lead, trail)
    if cue is None and quotation.start == paragraph[0]:
        return find_announcing_cue(doc, quotation.paragraph, cues, ANNOUNCING_MARKS)
    return cue


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


def find_announcing_cue(
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


def get_previous_quotation(quotations: Sequence[Quotation], i: int) -> Quotation | None:
    """Return the quotation before the i-th in the same paragraph, or None."""
    return quotations[i - 1] if i and quotations[i - 1].paragraph == quotations[i].paragraph else None


def _get_next_quotation(quotations: Sequence[Quotation], i: int) -> Quotation | None:
    """Return the quotation after the i-th in the same paragraph, or None."""
    following = i + 1 < len(quotations) and quotations[i + 1].paragraph == quotations[i].paragraph
    return quotations[i + 1] if following else None


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
            if _is_about_something_else(doc, quotation, cues[i]):
                return None
            return cues[i] if not is_ended or _is_bare_attribution(doc, (quotation.end, ceiling), i) else None
    return None


def _is_about_something_else(doc: Doc, quotation: Quotation, cue: Token) -> bool:
    """Return True if a cue after a quotation begins a clause that does not report the quotation.

    *She called it “mad”, which he denies*; *she called it a “scam,” adding that it was late*.
    """
    if cue.dep_ == "relcl":
        return any(t.tag_.startswith("W") for t in doc.tokens[quotation.end : cue.i])
    return cue.tag_ == "VBG" and is_quoted_fragment(doc, quotation)


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
