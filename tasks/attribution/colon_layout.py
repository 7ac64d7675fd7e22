"""Statements by layout: after a speaker and a colon in headlines and transcripts, before a dash and a name."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from tasks.attribution.candidates import StatementCandidate
from tasks.attribution.headline_layout import has_predicate
from tasks.attribution.quoting.quotations import (
    QUOTATION_MARKS,
    SENTENCE_STOPS,
    Quotation,
    get_next_token,
    is_quoted_speech,
)
from tasks.attribution.reporting_words import ReportingWords
from tasks.document.doc import Doc, Token, TokenSpan
from tasks.document.token_ranges import TokenRange, make_overlap_test

MAX_SPEAKER_TOKENS = 8
OPENING_MARKS = frozenset(["“", '"', "``"])
SIGNATURE = "signature"
"""the rule of quotations that a dash and a name sign"""
SIGNATURE_TOKENS = 14
DASHES = frozenset(["-", "--", "–", "—", "―", "~", "|"])
SPEAKER_BARRIERS = SENTENCE_STOPS | DASHES | {";", "”", '"', "''", "»", "]"}
"""marks after which the words before a colon begin"""
VERBS = frozenset(["VBD", "VBZ", "VBP", "MD"])
PROPER = frozenset(["NNP", "NNPS"])
SPEAKER_TAGS = frozenset(["NNP", "NNPS", "NN", "NNS", "POS", "IN", "JJ", "DT", "HYPH", "CD", ","])


def find_colon_candidates(
    doc: Doc,
    found: Sequence[StatementCandidate],
    quotations: Sequence[Quotation],
    words: ReportingWords,
) -> Iterator[StatementCandidate]:
    """Yield the statements of headlines and transcripts: *Poll: voters undecided*, *SMITH: I disagree*.

    ``found`` are the statements of cues, which come first.
    """
    openings = dict(doc.layout.labels)
    n_colons = sum(_find_early_colon(doc, piece) is not None for piece in doc.paragraphs)
    in_order = sorted({candidate.cue.i for candidate in found})
    is_taken = make_overlap_test([piece for candidate in found for piece in candidate.content])
    for start, end in doc.paragraphs:
        colon = _find_early_colon(doc, (start, end))
        if colon is None or colon + 2 >= end or doc[colon].idx < openings.get(doc[start].idx, 0):
            continue
        if bisect_left(in_order, start) < bisect_left(in_order, colon):
            continue
        speaker, said = doc[start:colon], _find_quoted_run(doc, quotations, colon + 1)
        if (n_colons == 1 and _is_dateline(doc, speaker, (colon + 1, end))) or (said and is_taken(said)):
            continue
        if all(t.tag_ in SPEAKER_TAGS or t.is_upper for t in speaker) and (
            _is_speaker_name(speaker, words)
            or doc[colon + 1].text in QUOTATION_MARKS
            or (speaker[-1].lower_ in words.speaking_people and has_predicate(doc.tokens[colon + 1 : end]))
        ):
            content = said or (colon + 1, end)
            yield StatementCandidate(doc[colon], None, _find_speaker_head(speaker), (content,), "colon")


def _find_quoted_run(doc: Doc, quotations: Sequence[Quotation], start: int) -> TokenRange | None:
    """Return the quoted speech that begins at a token, with the quotations that follow it at once, or None."""
    n = bisect_left(quotations, start, key=lambda quotation: quotation.start)
    if n == len(quotations) or quotations[n].start != start or not is_quoted_speech(doc, quotations[n]):
        return None
    end = quotations[n].end
    for following in quotations[n + 1 :]:
        if following.start != end:
            break
        end = following.end
    return start, end


def find_introduced_quotations(
    doc: Doc, quotations: Sequence[Quotation], taken: Sequence[TokenRange], words: ReportingWords
) -> Iterator[StatementCandidate]:
    """Yield the quotations after a speaker and a colon inside a paragraph: *Lee: “Yes.” Hale: “No.”*."""
    is_taken = make_overlap_test(taken)
    for quotation in quotations:
        colon = quotation.start - 1
        if colon < 1 or doc[colon].text != ":" or is_taken(quotation.range):
            continue
        if not is_quoted_speech(doc, quotation):
            continue
        speaker = doc[_find_speaker_start(doc, colon) : colon]
        if 0 < len(speaker) <= MAX_SPEAKER_TOKENS and _is_introducing(speaker, words):
            head = _find_speaker_head(speaker)
            yield StatementCandidate(doc[colon], None, head, (quotation.range,), "colon")


def _find_speaker_start(doc: Doc, colon: int) -> int:
    """Return where the words before a colon begin: after a mark that ends a sentence, and after *from*."""
    start = colon
    while start and not (doc[start - 1].text in SPEAKER_BARRIERS or "\n" in doc[start - 1].text):
        start -= 1
    sources = [i + 1 for i in range(start, min(start + 2, colon)) if doc[i].lower_ == "from"]
    return sources[-1] if sources else start


def _is_introducing(speaker: TokenSpan, words: ReportingWords) -> bool:
    """Return True if the words before a colon are a name, or a document that speaks, and nothing else."""
    if speaker[0].tag_ in ("IN", "RB", "CC") or any(t.tag_ in VERBS or t.tag_ == "CD" for t in speaker):
        return False
    last = _find_speaker_head(speaker)
    nouns = words.speaking_documents | words.speaking_people | words.speech_acts
    return last.tag_ in PROPER or last.lower_ in nouns


def _find_early_colon(doc: Doc, piece: TokenRange) -> int | None:
    """Return the first colon among the first tokens of a paragraph, or a dash before a quotation, or None."""
    first = doc.tokens[piece[0] + 1 : min(piece[0] + MAX_SPEAKER_TOKENS, piece[1] - 1)]
    for token in first:
        if token.text == ":" or (token.text in DASHES and doc[token.i + 1].text in OPENING_MARKS):
            return token.i
    return None


def _find_speaker_head(speaker: TokenSpan) -> Token:
    """Return the last word of the speaker before a colon, without an office after a comma: *Ann Lee, mayor:*."""
    comma = next((i for i, token in enumerate(speaker) if token.text == ","), len(speaker))
    named = comma > 0 and speaker[comma - 1].tag_ in PROPER
    return speaker[comma - 1] if named else speaker[-1]


def _is_dateline(doc: Doc, speaker: TokenSpan, rest: TokenRange) -> bool:
    """Return True if words in capitals before a colon at the beginning of a text are a place: *PORT HALE: The party*.

    A sentence with a capital and a verb follows; in a headline (*POLL: Voters undecided*) a document speaks.
    """
    first = doc[rest[0]]
    sentence = first.tag_ in ("DT", "NNP", "NNPS", "PRP") and any(
        t.tag_ in VERBS for t in doc.tokens[slice(*rest)]
    )
    return not doc.text[: speaker[0].idx].strip() and speaker.text.isupper() and sentence


def _is_speaker_name(speaker: TokenSpan, words: ReportingWords) -> bool:
    """Return True if the words before a colon name a speaker: a name, or a document that speaks."""
    return (
        speaker[-1].tag_ in ("NNP", "NNPS")
        or speaker.text.isupper()
        or speaker[-1].lower_ in words.speaking_documents
    )


def find_signed_quotations(
    doc: Doc, quotations: Sequence[Quotation], taken: Sequence[TokenRange]
) -> Iterator[StatementCandidate]:
    """Yield the quotations that a dash and a name sign: *“He lied.” — Ann Lee*, the name on a line of its own too."""
    last = {quotation.paragraph: quotation for quotation in quotations if is_quoted_speech(doc, quotation)}
    paragraphs, is_taken = doc.paragraphs, make_overlap_test(taken)
    for number, piece in enumerate(paragraphs):
        content: TokenRange | None = None
        if number in last and (following := get_next_token(doc, last[number].end)) is not None:
            content, dash = last[number].range, following.i
            signed = (dash, piece[1])
        elif number and number - 1 in last and last[number - 1].end == paragraphs[number - 1][1]:
            content, signed = last[number - 1].range, piece
        elif number and number - 1 not in last and _is_signed_block(doc, paragraphs[number - 1], piece):
            content, signed = paragraphs[number - 1], piece
        if content is None or is_taken(content):
            continue
        if (name := _find_signing_name(doc, signed)) is not None:
            yield StatementCandidate(doc[signed[0]], None, name, (content,), SIGNATURE)


def _is_signed_block(doc: Doc, piece: TokenRange, following: TokenRange) -> bool:
    """Return True if a paragraph without marks is a sentence and the next one begins with a dash."""
    return doc[piece[1] - 1].text in SENTENCE_STOPS and doc[following[0]].text in DASHES


def _find_signing_name(doc: Doc, piece: TokenRange) -> Token | None:
    """Return the head of the name after a dash or in brackets, or None.

    It is followed by nothing but an office.
    """
    start, end = piece
    if start >= end:
        return None
    is_dash, is_bracket = doc[start].text in DASHES, doc[start].text == "(" and doc[end - 1].text == ")"
    if not is_dash and not is_bracket:
        return None
    tokens = _cut_at_handle(doc.tokens[start + 1 : end - is_bracket])
    # A day after the name makes it the reference to an article: *“Bridge closed” — Northport Gazette, May 3, 2020*.
    if not 0 < len(tokens) <= SIGNATURE_TOKENS or any(
        token.tag_ in VERBS or token.tag_ == "CD" or token.text in SENTENCE_STOPS for token in tokens
    ):
        return None
    name = _choose_name(list(takewhile(lambda token: token.text != ",", tokens)))
    if name is not None and is_bracket and name.ent_type_ != "PERSON":
        return None
    return name


def _cut_at_handle(tokens: Sequence[Token]) -> Sequence[Token]:
    """Return the tokens before the account in brackets that a post of social media has: *(@annlee) May 3*."""
    pairs = enumerate(pairwise(tokens))
    return tokens[: next((i for i, (a, b) in pairs if a.text == "(" and b.text.startswith("@")), len(tokens))]


def _choose_name(tokens: Sequence[Token]) -> Token | None:
    """Return the last word of the name among the words before a comma: *ministry spokeswoman Ann Lee*, *the mayor*."""
    names = list(takewhile(lambda token: token.tag_ in PROPER, tokens))
    trailing = list(takewhile(lambda token: token.tag_ in PROPER, reversed(tokens)))
    if trailing and len(trailing) < len(tokens) and tokens[-len(trailing) - 1].tag_ == "NN":
        return trailing[0]
    if names:
        return names[-1] if len(names) > 1 or names[0].ent_type_ else None
    if tokens and tokens[0].tag_ == "DT":
        return next((token for token in tokens if token.tag_ == "NN"), None)
    return None
