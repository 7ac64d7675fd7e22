"""Find the targets of a statement and its addressee."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import chain

from tasks.attribution.source_phrases import SUBJECT_RELATIONS, get_noun_phrase
from tasks.document.doc import Token
from tasks.document.records import Mention, Span, Statement
from tasks.document.token_ranges import get_character_span
from tasks.speakers.antecedents import find_antecedent
from tasks.speakers.named_sources import ResolvedSpeaker, resolve_name
from tasks.speakers.resolution_context import ResolutionContext

TARGET_CLAUSE_RELATIONS = frozenset({"ccomp", "acl", "relcl", "xcomp"})
DETACHED_RELATIONS = frozenset({"punct", "mark", "prep"})
TARGET_LABELS = frozenset({"person", "organisation", "country", "nationality"})
SPECIFIC_LABELS = frozenset({"person", "organisation", "country"})
SCENE_PREPOSITIONS = frozenset(
    {"in", "at", "near", "around", "inside", "outside", "across", "on", "during", "against"}
)
PHRASE_BOUNDARY_RELATIONS = frozenset({"relcl", "acl", "advcl", "ccomp", "pcomp"})
"""relations below which names belong to a clause, not to the noun phrase"""


def find_targets(context: ResolutionContext, statement: Statement, speakers: Set[str | None]) -> list[str]:
    """Return the ids of the entities that a statement accuses or is about, without its speakers.

    The agent of a passive is preferred to its subject, a name to a nationality in the same phrase.
    """
    names = [m for span in statement.content for m in _find_topic_names(context, span)]
    found = dict.fromkeys(m.entity_id for m in names if m.entity_id)
    return [entity for entity in found if entity not in speakers]


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody whom a statement accuses, or a victim: the noun phrase, and the entities that it names."""

    head: int
    """index of the head token in the Doc"""
    span: Span
    entity_ids: tuple[str, ...]
    """empty if the phrase names nobody"""


def find_participants(
    context: ResolutionContext,
    heads: Sequence[int],
    resolved: Sequence[ResolvedSpeaker],
    speakers: Set[str | None],
    charges: Sequence[int] = (),
) -> list[Participant]:
    """Return the participants with these heads, without those that are only the speakers.

    Args:
        context: the document.
        heads: the head tokens of their noun phrases.
        resolved: the speakers of all statements, by which pronouns are resolved.
        speakers: the speakers of the statement.
        charges: the prepositions at which phrases end, since they begin the charge.
    """
    found = []
    for head in (context.doc[i] for i in dict.fromkeys(heads)):
        phrase_names = _get_phrase_names(context, head)
        names = [m.entity_id for m in phrase_names if m.entity_id and not _is_owner(context, m, head)]
        if not names and (pronoun := _get_pronoun(context, head)) is not None:
            antecedent = find_antecedent(context, pronoun, resolved, speakers)
            names = [antecedent] if antecedent else []
        others = tuple(dict.fromkeys(entity for entity in names if entity not in speakers))
        if others or not names:
            start, end = get_noun_phrase(context.doc, head)
            end = min([end, *(i for i in charges if i > head.i)])
            span = get_character_span(context.doc, (start, end))
            found.append(Participant(head.i, span, others))
    return found


def _is_owner(context: ResolutionContext, name: Mention, head: Token) -> bool:
    """Return True if a name is of the person to whom the people of a phrase belong: *Ruiz aides*, *Ruiz's friends*."""
    noun = context.doc[name.head]
    belongs = noun.head.i == head.i and noun.dep_ in ("compound", "poss", "nmod") and noun.i < head.i
    return name.label == "person" and belongs and _is_people(context, head)


def _is_people(context: ResolutionContext, head: Token) -> bool:
    """Return True if a noun means persons: *aides*, *friends*, *ministers*."""
    reference = context.reference
    role = reference.roles.get(head.lower_)
    is_role = role is not None and role.category == "person"
    is_people = head.lower_ in reference.own_side or head.lower_ in reference.private_persons or is_role
    return is_people and head.tag_ in ("NN", "NNS")


def _get_pronoun(context: ResolutionContext, head: Token) -> Token | None:
    """Return a head that is a pronoun, or the pronoun that possesses it (*its forces*), or None.

    *His wife* is not he. In *Ruiz and her campaign* the possessor is a participant already.
    """
    if head.tag_ in ("PRP", "PRP$"):
        return head
    if head.dep_ == "conj" or _is_people(context, head):
        return None
    return next((k for k in head.lefts if k.dep_ == "poss" and k.tag_ == "PRP$"), None)


