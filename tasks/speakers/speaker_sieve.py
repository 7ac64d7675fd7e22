"""Resolve speakers with a sieve: named sources first, then pronouns from the outermost statement inwards.

Source: Raghunathan et al. 2010, Lee et al. 2013 (multi-pass sieves for coreference).
"""

from collections.abc import Sequence
from dataclasses import replace

from tasks.attribution.source_phrases import is_passive
from tasks.document.records import Mention
from tasks.speakers.named_sources import (
    ResolvedSpeaker,
    get_source_head,
    make_speaker,
    resolve_named_speaker,
)
from tasks.speakers.pronoun_sources import get_nesting_depth, is_first_person, resolve_pronoun_speaker
from tasks.speakers.resolution_context import NEAR_PARAGRAPHS, ResolutionContext


def resolve_speakers(context: ResolutionContext) -> list[ResolvedSpeaker]:
    """Return the speaker of each statement."""
    statements = context.statements
    speakers: list[ResolvedSpeaker | None] = [resolve_named_speaker(context, s) for s in statements]
    unresolved = [i for i, s in enumerate(speakers) if s is None]
    for i in sorted(
        unresolved,
        key=lambda i: (
            get_nesting_depth(context, i),
            is_first_person(context, i),
            statements[i].source or (0, 0),
        ),
    ):
        speakers[i] = resolve_pronoun_speaker(context, i, speakers)
    resolved = [s or ResolvedSpeaker(None, "unresolved") for s in speakers]
    return [_resolve_missing_accuser(context, i, resolved) or s for i, s in enumerate(resolved)]


def _resolve_missing_accuser(
    context: ResolutionContext, i: int, speakers: Sequence[ResolvedSpeaker]
) -> ResolvedSpeaker | None:
    """Return the document that was quoted last as the accuser of a passive without an agent, or None.

    *The ministry's report lists the thefts. The clerks are accused of selling the silver.*
    """
    statement = context.statements[i]
    cue = statement.cue_token
    if statement.source is not None or statement.attitude != "accusation" or cue is None:
        return None
    offset = context.doc[cue].sent[0].idx
    if not is_passive(context.doc[cue]) or context.is_quoted(offset):
        return None
    before = context.get_statements_between(context.get_window_start(offset, NEAR_PARAGRAPHS), offset)
    last = max(before, key=lambda j: context.statements[j].source or (0, 0), default=None)
    head = get_source_head(context, context.statements[last]) if last is not None else None
    if last is None or head is None or head.lower_ not in context.reference.speech_acts:
        return None
    speaker = speakers[last].entity_id
    return make_speaker(speaker, "reporting_document") if speaker is not None else None


def set_pronoun_entities(context: ResolutionContext, speakers: Sequence[ResolvedSpeaker]) -> list[Mention]:
    """Return the mentions; pronouns that are sources have entity, method and confidence of their speaker."""
    speaker_by_source = {s.source: speaker for s, speaker in zip(context.statements, speakers, strict=True)}
    return [_set_speaker(m, speaker_by_source.get(m.span)) for m in context.mentions]


def _set_speaker(mention: Mention, speaker: ResolvedSpeaker | None) -> Mention:
    """Return a mention, with the speaker's entity if it is a pronoun."""
    if not mention.pronoun or speaker is None or not speaker.entity_id:
        return mention
    return replace(
        mention, entity_id=speaker.entity_id, resolution=speaker.method, confidence=speaker.confidence
    )
