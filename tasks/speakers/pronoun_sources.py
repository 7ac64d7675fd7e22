"""Resolve pronoun sources: third person from the preceding text, first person from the quotation."""

from bisect import bisect_left
from dataclasses import replace

from tasks.document.doc import Token
from tasks.document.records import Mention, Span
from tasks.speakers.antecedents import (
    ACTOR_LABELS,
    COLLECTIVE_PRONOUNS,
    PLURAL_PRONOUNS,
    SINGULAR_GENDERS,
    WIDE_WINDOW_PARAGRAPHS,
    PartialSpeakers,
    find_acting_bodies,
    find_joint_speakers,
    has_nameless_subject,
    is_gender_compatible,
    rank_antecedents,
)
from tasks.speakers.named_sources import (
    SOURCE_METHOD_CONFIDENCE,
    ResolvedSpeaker,
    get_source_head,
    is_pronoun_source,
    is_some_member,
    make_speaker,
)
from tasks.speakers.resolution_context import ResolutionContext

FIRST_PERSON_PRONOUNS = frozenset({"i", "we", "me", "us", "my", "our", "myself", "ourselves"})


def _get_source_pronoun(context: ResolutionContext, i: int) -> str:
    """Return the pronoun of the source in lower case, or an empty string if it is no pronoun."""
    head = get_source_head(context, context.statements[i])
    return head.lower_ if head is not None and is_pronoun_source(context, head) else ""


def is_first_person(context: ResolutionContext, i: int) -> bool:
    """Return True if the source is in the first person, which needs the speaker of its quotation."""
    return _get_source_pronoun(context, i) in FIRST_PERSON_PRONOUNS


def get_nesting_depth(context: ResolutionContext, i: int) -> int:
    """Return the number of statements whose content contains the source of statement ``i``."""
    return len(context.containing_statements[i])


def resolve_pronoun_speaker(context: ResolutionContext, i: int, speakers: PartialSpeakers) -> ResolvedSpeaker:
    """Return the speaker that the pronoun source of statement ``i`` refers to."""
    pronoun = _get_source_pronoun(context, i)
    if pronoun in FIRST_PERSON_PRONOUNS:
        return _resolve_first_person(context, i, speakers)
    if pronoun in SINGULAR_GENDERS:
        return _resolve_third_person(context, i, SINGULAR_GENDERS[pronoun], speakers)
    if pronoun in COLLECTIVE_PRONOUNS:
        return _resolve_collective(context, i, speakers)
    return _resolve_relative(context, i)


def _resolve_first_person(context: ResolutionContext, i: int, speakers: PartialSpeakers) -> ResolvedSpeaker:
    """Return the speaker of the quotation that contains a first-person pronoun."""
    for j in context.containing_statements[i]:
        outer = speakers[j]
        if outer is not None and outer.entity_id and context.statements[j].manner != "indirect":
            return make_speaker(outer.entity_id, "quotation_speaker")
    quotation = context.get_quotation((context.statements[i].source or (0, 0))[0])
    quoted_ids = {
        s.entity_id
        for j in _find_statements_near(context, quotation)
        if j != i and (s := speakers[j]) and quotation and _has_content_in_quotation(context, j, quotation)
    }
    quoted_ids.discard(None)
    return (
        make_speaker(quoted_ids.pop(), "quotation_speaker")
        if len(quoted_ids) == 1
        else ResolvedSpeaker(None, "unresolved")
    )


def _find_statements_near(context: ResolutionContext, quotation: Span | None) -> set[int]:
    """Return the statements with a content span that begins in a quotation or shortly before it."""
    if quotation is None:
        return set()
    first = bisect_left(
        context.statements_by_content, (context.get_window_start(quotation[0], WIDE_WINDOW_PARAGRAPHS), -1)
    )
    last = bisect_left(context.statements_by_content, (quotation[1], -1))
    return {i for _, i in context.statements_by_content[first:last]}


def _has_content_in_quotation(context: ResolutionContext, j: int, quotation: Span) -> bool:
    """Return True if a statement whose source is outside a quotation has content in it."""
    statement = context.statements[j]
    outside = statement.source is None or not quotation[0] <= statement.source[0] < quotation[1]
    return outside and any(a < quotation[1] and quotation[0] < b for a, b in statement.content)


