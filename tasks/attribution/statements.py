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
from tasks.attribution.colon_layout import (
    SIGNATURE,
    find_colon_candidates,
    find_introduced_quotations,
    find_signed_quotations,
)
from tasks.attribution.content_glosses import remove_gloss
from tasks.attribution.cue_frames import (
    FRAMES,
    ContentRanges,
    find_clause_around_aside,
    find_clause_before_comma,
    find_clause_before_cue,
    find_clause_on_hearer,
    make_prepositional_frame,
)
from tasks.attribution.cue_lexicon import CueEntry, CueLexicon
from tasks.attribution.issuer_statements import find_issuer_statements
from tasks.attribution.quoting.quotation_cues import AttributedQuotations, attribute_quotations
from tasks.attribution.quoting.quotations import (
    Quotation,
    find_quotations,
    is_quoted_fragment,
    is_quoted_speech,
)
from tasks.attribution.quoting.unlisted_cues import find_unlisted_cues
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
    trim_range,
)

SENTENCE_EDGES = frozenset(["?", "!", ".", ";", ":", "”"])
REQUEST_FRAMES = ("inf", "for")
"""frames in which *ask* makes a request, not a question"""
IMPLICIT_FRAMES = ("before", "around", "as-aside")
NEGATIVE_PRONOUNS = frozenset(["nobody", "none", "neither"])
NEGATIVE_DETERMINERS = frozenset(["no", "neither", "not"])
LINKING_TAGS = frozenset(["IN", "TO", "DT"])
"""tags of a word after which a content is not complete: *that*, *as*, *a*"""
NOT_NOMINAL_TAGS = ("VB", "MD", "IN", "TO", "CC", "DT", "RB", "W", "PRP$", "EX", "POS", "RP")
ADJUNCT_WORDS = frozenset(["when", "after", "as", "while", "before", "during", "in", "on", "at"])
"""words after a quotation with which the author goes on"""
BRACKETS = frozenset(["(", ")"])
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
    known = {i for i, entry in cues.items() if entry.pos == "verb" or "quote" in entry.frames}
    cues |= {t.i: lexicon.find_quoting(t) for t in find_unlisted_cues(doc, quotations, known, lexicon)}
    speakers = {i: doc[i] for i, entry in cues.items() if "quote" in entry.frames and doc[i].dep_ != "amod"}
    others = {i for i, entry in cues.items() if entry.pos == "verb" and i not in speakers}
    speech = {a.cue.i: a for a in attribute_quotations(doc, quotations, speakers, others)}
    candidates = [
        c for i, entry in cues.items() for c in _find_cue_candidates(doc[i], entry, speech.get(i), words)
    ]
    said = {piece for a in speech.values() for piece in (*a.ranges, *a.following)}
    unsaid = [quotation for quotation in quotations if quotation.range not in said]
    candidates = [_include_whole_quotations(doc, c, unsaid) for c in candidates]
    candidates += find_authority_candidates(doc, quoted, words)
    candidates += find_colon_candidates(doc, candidates, quotations, words)
    taken = [piece for c in candidates for piece in c.content]
    candidates += find_introduced_quotations(doc, quotations, taken, words)
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
    is_cut = quotation.start < end - 1 and end < quotation.end and start <= quotation.start
    is_completed = (
        quotation.start - 1 <= end <= quotation.start
        and is_quoted_fragment(doc, quotation)
        and doc[quotation.start - 1].tag_ in LINKING_TAGS
    )
    if candidate.cue.i > start or not (is_cut or is_completed):
        return candidate
    return replace(candidate, content=(*before, (start, quotation.end)))


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
    if speech is not None and speech.ranges:
        said = _get_quoted_content(token, entry, speech, words)
        if source is None or any(a <= source.i < b for a, b in speech.ranges):
            source = _find_quotation_source(doc, token, speech, words)
        yield StatementCandidate(token, entry, source, tuple(said), "quote")
        return
    if speech is not None:
        yield StatementCandidate(token, entry, source, tuple(speech.following), "quote")
    if (reported := _find_reported_content(token, entry, words)) is not None:
        name, content = reported
        if name in REQUEST_FRAMES and entry.attitude == "question":
            entry = replace(entry, attitude="request")
        yield StatementCandidate(token, entry, source, tuple(content), name)


def _find_reported_content(
    token: Token, entry: CueEntry, words: ReportingWords
) -> tuple[str, ContentRanges] | None:
    """Return the first frame of a cue that matches, and the content in it, or None."""
    doc = token.doc
    for name in entry.frames:
        if not (content := _find_frame_content(token, entry, name, words)) or _is_denied_clause(
            token, entry, name
        ):
            continue
        content = _extend_coordination(doc, token, content)
        return name, remove_gloss(doc, name, content, is_grave=entry.attitude in GRAVE_ATTITUDES)
    if "before" not in entry.frames:
        return None
    objects = ("ccomp", "xcomp") if token.lower_ in words.hearer_verbs else ("ccomp", "xcomp", "dobj")
    content = find_clause_before_comma(doc, token, objects)
    return ("before", content) if content else None


