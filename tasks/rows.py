"""Conversion of an analysis to rows of the tables; the only module that turns spans into text and columns."""

from collections import Counter
from collections.abc import Sequence

from tasks.analysis import DocumentAnalysis
from tasks.denials.classified_statements import DENIAL_TYPES
from tasks.document.doc import Doc
from tasks.document.layout.broken_words import has_broken_words
from tasks.document.layout.document_layout import BROKEN
from tasks.document.minhash import compute_near_keys
from tasks.document.records import (
    SHARED_COLUMNS,
    Document,
    Mention,
    Row,
    Span,
    Statement,
    make_content_id,
)
from tasks.links.document_links import DenialLink
from tasks.speakers.statement_resolution import ResolvedStatement
from warehouse.tables import CONTENT_SEPARATOR


def make_rows(document: Document, doc: Doc, analysis: DocumentAnalysis, version: str) -> dict[str, list[Row]]:
    """Return the rows of one document by table, without the columns of its language and its run."""
    ids = [make_statement_id(document, s) for s in analysis.statements]
    positions, shared = SentencePositions(doc), make_shared_columns(document, version)
    pairs = enumerate(zip(analysis.statements, analysis.resolved, strict=True))
    rows = [
        shared
        | make_statement_row(document.text, ids[i], statement, resolved)
        | make_nesting_columns(statement, ids, positions)
        for i, (statement, resolved) in pairs
    ]
    return {
        "documents": [
            make_document_row(document, len(doc), version) | {"layout": _find_layout_name(doc, rows)}
        ],
        "mentions": [shared | make_mention_row(document.doc_id, m) for m in analysis.mentions],
        "claims": [row for row in rows if "claim_id" in row],
        "denials": [row for row in rows if "denial_id" in row],
        "denial_links": make_link_rows(analysis.links, rows),
    }


def _find_layout_name(doc: Doc, statements: Sequence[Row]) -> str:
    """Return the layout of a document; *broken* if its words are and nothing was found in it."""
    return BROKEN if not statements and has_broken_words(doc) else doc.layout.name


class SentencePositions:
    """The numbers, from 0, of the paragraph and sentence of each token of a document."""

    def __init__(self, doc: Doc) -> None:
        """Number the paragraphs and sentences of a document."""
        self.doc = doc
        self.paragraph = [0] * (len(doc) + 1)
        for number, (start, end) in enumerate(doc.paragraphs):
            self.paragraph[start:end] = [number] * (end - start)
        sentences = (s for s in doc.sents if not (len(s) == 1 and s[0].is_space))
        self.sentence = [0] * (len(doc) + 1)
        for number, sentence in enumerate(sentences):
            self.sentence[sentence.start : sentence.end] = [number] * len(sentence)

    def locate_statement(self, statement: Statement) -> tuple[int, int]:
        """Return the paragraph and sentence of a statement's cue, or of its content where it has none."""
        start = statement.cue[0] if statement.cue else statement.content[0][0]
        start = self.doc.view.from_source(start)
        span = self.doc.char_span(start, start + 1)
        token = span.start if span is not None else 0
        return self.paragraph[token], self.sentence[token]


def make_shared_columns(document: Document, version: str) -> Row:
    """Return the columns of :data:`SHARED_COLUMNS`."""
    return {
        "doc_id": document.doc_id,
        "published_month": document.published_month,
        "extractor_version": version,
    }


def make_document_row(document: Document, n_tokens: int, version: str) -> Row:
    """Return the row of a document, without the columns that :func:`tasks.extraction.add_language` adds."""
    meta = document.metadata
    return make_shared_columns(document, version) | {
        "source_uri": document.source_uri,
        "publisher": meta.publisher,
        "url": meta.url,
        "title": meta.title,
        "author": meta.author,
        "published_at": meta.published_at,
        "published_problem": meta.published_problem,
        "encoding": document.encoding,
        "content_sha256": document.content_sha256,
        "text": document.text,
        "n_chars": len(document.text),
        "n_tokens": n_tokens,
        "layout": None,
        "near_keys": compute_near_keys(document.text),
    }


