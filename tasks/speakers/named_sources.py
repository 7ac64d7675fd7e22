"""Who a source is by its own words: a name, a name beside a description, or a role noun."""

from dataclasses import dataclass, replace

from tasks.document.doc import Token
from tasks.document.records import Mention, Span, Statement
from tasks.entities.names import normalise
from tasks.speakers.resolution_context import Context

# What each step has been worth on hand-checked samples; see tests/tasks/speakers/test_speaker_sieve.py.
CONFIDENCE = {
    "own_statement": 0.85,
    "last_speaker": 0.85,
    "subject": 0.8,
    "near_person": 0.6,
    "only_person": 0.7,
    "quotation_speaker": 0.9,
    "relative": 0.75,
    "role_noun": 0.7,
    "organisation_noun": 0.6,
    "organisation_pronoun": 0.7,
    "together": 0.8,
    "metonym": 0.8,
}
RELATIVE = frozenset({"WP", "WDT"})
BODIES = frozenset({"organisation", "country", "place"})
JOINING = frozenset({"and", "&", "nor", ",", ";"})


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says it, which step found him, how surely, and the name it was found by."""

    entity_id: str | None
    method: str
    confidence: float = 0.0
    name: Mention | None = None
    together: tuple[str, ...] = ()
    """all who speak as one with him, himself first; empty where he speaks alone"""


def found(entity: str | None, method: str) -> Speaker:
    """Return a speaker whom a step of this module found."""
    return Speaker(entity, method, CONFIDENCE[method]) if entity else Speaker(None, "ambiguous")


def head_of(context: Context, statement: Statement) -> Token | None:
    """Return the head token of the source."""
    if statement.source is None:
        return None
    if statement.source_token is not None:
        return context.doc[statement.source_token]
    return context.span(statement.source).root


def pronominal(context: Context, head: Token) -> bool:
    """Tell whether a token is a personal or relative pronoun, and not a name that looks like one (WHO)."""
    return head.i not in context.name_at and (head.tag_ == "PRP" or head.tag_ in RELATIVE)


def named_speaker(context: Context, statement: Statement) -> Speaker | None:
    """Return the speaker that the source itself names, or None if it is a pronoun.

    Of several ("A and B said") it is the first who is known, with all of them beside him.
    """
    head = head_of(context, statement)
    if head is None or statement.source is None:
        return Speaker(None, "no_source")
    if pronominal(context, head):
        return None
    first = speaker_at(context, statement.source, head)
    rest = [by_name(context, name) for name in coordinated(context, statement.source, head)]
    return together([first, *rest]) if rest else first


def together(speakers: list[Speaker]) -> Speaker:
    """Return the first known of several speakers, with all that are known beside him."""
    known = [s for s in speakers if s.entity_id]
    ids = tuple(dict.fromkeys(s.entity_id for s in known if s.entity_id))
    return replace(known[0], together=ids if len(ids) > 1 else ()) if known else speakers[0]


def coordinated(context: Context, source: Span, head: Token) -> list[Mention]:
    """Return the names that the source joins to its head by "and" or "nor"."""
    joined = []
    while (links := [t for t in head.rights if t.dep_ == "conj" and source[0] <= t.idx < source[1]]) and any(
        t.lower_ in JOINING for t in (*head.rights, *links[0].rights)
    ):
        head = links[0]
        names = [m for m in context.names_in(source) if linked_by(context.doc[m.head], head)]
        joined += names[:1]
    return joined


def speaker_at(context: Context, source: Span, head: Token) -> Speaker:
    """Return the speaker whom the head of a source and what stands about it name."""
    name = name_of(context, source, head)
    if name is not None:
        return by_name(context, name)
    return by_noun(context, source, head)


def by_name(context: Context, name: Mention) -> Speaker:
    """Return the speaker whom a name stands for; a capital that speaks is its country, here and in its mention."""
    country = context.reference.capitals.get(normalise(name.text)) if name.label == "place" else None
    if country:
        name.entity_id, name.label = country, "country"
        name.resolution, name.confidence = "metonym", CONFIDENCE["metonym"]
    return Speaker(name.entity_id, name.resolution, name.confidence, name)


def name_of(context: Context, source: Span, head: Token) -> Mention | None:
    """Return the name that the source's head is or is called by: in apposition or after a title."""
    names = context.names_in(source)
    held = context.name_at.get(head.i) or generic(context, head)
    linked = [m for m in names if m.label == "person" and linked_by(context.doc[m.head], head)]
    people = linked or alone([m for m in names if m.label == "person"], context)
    if held is not None and (held.label == "person" or not people):
        return held if held.label != "nationality" or head.tag_ != "NN" else None
    return people[0] if people else last_named(context, names) or beside(context, source, head)


def generic(context: Context, head: Token) -> Mention | None:
    """Return the organisation whose name a noun of its kind follows: "the Interfax news agency"."""
    role = context.reference.roles.get(head.lower_)
    names = [m for t in head.lefts if t.dep_ in {"compound", "nmod"} and (m := context.name_at.get(t.i))]
    is_body = role is not None and role.category == "organisation" and len(names) == 1
    return names[0] if is_body and names[0].label == "organisation" else None


def alone(people: list[Mention], context: Context) -> list[Mention]:
    """Return the one person of a source who is not merely the owner or complement of something."""
    heads = [context.doc[m.head] for m in people]
    return people if len(people) == 1 and heads[0].dep_ not in {"poss", "pobj", "compound", "conj"} else []


def last_named(context: Context, names: list[Mention]) -> Mention | None:
    """Return the person whose name follows that of the body he is sent to: "ambassador to the United States X"."""
    people = [m for m in names if m.label == "person"]
    if len(people) != 1 or people[0] is not names[-1] or len(names) == 1:
        return None
    between = context.text[names[-2].span[1] : people[0].span[0]]
    return people[0] if between.isspace() and names[-2].label in BODIES else None


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
        if token.dep_ not in {"appos", "flat"} and not (
            token.dep_ == "compound" and token.head.dep_ == "appos"
        ):
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
        fitting = [
            m for m in before if m.label == "person" and role.titles & context.titles[m.entity_id or ""]
        ]
        return found(fitting[-1].entity_id, "role_noun") if fitting else Speaker(None, "unnamed")
    if context.names_in(source):
        return Speaker(None, "unnamed")
    fitting = [m for m in before if m.label == role.category and context.near(m.span, source[0])]
    return found(fitting[-1].entity_id, "organisation_noun") if fitting else Speaker(None, "unnamed")