def _is_denied_clause(token: Token, entry: CueEntry, frame: str) -> bool:
    """Return True if a relative clause denies the clause before it, not a noun: *It fell, which the firm denies*.

    What it denies is found among the denials.
    """
    if frame != "np" or entry.attitude != "denial" or token.dep_ != "relcl":
        return False
    return is_after_comma(token) and token.left_edge.lower_ == "which"


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
    if frame == "around" and token.lower_ in words.hearer_verbs:
        return find_clause_around_aside(token.doc, token, ("ccomp", "xcomp"))
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
    said = [*speech.ranges, *speech.following]
    ranges = [_extend_to_sentence(token.doc, token, piece) for piece in said]
    for name in entry.frames:
        if name not in IMPLICIT_FRAMES:
            content = _find_frame_content(token, entry, name, words)
            if content and any(a < y and x < b for a, b in content for x, y in ranges):
                ranges += [_cut_after_quotation(token.doc, piece, said) for piece in content]
                break
    return merge_ranges(ranges)


def _cut_after_quotation(doc: Doc, content: TokenRange, said: Sequence[TokenRange]) -> TokenRange:
    """Return a content without the adjunct after its quotation: *said “we’ll see” when he was asked*."""
    start, end = content
    ends = [b for a, b in said if start < b < end and doc[b].lower_ in ADJUNCT_WORDS]
    return start, min([end, *ends])


def _extend_to_sentence(doc: Doc, cue: Token, piece: TokenRange) -> TokenRange:
    """Return a quoted fragment with the words of the sentence that it completes, as far as its cue."""
    quotation = Quotation(*piece, paragraph=0, open=False)
    if not is_quoted_fragment(doc, quotation):
        return piece
    start = piece[0]
    floor = cue.i + 1 if cue.i < start else 0
    # *Told voters on Monday that it was “late”*.
    floor = next(
        (i for i in range(floor, start if floor else 0) if _is_conjunction_of(doc[i], "that")), floor
    )
    while start > floor and not (doc[start - 1].text in SENTENCE_EDGES or "\n" in doc[start - 1].text):
        start -= 1
        if doc[start - 1].text == "”" and doc[start - 2].is_alpha:
            # A quoted word of the same sentence.
            start -= 1
    return start, piece[1]


def _is_conjunction_of(token: Token, word: str) -> bool:
    """Return True if a token is this conjunction."""
    return token.lower_ == word and token.tag_ == "IN"


def _find_quotation_source(
    doc: Doc, cue: Token, speech: AttributedQuotations, words: ReportingWords
) -> Token | None:
    """Return the head of the source of a quotation whose cue has no subject in the parse, or None."""
    if not is_passive(cue):
        return _find_adjacent_source(doc, cue, words)
    # *Ann Lee, the mayor, replied: “No”*: the parser takes the verb for a participle.
    is_finite = cue.dep_ == "acl" and is_after_comma(cue) and cue.head.i < cue.i < speech.ranges[0][0]
    return cue.head if is_finite else None


def _find_adjacent_source(doc: Doc, cue: Token, words: ReportingWords) -> Token | None:
    """Return the head of the noun phrase next to a quotation's cue, where the parse gives it no subject."""
    if cue.i and _is_nominal(doc[cue.i - 1]):
        return doc[cue.i - 1]
    if cue.i and _may_be_nominal(doc[cue.i - 1]):
        # *the 43-year-old asked*, and names that the tagger does not know.
        return doc[cue.i - 1]
    after = range(cue.i + 1, min(cue.i + 8, len(doc)))
    before = range(cue.i - 1, max(cue.i - 8, -1), -1)
    # The noun after *told* is the hearer.
    ranges = [before] if cue.lower_ in words.hearer_verbs else [after, before]
    return next((noun for places in ranges if (noun := _find_first_noun(doc, places)) is not None), None)


def _find_first_noun(doc: Doc, places: range) -> Token | None:
    """Return the first noun or pronoun of these places before a mark; going forward, the head of a compound."""
    in_brackets = False
    for i in places:
        token = doc[i]
        if places.step < 0 and token.text in BRACKETS:
            # *Rep. Ann Lee (R-Wis.) said*.
            in_brackets = token.text == ")"
            continue
        if not in_brackets and _is_nominal(token) and (places.step < 0 or token.dep_ != "compound"):
            return token
        if token.is_punct and not in_brackets:
            return None
    return None


def _may_be_nominal(token: Token) -> bool:
    """Return True for a word before a cue that is no function word, verb or mark: an adjective, number or name."""
    return token.is_alpha and not token.tag_.startswith(NOT_NOMINAL_TAGS)


def _is_nominal(token: Token) -> bool:
    """Return True for a noun or a pronoun that is no possessive."""
    return token.tag_.startswith("NN") or token.tag_ == "PRP"


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
        negated=_is_negated_cue(c.cue) or _is_negative_source(c.source),
        hedged=is_hedged(doc, c.cue, c.content, lexicon.reporting_words.hedges),
        addressee=get_character_span(doc, heard) if heard else None,
        evidence=find_evidence(doc, c.cue, c.content, lexicon.reporting_words.evidence),
    )


def _find_source_range(doc: Doc, c: StatementCandidate) -> TokenRange | None:
    """Return the noun phrase of the source of a candidate; that of an authority ends where the content begins."""
    if c.source is None:
        return None
    start, end = get_source_phrase(doc, c.source, c.cue)
    if c.rule == "according":
        end = trim_range(doc, (start, min([end, *(a for a, _ in c.content if a > c.source.i)])))[1]
    return start, end


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