def make_mention_row(doc_id: str, mention: Mention) -> Row:
    """Return the row of a mention, without the shared columns."""
    start, end = mention.span
    return {
        "mention_id": make_content_id("men", doc_id, start, end),
        "start": start,
        "end": end,
        "text": mention.text,
        "label": mention.label,
        "entity_id": mention.entity_id,
        "local_entity_id": mention.entity_id,
        "resolution": mention.resolution,
        "confidence": mention.confidence,
        "pronoun": mention.pronoun,
    }


def make_statement_id(document: Document, statement: Statement) -> str:
    """Return the id of a statement: a hash of its document and all its spans."""
    prefix = "den" if statement.kind in DENIAL_TYPES else "clm"
    return make_content_id(prefix, document.doc_id, statement.source, statement.cue, statement.content)


def make_statement_row(
    text: str, statement_id: str, statement: Statement, resolved: ResolvedStatement
) -> Row:
    """Return the row of a statement, without the shared columns and those of :func:`make_nesting_columns`."""
    return {
        **make_kind_columns(statement, statement_id),
        **make_span_columns("source", statement.source, text),
        "source_type": statement.source_type,
        "speaker_id": resolved.speaker_id,
        "speaker_ids": resolved.speaker_ids,
        "speaker_resolution": resolved.speaker_resolution,
        "speaker_confidence": resolved.speaker_confidence,
        "speaker_role": resolved.speaker_role,
        "speaker_affiliation_id": resolved.speaker_affiliation_id,
        **make_span_columns("cue", statement.cue, text),
        "cue_lemma": statement.cue_lemma,
        "content_spans": [{"start": a, "end": b} for a, b in statement.content],
        "content_text": CONTENT_SEPARATOR.join(text[a:b] for a, b in statement.content),
        "manner": statement.manner,
        "target_ids": list(resolved.target_ids),
        "target_spans": [{"start": a, "end": b, "text": text[a:b]} for a, b in resolved.target_spans],
        "victim_ids": list(resolved.victim_ids),
        "addressee_id": resolved.addressee_id,
        "negated": statement.negated,
        "hedged": statement.hedged,
        "evidence_text": text[slice(*statement.evidence)] if statement.evidence else None,
        "event_start": resolved.event_start,
        "event_end": resolved.event_end,
        "event_grain": resolved.event_grain,
        "event_phrase": resolved.event_phrase,
        "event_timex": resolved.event_timex,
        "event_resolution": resolved.event_resolution,
        "said_on": resolved.said_on,
        "quantities": list(resolved.quantities),
        "rule": statement.rule,
        "confidence": statement.confidence,
    }


def make_kind_columns(statement: Statement, statement_id: str) -> Row:
    """Return the key and type columns, which differ between ``claims`` and ``denials``."""
    if statement.kind in DENIAL_TYPES:
        return {"denial_id": statement_id, "denial_type": statement.kind}
    return {
        "claim_id": statement_id,
        "claim_type": statement.kind,
        "accusation_basis": statement.accusation_basis if statement.kind == "accusation" else None,
        "polarity": statement.polarity,
        "no_comment": statement.no_comment,
    }


def make_nesting_columns(statement: Statement, ids: Sequence[str], positions: SentencePositions) -> Row:
    """Return the columns that relate a statement to its document: parent, paragraph and sentence."""
    paragraph, sentence = positions.locate_statement(statement)
    return {
        "parent_id": ids[statement.parent] if statement.parent is not None else None,
        "paragraph": paragraph,
        "sentence": sentence,
    }


def make_link_rows(links: Sequence[DenialLink], rows: Sequence[Row]) -> list[Row]:
    """Return the rows of the links, ranked within each denial; a link without a claim has its implicit claim."""
    ranks: Counter[int] = Counter()
    link_rows = []
    for link in links:
        ranks[link.denial] += 1
        denial = rows[link.denial]
        link_rows.append(
            {name: denial[name] for name in SHARED_COLUMNS}
            | {
                "denial_id": denial["denial_id"],
                "rank": ranks[link.denial],
                "claim_id": rows[link.claim]["claim_id"] if link.claim is not None else None,
                "score": link.score,
                "method": link.method,
                "same_document": True,
                "implicit_claim_text": None if link.claim is not None else denial["content_text"],
            }
        )
    return link_rows


def make_span_columns(name: str, span: Span | None, text: str) -> Row:
    """Return the columns of a span: start, end and text, all null if there is no span."""
    start, end = span or (None, None)
    return {f"{name}_start": start, f"{name}_end": end, f"{name}_text": text[start:end] if span else None}
