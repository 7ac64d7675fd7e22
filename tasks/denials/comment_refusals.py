"""Refusals to speak that no cue made: *did not respond to a request*, *could not be reached*, *made no comment*."""

from collections.abc import Iterator, Sequence

from tasks.attribution.source_phrases import PRONOUNS, noun_phrase, subject_of
from tasks.denials.classified_statements import Tokens
from tasks.denials.denial_lexicon import Knowledge
from tasks.document.doc import Doc, Span, Token
from tasks.document.records import Statement
from tasks.document.token_ranges import Range, character_span, characters, subtree

COMPLEMENTS = frozenset(["dobj", "ccomp", "xcomp", "prep", "dative"])
CONFIDENCE = 0.4
"""Of 71 such rows in news that annotators marked, they marked 29 alike."""
ANSWERING = frozenset(["to", "on", "about"])
"""What leads to the thing that is left unanswered, and goes with the cue."""


def silences(doc: Doc, statements: Sequence[Statement], knowledge: Knowledge) -> Iterator[Statement]:
    """Yield the refusals to comment that none of the statements holds, each with what is left unanswered."""
    tokens = Tokens(doc)
    cues = {i for s in statements if s.cue is not None for i in range(*tokens.range(s.cue))}
    for start, end in knowledge.places("no_comment", doc):
        found = doc.char_span(start, end)
        if found is None or any(token.i in cues for token in found):
            continue
        verbs = [t for t in found if t.tag_.startswith("VB")]
        source = next((who for verb in verbs if (who := subject_of(verb)) is not None), None)
        if source is None:
            continue
        verb, cue, content = divided(found, verbs[-1])
        yield Statement(
            source=character_span(doc, noun_phrase(doc, source, verb)),
            cue=character_span(doc, cue),
            content=characters(doc, [content]),
            rule="no-comment",
            confidence=CONFIDENCE,
            cue_lemma=verb.lower_,
            attitude="refusal",
            cue_token=verb.i,
            source_token=source.i,
            source_type="pronoun" if source.lower_ in PRONOUNS else "named",
        )


def divided(found: Span, verb: Token) -> tuple[Token, Range, Range]:
    """Return the verb of a refusal with its cue and content, of which the words found hold the beginning.

    *refused | to answer it*, *did not respond to | a request*, *would not | comment*.
    """
    head = verb.head
    if verb.dep_ == "xcomp" and found.start <= head.i < verb.i:
        return head, (head.i, head.i + 1), (head.i + 1, subtree(verb)[1])
    rest = unanswered(found, verb)
    if rest is None:
        at = verb.i if verb.i > found.start else verb.i + 1
        return verb, (found.start, at), (at, max(found.end, at + 1))
    start, end = subtree(rest)
    start = rest.i + 1 if rest.lower_ in ANSWERING and end > rest.i + 1 else max(start, verb.i + 1)
    return verb, (found.start, start), (start, end)


def unanswered(found: Span, verb: Token) -> Token | None:
    """Return the head of what a refusal leaves unanswered, or the preposition before it; None where nothing is named.

    Where the parser hung the preposition on another word it is known by its place.
    """
    last, doc = found[-1], found.doc
    below = [k for k in (*last.rights, *verb.rights) if k.i > verb.i]
    named = next((k for k in below if k.dep_ in COMPLEMENTS or k.tag_ in ("WRB", "WP")), None)
    following = doc[found.end] if found.end < len(doc) else None
    if named is not None or following is None or following.lower_ not in ANSWERING:
        return named
    # "To interview requests" may be read as an infinitive.
    return following.head if following.dep_ == "aux" else following
