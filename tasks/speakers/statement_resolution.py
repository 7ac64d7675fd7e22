"""Who speaks, about whom, when and how many: what a statement says beyond its spans."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from tasks.document.char_spans import tokens_of
from tasks.document.doc import Doc
from tasks.document.records import Document, Mention, Statement
from tasks.entities.document_entities import assign
from tasks.entities.reference_loader import Reference
from tasks.expressions.dates import OPEN, DateSpan
from tasks.expressions.quantities import find_quantities
from tasks.expressions.statement_dates import event_of, said_on
from tasks.speakers.named_sources import Speaker
from tasks.speakers.resolution_context import Context, make_context
from tasks.speakers.roles import role_and_affiliation
from tasks.speakers.speaker_sieve import resolve_speakers
from tasks.speakers.targets import addressee, targets


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a statement's row says beyond its spans; names are the columns of ``claims``."""

    speaker_id: str | None = None
    speaker_ids: list[str] | None = None
    speaker_resolution: str = "unresolved"
    speaker_confidence: float = 0.0
    speaker_role: str | None = None
    speaker_affiliation_id: str | None = None
    target_ids: list[str] = field(default_factory=list)
    addressee_id: str | None = None
    event_start: date | None = None
    event_end: date | None = None
    event_grain: str | None = None
    event_phrase: str | None = None
    event_timex: str | None = None
    event_resolution: str | None = None
    said_on: date | None = None
    quantities: list[dict[str, Any]] = field(default_factory=list)


def resolve(
    document: Document, doc: Doc, mentions: list[Mention], statements: list[Statement], reference: Reference
) -> list[Resolved]:
    """Return for each statement who says it about whom; :func:`measured` adds when and how many.

    The entity, method and confidence of ``mentions`` are set in place.
    """
    assign(doc, mentions, reference, document.doc_id)
    context = make_context(doc, mentions, statements, reference)
    speakers = zip(statements, resolve_speakers(context), strict=True)
    return [attributed(context, statement, speaker) for statement, speaker in speakers]


def attributed(context: Context, statement: Statement, speaker: Speaker) -> Resolved:
    """Return who makes one statement about whom."""
    role, affiliation = role_and_affiliation(context, statement, speaker)
    return Resolved(
        speaker_id=speaker.entity_id,
        speaker_ids=list(speaker.together) or None,
        speaker_resolution=speaker.method,
        speaker_confidence=speaker.confidence,
        speaker_role=role,
        speaker_affiliation_id=affiliation,
        target_ids=targets(context, statement, {speaker.entity_id, *speaker.together}),
        addressee_id=addressee(context, statement),
    )


def measured(doc: Doc, statement: Statement, who: Resolved, published: date | None) -> Resolved:
    """Return what is known of a statement with its dates and quantities."""
    return replace(
        who,
        said_on=said_on(doc, statement, published),
        quantities=[
            {"start": q.start, "end": q.end, "low": q.low, "high": q.high, "unit": q.unit, "text": q.text}
            for span in statement.content
            for q in find_quantities(tokens_of(doc, span))
        ],
        **event_columns(event_of(doc, statement, published)),
    )


def event_columns(event: DateSpan | None) -> dict[str, Any]:
    """Return what is known of the date of an event: its days, or why it has none."""
    if event is None:
        return {}
    placed = event.start is not None and event.end is not None
    return {
        "event_start": event.start,
        "event_end": event.end,
        "event_grain": event.grain,
        "event_phrase": event.text,
        "event_timex": event.timex,
        "event_resolution": "resolved" if placed else event.reason or OPEN,
    }
