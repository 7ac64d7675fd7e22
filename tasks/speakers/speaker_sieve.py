"""Who speaks, by a sieve: what the sources say themselves, then pronouns from the outside in."""

from tasks.speakers.named_sources import Speaker, named_speaker
from tasks.speakers.pronoun_sources import depth, is_first_person, pronoun_speaker
from tasks.speakers.resolution_context import Context


def resolve_speakers(context: Context) -> list[Speaker]:
    """Return the speaker of each statement; names first, then third and first person from the outside in."""
    statements = context.statements
    speakers: list[Speaker | None] = [named_speaker(context, s) for s in statements]
    later = [i for i, s in enumerate(speakers) if s is None]
    for i in sorted(
        later, key=lambda i: (depth(context, i), is_first_person(context, i), statements[i].source or (0, 0))
    ):
        speakers[i] = pronoun_speaker(context, i, speakers)
    resolved = [s or Speaker(None, "unresolved") for s in speakers]
    annotate(context, resolved)
    return resolved


def annotate(context: Context, speakers: list[Speaker]) -> None:
    """Give the pronoun mentions that are sources the speaker that was found."""
    by_source = {s.source: speaker for s, speaker in zip(context.statements, speakers, strict=True)}
    for m in context.mentions:
        speaker = by_source.get(m.span)
        if m.pronoun and speaker and speaker.entity_id:
            m.entity_id, m.resolution, m.confidence = speaker.entity_id, speaker.method, speaker.confidence
