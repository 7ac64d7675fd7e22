"""From a candidate to a statement: character spans, manner, kind of source and confidence."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from operator import itemgetter

from tasks.attribution.candidates import (
    StatementCandidate,
)
from tasks.attribution.colon_layout import (
    SIGNATURE,
)
from tasks.attribution.cue_lexicon import CueLexicon
from tasks.attribution.omissions import is_omitted
from tasks.attribution.reporting_words import ReportingWords
from tasks.attribution.source_phrases import (
    SOURCE_PRONOUNS,
    get_source_phrase,
)
from tasks.attribution.statement_attributes import find_addressee, find_evidence, is_hedged
from tasks.document.doc import Doc, Token
from tasks.document.function_words import is_name_in_capitals
from tasks.document.records import Manner, SourceType, Span, Statement
from tasks.document.token_ranges import (
    TokenRange,
    get_character_span,
    get_character_spans,
    trim_range,
)

NEGATIVE_PRONOUNS = frozenset(["nobody", "none", "neither"])
NEGATIVE_DETERMINERS = frozenset(["no", "neither", "not"])
UNCLOSED_SHARE = 0.5
"""how much of its confidence a quotation keeps whose end is a guess"""


def make_statement(
    doc: Doc,
    c: StatementCandidate,
    marked: Sequence[Span],
    unclosed: Collection[TokenRange],
    lexicon: CueLexicon,
) -> Statement:
    """Return the statement of a candidate, in character spans.

    ``marked`` are the spans of the quotations, ``unclosed`` the quotations whose end is a guess.
    """
    content = get_character_spans(doc, c.content)
    phrase = _find_source_range(doc, c)
    source = get_character_span(doc, phrase) if phrase else None
    heard = find_addressee(c.cue, c.rule, c.content)
    return Statement(
        source=source,
        cue=get_character_span(doc, _get_cue_range(c)),
        content=content,
        rule=c.rule,
        confidence=_get_confidence(c, unclosed, lexicon),
        cue_lemma=c.entry.lemma if c.entry else c.rule,
        attitude=c.entry.attitude if c.entry else "statement",
        cue_token=c.cue.i,
        source_token=c.source.i if c.source is not None else None,
        source_type=_classify_source(doc, c, phrase),
        manner="direct" if c.rule == SIGNATURE else _classify_manner(content, marked),
        negated=_is_negated_cue(c.cue, lexicon.reporting_words) or _is_negative_source(c.source),
        hedged=is_hedged(doc, c.cue, c.content, lexicon.reporting_words.hedges),
        addressee=get_character_span(doc, heard) if heard else None,
        evidence=find_evidence(doc, c.cue, c.content, lexicon.reporting_words),
    )


def _find_source_range(doc: Doc, c: StatementCandidate) -> TokenRange | None:
    """Return the noun phrase of the source of a candidate; that of an authority ends where the content begins."""
    if c.source is None:
        return None
    start, end = get_source_phrase(doc, c.source, c.cue)
    if c.rule == "according":
        end = trim_range(doc, (start, min([end, *(a for a, _ in c.content if a > c.source.i)])))[1]
    return start, end


def _is_negated_cue(cue: Token, words: ReportingWords) -> bool:
    """Return True if a cue says that something was not said: *did not say that*, *refused to*, *without accusing*."""
    if any(k.dep_ == "neg" or k.lower_ == "nor" for k in cue.lefts):
        return True
    if any(k.dep_ == "neg" for k in cue.rights):
        return True
    before = cue.head
    is_prevented = before.lower_ == "from" and any(k.dep_ == "dobj" for k in before.head.children)
    is_avoided = cue.dep_ == "pcomp" and (before.lower_ in ("without", "against") or is_prevented)
    return is_avoided or is_omitted(cue, words)


def _is_negative_source(source: Token | None) -> bool:
    """Return True if nobody is the source: *no official*, *nobody*, *neither he nor she*, *not one witness*."""
    if source is None:
        return False
    # The *not* of *not one witness* is part of the number.
    before = (word for k in source.lefts for word in (k, *k.lefts))
    return source.lower_ in NEGATIVE_PRONOUNS or any(k.lower_ in NEGATIVE_DETERMINERS for k in before)


def _get_cue_range(c: StatementCandidate) -> TokenRange:
    """Return the cue with its negation and particle, but without its plain auxiliaries."""
    start, end = c.cue.i, c.cue.i + 1
    if c.rule == "according" and c.source is not None:
        first = c.source.left_edge.i
        return start, first if first > start else end
    if c.entry is None:
        return start, end
    if negation := [k.i for k in c.cue.children if k.dep_ == "neg" and k.i < start]:
        auxiliaries = [k.i for k in c.cue.children if k.dep_ in ("aux", "auxpass")]
        start = min([*negation, *auxiliaries])
    particle = [k.i for k in c.cue.children if k.i == end and k.lower_ == c.entry.particle]
    return start, max([end, *(i + 1 for i in particle)])


def _classify_source(doc: Doc, c: StatementCandidate, phrase: TokenRange | None) -> SourceType:
    """Return how the source is given: by name, by pronoun, without a name, or not at all."""
    if c.source is None or phrase is None:
        return "author" if c.attitude in ("appearance", "verdict") else "hearsay"
    if _is_pronoun(c.source):
        return "pronoun"
    return "named" if any(t.tag_ in ("NNP", "NNPS") for t in doc[phrase[0] : phrase[1]]) else "unnamed"


def _get_confidence(c: StatementCandidate, unclosed: Collection[TokenRange], lexicon: CueLexicon) -> float:
    """Return the confidence of a candidate by its rule, its cue and its source."""
    found = lexicon.confidence(c.rule, c.entry.pos if c.entry else "other", _get_confidence_source(c))
    is_guess = c.rule == "quote" and any(piece in unclosed for piece in c.content)
    return round(found * UNCLOSED_SHARE, 2) if is_guess else found


def _get_confidence_source(c: StatementCandidate) -> str:
    """Return the kind of source in the table of confidences: name, pronoun or none."""
    if c.source is None:
        return "none"
    return "pronoun" if _is_pronoun(c.source) else "name"


def _is_pronoun(source: Token) -> bool:
    """Return True if a source is a pronoun; *US* and *WHO* are names."""
    return source.lower_ in SOURCE_PRONOUNS and not is_name_in_capitals(source.text, source.tag_)


def _classify_manner(content: tuple[Span, ...], marked: Sequence[Span]) -> Manner:
    """Return direct, mixed or indirect, by the share of the content in quotation marks."""
    total = sum(b - a for a, b in content)
    share = sum(_count_marked_characters(span, marked) for span in content) / max(total, 1)
    return "direct" if share > 0.9 else "mixed" if share > 0 else "indirect"


def _count_marked_characters(span: Span, marked: Sequence[Span]) -> int:
    """Return how many characters of a span are in quotation marks; ``marked`` are in order and do not overlap."""
    start, end = span
    first, last = bisect_right(marked, start, key=itemgetter(1)), bisect_left(marked, end, key=itemgetter(0))
    return sum(min(end, y) - max(start, x) for x, y in marked[first:last])
