"""The statements of a parsed document: its cues, each with a source and a content."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from operator import itemgetter

from tasks.attribution.authority_phrases import find_authority_candidates
from tasks.attribution.candidates import (
    GRAVE_ATTITUDES,
    StatementCandidate,
    find_nested_cues,
    find_refusal_reason,
)
from tasks.attribution.colon_layout import SIGNATURE, find_colon_candidates, find_signed_quotations
from tasks.attribution.content_glosses import remove_gloss
from tasks.attribution.cue_frames import (
    FRAMES,
    ContentRanges,
    find_clause_before_cue,
    find_clause_on_hearer,
    make_prepositional_frame,
)
from tasks.attribution.cue_lexicon import CueEntry, CueLexicon
from tasks.attribution.issuer_statements import find_issuer_statements
from tasks.attribution.quotation_cues import AttributedQuotations, attribute_quotations
from tasks.attribution.quotations import Quotation, find_quotations, is_quoted_fragment, is_quoted_speech
from tasks.attribution.reporting_words import ReportingWords
from tasks.attribution.source_phrases import (
    SOURCE_PRONOUNS,
    find_adjective_source,
    find_noun_source,
    find_reporting_clause,
    find_verb_source,
    get_source_phrase,
    is_after_comma,
    is_passive,
)
from tasks.attribution.statement_attributes import find_addressee, find_evidence, is_hedged
from tasks.attribution.turns import find_turn_statements
from tasks.document.doc import Doc, Token
from tasks.document.records import Manner, SourceType, Span, Statement
from tasks.document.token_ranges import (
    TokenRange,
    get_character_span,
    get_character_spans,
    merge_ranges,
    subtract_ranges,
)

SENTENCE_EDGES = frozenset(["?", "!", ".", ";", ":", "”"])
REQUEST_FRAMES = ("inf", "for")
"""frames in which *ask* makes a request, not a question"""
IMPLICIT_FRAMES = ("before", "around", "as-aside")
NEGATIVE_PRONOUNS = frozenset(["nobody", "none", "neither"])
NEGATIVE_DETERMINERS = frozenset(["no", "neither", "not"])
UNCLOSED_SHARE = 0.5
"""how much of its confidence a quotation keeps whose end is a guess"""


SOURCE_FINDERS: dict[str, Callable[[Token, ReportingWords], Token | None]] = {
    "verb": find_verb_source,
    "noun": find_noun_source,
    "adjective": find_adjective_source,
    "adverb": lambda _, __: None,
}


def find_statements(doc: Doc, lexicon: CueLexicon) -> list[Statement]:
    """Return the statements of a document in the order of their cues."""
    quotations = find_quotations(doc, lexicon.reporting_words.naming_words)
    marked = [get_character_span(doc, quotation.range) for quotation in quotations]
    unclosed = {q.range for q in quotations if q.unclosed}
    examined = _examine_candidates(doc, quotations, lexicon)
    found = [_to_statement(doc, c, marked, unclosed, lexicon) for c, reason in examined if reason is None]
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
    quotations = find_quotations(doc, lexicon.reporting_words.naming_words)
    return _examine_candidates(doc, quotations, lexicon)


def _examine_candidates(
    doc: Doc, quotations: list[Quotation], lexicon: CueLexicon
) -> Iterator[tuple[StatementCandidate, str | None]]:
    """Yield the candidates of a document with these quotations, each with the reason for which it is not taken."""
    candidates = _cut_crossings(doc, _find_candidates(doc, quotations, lexicon))
    nested = find_nested_cues(candidates)
    return ((candidate, find_refusal_reason(candidate, nested)) for candidate in candidates)


def _find_candidates(doc: Doc, quotations: list[Quotation], lexicon: CueLexicon) -> list[StatementCandidate]:
    """Return the candidates of cues, appeals to an authority and layouts, in the order of their cues."""
    words = lexicon.reporting_words
    quoted = _mark_quoted_tokens(doc, quotations)
    tokens = (t for t in doc if t.lower_ in lexicon.words and not quoted[t.i])
    cues = {t.i: entry for t in tokens if (entry := lexicon.find(t)) is not None}
    speakers = {i: doc[i] for i, entry in cues.items() if "quote" in entry.frames}
    others = {i for i, entry in cues.items() if entry.pos == "verb" and i not in speakers}
    speech = {a.cue.i: a for a in attribute_quotations(doc, quotations, speakers, others)}
    candidates = [
        c for i, entry in cues.items() for c in _find_cue_candidates(doc[i], entry, speech.get(i), words)
    ]
    candidates += find_authority_candidates(doc, quoted, words)
    candidates += find_colon_candidates(doc, {c.cue.i for c in candidates}, words)
    candidates += find_signed_quotations(doc, quotations, [piece for c in candidates for piece in c.content])
    return sorted(candidates, key=lambda c: c.cue.i)


def find_rejected_cues(doc: Doc, lexicon: CueLexicon) -> list[tuple[Span, str]]:
    """Return the cue words that made no statement, each with the reason, in the order of the text."""
    examined = list(examine_candidates(doc, lexicon))
    taken = {c.cue.i for c, reason in examined if reason is None}
    refused = {c.cue.i: reason for c, reason in examined if reason is not None}
    quoted = _mark_quoted_tokens(doc, find_quotations(doc, lexicon.reporting_words.naming_words))
    found = []
    for token in doc:
        if token.i not in taken and (token.i in refused or lexicon.find(token) is not None):
            why = "inside quoted speech" if quoted[token.i] else "no content that it takes"
            found.append((get_character_span(doc, (token.i, token.i + 1)), refused.get(token.i) or why))
    return found


def _mark_quoted_tokens(doc: Doc, quotations: list[Quotation]) -> list[bool]:
    """Return, for each token, whether it is inside quoted speech."""
    inside = [False] * len(doc)
    for quotation in quotations:
        if is_quoted_speech(doc, quotation):
            for i in range(quotation.start + 1, quotation.end - (not quotation.open)):
                inside[i] = True
    return inside


def _find_cue_candidates(
    token: Token, entry: CueEntry, speech: AttributedQuotations | None, words: ReportingWords
) -> Iterator[StatementCandidate]:
    """Yield the statement that a cue makes, by the first of its frames that matches."""
    doc, source = token.doc, _find_cue_source(token, entry, words)
    if speech is not None:
        said = _get_quoted_content(token, entry, speech, words)
        if source is None or any(a <= source.i < b for a, b in speech.ranges):
            source = None if is_passive(token) else _find_adjacent_source(doc, token, words)
        yield StatementCandidate(token, entry, source, tuple(said), "quote")
        return
    for name in entry.frames:
        if content := _find_frame_content(token, entry, name, words):
            content = _extend_coordination(doc, token, content)
            if name in REQUEST_FRAMES and entry.attitude == "question":
                entry = replace(entry, attitude="request")
            if entry.attitude not in GRAVE_ATTITUDES:
                content = remove_gloss(doc, name, content)
            yield StatementCandidate(token, entry, source, tuple(content), name)
            return


def _find_cue_source(token: Token, entry: CueEntry, words: ReportingWords) -> Token | None:
    """Return the head of the source of a cue, None for what only appears to be so."""
    if entry.attitude in ("appearance", "verdict"):
        return None
    if _is_charging_adjective(entry):
        return _find_convicting_source(token, words)
    return SOURCE_FINDERS[entry.pos](token, words)


def _find_convicting_source(adjective: Token, words: ReportingWords) -> Token | None:
    """Return who finds somebody guilty: the subject of a verb with an object, the agent of a passive."""
    verb = adjective.head
    if not verb.tag_.startswith("VB"):
        return None
    has_object = any(k.dep_ == "dobj" and k.i < adjective.i for k in verb.rights)
    return find_verb_source(verb, words) if has_object or is_passive(verb) else None


def _is_charging_adjective(entry: CueEntry) -> bool:
    """Return True if the noun that an adjective describes is the accused: *found guilty of theft*."""
    return entry.pos == "adjective" and entry.attitude == "accusation"


def _find_frame_content(
    token: Token, entry: CueEntry, frame: str, words: ReportingWords
) -> ContentRanges | None:
    """Return the content of a cue in one of its frames, also where the parser attached it elsewhere.

    It may be the object of a phrasal verb whose particle is parsed as a preposition (*brushed off*), or a clause
    that is parsed as modifying the hearer (*told a reporter that*).
    """
    if frame not in FRAMES:
        return None
    if (content := FRAMES[frame](token.doc, token)) is not None:
        return content
    if frame == "that" and token.lower_ in words.hearer_verbs:
        return find_clause_on_hearer(token.doc, token)
    if frame == "before" and token.lower_ in words.hearer_verbs:
        return find_clause_before_cue(token.doc, token)
    if frame == "np" and entry.particle:
        return make_prepositional_frame(entry.particle)(token.doc, token)
    return None


def _extend_coordination(doc: Doc, cue: Token, content: Sequence[TokenRange]) -> list[TokenRange]:
    """Return the content with a noun that the parser took for a second verb: *of theft and forged papers*."""
    end = content[-1][1]
    for verb in cue.children:
        is_bare = verb.dep_ == "conj" and verb.tag_ == "VBN" and verb.left_edge.i == verb.i
        if not (is_bare and verb.i == end + 1 and doc[end - 1].tag_.startswith("NN")):
            continue
        objects = (k for k in verb.children if k.dep_ == "dobj")
        if any(not any(d.dep_ == "det" for d in k.children) for k in objects):
            return [*content[:-1], (content[-1][0], verb.right_edge.i + 1)]
    return list(content)


def _get_quoted_content(
    token: Token, entry: CueEntry, speech: AttributedQuotations, words: ReportingWords
) -> list[TokenRange]:
    """Return the quotations of a cue, joined with the clause that they are part of."""
    ranges = [_extend_to_sentence(token.doc, token, piece) for piece in speech.ranges]
    for name in entry.frames:
        if name not in IMPLICIT_FRAMES:
            content = _find_frame_content(token, entry, name, words)
            if content and any(a < y and x < b for a, b in content for x, y in ranges):
                ranges += content
                break
    return merge_ranges(ranges)


def _extend_to_sentence(doc: Doc, cue: Token, piece: TokenRange) -> TokenRange:
    """Return a quoted fragment with the words of the sentence that it completes, as far as its cue."""
    quotation = Quotation(*piece, paragraph=0, open=False)
    if not is_quoted_fragment(doc, quotation):
        return piece
    start = piece[0]
    floor = cue.i + 1 if cue.i < start else 0
    while start > floor and not (doc[start - 1].text in SENTENCE_EDGES or "\n" in doc[start - 1].text):
        start -= 1
        if doc[start - 1].text == "”" and doc[start - 2].is_alpha:
            # A quoted word of the same sentence.
            start -= 1
    return start, piece[1]


def _find_adjacent_source(doc: Doc, cue: Token, words: ReportingWords) -> Token | None:
    """Return the head of the noun phrase next to a quotation's cue, where the parse gives it no subject."""
    after = range(cue.i + 1, min(cue.i + 8, len(doc)))
    before = range(cue.i - 1, max(cue.i - 8, -1), -1)
    # The noun after *told* is the hearer.
    ranges = [before] if cue.lower_ in words.hearer_verbs else [after, before]
    return next((noun for places in ranges if (noun := _find_first_noun(doc, places)) is not None), None)


