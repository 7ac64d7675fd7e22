"""Quotations: ranges of tokens in quotation marks, by the conventions of news text.

A mark that a paragraph opens and never closes runs to the paragraph's end where the next paragraph begins with a mark,
by the convention that a quotation of several paragraphs is closed once. Otherwise its closing mark is missing: it ends
with its sentence and the following sentences in the first person. An unmatched closing mark is ignored. A nickname in
marks is no quotation.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tasks.attribution.reporting_words import ReportingWords
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import TokenRange

MARK_PARTNERS = {"“": "”", "«": "»", "„": "“"}
SYMMETRIC_MARKS = frozenset(['"', "''", "``"])
QUOTATION_MARKS = SYMMETRIC_MARKS | frozenset(MARK_PARTNERS) | frozenset(MARK_PARTNERS.values())
SENTENCE_STOPS = frozenset([".", "?", "!", "…", "..."])
FIRST_PERSON = frozenset(["i", "we", "my", "our", "us", "me", "i’m", "you", "your"])
FINITE = frozenset(["VBD", "VBZ"])
FINITE_OR_MODAL = FINITE | {"VBP", "MD"}
NAMES = frozenset(["NNP", "NNPS", "PRP"])
MIN_SPEECH_TOKENS = 5
NICKNAME_WORDS = 3
ATTRIBUTION_TOKENS = 8
MAX_TITLE_WORDS = 6
MAX_UNMARKED_PARAGRAPHS = 3
"""paragraphs without marks between the one that opens a quotation and the one that closes it"""
MINOR_TAGS = frozenset(["DT", "IN", "CC", "TO", "POS"])
"""tags of the words that a title writes in lower case: articles, prepositions, conjunctions"""
MAX_MINOR_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Quotation:
    """One stretch of quoted text, marks included."""

    start: int
    end: int
    paragraph: int
    open: bool
    """its closing mark is missing, and no words that name its speaker follow"""
    unclosed: bool = False
    """its closing mark is missing, and the next paragraph does not go on with it"""

    @property
    def range(self) -> TokenRange:
        """The tokens, marks included."""
        return self.start, self.end


def find_quotations(doc: Doc, words: ReportingWords) -> list[Quotation]:
    """Return the quotations of a document in order, outermost marks only.

    The first call for a document finds them and keeps them: each step that asks for them gets the same.
    """
    key = words.naming_words | words.word_classes["saying"]
    if key not in doc.quotations:
        doc.quotations[key] = _find_all_quotations(doc, words)
    return doc.quotations[key]


def _find_all_quotations(doc: Doc, words: ReportingWords) -> list[Quotation]:
    """Return the quotations of all paragraphs, nicknames left out."""
    found: list[Quotation] = []
    for number, piece in enumerate(doc.paragraphs):
        carried = bool(found) and found[-1].open and found[-1].paragraph == number - 1
        saying = words.word_classes["saying"]
        goes_on = carried and (
            _has_closing_mark_first(doc, piece)
            or (not found[-1].unclosed and _is_closed_by_first_mark(doc, number, saying))
        )
        found += _find_paragraph_quotations(doc, piece, number, goes_on, saying)
    return [quotation for quotation in found if not is_nickname(doc, quotation, words.naming_words)]


def _find_paragraph_quotations(
    doc: Doc, piece: TokenRange, number: int, carried: bool, saying: Collection[str]
) -> Iterator[Quotation]:
    """Yield the quotations of one paragraph; ``carried`` if it goes on with one that was never closed."""
    start, closing = (piece[0], "") if carried else (-1, "")
    for i in [token.i for token in doc.tokens[slice(*piece)] if token.text in QUOTATION_MARKS]:
        mark = doc.tokens[i].text
        if start < 0:
            if mark in MARK_PARTNERS or (
                mark in SYMMETRIC_MARKS and i + 1 < piece[1] and not _can_only_close(doc, i, piece)
            ):
                start, closing = i, MARK_PARTNERS.get(mark, "")
        elif _is_closing_mark(doc, i, piece, closing):
            yield Quotation(start, i + 1, number, open=False)
            start = -1
        elif mark == "“" and closing == "”":
            # A second opening mark: the first was never closed.
            yield _make_unclosed_quotation(doc, (start, i), number)
            start = i
    if start >= 0 and piece[1] - start > 1:
        if _has_continuation(doc, number, saying) and not _has_speaker_at_end(doc, (start, piece[1]), saying):
            yield Quotation(start, piece[1], number, open=True)
        else:
            yield _make_unclosed_quotation(doc, (start, piece[1]), number)


def _has_continuation(doc: Doc, number: int, saying: Collection[str]) -> bool:
    """Return True if the next paragraph continues a quotation that this one leaves open."""
    if number + 1 >= len(doc.paragraphs):
        return False
    following = doc.paragraphs[number + 1]
    return doc[following[0]].text in SYMMETRIC_MARKS | set(MARK_PARTNERS) or _is_closed_by_first_mark(
        doc, number + 1, saying
    )


def _is_closed_by_first_mark(doc: Doc, number: int, saying: Collection[str]) -> bool:
    """Return True if the first mark from a paragraph on, at most a few paragraphs below, closes a quotation."""
    for piece in doc.paragraphs[number : number + MAX_UNMARKED_PARAGRAPHS + 1]:
        tokens = doc.tokens[slice(*piece)]
        if any(token.text in QUOTATION_MARKS for token in tokens):
            return _has_closing_mark_first(doc, piece)
        if any(token.lower_ in saying for token in tokens):
            return False
    return False


def _has_speaker_at_end(doc: Doc, piece: TokenRange, saying: Collection[str]) -> bool:
    """Return True if a quotation that nothing closes ends with *Petrov said.*: its mark is missing before that."""
    start = _find_attribution_start(doc, piece)
    return start is not None and any(token.lower_ in saying for token in doc[start : piece[1]])


def _make_unclosed_quotation(doc: Doc, piece: TokenRange, number: int) -> Quotation:
    """Return a quotation that nothing closes: to the end of its sentence, or to the words that say whose it is."""
    ends = [i + 1 for i in range(piece[0] + 1, piece[1]) if _is_sentence_end_at(doc, i, piece[1])]
    edges = [*ends, piece[1]] if not ends or ends[-1] < piece[1] else ends
    end = edges[0]
    if (said := _find_attribution_start(doc, (piece[0], end))) is not None:
        return Quotation(piece[0], said, number, open=False, unclosed=True)
    for following in edges[1:]:
        if not any(token.lower_ in FIRST_PERSON for token in doc[end:following]):
            break
        if (said := _find_attribution_start(doc, (end, following))) is not None:
            return Quotation(piece[0], said, number, open=False, unclosed=True)
        end = following
    return Quotation(piece[0], end, number, open=True, unclosed=True)


def _is_sentence_end_at(doc: Doc, i: int, end: int) -> bool:
    """Return True if a token ends a sentence: a stop, with a capital or the end after it."""
    if doc[i].text not in SENTENCE_STOPS:
        return False
    return i + 1 >= end or not doc[i + 1].text[:1].islower()


def _find_attribution_start(doc: Doc, piece: TokenRange) -> int | None:
    """Return where *Petrov said.* begins after the comma at the end of a sentence, or None if it is not there."""
    floor = max(piece[0] + 2, piece[1] - ATTRIBUTION_TOKENS)
    comma = next((i for i in range(piece[1] - 1, floor - 1, -1) if doc[i].text == ","), None)
    if comma is None:
        return None
    rest = doc[comma + 1 : piece[1]]
    named = any(token.tag_ in NAMES for token in rest[:1]) or any(token.tag_ in FINITE for token in rest[:1])
    return comma + 1 if named and any(token.tag_ in FINITE for token in rest) else None


def is_nickname(doc: Doc, quotation: Quotation, naming_words: Collection[str]) -> bool:
    """Return True for a name in marks: between the parts of a full name, or after a word that says that it is one."""
    words = [t for t in doc[quotation.start + 1 : quotation.end] if t.word.is_alpha]
    if not 0 < len(words) <= NICKNAME_WORDS or not _is_written_as_name(words):
        return False
    last = get_previous_token(doc, quotation.start)
    if last is None:
        return False
    if last.lower_ in naming_words or f"{doc[max(last.i - 1, 0)].lower_} {last.lower_}" in naming_words:
        return True
    following = get_next_token(doc, quotation.end)
    inside = doc[quotation.end - 2].word.is_alpha
    return (
        inside
        and following is not None
        and last.tag_ == following.tag_ == "NNP"
        and last.ent_type_ == "PERSON"
    )


def _is_written_as_name(words: Sequence[Token]) -> bool:
    """Return True if words have capitals, the article before a nickname excepted: *nicknamed “the Wolf”*."""
    return all(t.text[0].isupper() for t in words[1:] or words) and (
        words[0].text[0].isupper() or words[0].tag_ == "DT"
    )


def _is_closing_mark(doc: Doc, i: int, piece: TokenRange, closing: str) -> bool:
    """Return True if a mark ends the open quotation: its partner, or any other in the position of a closing mark."""
    mark = doc[i].text
    if mark == closing or (not closing and mark in SYMMETRIC_MARKS | {"”", "»"}):
        return True
    return bool(closing) and mark in ('"', "“") and _can_only_close(doc, i, piece, after_comma=True)


def _can_only_close(doc: Doc, i: int, piece: TokenRange, *, after_comma: bool = False) -> bool:
    """Return True if a mark is in a position of closing marks only: after a word, before a space."""
    if i == piece[0] or doc[i - 1].whitespace_ or doc[i - 1].is_space:
        return False
    last = i + 1 == piece[1]
    return (last or bool(doc[i].whitespace_)) and (after_comma or doc[i - 1].text != ",")


def _has_closing_mark_first(doc: Doc, piece: TokenRange) -> bool:
    """Return True if the first mark of a paragraph closes a quotation rather than opens one."""
    first = next((token.i for token in doc.tokens[slice(*piece)] if token.text in QUOTATION_MARKS), None)
    if first is None or first == piece[0]:
        return False
    return doc[first].text == "”" or (
        doc[first].text in SYMMETRIC_MARKS | {"»"} and _can_only_close(doc, first, piece)
    )


def get_previous_token(doc: Doc, i: int) -> Token | None:
    """Return the token before a place, a second space between words left out, or None."""
    tokens = doc.tokens
    while i and tokens[i - 1].word.is_space and "\n" not in tokens[i - 1].text:
        i -= 1
    return tokens[i - 1] if i else None


def get_next_token(doc: Doc, i: int) -> Token | None:
    """Return the token at a position, the next one if that is a second space, or None at the end."""
    tokens = doc.tokens
    while i < len(tokens) and tokens[i].word.is_space and "\n" not in tokens[i].text:
        i += 1
    return tokens[i] if i < len(tokens) else None


def is_quoted_speech(doc: Doc, quotation: Quotation) -> bool:
    """Return True if a quotation is speech, not a quoted word or title: long, or punctuated as a sentence."""
    last = quotation.end - (1 if quotation.open else 2)
    inner = doc[last].text if last > quotation.start else ""
    leading = get_previous_token(doc, quotation.start)
    if is_quoted_title(doc, quotation):
        return False
    return (
        quotation.end - quotation.start - 2 >= MIN_SPEECH_TOKENS
        or inner in SENTENCE_STOPS
        or inner == ","
        or _is_sentence_before_comma(doc, quotation, leading)
        or (leading is not None and leading.text in (":", ","))
    )


def _is_sentence_before_comma(doc: Doc, quotation: Quotation, leading: Token | None) -> bool:
    """Return True for a clause that begins a sentence and has its comma after the mark: *“We left”, he said*."""
    following = get_next_token(doc, quotation.end)
    if following is None or following.text != ",":
        return False
    is_first = leading is None or leading.text in SENTENCE_STOPS or "\n" in leading.text
    return is_first and any(t.tag_ in FINITE_OR_MODAL for t in doc[quotation.start : quotation.end])


def is_quoted_title(doc: Doc, quotation: Quotation) -> bool:
    """Return True for the title of a book, film or programme: a few words, all but the minor ones capitalised."""
    inside = doc.tokens[quotation.start + 1 : quotation.end - 1]
    words = list(islice((t for t in inside if t.word.is_alpha), MAX_TITLE_WORDS + 1))
    if any(t.text in SENTENCE_STOPS for t in inside[:-1]):
        return False
    return (
        2 <= len(words) <= MAX_TITLE_WORDS
        and any(len(t) > 3 for t in words)
        and all(t.text[0].isupper() or (t.tag_ in MINOR_TAGS and len(t) <= MAX_MINOR_LENGTH) for t in words)
    )


def is_quoted_fragment(doc: Doc, quotation: Quotation) -> bool:
    """Return True if a quotation is part of the author's sentence: it begins in lower case after a word."""
    first = doc[quotation.start + 1].text if quotation.start + 1 < len(doc) else ""
    leading = get_previous_token(doc, quotation.start)
    return first[:1].islower() and leading is not None and leading.is_alpha
