"""Whom a pronoun that speaks means: third person by what stands before, first person by its quotation."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tasks.document.doc import Token
from tasks.document.records import Mention, Span
from tasks.speakers.named_sources import CONFIDENCE, Speaker, found, head_of, pronominal
from tasks.speakers.resolution_context import SUBJECTS, Context

# Paragraphs back in which the only person named may be meant.
WIDE = 4
# Paragraphs back that are near: as Context.near has it.
NEAR = 1
SINGULAR = {"he": "m", "him": "m", "himself": "m", "she": "f", "her": "f", "herself": "f"}
FIRST = frozenset({"i", "we", "me", "us", "myself", "ourselves"})
PLURAL = frozenset({"they", "them", "themselves"})
COLLECTIVE = PLURAL | {"it", "itself"}
ACTORS = frozenset({"organisation", "country", "nationality"})
Speakers = Sequence[Speaker | None]


def pronoun_of(context: Context, i: int) -> str:
    """Return the source's pronoun in lower case, or an empty string."""
    head = head_of(context, context.statements[i])
    return head.lower_ if head is not None and pronominal(context, head) else ""


def is_first_person(context: Context, i: int) -> bool:
    """Tell whether the source is I or we, which wait until the quotation's speaker is known."""
    return pronoun_of(context, i) in FIRST


def containers(context: Context, i: int) -> list[int]:
    """Return the statements whose content holds the source of statement ``i``, the innermost first."""
    return context.around[i]


def depth(context: Context, i: int) -> int:
    """Return in how many statements the source of statement ``i`` is nested."""
    return len(containers(context, i))


def pronoun_speaker(context: Context, i: int, speakers: Speakers) -> Speaker:
    """Return whom a pronoun that speaks refers to."""
    pronoun = pronoun_of(context, i)
    if pronoun in FIRST:
        return quotation_speaker(context, i, speakers)
    if pronoun in SINGULAR:
        return third_person(context, i, SINGULAR[pronoun], speakers)
    if pronoun in COLLECTIVE:
        return collective(context, i, speakers)
    return relative(context, i)


def quotation_speaker(context: Context, i: int, speakers: Speakers) -> Speaker:
    """Return the speaker of the quotation in which I or we stand."""
    for j in containers(context, i):
        outer = speakers[j]
        if outer is not None and outer.entity_id and context.statements[j].manner != "indirect":
            return found(outer.entity_id, "quotation_speaker")
    quotation = context.quotation((context.statements[i].source or (0, 0))[0])
    around = {
        s.entity_id
        for j in statements_near(context, quotation)
        if j != i and (s := speakers[j]) and quotation and quotes(context, j, quotation)
    }
    around.discard(None)
    return found(around.pop(), "quotation_speaker") if len(around) == 1 else Speaker(None, "unresolved")


def statements_near(context: Context, quotation: Span | None) -> set[int]:
    """Return the statements of which a piece of content begins in a quotation or shortly before."""
    if quotation is None:
        return set()
    first = bisect_left(context.by_content, (context.window(quotation[0], WIDE), -1))
    last = bisect_left(context.by_content, (quotation[1], -1))
    return {i for _, i in context.by_content[first:last]}


def quotes(context: Context, j: int, quotation: Span) -> bool:
    """Tell whether a statement, spoken outside a quotation, has content in it."""
    statement = context.statements[j]
    outside = statement.source is None or not quotation[0] <= statement.source[0] < quotation[1]
    return outside and any(a < quotation[1] and quotation[0] < b for a, b in statement.content)


def third_person(context: Context, i: int, gender: str, speakers: Speakers) -> Speaker:
    """Return the person whom he or she means: the speaker of the clause around it, or the nearest subject."""
    offset = (context.statements[i].source or (0, 0))[0]
    for j in containers(context, i):
        outer = speakers[j]
        if (
            outer
            and outer.entity_id
            and not context.quoted(offset)
            and agrees(context, outer.entity_id, gender)
        ):
            return found(outer.entity_id, "own_statement")
    for entity, method in antecedents(context, offset, speakers):
        if agrees(context, entity, gender):
            return found(entity, method)
    return Speaker(None, "unresolved")


def agrees(context: Context, entity: str, gender: str) -> bool:
    """Tell whether an entity is a person whose gender is this one or not known."""
    return entity in context.persons and context.gender.get(entity, "") in ("", gender)


