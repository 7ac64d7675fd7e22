"""The analysis of one document: mentions, entities, statements, speakers, denials and links, dates and quantities."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tasks.attribution import find_quotations, find_statements
from tasks.denials import classify_statements
from tasks.denials.classified_statements import DENIAL_TYPES
from tasks.document.doc import Doc
from tasks.document.records import Document, Mention, Statement
from tasks.document.view.text_view import TextView
from tasks.entities import assign_entities, find_mentions
from tasks.expressions.dates import OPEN_ENDED, DateSpan
from tasks.expressions.quantities import find_quantities
from tasks.expressions.statement_dates import find_entry_date, find_event_date, find_statement_date
from tasks.expressions.unit_tables import UnitTables
from tasks.knowledge import Knowledge
from tasks.links import link_within_document
from tasks.links.document_links import DenialLink
from tasks.speakers import add_unnamed_entities, resolve_statements
from tasks.speakers.statement_resolution import ResolvedStatement


@dataclass(frozen=True, slots=True)
class DocumentAnalysis:
    """The analysis of one document, in spans: its mentions, statements, resolved statements and links.

    ``resolved[i]`` belongs to ``statements[i]``; links refer to statements by index.
    """

    mentions: list[Mention]
    statements: list[Statement]
    resolved: list[ResolvedStatement]
    links: list[DenialLink]


def analyse_document(document: Document, doc: Doc, knowledge: Knowledge) -> DocumentAnalysis:
    """Return the analysis of one parsed document."""
    quotations = find_quotations(doc, knowledge.cue_lexicon.reporting_words)
    found = find_statements(doc, knowledge.cue_lexicon)
    classified = classify_statements(doc, found, knowledge.denial_lexicon, knowledge.claim_type_rules)
    mentions = assign_entities(
        doc, find_mentions(doc, knowledge.reference), knowledge.reference, document.doc_id
    )
    mentions, resolved = resolve_statements(
        doc, mentions, [c.statement for c in classified], quotations, knowledge.reference
    )
    linked = link_within_document(doc, classified, mentions, resolved, knowledge.link_knowledge)
    published = document.metadata.published_at
    dated = [
        add_dates_and_quantities(doc, s, resolved[i], published, knowledge.unit_tables)
        for s, i in zip(linked.statements, linked.origin, strict=True)
    ]
    statements = [_apply_claim_type(s) for s in linked.statements]
    pairs = list(zip(statements, dated, strict=True))
    reference = knowledge.reference
    mentions, dated = add_unnamed_entities(
        doc, document.doc_id, mentions, pairs, reference.roles, reference.speech_acts
    )
    return DocumentAnalysis(
        mentions=[_map_mention(m, document.text, doc.view) for m in mentions],
        statements=[map_statement(s, doc.view) for s in statements],
        resolved=[_map_resolved(r, document.text, doc.view) for r in dated],
        links=linked.links,
    )


def _apply_claim_type(statement: Statement) -> Statement:
    """Return a statement whose kind, if it is a claim, is the type of the claim."""
    if statement.claim_type in (None, statement.kind) or statement.kind in DENIAL_TYPES:
        return statement
    return replace(statement, kind=statement.claim_type)


def map_statement(statement: Statement, view: TextView) -> Statement:
    """Return a statement with its spans mapped from the parsed view to the text as it was read."""
    if not view.layers:
        return statement
    return replace(
        statement,
        source=statement.source and view.to_source(statement.source),
        cue=statement.cue and view.to_source(statement.cue),
        content=tuple(map(view.to_source, statement.content)),
        addressee=statement.addressee and view.to_source(statement.addressee),
        evidence=statement.evidence and view.to_source(statement.evidence),
    )


def _map_mention(mention: Mention, text: str, view: TextView) -> Mention:
    """Return a mention with its span mapped from the parsed view to the text as it was read."""
    if not view.layers:
        return mention
    start, end = view.to_source(mention.span)
    return replace(mention, span=(start, end), text=text[start:end])


def _map_resolved(resolved: ResolvedStatement, text: str, view: TextView) -> ResolvedStatement:
    """Return a resolved statement with the spans of its targets and quantities mapped to the text as it was read."""
    if not view.layers:
        return resolved
    quantities = []
    for quantity in resolved.quantities:
        start, end = view.to_source((quantity["start"], quantity["end"]))
        quantities.append(quantity | {"start": start, "end": end, "text": text[start:end]})
    targets = tuple(map(view.to_source, resolved.target_spans))
    return replace(resolved, quantities=quantities, target_spans=targets)


def add_dates_and_quantities(
    doc: Doc,
    statement: Statement,
    resolved: ResolvedStatement,
    published: date | None,
    unit_tables: UnitTables,
) -> ResolvedStatement:
    """Return a resolved statement with its dates and quantities."""
    said_on = find_statement_date(doc, statement, published) or find_entry_date(doc, statement, published)
    quantities = [
        {"start": q.start, "end": q.end, "low": q.low, "high": q.high, "unit": q.unit, "text": q.text}
        for span in statement.content
        for q in find_quantities(doc.get_tokens(span), unit_tables)
    ]
    event = find_event_date(doc, statement, published)
    if said_on is None and not quantities and event is None:
        return resolved
    return replace(resolved, said_on=said_on, quantities=quantities, **_to_event_columns(event))


def _to_event_columns(event: DateSpan | None) -> dict[str, Any]:
    """Return the columns of the date of an event: its days, or the reason why it has none."""
    if event is None:
        return {}
    is_resolved = event.start is not None and event.end is not None
    return {
        "event_start": event.start,
        "event_end": event.end,
        "event_grain": event.grain,
        "event_phrase": event.text,
        "event_timex": event.timex,
        "event_resolution": "resolved" if is_resolved else event.reason or OPEN_ENDED,
    }
