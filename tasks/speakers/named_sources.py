"""Resolve a source from its own words: a name, a name next to a description, or a role noun."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tasks.attribution.source_phrases import SUBJECT_RELATIONS
from tasks.document.doc import Token
from tasks.document.records import Mention, Span, Statement
from tasks.entities.names import normalise_name, split_name
from tasks.speakers.resolution_context import ResolutionContext

# Share of correct answers of each method on hand-checked samples: tests/tasks/speakers/test_speaker_sieve.py.
SOURCE_METHOD_CONFIDENCE = {
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
    "reporting_document": 0.6,
}
MEMBER_QUANTIFIERS = frozenset(
    {"a", "an", "some", "many", "several", "few", "most", "other", "another", "fellow"}
)
"""words before a noun that mean members of a body"""
PERSONAL_TAGS = frozenset({"PRP", "PRP$"})
RELATIVE_TAGS = frozenset({"WP", "WDT"})
BODY_LABELS = frozenset({"organisation", "country", "place"})
ISSUER_LABELS = frozenset({"person", "organisation", "country"})
MAX_DOCUMENT_DISTANCE = 600
"""tokens before *the report* within which its owner is named"""
MODIFIER_RELATIONS = frozenset({"amod", "compound", "nmod", "poss"})
COORDINATORS = frozenset({"and", "&", "nor", ",", ";"})


@dataclass(frozen=True, slots=True)
class ResolvedSpeaker:
    """The entity that a source refers to, and the method, confidence and mention by which it was found."""

    entity_id: str | None
    method: str
    confidence: float = 0.0
    mention: Mention | None = None
    joint_ids: tuple[str, ...] = ()
    """all speakers of a joint statement, ``entity_id`` first; empty for a single speaker"""


def make_speaker(entity: str | None, method: str) -> ResolvedSpeaker:
    """Return the speaker with the confidence of the method, or an ambiguous one if ``entity`` is None."""
    return (
        ResolvedSpeaker(entity, method, SOURCE_METHOD_CONFIDENCE[method])
        if entity
        else ResolvedSpeaker(None, "ambiguous")
    )


def get_source_head(context: ResolutionContext, statement: Statement) -> Token | None:
    """Return the head token of the source."""
    if statement.source is None:
        return None
    if statement.source_token is not None:
        return context.doc[statement.source_token]
    return context.get_tokens(statement.source).root


def find_principals(context: ResolutionContext, statement: Statement) -> set[str]:
    """Return the entities that a source speaks for: *Ruiz* of *Ruiz's lawyer* and *associates of Ruiz*."""
    head = get_source_head(context, statement)
    if head is None or statement.source is None or head.i in context.name_by_token:
        return set()
    role = context.reference.roles.get(head.lower_)
    if head.lower_ not in context.reference.own_side and not (role is not None and role.speaks_for):
        return set()
    return {m.entity_id for m in context.get_names_in(statement.source) if m.entity_id}


def is_pronoun_source(context: ResolutionContext, head: Token) -> bool:
    """Return True if a token is a personal, possessive or relative pronoun and not part of a name (WHO)."""
    is_personal = head.tag_ in PERSONAL_TAGS
    return head.i not in context.name_by_token and (is_personal or head.tag_ in RELATIVE_TAGS)


def resolve_named_speaker(context: ResolutionContext, statement: Statement) -> ResolvedSpeaker | None:
    """Return the speaker that the source names or describes, or None if the source is a pronoun.

    For several ("A and B said"), ``entity_id`` is the first that is known and ``joint_ids`` are all of them.
    """
    head = get_source_head(context, statement)
    if head is None or statement.source is None:
        return ResolvedSpeaker(None, "no_source")
    if is_pronoun_source(context, head):
        return None
    first = _resolve_source(context, statement, head)
    others = [
        resolve_name(context, name) for name in _find_coordinated_mentions(context, statement.source, head)
    ]
    return _combine_speakers([first, *others]) if others else first


def _combine_speakers(speakers: list[ResolvedSpeaker]) -> ResolvedSpeaker:
    """Return the first known speaker, with the ids of all known speakers as ``joint_ids``."""
    known = [s for s in speakers if s.entity_id]
    ids = tuple(dict.fromkeys(s.entity_id for s in known if s.entity_id))
    return replace(known[0], joint_ids=ids if len(ids) > 1 else ()) if known else speakers[0]


def _find_coordinated_mentions(context: ResolutionContext, source: Span, head: Token) -> list[Mention]:
    """Return the names that are coordinated with the head of the source ("and", "nor", a comma)."""
    coordinated = []
    while (
        conjuncts := [t for t in head.rights if t.dep_ == "conj" and source[0] <= t.idx < source[1]]
    ) and any(t.lower_ in COORDINATORS for t in (*head.rights, *conjuncts[0].rights)):
        head = conjuncts[0]
        names = [m for m in context.get_names_in(source) if _is_linked_to(context.doc[m.head], head)]
        coordinated += names[:1]
    return coordinated


