"""Resolve who makes each statement, in which role, about whom and to whom."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tasks.document.doc import Doc
from tasks.document.records import Mention, Statement
from tasks.entities.reference_loader import ReferenceTables
from tasks.speakers.named_sources import ResolvedSpeaker
from tasks.speakers.resolution_context import ResolutionContext, build_resolution_context
from tasks.speakers.roles import find_role_and_affiliation
from tasks.speakers.speaker_sieve import resolve_speakers
from tasks.speakers.targets import find_targets, resolve_addressee


@dataclass(frozen=True, slots=True)
class ResolvedStatement:
    """The columns of a statement's row beside its spans, named as in the table ``claims``."""

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


def resolve_statements(
    doc: Doc,
    mentions: list[Mention],
    statements: list[Statement],
    reference: ReferenceTables,
) -> list[ResolvedStatement]:
    """Return for each statement its speaker, role, affiliation, targets and addressee.

    Entity, method and confidence of some ``mentions`` (pronouns, capitals as metonyms) are set in place.
    Dates and quantities are left empty: :func:`tasks.analysis.add_dates_and_quantities` fills them.
    """
    context = build_resolution_context(doc, mentions, statements, reference)
    speakers = zip(statements, resolve_speakers(context), strict=True)
    return [_resolve_statement(context, statement, speaker) for statement, speaker in speakers]


def _resolve_statement(
    context: ResolutionContext, statement: Statement, speaker: ResolvedSpeaker
) -> ResolvedStatement:
    """Return speaker, role, affiliation, targets and addressee of one statement."""
    role, affiliation = find_role_and_affiliation(context, statement, speaker)
    return ResolvedStatement(
        speaker_id=speaker.entity_id,
        speaker_ids=list(speaker.joint_ids) or None,
        speaker_resolution=speaker.method,
        speaker_confidence=speaker.confidence,
        speaker_role=role,
        speaker_affiliation_id=affiliation,
        target_ids=find_targets(context, statement, {speaker.entity_id, *speaker.joint_ids}),
        addressee_id=resolve_addressee(context, statement),
    )