def _find_first_noun(doc: Doc, places: range) -> Token | None:
    """Return the first noun or pronoun of these places before a mark; going forward, the head of a compound."""
    for i in places:
        token = doc[i]
        if token.tag_.startswith(("NN", "PRP")) and (places.step < 0 or token.dep_ != "compound"):
            return token
        if token.is_punct:
            return None
    return None


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
    return not any(a <= first.source.i < b for a, b in first.content)


def _is_next_statement(token: Token) -> bool:
    """Return True if a cue starts a statement of the same speaker rather than one inside the content."""
    if token.dep_ == "advcl" and token.tag_ == "VBG":
        return is_after_comma(token)
    return token.dep_ == "conj" and find_reporting_clause(token).i != token.i


def _to_statement(
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
    phrase = get_source_phrase(doc, c.source, c.cue) if c.source is not None else None
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
        negated=_is_negated_cue(c.cue) or _is_negative_source(c.source),
        hedged=is_hedged(doc, c.cue, c.content, lexicon.reporting_words.hedges),
        addressee=get_character_span(doc, heard) if heard else None,
        evidence=find_evidence(doc, c.cue, c.content, lexicon.reporting_words.evidence),
    )


def _is_negated_cue(cue: Token) -> bool:
    """Return True if a cue says that something was not said: *did not accuse*, *nor did he*, *without accusing*."""
    if any(k.dep_ == "neg" or k.lower_ == "nor" for k in cue.lefts):
        return True
    if any(k.dep_ == "neg" for k in cue.rights):
        return True
    before = cue.head
    is_avoided = before.lower_ == "without" or (before.lower_ == "of" and before.head.lower_ == "short")
    return cue.dep_ == "pcomp" and is_avoided


def _is_negative_source(source: Token | None) -> bool:
    """Return True if nobody is the source: *no official*, *nobody*, *neither he nor she*, *not a single witness*."""
    if source is None:
        return False
    return source.lower_ in NEGATIVE_PRONOUNS or any(k.lower_ in NEGATIVE_DETERMINERS for k in source.lefts)


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
    if c.source.lower_ in SOURCE_PRONOUNS:
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
    return "pronoun" if c.source.lower_ in SOURCE_PRONOUNS else "name"


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
