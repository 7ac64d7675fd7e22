"""Who a source is, by a sieve: the name in it, its role noun, then what its pronoun refers to."""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from tasks.normalise.context import SUBJECTS, Context
from tasks.normalise.names import normalise
from tasks.records import Mention, Span, Statement

CONFIDENCE = {
    "own_statement": 0.85,
    "last_speaker": 0.85,
    "subject": 0.8,
    "only_person": 0.7,
    "quotation_speaker": 0.9,
    "relative": 0.85,
    "role_noun": 0.7,
    "organisation_noun": 0.6,
    "organisation_pronoun": 0.7,
    "metonym": 0.8,
}
SINGULAR = {"he": "m", "him": "m", "himself": "m", "she": "f", "her": "f", "herself": "f"}
FIRST = frozenset({"i", "we", "me", "us", "myself", "ourselves"})
COLLECTIVE = frozenset({"it", "they", "them", "itself", "themselves"})
RELATIVE = frozenset({"WP", "WDT"})
NAME_LINKS = frozenset({"appos", "compound", "flat", "nmod", "amod"})
ACTORS = frozenset({"organisation", "country", "nationality"})


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says it, which step found him, how surely, and the name it was found by."""

    entity_id: str | None
    method: str
    confidence: float = 0.0
    name: Mention | None = None


def found(entity: str | None, method: str) -> Speaker:
    """Return a speaker whom a step of this module found."""
    return Speaker(entity, method, CONFIDENCE[method]) if entity else Speaker(None, "ambiguous")


def resolve_speakers(context: Context) -> list[Speaker]:
    """Return the speaker of each statement; names first, then third and first person from the outside in."""
    statements = context.statements
    speakers: list[Speaker | None] = [named_speaker(context, s) for s in statements]
    later = [i for i, s in enumerate(speakers) if s is None]
    for i in sorted(later, key=lambda i: (depth(context, i), first_person(context, i), statements[i].source or (0, 0))):
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


def head_of(context: Context, statement: Statement) -> Token | None:
    """Return the head token of the source."""
    if statement.source is None:
        return None
    if statement.source_token is not None:
        return context.doc[statement.source_token]
    return context.span(statement.source).root


def pronoun_of(context: Context, i: int) -> str:
    """Return the source's pronoun in lower case, or an empty string."""
    head = head_of(context, context.statements[i])
    return head.lower_ if head is not None and (head.tag_ == "PRP" or head.tag_ in RELATIVE) else ""


def first_person(context: Context, i: int) -> bool:
    """Tell whether the source is I or we, which wait until the quotation's speaker is known."""
    return pronoun_of(context, i) in FIRST


def named_speaker(context: Context, statement: Statement) -> Speaker | None:
    """Return the speaker that the source itself names, or None if it is a pronoun."""
    head = head_of(context, statement)
    if head is None or statement.source is None:
        return Speaker(None, "no_source")
    if head.tag_ == "PRP" or head.tag_ in RELATIVE:
        return None
    name = name_of(context, statement.source, head)
    if name is not None:
        return by_name(context, name)
    return by_noun(context, statement.source, head)


def by_name(context: Context, name: Mention) -> Speaker:
    """Return the speaker whom a name stands for; a capital that speaks is its country."""
    country = context.reference.capitals.get(normalise(name.text)) if name.label == "place" else None
    if country:
        return Speaker(country, "metonym", CONFIDENCE["metonym"], name)
    return Speaker(name.entity_id, name.resolution, name.confidence, name)


def name_of(context: Context, source: Span, head: Token) -> Mention | None:
    """Return the name that the source's head is or is called by: in apposition or after a title."""
    names = context.names_in(source)
    held = context.name_at.get(head.i)
    linked = [m for m in names if linked_by(context.doc[m.head], head)]
    people = [m for m in linked if m.label == "person"]
    if held is not None and (held.label == "person" or not people):
        return held if held.label != "nationality" or head.tag_ != "NN" else None
    return people[0] if people else None


def linked_by(token: Token, head: Token) -> bool:
    """Tell whether a name hangs on the head by apposition or as a part of one name."""
    while token.i != head.i:
        if token.dep_ not in {"appos", "flat"} and not (token.dep_ == "compound" and token.head.dep_ == "appos"):
            return False
        if token.head.i == token.i:
            return False
        token = token.head
    return True


def by_noun(context: Context, source: Span, head: Token) -> Speaker:
    """Return whom a description without a name refers to: "the spokesman", "the group"."""
    role = context.reference.roles.get(head.lower_)
    definite = any(t.lower_ in {"the", "this", "that"} for t in head.lefts)
    if role is None or not definite or head.tag_ not in {"NN", "NNP"}:
        return Speaker(None, "unnamed")
    before = [m for m in context.mentions if not m.pronoun and m.span[1] <= source[0] and m.entity_id]
    if role.category == "person":
        fitting = [m for m in before if m.label == "person" and role.titles & context.titles[m.entity_id or ""]]
        return found(fitting[-1].entity_id, "role_noun") if fitting else Speaker(None, "unnamed")
    if context.names_in(source):
        return Speaker(None, "unnamed")
    fitting = [m for m in before if m.label == role.category and near(context, m, source[0])]
    return found(fitting[-1].entity_id, "organisation_noun") if fitting else Speaker(None, "unnamed")


