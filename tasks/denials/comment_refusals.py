"""Refusals: to speak (*could not be reached*, *made no comment*), and to deny (*neither confirmed nor denied*)."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tasks.attribution.source_phrases import SOURCE_PRONOUNS, find_subject, get_source_phrase
from tasks.denials.classified_statements import TokenIndex
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.document.doc import Doc, Token, TokenSpan
from tasks.document.records import Polarity, Span, Statement
from tasks.document.token_ranges import TokenRange, get_character_span, get_character_spans, get_subtree_range

COMPLEMENT_RELATIONS = frozenset(["dobj", "ccomp", "xcomp", "prep", "dative"])
REFUSAL_CONFIDENCE = 0.4
"""of 71 such rows in annotated news, annotators marked 29 alike"""
POLARITIES: tuple[Polarity, ...] = ("neither", "not_denied")
"""kinds of patterns that give a statement its polarity, in order of precedence"""
ANSWER_PREPOSITIONS = frozenset(["to", "on", "about"])
"""prepositions that precede what is left unanswered, and belong to the cue"""


def add_polarity(doc: Doc, statement: Statement, lexicon: DenialLexicon) -> Statement:
    """Return a statement that says if its source declines to comment, or does not deny."""
    if statement.cue is None:
        return statement
    is_refusal = _is_pattern_at(lexicon.find_pattern_spans("no_comment", doc), statement.cue)
    polarity = next(
        (p for p in POLARITIES if _is_pattern_at(lexicon.find_pattern_spans(p, doc), statement.cue)), None
    )
    if not is_refusal and polarity is None:
        return statement
    return replace(statement, no_comment=is_refusal, polarity=polarity)


def _is_pattern_at(spans: Sequence[Span], cue: Span) -> bool:
    """Return True if one of the spans, which are sorted and do not overlap, overlaps a cue."""
    last = bisect_left(spans, (cue[1], 0)) - 1
    return last >= 0 and spans[last][1] > cue[0]


def find_comment_refusals(
    doc: Doc, statements: Sequence[Statement], lexicon: DenialLexicon
) -> Iterator[Statement]:
    """Yield the refusals to comment that no cue made, each with what is left unanswered."""
    tokens = TokenIndex(doc)
    cues = {i for s in statements if s.cue is not None for i in range(*tokens.get_range(s.cue))}
    for start, end in lexicon.find_pattern_spans("no_comment", doc):
        found = doc.char_span(start, end)
        if found is None or any(token.i in cues for token in found):
            continue
        verbs = [t for t in found if t.tag_.startswith("VB")]
        source = next(
            (who for verb in verbs if (who := find_subject(verb, lexicon.reporting_words)) is not None),
            None,
        )
        if source is None:
            continue
        verb, cue, content = _split_refusal(found, verbs[-1])
        yield Statement(
            source=get_character_span(doc, get_source_phrase(doc, source, verb)),
            cue=get_character_span(doc, cue),
            content=get_character_spans(doc, [content]),
            rule="no-comment",
            confidence=REFUSAL_CONFIDENCE,
            cue_lemma=verb.lower_,
            attitude="refusal",
            cue_token=verb.i,
            source_token=source.i,
            source_type="pronoun" if source.lower_ in SOURCE_PRONOUNS else "named",
        )


def _split_refusal(found: TokenSpan, verb: Token) -> tuple[Token, TokenRange, TokenRange]:
    """Return the verb of a refusal with its cue and content, of which the words found contain the beginning.

    *refused | to answer it*, *did not respond to | a request*, *would not | comment*.
    """
    head = verb.head
    if verb.dep_ == "xcomp" and found.start <= head.i < verb.i:
        return head, (head.i, head.i + 1), (head.i + 1, get_subtree_range(verb)[1])
    rest = _find_unanswered(found, verb)
    if rest is None:
        at = verb.i if verb.i > found.start else verb.i + 1
        return verb, (found.start, at), (at, max(found.end, at + 1))
    start, end = get_subtree_range(rest)
    start = rest.i + 1 if rest.lower_ in ANSWER_PREPOSITIONS and end > rest.i + 1 else max(start, verb.i + 1)
    return verb, (found.start, start), (start, end)


def _find_unanswered(found: TokenSpan, verb: Token) -> Token | None:
    """Return the head of what a refusal leaves unanswered, or the preposition before it; None where nothing is named.

    Where the parser attached the preposition to another word, its position decides.
    """
    last, doc = found[-1], found.doc
    below = [k for k in (*last.rights, *verb.rights) if k.i > verb.i]
    named = next((k for k in below if k.dep_ in COMPLEMENT_RELATIONS or k.tag_ in ("WRB", "WP")), None)
    following = doc[found.end] if found.end < len(doc) else None
    if named is not None or following is None or following.lower_ not in ANSWER_PREPOSITIONS:
        return named
    # "To interview requests" may be read as an infinitive.
    return following.head if following.dep_ == "aux" else following