def _find_topic_names(context: ResolutionContext, span: Span) -> Iterator[Mention]:
    """Yield, for each sentence of a content span, the named agents or subjects of its first clause that has one."""
    tokens = context.get_tokens(span)
    start, end = tokens.start, tokens.end
    for root in tokens:
        within = root.head is not root and start <= root.head.i < end
        if (
            within
            or root.dep_ in DETACHED_RELATIONS
            or not context.has_name_between(root.left_edge, root.right_edge)
        ):
            continue
        # "They had evidence that X did it" is about X.
        clauses = (t for t in root.subtree if root.i < t.i < end and t.dep_ in TARGET_CLAUSE_RELATIONS)
        names = (
            [m for head in _find_actors(clause) for m in _get_phrase_names(context, head)]
            for clause in chain([root], clauses)
        )
        yield from next(filter(None, names), [])


def _find_actors(root: Token) -> list[Token]:
    """Return the agents or subjects of a clause, or ``root`` itself if it is a noun."""
    agents = [o for t in root.rights if t.dep_ == "agent" for o in t.rights if o.dep_ == "pobj"]
    if agents:
        return agents
    nested_agents = [
        o
        for x in root.rights
        if x.dep_ in {"xcomp", "ccomp"}
        for t in x.rights
        if t.dep_ == "agent"
        for o in t.rights
    ]
    if nested_agents:
        return nested_agents
    subjects = [t for t in root.lefts if t.dep_ in SUBJECT_RELATIONS]
    return subjects or ([root] if root.tag_.startswith("NN") else [])


def _get_phrase_names(context: ResolutionContext, head: Token) -> list[Mention]:
    """Return the names in a noun phrase outside its clauses; nationalities only if there is no other name."""
    if not context.has_name_between(head.left_edge, head.right_edge):
        return []
    if (capital := context.name_by_token.get(head.i)) and _is_actor(head):
        resolve_name(context, capital)
    tokens = head.iterate_subtree_without(PHRASE_BOUNDARY_RELATIONS)
    scene = _find_scene_tokens(head)
    inside = (
        m
        for t in tokens
        if t.i not in scene and (m := context.name_by_token.get(t.i)) and m.label in TARGET_LABELS
    )
    names = list({id(m): m for m in inside}.values())
    head_names = [m for m in names if m.head == head.i]
    # *The mayor's wife, Ana Ruiz*: the possessor is somebody else.
    named = [m for m in names if context.doc[m.head].dep_ == "appos" and context.doc[m.head].head.i == head.i]
    if head.tag_ == "NN" and _is_private_person(context, head):
        # *A British woman* is not her country; *the Orland president* acts for his.
        names = [m for m in names if m.label not in ("nationality", "country") or m.head == head.i]
    # *Muslim militants*, *a Latino leader*: an adjective of a faith or people that is no country describes.
    names = [m for m in names if m.head == head.i or m.label != "nationality" or _is_country(context, m)]
    # *The Orland-based firm*, *an Orlandish-Lehmish clerk*: half of a compound word says what kind of person it is.
    names = [m for m in names if m.head == head.i or not _is_in_compound_word(context, m)]
    specific = head_names or named or [m for m in names if m.label in SPECIFIC_LABELS]
    return specific or names


def _is_country(context: ResolutionContext, name: Mention) -> bool:
    """Return True if a nationality is that of a country of the tables: *Russian*, not *Latino*."""
    known = context.reference.known_entities.get(name.entity_id or "")
    return known is not None and known.entity_type == "country"


def _is_in_compound_word(context: ResolutionContext, name: Mention) -> bool:
    """Return True if a hyphen joins a name to the word after or before it: *Orland-based*, *Orland-Lehmish*."""
    text, (start, end) = context.doc.text, name.span
    return text[end : end + 1] == "-" or (start > 0 and text[start - 1] == "-")


def _find_scene_tokens(head: Token) -> set[int]:
    """Return the tokens that say where a noun is: *the police in Orland* are not Orland."""
    prepositions = (k for k in head.rights if k.dep_ == "prep" and k.lower_ in SCENE_PREPOSITIONS)
    places = (p for p in prepositions if any(k.tag_ == "NNP" for k in p.rights if k.dep_ == "pobj"))
    return {t.i for place in places for t in place.subtree}


def _is_private_person(context: ResolutionContext, head: Token) -> bool:
    """Return True if a noun is a word for a person that has no office: *woman*, *student*."""
    return head.lower_ in context.reference.private_persons


def _is_actor(head: Token) -> bool:
    """Return True if a noun is an agent or accused of something, so that a capital means its country."""
    verb = head.head
    transitive = any(t.dep_ in {"dobj", "xcomp", "ccomp"} for t in verb.rights)
    accused = head.dep_ == "dobj" and any(t.dep_ == "prep" and t.lower_ in {"of", "for"} for t in verb.rights)
    agent = head.dep_ == "pobj" and verb.dep_ == "agent"
    return agent or accused or (head.dep_ == "nsubj" and verb.tag_.startswith("VB") and transitive)


def resolve_addressee(context: ResolutionContext, statement: Statement) -> str | None:
    """Return the entity that the statement is said to; None if it is not exactly one name."""
    names = context.get_names_in(statement.addressee) if statement.addressee else []
    return names[0].entity_id if len(names) == 1 else None