def near(context: Context, mention: Mention, offset: int) -> bool:
    """Tell whether a mention stands in the paragraph of an offset or the one before."""
    return context.paragraph(offset) - context.paragraph(mention.span[0]) <= 1


def containers(context: Context, i: int) -> list[int]:
    """Return the statements whose content holds the source of statement ``i``, the innermost first."""
    source = context.statements[i].source
    if source is None:
        return []
    around = [
        (end - start, j)
        for j, s in enumerate(context.statements)
        for start, end in s.content
        if j != i and start <= source[0] and source[1] <= end
    ]
    return [j for _, j in sorted(around)]


def depth(context: Context, i: int) -> int:
    """Return in how many statements the source of statement ``i`` is nested."""
    return len(containers(context, i))


def pronoun_speaker(context: Context, i: int, speakers: list[Speaker | None]) -> Speaker:
    """Return whom a pronoun that speaks refers to."""
    pronoun = pronoun_of(context, i)
    if pronoun in FIRST:
        return quotation_speaker(context, i, speakers)
    if pronoun in SINGULAR:
        return third_person(context, i, SINGULAR[pronoun], speakers)
    if pronoun in COLLECTIVE:
        return collective(context, i, speakers)
    return relative(context, i)


def quotation_speaker(context: Context, i: int, speakers: list[Speaker | None]) -> Speaker:
    """Return the speaker of the quotation in which I or we stand."""
    for j in containers(context, i):
        outer = speakers[j]
        if outer is not None and outer.entity_id and context.statements[j].manner != "indirect":
            return found(outer.entity_id, "quotation_speaker")
    return Speaker(None, "unresolved")


def third_person(context: Context, i: int, gender: str, speakers: list[Speaker | None]) -> Speaker:
    """Return the person whom he or she means: the speaker of the clause around it, or the nearest subject."""
    offset = (context.statements[i].source or (0, 0))[0]
    for j in containers(context, i):
        outer = speakers[j]
        if outer and outer.entity_id and not context.quoted(offset) and agrees(context, outer.entity_id, gender):
            return found(outer.entity_id, "own_statement")
    for entity, method in antecedents(context, offset, speakers):
        if agrees(context, entity, gender):
            return found(entity, method)
    return Speaker(None, "unresolved")


def agrees(context: Context, entity: str, gender: str) -> bool:
    """Tell whether an entity is a person whose gender is this one or not known."""
    is_person = any(m.entity_id == entity and m.label == "person" for m in context.mentions)
    return is_person and context.gender.get(entity, "") in ("", gender)


def antecedents(context: Context, offset: int, speakers: list[Speaker | None]) -> Iterator[tuple[str, str]]:
    """Yield whom a pronoun may mean: speakers and subjects by sentence, backwards, then the only person near."""
    here = context.paragraph(offset)
    spoken = {s.source: p.entity_id for s, p in zip(context.statements, speakers, strict=True) if p and s.source}
    candidates = [
        (m, "last_speaker" if any(a <= m.span[0] and m.span[1] <= b for a, b in spoken) else "subject")
        for m in context.mentions
        if m.span[1] <= offset
        and m.entity_id
        and (m.label == "person" or m.pronoun)
        and here - context.paragraph(m.span[0]) <= 1
        and not context.quoted(m.span[0])
    ]
    subjects = [(m, how) for m, how in candidates if how == "last_speaker" or context.doc[m.head].dep_ in SUBJECTS]
    for m, how in sorted(subjects, key=lambda pair: -pair[0].span[0]):
        yield m.entity_id or "", how
    people = {m.entity_id for m, _ in candidates}
    if len(people) == 1:
        yield people.pop() or "", "only_person"


def collective(context: Context, i: int, speakers: list[Speaker | None]) -> Speaker:
    """Return the organisation or country that it or they mean: the nearest one that speaks or acts."""
    offset = (context.statements[i].source or (0, 0))[0]
    acting = [
        m
        for m in context.mentions
        if m.span[1] <= offset
        and m.entity_id
        and m.label in ACTORS
        and near(context, m, offset)
        and not context.quoted(m.span[0])
        and context.doc[m.head].dep_ in SUBJECTS
    ]
    return found(acting[-1].entity_id, "organisation_pronoun") if acting else Speaker(None, "unresolved")


def relative(context: Context, i: int) -> Speaker:
    """Return whom "who" means: the noun its clause describes."""
    head = head_of(context, context.statements[i])
    verb = head.head if head is not None else None
    while verb is not None and verb.dep_ in {"conj", "xcomp", "aux"}:
        verb = verb.head
    name = context.name_at.get(verb.head.i) if verb is not None and verb.dep_ == "relcl" else None
    return Speaker(name.entity_id, "relative", CONFIDENCE["relative"], name) if name else Speaker(None, "unnamed")