def _resolve_third_person(
    context: ResolutionContext, i: int, gender: str, speakers: PartialSpeakers
) -> ResolvedSpeaker:
    """Return the antecedent of "he" or "she": the speaker of the enclosing statement, or the best candidate."""
    offset = (context.statements[i].source or (0, 0))[0]
    for j in context.containing_statements[i]:
        outer = speakers[j]
        if (
            outer
            and outer.entity_id
            and not context.is_quoted(offset)
            and is_gender_compatible(context, outer.entity_id, gender)
        ):
            asked = _find_asked_person(context, j, gender)
            return make_speaker(asked or outer.entity_id, "own_statement")
    for entity, method in rank_antecedents(context, offset, speakers):
        if is_gender_compatible(context, entity, gender):
            return make_speaker(entity, method)
    return ResolvedSpeaker(None, "unresolved")


def _find_asked_person(context: ResolutionContext, j: int, gender: str) -> str | None:
    """Return whom a question is put to: *asked Storr about a speech in which he said*."""
    statement = context.statements[j]
    if statement.attitude != "question" or statement.addressee is None:
        return None
    asked = [m.entity_id for m in context.get_names_in(statement.addressee) if m.label == "person"]
    return asked[0] if asked and asked[0] and is_gender_compatible(context, asked[0], gender) else None


def _resolve_collective(context: ResolutionContext, i: int, speakers: PartialSpeakers) -> ResolvedSpeaker:
    """Return the antecedent of "it" or "they": the nearest body that is a subject, or joint speakers."""
    offset = (context.statements[i].source or (0, 0))[0]
    pronoun = _get_source_pronoun(context, i)
    if pronoun == "it" and (issuer := _find_document_issuer(context, i)) is not None:
        return make_speaker(issuer.entity_id, "organisation_pronoun")
    head = get_source_head(context, context.statements[i])
    if head is not None and pronoun in PLURAL_PRONOUNS and has_nameless_subject(context, head):
        return ResolvedSpeaker(None, "unresolved")
    subjects = find_acting_bodies(context, offset, pronoun)
    # *The union says the firm lied. They say*: a subject of the text comes before one of what somebody says.
    subjects = [m for m in subjects if not context.is_inside_other_content(m.span, offset)] or subjects
    joint = find_joint_speakers(context, offset, speakers) if pronoun in PLURAL_PRONOUNS else None
    if joint and (not subjects or joint[0][1] >= subjects[-1].span[1]):
        return replace(make_speaker(joint[1][0], "together"), joint_ids=joint[1])
    return (
        make_speaker(subjects[-1].entity_id, "organisation_pronoun")
        if subjects
        else ResolvedSpeaker(None, "unresolved")
    )


def _find_document_issuer(context: ResolutionContext, i: int) -> Mention | None:
    """Return the body whose document opens the sentence: *In a report by the ministry, it accuses the firm*."""
    head = get_source_head(context, context.statements[i])
    if head is None:
        return None
    opening = context.doc.tokens[head.sent.start : head.i]
    documents = (t for t in opening if t.lower_ in context.reference.speech_acts and t.dep_ == "pobj")
    owners = (k for document in documents for k in document.subtree if k.i < head.i)
    names = (context.name_by_token.get(k.i) for k in owners)
    return next((m for m in names if m is not None and m.entity_id and m.label in ACTOR_LABELS), None)


def _resolve_relative(context: ResolutionContext, i: int) -> ResolvedSpeaker:
    """Return the antecedent of "who": the noun that its relative clause modifies."""
    head = get_source_head(context, context.statements[i])
    verb = head.head if head is not None else None
    while verb is not None and verb.dep_ in {"conj", "xcomp", "aux"}:
        verb = verb.head
    noun = verb.head if verb is not None and verb.dep_ == "relcl" else None
    if noun is not None and noun.i not in context.name_by_token and noun.dep_ == "appos":
        noun = noun.head
    name = context.name_by_token.get(noun.i) if noun is not None else None
    if noun is not None and is_some_member(noun, name):
        # *Paul Lehm, a Democrat who said*.
        noun = noun.head if noun.dep_ == "appos" else None
        name = context.name_by_token.get(noun.i) if noun is not None else None
    # "Those supporting X, who are tired": a plural verb does not agree with one person.
    is_plural = (
        name is not None and name.label == "person" and verb is not None and _get_finite_tag(verb) == "VBP"
    )
    is_place = name is not None and name.label == "place"
    if name is None or is_plural or is_place:
        return ResolvedSpeaker(None, "unnamed")
    return ResolvedSpeaker(name.entity_id, "relative", SOURCE_METHOD_CONFIDENCE["relative"], name)


def _get_finite_tag(verb: Token) -> str:
    """Return the tag of the auxiliary that carries the tense, or of the verb itself."""
    return next((t.tag_ for t in verb.lefts if t.dep_ in {"aux", "auxpass"}), verb.tag_)