def _resolve_source(context: ResolutionContext, statement: Statement, head: Token) -> ResolvedSpeaker:
    """Return the speaker that the head of a source and the words around it refer to."""
    source = statement.source or (head.idx, head.idx + len(head))
    if is_some_member(head, context.name_by_token.get(head.i)):
        return _resolve_role_noun(context, source, head, statement.content)
    name = _find_source_name(context, source, head) or _find_document_owner(context, head)
    if name is not None:
        return resolve_name(context, name)
    return _resolve_role_noun(context, source, head, statement.content)


def is_some_member(head: Token, name: Mention | None) -> bool:
    """Return True if a noun means some members of a body, not the body: *a Democrat*, *some Democrats*."""
    is_body = name is not None and name.label in ("organisation", "nationality") and " " not in name.text
    quantified = any(k.lower_ in MEMBER_QUANTIFIERS or k.tag_ == "CD" for k in head.lefts)
    return is_body and quantified and head.tag_ in ("NNP", "NNPS") and not head.text.isupper()


def resolve_name(context: ResolutionContext, name: Mention) -> ResolvedSpeaker:
    """Return the speaker that a name refers to.

    A capital that speaks is a metonym of its country: its mention is changed to the country in place.
    """
    country = context.reference.capitals.get(normalise_name(name.text)) if name.label == "place" else None
    if country:
        name.entity_id, name.label = country, "country"
        name.resolution, name.confidence = "metonym", SOURCE_METHOD_CONFIDENCE["metonym"]
    return ResolvedSpeaker(name.entity_id, name.resolution, name.confidence, name)


def _find_source_name(context: ResolutionContext, source: Span, head: Token) -> Mention | None:
    """Return the name of the source: its head, or the person in apposition to it or after a title."""
    names = context.get_names_in(source)
    head_name = context.name_by_token.get(head.i) or _find_generic_organisation(context, head)
    linked = [m for m in names if m.label == "person" and _is_linked_to(context.doc[m.head], head)]
    people = linked or _select_only_person([m for m in names if m.label == "person"], context)
    if head_name is not None and (head_name.label == "person" or not people):
        return head_name if head_name.label != "nationality" or head.tag_ != "NN" else None
    if not people and (body := _find_body_in_apposition(context, names, head)) is not None:
        return body
    return (
        people[0]
        if people
        else _find_last_named_person(context, names) or _find_adjacent_person(context, source, head)
    )


def _find_body_in_apposition(context: ResolutionContext, names: list[Mention], head: Token) -> Mention | None:
    """Return the body that is named directly after its description: *her newspaper, the Harbour Courier*."""
    bodies = (m for m in names if m.label == "organisation")
    return next((m for m in bodies if _is_apposition_of(context.doc[m.head], head)), None)


def _is_apposition_of(token: Token, head: Token) -> bool:
    """Return True if a name is in apposition to a noun for one thing."""
    return token.dep_ == "appos" and token.head.i == head.i and head.tag_ == "NN"


def _find_document_owner(context: ResolutionContext, head: Token) -> Mention | None:
    """Return who speaks through a document: *Lehm's statement*, *a statement by the ministry of trade*.

    *The report* without an owner is the one that has one shortly before, if all of these have the same.
    """
    if head.lower_ not in context.reference.speech_acts:
        return None
    if (owner := _find_named_owner(context, head)) is not None or not _is_definite(head):
        return owner
    before = context.doc.tokens[max(head.i - MAX_DOCUMENT_DISTANCE, 0) : head.i]
    owners = [
        owner
        for t in before
        if t.lower_ == head.lower_
        and (owner := _find_named_owner(context, t))
        and owner.label in ISSUER_LABELS
    ]
    return owners[-1] if len({owner.entity_id for owner in owners}) == 1 else None


def _find_named_owner(context: ResolutionContext, document: Token) -> Mention | None:
    """Return the name of who owns, wrote or published a document, or None."""
    issued = [k for k in document.rights if k.dep_ == "acl" and k.tag_ == "VBN"]
    by = [k for word in (document, *issued) for k in word.rights if k.lower_ in ("by", "from")]
    owners = [k for k in document.lefts if k.dep_ == "poss"]
    owners += [k for preposition in by for k in preposition.children if k.dep_ == "pobj"]
    if owner := next((m for k in owners if (m := context.name_by_token.get(k.i)) is not None), None):
        return owner
    if document.lower_ not in context.reference.issued_documents:
        return None
    # *An Orvane Media report*, but not *the Orland report*: a place or country is what it is about.
    publishers = (context.name_by_token.get(k.i) for k in document.lefts if k.dep_ in ("compound", "nmod"))
    return next((m for m in publishers if m is not None and m.label == "organisation"), None)


def _is_definite(head: Token) -> bool:
    """Return True if a noun has a definite article and nothing else before it."""
    return [k.lower_ for k in head.lefts] in (["the"], ["this"], ["that"])


