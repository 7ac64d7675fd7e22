"""The statements of a parsed document: its cues, each with a source and a content."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tasks.attribution.authority_phrases import find_authority_candidates
from tasks.attribution.candidates import StatementCandidate, find_cue_relations, find_refusal_reason
from tasks.attribution.colon_layout import (
    find_colon_candidates,
    find_introduced_quotations,
    find_signed_quotations,
)
from tasks.attribution.cue_candidates import find_cue_candidates
from tasks.attribution.cue_lexicon import CueLexicon
from tasks.attribution.headline_layout import find_headline_candidates
from tasks.attribution.issuer_statements import find_issuer_statements
from tasks.attribution.quoting.quotation_attribution import attribute_quotations
from tasks.attribution.quoting.quotations import (
    Quotation,
    find_quotations,
    is_quoted_fragment,
    is_quoted_speech,
)
from tasks.attribution.quoting.unlisted_cues import find_unlisted_cues
from tasks.attribution.source_phrases import find_reporting_clause, is_after_comma
from tasks.attribution.statement_records import make_statement
from tasks.attribution.turns import find_turn_statements
from tasks.document.doc import Doc, Token
from tasks.document.records import Span, Statement
from tasks.document.token_ranges import TokenRange, get_character_span, is_in_ranges, subtract_ranges

LINKING_TAGS = frozenset(["IN", "TO", "DT"])
"""tags of a word after which a content is not complete: *that*, *as*, *a*"""


def find_statements(doc: Doc, lexicon: CueLexicon) -> list[Statement]:
    """Return the statements of a document in the order of their cues."""
    quotations = find_quotations(doc, lexicon.reporting_words)
    marked = [get_character_span(doc, quotation.range) for quotation in quotations]
    unclosed = {q.range for q in quotations if q.unclosed}
    examined = _examine_candidates(doc, quotations, lexicon)
    found = [make_statement(doc, c, marked, unclosed, lexicon) for c, reason in examined if reason is None]
    found = [s for s in found if not _is_unspoken(doc, s)]
    found = find_turn_statements(doc, lexicon, found)
    return find_issuer_statements(doc, lexicon, found)


def _is_unspoken(doc: Doc, statement: Statement) -> bool:
    """Return True if a statement is part of a signature or the header of a mail."""
    # Content that is punctuation alone is empty here; later steps leave such statements out.
    places = [span[0] for span in (*statement.content[:1], statement.cue) if span is not None]
    return any(first <= place < end for first, end in doc.layout.unspoken for place in places)


def examine_candidates(doc: Doc, lexicon: CueLexicon) -> Iterator[tuple[StatementCandidate, str | None]]:
    """Yield each statement that a cue could make, with the reason for which it is not taken, or None."""
    quotations = find_quotations(doc, lexicon.reporting_words)
    return _examine_candidates(doc, quotations, lexicon)


def _examine_candidates(
    doc: Doc, quotations: list[Quotation], lexicon: CueLexicon
) -> Iterator[tuple[StatementCandidate, str | None]]:
    """Yield the candidates of a document with these quotations, each with the reason for which it is not taken."""
    candidates = _cut_crossings(doc, _find_candidates(doc, quotations, lexicon))
    relations = find_cue_relations(candidates, lexicon.reporting_words)
    return ((candidate, find_refusal_reason(candidate, relations)) for candidate in candidates)


def _find_candidates(doc: Doc, quotations: list[Quotation], lexicon: CueLexicon) -> list[StatementCandidate]:
    """Return the candidates of cues, appeals to an authority and layouts, in the order of their cues."""
    words = lexicon.reporting_words
    quoted = _mark_quoted_tokens(doc, quotations)
    tokens = (t for t in doc if t.lower_ in lexicon.words and not quoted[t.i])
    cues = {t.i: entry for t in tokens if (entry := lexicon.find(t)) is not None}
    known = {i for i, entry in cues.items() if entry.pos == "verb" or "quote" in entry.frames}
    cues |= {t.i: lexicon.find_quoting(t) for t in find_unlisted_cues(doc, quotations, known, lexicon)}
    speakers = {i: doc[i] for i, entry in cues.items() if "quote" in entry.frames and doc[i].dep_ != "amod"}
    others = {i for i, entry in cues.items() if entry.pos == "verb" and i not in speakers}
    speech = {a.cue.i: a for a in attribute_quotations(doc, quotations, speakers, others)}
    candidates = [
        c for i, entry in cues.items() for c in find_cue_candidates(doc[i], entry, speech.get(i), words)
    ]
    said = {piece for a in speech.values() for piece in (*a.ranges, *a.following)}
    unsaid = [quotation for quotation in quotations if quotation.range not in said]
    candidates = [_include_whole_quotations(doc, c, unsaid) for c in candidates]
    authorities = find_authority_candidates(doc, quoted, words)
    candidates += [_begin_with_quotation(c, quotations) for c in authorities]
    candidates += find_colon_candidates(doc, candidates, quotations, words)
    taken = [piece for c in candidates for piece in c.content]
    candidates += find_introduced_quotations(doc, quotations, taken, words)
    candidates += find_signed_quotations(doc, quotations, [piece for c in candidates for piece in c.content])
    candidates += find_headline_candidates(doc, lexicon, [piece for c in candidates for piece in c.content])
    return sorted(candidates, key=lambda c: c.cue.i)


def find_rejected_cues(doc: Doc, lexicon: CueLexicon) -> list[tuple[Span, str]]:
    """Return the cue words that made no statement, each with the reason, in the order of the text."""
    examined = list(examine_candidates(doc, lexicon))
    taken = {c.cue.i for c, reason in examined if reason is None}
    refused = {c.cue.i: reason for c, reason in examined if reason is not None}
    quoted = _mark_quoted_tokens(doc, find_quotations(doc, lexicon.reporting_words))
    found = []
    for token in doc:
        if token.i not in taken and (token.i in refused or lexicon.find(token) is not None):
            why = "inside quoted speech" if quoted[token.i] else "no content that it takes"
            found.append((get_character_span(doc, (token.i, token.i + 1)), refused.get(token.i) or why))
    return found


def _include_whole_quotations(
    doc: Doc, candidate: StatementCandidate, quotations: Sequence[Quotation]
) -> StatementCandidate:
    """Return a candidate whose content goes on to the end of a quotation in which it ends, or that completes it.

    ``quotations`` are those that no cue introduces.
    The parser ends a clause at the first stop inside a quotation, and loses what *that* or *as* and a quotation add.
    """
    *before, (start, end) = candidate.content
    n = bisect_left(quotations, end, key=lambda quotation: quotation.end)
    if candidate.rule == "quote" or n == len(quotations):
        return candidate
    quotation = quotations[n]
    is_cut = quotation.start < end - 1 and end < quotation.end and start <= quotation.start + 1
    is_completed = (
        quotation.start - 1 <= end <= quotation.start
        and is_quoted_fragment(doc, quotation)
        and (doc[quotation.start - 1].tag_ in LINKING_TAGS or candidate.rule == "np")
    )
    if candidate.cue.i > start or not (is_cut or is_completed):
        return candidate
    return replace(candidate, content=(*before, (min(start, quotation.start), quotation.end)))


def _begin_with_quotation(
    candidate: StatementCandidate, quotations: Sequence[Quotation]
) -> StatementCandidate:
    """Return a candidate whose content begins with the quotation of several sentences of which it has the last.

    *“I was there. I left early,” she said, according to the report*.
    """
    (start, end), *after = candidate.content
    n = bisect_left(quotations, start, key=lambda quotation: quotation.end)
    if n == len(quotations) or not quotations[n].start < start < quotations[n].end <= end:
        return candidate
    return replace(candidate, content=((quotations[n].start, end), *after))


def _mark_quoted_tokens(doc: Doc, quotations: list[Quotation]) -> list[bool]:
    """Return, for each token, whether it is inside quoted speech."""
    inside = [False] * len(doc)
    for quotation in quotations:
        if is_quoted_speech(doc, quotation):
            for i in range(quotation.start + 1, quotation.end - (not quotation.open)):
                inside[i] = True
    return inside


def _cut_crossings(doc: Doc, candidates: list[StatementCandidate]) -> list[StatementCandidate]:
    """Return the candidates, each content cut where a later statement of the same speaker begins."""
    later = [c for c in candidates if _is_next_statement(c.cue) or c.cue.dep_ == "conj"]
    contents = [tuple(_cut_at_next_statement(doc, c, later)) for c in candidates]
    return [
        c if content == c.content else replace(c, content=content)
        for c, content in zip(candidates, contents, strict=True)
        if content
    ]


def _cut_at_next_statement(
    doc: Doc, candidate: StatementCandidate, later: Sequence[StatementCandidate]
) -> list[TokenRange]:
    """Return the content without a participial clause that starts a statement of its own (*..., adding that*).

    A second verb of the same speaker starts one too: *The police said their men had left and denied beating him*.
    """
    holes = []
    within = {
        c.cue.i: c
        for start, end in candidate.content
        for c in later[
            bisect_left(later, start, key=_get_cue_index) : bisect_left(later, end, key=_get_cue_index)
        ]
    }
    for other in within.values():
        token = other.cue
        if token.i != candidate.cue.i and (_is_next_statement(token) or _has_same_source(candidate, other)):
            start = token.left_edge.i
            holes.append((start - (doc[start - 1].lower_ in ("and", "but", "or")), token.right_edge.i + 1))
    return [piece for whole in candidate.content for piece in subtract_ranges(whole, holes)]


def _get_cue_index(candidate: StatementCandidate) -> int:
    return candidate.cue.i


def _has_same_source(first: StatementCandidate, second: StatementCandidate) -> bool:
    """Return True if two statements share a source that is outside the content of the first."""
    if first.source is None or second.source is None or first.source.i != second.source.i:
        return False
    return not is_in_ranges(first.source.i, first.content)


def _is_next_statement(token: Token) -> bool:
    """Return True if a cue starts a statement of the same speaker rather than one inside the content."""
    if token.dep_ == "advcl" and token.tag_ == "VBG":
        return is_after_comma(token)
    return token.dep_ == "conj" and find_reporting_clause(token).i != token.i
