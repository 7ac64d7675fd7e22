"""The office of a speaker and the body he speaks for."""

import re
from collections.abc import Iterable, Mapping

from tasks.document.function_words import LIST_CONJUNCTIONS
from tasks.document.records import Mention, Span, Statement
from tasks.entities.names import split_name
from tasks.speakers.named_sources import ResolvedSpeaker
from tasks.speakers.resolution_context import ResolutionContext

ROLE_EDGES = " ,;:()\t\n"
# Function words left at the ends of a role after the names are removed.
LOOSE_ENDS = re.compile(
    r"^\W*(?:(?:’s|'s|s|the|a|an|of)\b\W*)+|\s+(?:(?:of|for|with|at|in|to|from|by|the|and|a|an|’s)\b\W*)+$",
    re.I,
)
# Where a role ends and an occasion or a name begins: "minister of defence in an address", "a student named Lo".
ROLE_END = re.compile(
    r"\s+(?:(?:in|on|during|after|before)\s+(?:a|an|the|his|her)|named|called)\b.*$", re.I | re.S
)
ROLE_CONJUNCTIONS = LIST_CONJUNCTIONS | {"with"}
AFFILIATION_LABELS = frozenset({"organisation", "country", "nationality"})
ROLE_BOUNDARY_RELATIONS = frozenset({"relcl", "acl", "advcl", "ccomp", "conj", "parataxis"})
"""relations below which words no longer describe the name"""


def find_role_and_affiliation(
    context: ResolutionContext,
    statement: Statement,
    speaker: ResolvedSpeaker,
    affiliations: Mapping[str, str | None],
) -> tuple[str | None, str | None]:
    """Return the role next to the source, as written, and the entity that the speaker speaks for.

    ``affiliations`` are those of :func:`find_document_affiliations`.
    """
    role, body = (
        _find_described_role(context, statement.source, speaker.entity_id)
        if statement.source
        else (None, None)
    )
    if body is None and speaker.entity_id is not None:
        body = affiliations[speaker.entity_id]
    return role, body if body != speaker.entity_id else None


def find_document_affiliations(
    context: ResolutionContext, speakers: Iterable[ResolvedSpeaker]
) -> dict[str, str | None]:
    """Return by speaker the affiliation given anywhere in the document, which applies to all their statements."""
    names: dict[str, list[Mention]] = {s.entity_id: [] for s in speakers if s.entity_id is not None}
    for mention in context.name_mentions:
        if mention.label == "person" and mention.entity_id in names:
            names[mention.entity_id].append(mention)
    return {person: _find_affiliation_of_names(context, person, names[person]) for person in names}


def _find_affiliation_of_names(
    context: ResolutionContext, person: str, names: Iterable[Mention]
) -> str | None:
    """Return the first affiliation next to a name of the person."""
    for name in names:
        _, body = _find_described_role(context, _get_described_span(context, name), person)
        if body:
            return body
    return None


def _get_described_span(context: ResolutionContext, mention: Mention) -> Span:
    """Return the span of a name with the title before it and the apposition after it."""
    head = context.doc[mention.head]
    while head.dep_ in {"appos", "compound"} and head.head.i != head.i:
        head = head.head
    sentence = head.sent
    described = head.iterate_subtree_without(ROLE_BOUNDARY_RELATIONS)
    tokens = [t for t in described if sentence.start <= t.i < sentence.end]
    return tokens[0].idx, tokens[-1].idx + len(tokens[-1])


def _find_described_role(
    context: ResolutionContext, span: Span, person: str | None
) -> tuple[str | None, str | None]:
    """Return the role and the affiliation in a noun phrase, with or without the name of a person.

    ``person`` is None where the speaker is unknown: "the office of Prime Minister Ehud Olmert" names a
    person who does not speak.
    """
    names = context.get_names_in(span)
    people = [m for m in names if m.label == "person" and person is not None]
    bodies = [m.entity_id for m in names if m.label in AFFILIATION_LABELS and m.entity_id]
    body = bodies[0] if bodies else None
    if not people:
        head = context.get_tokens(span).root
        is_role = _to_singular(head.lower_) in context.reference.roles and head.i not in context.name_by_token
        return None, body if is_role else None
    role = max(
        filter(None, (_extract_role(context, part) for part in _get_gaps_between_names(names, span))),
        key=len,
        default=None,
    )
    return role, body if role else None


def _get_gaps_between_names(names: list[Mention], span: Span) -> list[Span]:
    """Return the parts of a span outside names."""
    edges = [span[0], *(offset for m in names for offset in m.span), span[1]]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _extract_role(context: ResolutionContext, span: Span) -> str | None:
    """Return the role or title in a span, as written; None if there is none."""
    text = ROLE_END.sub("", LOOSE_ENDS.sub("", context.doc.text[span[0] : span[1]]).strip(ROLE_EDGES))
    words = split_name(text)
    if words in context.reference.titles and context.reference.titles[words].kind == "honorific":
        return None
    has_role = any(_is_person_role(context, w) or (w,) in context.reference.titles for w in words)
    # "X and other officials" gives X no role.
    return text if has_role and words[0] not in ROLE_CONJUNCTIONS else None


def _is_person_role(context: ResolutionContext, word: str) -> bool:
    """Return True if a word is a role noun for a person."""
    role = context.reference.roles.get(_to_singular(word))
    return role is not None and role.category == "person"


def _to_singular(noun: str) -> str:
    """Return the singular of a regular plural, other nouns unchanged."""
    return re.sub(r"ies$", "y", noun) if noun.endswith("ies") else noun.removesuffix("s")
