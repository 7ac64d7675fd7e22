"""What a text says itself: sentences of a press release are statements of its issuer, of an opinion of its author."""

import re
from collections.abc import Sequence
from dataclasses import replace

from tasks.attribution.cue_lexicon import CueLexicon
from tasks.attribution.statement_attributes import find_evidence, is_hedged
from tasks.attribution.turns import FINITE_TAGS, is_whole_statement
from tasks.document.doc import Doc, TokenSpan
from tasks.document.layout.document_layout import OPINION, PRESS_RELEASE
from tasks.document.records import Statement
from tasks.document.token_ranges import TokenRange, get_character_spans

RELEASE = "release"
"""the rule of what an issuer says"""
OWN = "opinion"
"""the rule of what the author of an opinion says"""
DEFINED_NAME = re.compile(r" ?\([“\"‘'](?P<name>(?:the )?[A-Z][\w ]{1,30})[”\"’']\)")
ISSUER_NAME = re.compile(
    r"^(?:About (?P<about>[A-Z][\w.'’&-]*(?: [A-Z&][\w.'’&-]*){0,6}):?"
    r"|(?i:statement (?:by|from|on behalf of)) (?P<by>(?:the )?[A-Z][\w.'’&-]*(?: [A-Z&][\w.'’&-]*){0,6}))",
    re.MULTILINE,
)
MAX_HELD_SHARE = 0.5


def find_issuer_statements(doc: Doc, lexicon: CueLexicon, found: Sequence[Statement]) -> list[Statement]:
    """Return the statements of a document with those of the issuer of a press release, or the author of an opinion."""
    is_opinion = doc.layout.name == OPINION
    issuer = _find_issuer(doc) if doc.layout.name == PRESS_RELEASE else None
    if issuer is None and not is_opinion:
        return list(found)
    names = {name.lower() for name in _find_defined_names(doc)} | lexicon.reporting_words.word_classes[
        "issuer"
    ]
    own = [
        replace(s, source_token=issuer.root.i)
        if issuer is not None and _is_issuer_source(doc, s, names)
        else s
        for s in found
    ]
    held = _mark_held_tokens(doc, found)
    cues = {s.cue_token for s in found if is_whole_statement(s)}
    added = [
        _make_statement(doc, sentence, issuer, lexicon)
        for sentence in _find_body_sentences(doc)
        if not any(doc[i].dep_ == "ROOT" and i in cues for i in range(*sentence))
        and sum(held[slice(*sentence)]) <= MAX_HELD_SHARE * (sentence[1] - sentence[0])
    ]
    return sorted([*own, *added], key=lambda s: min(s.content[0], s.cue or s.content[0]))


def _find_issuer(doc: Doc) -> TokenSpan | None:
    """Return the first name of who issues a release.

    It is who is called *the Company*, whom *About* introduces, or the first organisation after the dateline.
    """
    if (defined := DEFINED_NAME.search(doc.text)) is not None and defined.start():
        before = doc.get_tokens((defined.start() - 1, defined.start()))
        name = next(
            (e for e in doc.ents if e.start < before.end <= e.end + 2 and e.start <= before.start), None
        )
        return name if name is not None else before
    if (match := ISSUER_NAME.search(doc.text)) is not None:
        group = "about" if match["about"] else "by"
        name = next(
            (e for e in doc.ents if e.text.removeprefix("the ") == match[group].removeprefix("the ")), None
        )
        return name if name is not None else doc.get_tokens(match.span(group))
    body = max((end for _, end in doc.layout.labels), default=0)
    return next((e for e in doc.ents if e.start_char >= body and e.label_ == "ORG"), None)


def _find_defined_names(doc: Doc) -> list[str]:
    """Return the short names that brackets define: *the Company*."""
    names = [match["name"] for match in DEFINED_NAME.finditer(doc.text)]
    return [*names, *(f"the {name}" for name in names if not name.startswith("the "))]


def _is_issuer_source(doc: Doc, statement: Statement, names: set[str]) -> bool:
    """Return True if the source of a statement outside quotation marks is a short name of the issuer, or *we*."""
    source = statement.source
    return source is not None and doc.text[slice(*source)].lower() in names


def _mark_held_tokens(doc: Doc, found: Sequence[Statement]) -> list[bool]:
    """Return for each token whether a statement with a source holds it as content, source or cue."""
    held = [False] * len(doc)
    for statement in found:
        if not is_whole_statement(statement) or (statement.source is None and statement.manner == "indirect"):
            continue
        for span in (*statement.content, *filter(None, (statement.source, statement.cue))):
            tokens = doc.get_tokens(span)
            held[tokens.start : tokens.end] = [True] * len(tokens)
    return held


def _find_body_sentences(doc: Doc) -> list[TokenRange]:
    """Return the whole sentences of a release: those with a finite verb and a stop, outside labelled lines."""
    starts = {start for start, end in doc.layout.labels if doc.text[start:end].rstrip().endswith(":")}
    found = []
    for first, last in doc.paragraphs:
        if doc[first].idx in starts:
            continue
        edges = [i for i in range(first, last) if i == first or doc[i].is_sent_start]
        for start, end in zip(edges, [*edges[1:], last], strict=True):
            tokens = doc.tokens[start:end]
            if tokens[-1].text in (".", "!") and any(token.tag_ in FINITE_TAGS for token in tokens):
                found.append((start, end))
    return found


def _make_statement(doc: Doc, piece: TokenRange, issuer: TokenSpan | None, lexicon: CueLexicon) -> Statement:
    """Return the statement of the issuer, or of the author if there is none, that a sentence is."""
    head = issuer.root if issuer is not None else None
    source = (issuer.start_char, issuer.end_char) if issuer is not None else None
    rule = RELEASE if issuer is not None else OWN
    return Statement(
        source=source,
        cue=None,
        content=get_character_spans(doc, [piece]),
        rule=rule,
        confidence=lexicon.confidence(rule, "other", "name" if source else "none"),
        cue_lemma=rule,
        source_token=head.i if head is not None else None,
        source_type="named" if source else "author",
        hedged=is_hedged(doc, doc[piece[0]], [piece], lexicon.reporting_words.hedges),
        evidence=find_evidence(doc, doc[piece[0]], [piece], lexicon.reporting_words),
    )
