"""Resolve speakers with a sieve: named sources first, then pronouns from the outermost statement inwards.

Source: Raghunathan et al. 2010, Lee et al. 2013 (multi-pass sieves for coreference).
"""

from collections.abc import Sequence
from dataclasses import replace

from tasks.document.records import Mention
from tasks.speakers.named_sources import ResolvedSpeaker, resolve_named_speaker
from tasks.speakers.pronoun_sources import get_nesting_depth, is_first_person, resolve_pronoun_speaker
from tasks.speakers.resolution_context import ResolutionContext


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
    return [s or ResolvedSpeaker(None, "unresolved") for s in speakers]


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
