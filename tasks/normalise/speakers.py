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
    "near_person": 0.6,
    "only_person": 0.7,
    "quotation_speaker": 0.9,
    "relative": 0.85,
    "role_noun": 0.7,
    "organisation_noun": 0.6,
    "organisation_pronoun": 0.7,
    "metonym": 0.8,
}
# Paragraphs back in which the only person named may be meant.
WIDE = 4
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
    return head.lower_ if head is not None and pronominal(context, head) else ""


def pronominal(context: Context, head: Token) -> bool:
    """Tell whether a token is a personal or relative pronoun, and not a name that looks like one (WHO)."""
    return head.i not in context.name_at and (head.tag_ == "PRP" or head.tag_ in RELATIVE)


def first_person(context: Context, i: int) -> bool:
    """Tell whether the source is I or we, which wait until the quotation's speaker is known."""
    return pronoun_of(context, i) in FIRST


def named_speaker(context: Context, statement: Statement) -> Speaker | None:
    """Return the speaker that the source itself names, or None if it is a pronoun."""
    head = head_of(context, statement)
    if head is None or statement.source is None:
        return Speaker(None, "no_source")
    if pronominal(context, head):
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
    linked = [m for m in names if m.label == "person" and linked_by(context.doc[m.head], head)]
    people = linked or alone([m for m in names if m.label == "person"], context)
    if held is not None and (held.label == "person" or not people):
        return held if held.label != "nationality" or head.tag_ != "NN" else None
    return people[0] if people else beside(context, source, head)


def alone(people: list[Mention], context: Context) -> list[Mention]:
    """Return the one person of a source who is not merely the owner or complement of something."""
    heads = [context.doc[m.head] for m in people]
    return people if len(people) == 1 and heads[0].dep_ not in {"poss", "pobj", "compound", "conj"} else []


def beside(context: Context, source: Span, head: Token) -> Mention | None:
    """Return the person whose name follows a description that the source cuts off before it."""
    following = context.doc[context.span(source).end : context.span(source).end + 2]
    names = [m for t in following if (m := context.name_at.get(t.i)) and m.label == "person"]
    if not names or context.text[source[1] : names[0].span[0]].strip(" ,"):
        return None
    name = context.doc[names[0].head]
    same = name.head.i in {head.i, head.head.i} or head.head.i == name.i
    return names[0] if same and name.dep_ in {"appos", head.dep_, "nsubj"} else None


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
    fitting = [m for m in before if m.label == role.category and near(context, m.span, source[0])]
    return found(fitting[-1].entity_id, "organisation_noun") if fitting else Speaker(None, "unnamed")


def near(context: Context, span: Span, offset: int) -> bool:
    """Tell whether a span stands in the paragraph of an offset or the one before."""
    return context.paragraph(offset) - context.paragraph(span[0]) <= 1


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
    quotation = context.quotation((context.statements[i].source or (0, 0))[0])
    around = {s.entity_id for j, s in enumerate(speakers) if j != i and s and quotation and quotes(context, j, quotation)}
    around.discard(None)
    return found(around.pop(), "quotation_speaker") if len(around) == 1 else Speaker(None, "unresolved")


def quotes(context: Context, j: int, quotation: Span) -> bool:
    """Tell whether a statement, spoken outside a quotation, has content in it."""
    statement = context.statements[j]
    outside = statement.source is None or not quotation[0] <= statement.source[0] < quotation[1]
    return outside and any(a < quotation[1] and quotation[0] < b for a, b in statement.content)


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
    """Yield whom he or she may mean, the likeliest first.

    Speakers and subjects near by come first, those that stand in no one's statement before those that do,
    the nearest before the farther (Hobbs 1978, simplified); then whoever else is near.
    """
    spoken = {
        s.source: p.entity_id
        for s, p in zip(context.statements, speakers, strict=True)
        if s.source and p and p.entity_id and s.source[1] <= offset
    }
    sources = [(span, entity, "last_speaker") for span, entity in spoken.items() if near(context, span, offset)]
    people = [m for m in context.mentions if m.label == "person" and not m.pronoun and m.entity_id and m.span[1] <= offset]
    close = [m for m in people if near(context, m.span, offset) and not context.quoted(m.span[0])]
    subjects = [(m.span, m.entity_id, "subject") for m in close if context.doc[m.head].dep_ in SUBJECTS]
    ranked = sorted([*sources, *subjects], key=lambda c: (subordinate(context, c[0]), -c[0][0], c[2]))
    yield from ((entity or "", how) for _, entity, how in ranked if not context.quoted(_[0]))
    yield from ((m.entity_id or "", "near_person") for m in reversed(close))
    wider = {m.entity_id for m in people if context.paragraph(offset) - context.paragraph(m.span[0]) <= WIDE}
    yield from ((entity or "", "only_person") for entity in wider if len(wider) == 1)


def subordinate(context: Context, span: Span) -> bool:
    """Tell whether a mention stands inside what somebody says, or in a clause that another depends on."""
    inside = any(a <= span[0] and span[1] <= b for s in context.statements for a, b in s.content)
    return inside or context.span(span).root.head.dep_ == "advcl"


def collective(context: Context, i: int, speakers: list[Speaker | None]) -> Speaker:
    """Return the organisation or country that it or they mean: the nearest one that speaks or acts."""
    offset = (context.statements[i].source or (0, 0))[0]
    acting = [
        m
        for m in context.mentions
        if m.span[1] <= offset
        and m.entity_id
        and m.label in ACTORS
        and near(context, m.span, offset)
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
    noun = verb.head if verb is not None and verb.dep_ == "relcl" else None
    if noun is not None and noun.i not in context.name_at and noun.dep_ == "appos":
        noun = noun.head
    name = context.name_at.get(noun.i) if noun is not None else None
    return Speaker(name.entity_id, "relative", CONFIDENCE["relative"], name) if name else Speaker(None, "unnamed")
