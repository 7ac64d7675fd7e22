"""Resolve speakers with a sieve: named sources first, then pronouns from the outermost statement inwards.

Source: Raghunathan et al. 2010, Lee et al. 2013 (multi-pass sieves for coreference).
"""

from tasks.speakers.named_sources import ResolvedSpeaker, resolve_named_speaker
from tasks.speakers.pronoun_sources import get_nesting_depth, is_first_person, resolve_pronoun_speaker
from tasks.speakers.resolution_context import ResolutionContext


def resolve_speakers(context: ResolutionContext) -> list[ResolvedSpeaker]:
    """Return the speaker of each statement.

    Pronoun mentions that are sources get the entity, method and confidence of their speaker in place.
    """
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
    _set_pronoun_mentions(context, resolved)
    return resolved


def _set_pronoun_mentions(context: ResolutionContext, speakers: list[ResolvedSpeaker]) -> None:
    """Set entity, method and confidence of the pronoun mentions that are sources."""
    speaker_by_source = {s.source: speaker for s, speaker in zip(context.statements, speakers, strict=True)}
    for m in context.mentions:
        speaker = speaker_by_source.get(m.span)
        if m.pronoun and speaker and speaker.entity_id:
            m.entity_id, m.resolution, m.confidence = speaker.entity_id, speaker.method, speaker.confidence
