"""The entities that a third-person pronoun can refer to: persons, bodies and joint speakers in the text before it."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from itertools import chain

from tasks.attribution.source_phrases import SUBJECT_RELATIONS
from tasks.document.doc import Token
from tasks.document.records import Mention, Span
from tasks.speakers.named_sources import ResolvedSpeaker
from tasks.speakers.resolution_context import NEAR_PARAGRAPHS, ResolutionContext

WIDE_WINDOW_PARAGRAPHS = 4
"""preceding paragraphs in which the only person named can be the antecedent"""
SINGULAR_GENDERS = {
    **dict.fromkeys(("he", "him", "his", "himself"), "m"),
    **dict.fromkeys(("she", "her", "hers", "herself"), "f"),
}
PLURAL_PRONOUNS = frozenset({"they", "them", "their", "theirs", "themselves"})
COLLECTIVE_PRONOUNS = PLURAL_PRONOUNS | {"it", "its", "itself"}
ACTOR_LABELS = frozenset({"organisation", "country", "nationality"})
QUOTATION_GAP = 2
"""characters from a pronoun back into the quotation before it: the space and the mark"""
OBJECT_RELATIONS = frozenset({"dobj", "dative"})
MAX_MENTIONS = 200
"""mentions before a pronoun among which its antecedent is looked for: a sentence may list thousands"""
MAX_CLIMBS = 6
PartialSpeakers = Sequence[ResolvedSpeaker | None]


def is_gender_compatible(context: ResolutionContext, entity: str, gender: str) -> bool:
    """Return True if an entity is a person whose gender is unknown or equals ``gender``."""
    return entity in context.person_ids and context.gender_by_person.get(entity, "") in ("", gender)


def rank_antecedents(
    context: ResolutionContext, offset: int, speakers: PartialSpeakers
) -> Iterator[tuple[str, str]]:
    """Yield candidate entities and methods for "he" or "she", the most likely first.

    Nearby speakers and subjects come first: those outside other statements before those inside, then by
    distance (simplified from Hobbs 1978). Other nearby persons follow, and last the only person in the
    wider window.
    """
    speaker_by_source = {
        source: p.entity_id
        for i in context.get_statements_between(context.get_window_start(offset, NEAR_PARAGRAPHS), offset)
        if (source := context.statements[i].source)
        and (p := speakers[i])
        and p.entity_id
        and source[1] <= offset
    }
    sources = [
        (span, entity, "last_speaker")
        for span, entity in speaker_by_source.items()
        if context.is_near(span, offset)
    ]
    people = _get_mentions_between(
        context.person_mentions, context.get_window_start(offset, WIDE_WINDOW_PARAGRAPHS), offset
    )
    close = [m for m in people if context.is_near(m.span, offset) and not context.is_quoted(m.span[0])]
    subjects = [(m.span, m.entity_id, "subject") for m in close if _is_prominent(context.doc[m.head])]
    ranked = sorted(
        [*sources, *subjects], key=lambda c: (_is_subordinate(context, c[0], offset), -c[0][0], c[2])
    )
    unquoted = [c for c in ranked if not context.is_quoted(c[0][0])]
    paragraph = context.get_paragraph(offset)
    beside = [c for c in unquoted if context.get_paragraph(c[0][0]) == paragraph]
    # Who says a quotation that stands before the pronoun is the speaker of those before it.
    is_after_quotation = context.is_quoted(max(offset - QUOTATION_GAP, 0))
    others = [m for m in close if context.get_paragraph(m.span[0]) == paragraph and not is_after_quotation]
    yield from ((entity or "", method) for _, entity, method in beside)
    # *The firm asked Storr. He said*: who is named in the paragraph comes before a subject above it.
    yield from (
        (m.entity_id or "", "near_person")
        for m in reversed(others)
        if context.doc[m.head].dep_ in OBJECT_RELATIONS
    )
    yield from ((entity or "", method) for _, entity, method in unquoted)
    yield from ((m.entity_id or "", "near_person") for m in reversed(close))
    wider = {
        m.entity_id
        for m in people
        if context.get_paragraph(offset) - context.get_paragraph(m.span[0]) <= WIDE_WINDOW_PARAGRAPHS
    }
    yield from ((entity or "", "only_person") for entity in wider if len(wider) == 1)


def find_antecedent(
    context: ResolutionContext, pronoun: Token, speakers: PartialSpeakers, excluded: Set[str | None]
) -> str | None:
    """Return the entity that a third-person pronoun in a content refers to, none of the excluded, or None.

    ``excluded`` are the speakers of the statement: whom it accuses is somebody else.
    """
    offset = pronoun.idx
    if (gender := SINGULAR_GENDERS.get(pronoun.lower_)) is not None:
        ranked = chain(
            _find_quoted_people(context, pronoun),
            _find_people_before(context, pronoun),
            (entity for entity, _ in rank_antecedents(context, offset, speakers)),
        )
        fitting = (e for e in ranked if e not in excluded and is_gender_compatible(context, e, gender))
        return next(fitting, None)
    if pronoun.lower_ in COLLECTIVE_PRONOUNS:
        if pronoun.lower_ == "they" and has_nameless_subject(context, pronoun):
            return None
        bodies = chain(
            _find_clause_actors(context, pronoun),
            _find_quoted_bodies(context, pronoun),
            reversed(find_acting_bodies(context, offset, pronoun.lower_)),
        )
        return next((m.entity_id for m in bodies if m.entity_id not in excluded), None)
    return None


def _find_quoted_people(context: ResolutionContext, pronoun: Token) -> list[str]:
    """Return the persons who are named before a pronoun in the quotation that contains it, the last first."""
    offset = pronoun.idx
    quotation = context.get_quotation(offset)
    if quotation is None:
        return []
    people = _get_mentions_between(context.person_mentions, quotation[0], offset)
    return [m.entity_id for m in reversed(people) if m.entity_id and not _is_object_of(context, m, pronoun)]


def _is_object_of(context: ResolutionContext, name: Mention, pronoun: Token) -> bool:
    """Return True if a name is the object of a verb whose subject is the same pronoun: *He beat Ruiz. He failed*."""
    head = context.doc[name.head]
    verb = head.head if head.dep_ in OBJECT_RELATIONS else None
    subjects = (k for k in verb.lefts if k.dep_ in SUBJECT_RELATIONS) if verb is not None else ()
    return pronoun.dep_ in SUBJECT_RELATIONS and any(k.lower_ == pronoun.lower_ for k in subjects)


def _find_quoted_bodies(context: ResolutionContext, pronoun: Token) -> Iterator[Mention]:
    """Yield the bodies that are subjects before a pronoun in the quotation that contains it, the last first."""
    quotation = context.get_quotation(pronoun.idx)
    labels = _get_body_labels(pronoun.lower_)
    mentions = _get_mentions_between(context.ordered_mentions, quotation[0], pronoun.idx) if quotation else []
    for m in reversed(mentions):
        is_subject = context.doc[m.head].dep_ in SUBJECT_RELATIONS
        if m.entity_id and m.label in labels and is_subject:
            yield m


def _find_people_before(context: ResolutionContext, pronoun: Token) -> list[str]:
    """Return the persons who are named before a pronoun in its sentence, the last first, without possessors."""
    people = _get_mentions_between(context.person_mentions, pronoun.sent[0].idx, pronoun.idx)
    return [m.entity_id for m in reversed(people) if m.entity_id and context.doc[m.head].dep_ != "poss"]


def _find_clause_actors(context: ResolutionContext, pronoun: Token) -> Iterator[Mention]:
    """Yield the bodies that act in the clauses around a pronoun: *kept the militia from raiding its neighbours*."""
    verb, labels = pronoun, _get_body_labels(pronoun.lower_)
    for _ in range(MAX_CLIMBS):
        verb = verb.head
        if not verb.tag_.startswith("VB"):
            continue
        actors = [k for k in verb.lefts if k.dep_ in SUBJECT_RELATIONS]
        if verb.dep_ == "pcomp":
            actors += [k for k in verb.head.head.children if k.dep_ == "dobj" and k.i < verb.i]
        for actor in actors:
            name = context.name_by_token.get(actor.i)
            is_before = not actor.left_edge.i <= pronoun.i <= actor.right_edge.i and actor.i < pronoun.i
            if is_before and name is not None and name.entity_id and name.label in labels:
                yield name


def find_acting_bodies(context: ResolutionContext, offset: int, pronoun: str) -> list[Mention]:
    """Return the bodies that are subjects shortly before an offset, to which a pronoun can refer.

    They are organisations, countries and nationalities.
    """
    labels = _get_body_labels(pronoun)
    start = context.get_window_start(offset, NEAR_PARAGRAPHS)
    return [
        m
        for m in _get_mentions_between(context.ordered_mentions, start, offset)
        if m.entity_id
        and m.label in labels
        and context.is_near(m.span, offset)
        and not context.is_quoted(m.span[0])
        and context.doc[m.head].dep_ in SUBJECT_RELATIONS
    ]


def _get_body_labels(pronoun: str) -> frozenset[str]:
    """Return the labels of what a pronoun can refer to: *they* are no country."""
    return ACTOR_LABELS - {"country"} if pronoun in PLURAL_PRONOUNS else ACTOR_LABELS


def _get_mentions_between(mentions: Sequence[Mention], start: int, end: int) -> list[Mention]:
    """Return the mentions that lie in a range of offsets, the last ``MAX_MENTIONS``; ``mentions`` are in text order."""
    first = bisect_left(mentions, start, key=lambda m: m.span[0])
    last = bisect_left(mentions, end, key=lambda m: m.span[0])
    return [m for m in mentions[max(first, last - MAX_MENTIONS) : last] if m.span[1] <= end]


def _is_prominent(head: Token) -> bool:
    """Return True if a name is a subject or the possessor of one ("Obama's popularity")."""
    return head.dep_ in SUBJECT_RELATIONS or (head.dep_ == "poss" and head.head.dep_ in SUBJECT_RELATIONS)


def _is_subordinate(context: ResolutionContext, span: Span, offset: int) -> bool:
    """Return True if a mention is inside reported content, a possessive, or in an adverbial clause.

    Content that reports the pronoun too does not set them apart.
    The clause that opens the sentence of the pronoun names its person: *After Ruiz voted, she said*.
    """
    head = context.get_tokens(span).root
    sentence = head.sent
    is_opening = sentence[0].idx <= offset < sentence[-1].idx and head.head.i < head.head.head.i
    is_aside = head.head.dep_ == "advcl" and not is_opening
    # *Ruiz's trouble began when she said*: a possessor is prominent in its own sentence only.
    is_owner = head.dep_ == "poss" and not sentence[0].idx <= offset < sentence[-1].idx
    return context.is_inside_other_content(span, offset) or is_owner or is_aside


def has_nameless_subject(context: ResolutionContext, pronoun: Token) -> bool:
    """Return True if *they* are the subject of the clause around theirs, and this is a plural noun without a name."""
    subject = find_plural_subject(pronoun)
    return subject is not None and subject.i not in context.name_by_token


def find_plural_subject(pronoun: Token) -> Token | None:
    """Return the plural noun that is subject of a clause above that of *they* and stands before it, or None."""
    clause = pronoun.head
    for _ in range(MAX_CLIMBS):
        clause = clause.head
        subjects = [k for k in clause.lefts if k.dep_ in SUBJECT_RELATIONS and k.i < pronoun.left_edge.i]
        if plural := [k for k in subjects if k.tag_ in ("NNS", "NNPS")]:
            return plural[-1]
    return None


def find_joint_speakers(
    context: ResolutionContext, offset: int, speakers: PartialSpeakers
) -> tuple[Span, tuple[str, ...]] | None:
    """Return the nearest preceding source with joint speakers, and their ids; None if there is none."""
    before = [
        (source, speaker.joint_ids)
        for i in context.get_statements_between(context.get_window_start(offset, NEAR_PARAGRAPHS), offset)
        if (source := context.statements[i].source)
        and (speaker := speakers[i])
        and speaker.joint_ids
        and source[1] <= offset
        and context.is_near(source, offset)
    ]
    return max(before, default=None)
