"""Resolve who makes each statement, in which role, about whom and to whom."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from tasks.attribution.quoting.quotations import Quotation
from tasks.document.doc import Doc
from tasks.document.records import Mention, Span, Statement
from tasks.entities.reference_loader import ReferenceTables
from tasks.speakers.named_sources import ResolvedSpeaker, find_principals
from tasks.speakers.resolution_context import ResolutionContext, build_resolution_context
from tasks.speakers.roles import find_document_affiliations, find_role_and_affiliation
from tasks.speakers.speaker_sieve import resolve_speakers, set_pronoun_entities
from tasks.speakers.targets import Participant, find_participants, find_targets, resolve_addressee


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
    accused: tuple[Participant, ...] = ()
    """the noun phrases that an accusation blames, nameless ones included"""
    target_spans: tuple[Span, ...] = ()
    victim_ids: list[str] = field(default_factory=list)
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
    quotations: Sequence[Quotation],
    reference: ReferenceTables,
) -> tuple[list[Mention], list[ResolvedStatement]]:
    """Return the mentions, and for each statement its speaker, role, affiliation, targets and addressee.

    ``quotations`` are those of the document, as attribution finds them. Pronouns that are sources, and capital cities
    that mean a government, have their entity in the mentions returned. Dates and quantities are left empty:
    :func:`tasks.analysis.add_dates_and_quantities` fills them.
    """
    context = build_resolution_context(doc, [m.copy() for m in mentions], statements, quotations, reference)
    speakers = resolve_speakers(context)
    affiliations = find_document_affiliations(context, speakers)
    resolved = [_resolve_statement(context, i, speakers, affiliations) for i in range(len(statements))]
    resolved = _add_implied_targets(statements, resolved)
    return set_pronoun_entities(context, speakers), resolved


def _resolve_statement(
    context: ResolutionContext,
    i: int,
    speakers: Sequence[ResolvedSpeaker],
    affiliations: Mapping[str, str | None],
) -> ResolvedStatement:
    """Return speaker, role, affiliation, targets and addressee of one statement."""
    statement, speaker = context.statements[i], speakers[i]
    role, affiliation = find_role_and_affiliation(context, statement, speaker, affiliations)
    own = {speaker.entity_id, *speaker.joint_ids}
    accused = find_participants(context, statement.accused, speakers, own, statement.charges)
    principals = find_principals(context, statement)
    accused = [p for p in accused if not p.entity_ids or not principals.issuperset(p.entity_ids)]
    victims = find_participants(context, statement.victims, speakers, frozenset())
    is_accusation = statement.claim_type == "accusation"
    return ResolvedStatement(
        speaker_id=speaker.entity_id,
        speaker_ids=list(speaker.joint_ids) or None,
        speaker_resolution=speaker.method,
        speaker_confidence=speaker.confidence,
        speaker_role=role,
        speaker_affiliation_id=affiliation,
        target_ids=_collect_ids(accused) if is_accusation else find_targets(context, statement, own),
        accused=tuple(accused) if is_accusation else (),
        target_spans=tuple(p.span for p in accused) if is_accusation else (),
        victim_ids=_collect_ids(victims) if is_accusation else [],
        addressee_id=resolve_addressee(context, statement),
    )


def _add_implied_targets(
    statements: Sequence[Statement], resolved: Sequence[ResolvedStatement]
) -> list[ResolvedStatement]:
    """Return the statements; an accusation that names nobody blames whom its speaker accuses elsewhere.

    The speaker accuses one entity in the document: *Ruiz says the club locked her up. She claims that she was beaten.*
    Such a target has no span.
    """
    accused: dict[str, set[str]] = defaultdict(set)
    for statement, row in zip(statements, resolved, strict=True):
        if statement.claim_type == "accusation" and row.speaker_id is not None:
            accused[row.speaker_id].update(row.target_ids)
    return [
        replace(row, target_ids=list(accused[row.speaker_id]))
        if statement.claim_type == "accusation"
        and not row.accused
        and row.speaker_id is not None
        and len(accused[row.speaker_id]) == 1
        else row
        for statement, row in zip(statements, resolved, strict=True)
    ]


def _collect_ids(participants: Sequence[Participant]) -> list[str]:
    """Return the entities of participants, each once."""
    return list(dict.fromkeys(entity for p in participants for entity in p.entity_ids))