def antecedents(context: Context, offset: int, speakers: Speakers) -> Iterator[tuple[str, str]]:
    """Yield whom he or she may mean, the likeliest first.

    Speakers and subjects near by come first, those that stand in no one's statement before those that do,
    the nearest before the farther (Hobbs 1978, simplified); then whoever else is near.
    """
    spoken = {
        source: p.entity_id
        for i in context.statements_from(context.window(offset, NEAR), offset)
        if (source := context.statements[i].source)
        and (p := speakers[i])
        and p.entity_id
        and source[1] <= offset
    }
    sources = [
        (span, entity, "last_speaker") for span, entity in spoken.items() if context.near(span, offset)
    ]
    people = mentions_between(context.people, context.window(offset, WIDE), offset)
    close = [m for m in people if context.near(m.span, offset) and not context.quoted(m.span[0])]
    subjects = [(m.span, m.entity_id, "subject") for m in close if prominent(context.doc[m.head])]
    ranked = sorted([*sources, *subjects], key=lambda c: (subordinate(context, c[0]), -c[0][0], c[2]))
    yield from ((entity or "", how) for _, entity, how in ranked if not context.quoted(_[0]))
    yield from ((m.entity_id or "", "near_person") for m in reversed(close))
    wider = {m.entity_id for m in people if context.paragraph(offset) - context.paragraph(m.span[0]) <= WIDE}
    yield from ((entity or "", "only_person") for entity in wider if len(wider) == 1)


def mentions_between(mentions: Sequence[Mention], start: int, end: int) -> list[Mention]:
    """Return those of some mentions, given in order, that lie in a range of offsets."""
    first = bisect_left(mentions, start, key=lambda m: m.span[0])
    last = bisect_left(mentions, end, key=lambda m: m.span[0])
    return [m for m in mentions[first:last] if m.span[1] <= end]


def prominent(head: Token) -> bool:
    """Tell whether a name is a subject or owns one ("Obama's popularity")."""
    return head.dep_ in SUBJECTS or (head.dep_ == "poss" and head.head.dep_ in SUBJECTS)


def subordinate(context: Context, span: Span) -> bool:
    """Tell whether a mention stands inside what somebody says, or in a clause that another depends on."""
    head = context.span(span).root
    return context.is_said(span) or head.dep_ == "poss" or head.head.dep_ == "advcl"


def collective(context: Context, i: int, speakers: Speakers) -> Speaker:
    """Return whom it or they mean: the nearest organisation or country that acts, or those who spoke as one."""
    offset = (context.statements[i].source or (0, 0))[0]
    acting = [
        m
        for m in mentions_between(context.ordered, context.window(offset, NEAR), offset)
        if m.entity_id
        and m.label in ACTORS
        and context.near(m.span, offset)
        and not context.quoted(m.span[0])
        and context.doc[m.head].dep_ in SUBJECTS
    ]
    several = spoke_as_one(context, offset, speakers) if pronoun_of(context, i) in PLURAL else None
    if several and (not acting or several[0][1] >= acting[-1].span[1]):
        return replace(found(several[1][0], "together"), together=several[1])
    return found(acting[-1].entity_id, "organisation_pronoun") if acting else Speaker(None, "unresolved")


def spoke_as_one(context: Context, offset: int, speakers: Speakers) -> tuple[Span, tuple[str, ...]] | None:
    """Return the nearest source before an offset whose speakers speak as one, and who they are."""
    before = [
        (source, speaker.together)
        for i in context.statements_from(context.window(offset, NEAR), offset)
        if (source := context.statements[i].source)
        and (speaker := speakers[i])
        and speaker.together
        and source[1] <= offset
        and context.near(source, offset)
    ]
    return max(before, default=None)


def relative(context: Context, i: int) -> Speaker:
    """Return whom "who" means: the noun its clause describes."""
    head = head_of(context, context.statements[i])
    verb = head.head if head is not None else None
    while verb is not None and verb.dep_ in {"conj", "xcomp", "aux"}:
        verb = verb.head
    noun = verb.head if verb is not None and verb.dep_ == "relcl" else None
    if noun is not None and noun.i not in context.name_at and noun.dep_ == "appos":
        noun = noun.head
    name = context.name_at.get(noun.i) if noun is not None else None
    # "Those supporting X, who are tired": a person's verb is in the singular.
    several = name is not None and name.label == "person" and verb is not None and finite_tag(verb) == "VBP"
    if name is None or several:
        return Speaker(None, "unnamed")
    return Speaker(name.entity_id, "relative", CONFIDENCE["relative"], name)


def finite_tag(verb: Token) -> str:
    """Return the tag of the finite verb of a clause."""
    return next((t.tag_ for t in verb.lefts if t.dep_ in {"aux", "auxpass"}), verb.tag_)