def _find_generic_organisation(context: ResolutionContext, head: Token) -> Mention | None:
    """Return the organisation named before a noun for its kind: "the Interfax news agency"."""
    role = context.reference.roles.get(head.lower_)
    names = [
        m for t in head.lefts if t.dep_ in {"compound", "nmod"} and (m := context.name_by_token.get(t.i))
    ]
    is_organisation_noun = role is not None and role.category == "organisation" and len(names) == 1
    return names[0] if is_organisation_noun and names[0].label == "organisation" else None


def _select_only_person(people: list[Mention], context: ResolutionContext) -> list[Mention]:
    """Return the only person of a source, unless the name is a possessive, complement or modifier."""
    heads = [context.doc[m.head] for m in people]
    return people if len(people) == 1 and heads[0].dep_ not in {"poss", "pobj", "compound", "conj"} else []


def _find_last_named_person(context: ResolutionContext, names: list[Mention]) -> Mention | None:
    """Return the person named last, directly after a place or body: "ambassador to the United States X"."""
    people = [m for m in names if m.label == "person"]
    if len(people) != 1 or people[0] is not names[-1] or len(names) == 1:
        return None
    between = context.doc.text[names[-2].span[1] : people[0].span[0]]
    return people[0] if between.isspace() and names[-2].label in BODY_LABELS else None


def _find_adjacent_person(context: ResolutionContext, source: Span, head: Token) -> Mention | None:
    """Return the person named directly after the source, where the source stops short of the name."""
    following = context.doc[context.get_tokens(source).end : context.get_tokens(source).end + 2]
    names = [m for t in following if (m := context.name_by_token.get(t.i)) and m.label == "person"]
    if not names or context.doc.text[source[1] : names[0].span[0]].strip(" ,"):
        return None
    name = context.doc[names[0].head]
    is_same_phrase = name.head.i in {head.i, head.head.i} or head.head.i == name.i
    return names[0] if is_same_phrase and name.dep_ in {"appos", head.dep_, "nsubj"} else None


def _is_linked_to(token: Token, head: Token) -> bool:
    """Return True if a name depends on the head through apposition or as part of the same name."""
    while token.i != head.i:
        if token.dep_ not in {"appos", "flat"} and not (
            token.dep_ == "compound" and token.head.dep_ == "appos"
        ):
            return False
        if token.head.i == token.i:
            return False
        token = token.head
    return True


def _is_described_as(name: Token, noun: str) -> bool:
    """Return True if the text describes a name by a noun: *Orvane, a rights group*, *the rights group Orvane*."""
    beside = [k for k in name.children if k.dep_ in ("appos", "compound", "nmod")]
    beside += [name.head] if name.dep_ in ("appos", "compound", "nmod") else []
    beside += [k for k in name.head.rights if name.dep_ in SUBJECT_RELATIONS and k.dep_ == "attr"]
    return any(k.lower_ == noun for k in beside)


def _is_object_in(context: ResolutionContext, mention: Mention, content: Sequence[Span]) -> bool:
    """Return True if a content names somebody who is no subject in it."""
    is_inside = any(start <= mention.span[0] and mention.span[1] <= end for start, end in content)
    return is_inside and context.doc[mention.head].dep_ not in SUBJECT_RELATIONS


def _resolve_role_noun(
    context: ResolutionContext, source: Span, head: Token, content: Sequence[Span]
) -> ResolvedSpeaker:
    """Return the speaker that a description without a name refers to: "the spokesman", "the group".

    A body that the content names is the speaker only as a subject: *Orvane will close, the company said*, not *clerks
    robbed Orvane, the agency said*.
    """
    role = context.reference.roles.get(head.lower_)
    definite = any(t.lower_ in {"the", "this", "that"} for t in head.lefts)
    if role is None or not definite or head.tag_ not in {"NN", "NNP"}:
        return ResolvedSpeaker(None, "unnamed")
    before = [m for m in context.mentions if not m.pronoun and m.span[1] <= source[0] and m.entity_id]
    if role.category == "person":
        fitting = [
            m
            for m in before
            if m.label == "person" and role.titles & context.titles_by_person[m.entity_id or ""]
        ]
        return (
            make_speaker(fitting[-1].entity_id, "role_noun") if fitting else ResolvedSpeaker(None, "unnamed")
        )
    if context.get_names_in(source):
        return ResolvedSpeaker(None, "unnamed")
    before = [m for m in before if not _is_object_in(context, m, content)]
    bodies = [m for m in before if m.label == role.category]
    if role.is_part_of_name:
        fitting = [m for m in bodies if head.lower_ in split_name(m.text)]
    elif any(k.dep_ in MODIFIER_RELATIONS for k in head.lefts):
        # *The rights group* is a body that the text calls a group, not the last that it names.
        fitting = [m for m in bodies if _is_described_as(context.doc[m.head], head.lower_)]
    else:
        near = (m for m in bodies if context.is_near(m.span, source[0]))
        # The agency of a dateline, *ORLAND (AP)*, is no body that the text speaks of.
        fitting = [m for m in near if context.doc.text[max(m.span[0] - 1, 0)] not in "(["]
    return (
        make_speaker(fitting[-1].entity_id, "organisation_noun")
        if fitting
        else ResolvedSpeaker(None, "unnamed")
    )
