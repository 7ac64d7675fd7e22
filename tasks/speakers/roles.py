"""The office of a speaker and the body he speaks for."""

import re

from tasks.document.doc import Token
from tasks.document.records import Mention, Span, Statement
from tasks.entities.names import split
from tasks.speakers.named_sources import Speaker
from tasks.speakers.resolution_context import Context

EDGES = " ,;:()\t\n"
# What is left at the ends of a role when the names beside it are taken out.
LOOSE_ENDS = re.compile(
    r"^\W*(?:(?:’s|'s|s|the|a|an|of)\b\W*)+|\s+(?:(?:of|for|with|at|in|to|from|by|the|and|a|an|’s)\b\W*)+$",
    re.I,
)
# Where a role ends and the occasion begins: "minister of defence in an address", "a student named Lo".
CUT = re.compile(
    r"\s+(?:(?:in|on|during|after|before)\s+(?:a|an|the|his|her)|named|called)\b.*$", re.I | re.S
)
NO_ROLE = frozenset({"and", "or", "with"})
BODIES = frozenset({"organisation", "country", "nationality"})


def role_and_affiliation(
    context: Context, statement: Statement, speaker: Speaker
) -> tuple[str | None, str | None]:
    """Return the role given with the source, as written, and the entity that the speaker speaks for.

    A person's affiliation holds for the whole document, wherever it is given.
    """
    here = described(context, statement.source, speaker.entity_id) if statement.source else None
    role = here[0] if here else None
    body = here[1] if here else None
    if body is None and speaker.entity_id is not None:
        if speaker.entity_id not in context.affiliations:
            context.affiliations[speaker.entity_id] = elsewhere(context, speaker.entity_id)
        body = context.affiliations[speaker.entity_id]
    return role, body if body != speaker.entity_id else None


def elsewhere(context: Context, person: str) -> str | None:
    """Return the affiliation the document gives a person with any of his names."""
    for m in context.mentions:
        if m.entity_id == person and m.label == "person" and not m.pronoun:
            around = noun_phrase(context, m)
            if (found := described(context, around, person)) and found[1]:
                return found[1]
    return None


def noun_phrase(context: Context, mention: Mention) -> Span:
    """Return the span of a name with the title before and the apposition after it."""
    head = context.doc[mention.head]
    while head.dep_ in {"appos", "compound"} and head.head.i != head.i:
        head = head.head
    sentence = head.sent
    here = (t for t in head.subtree if sentence.start <= t.i < sentence.end)
    tokens = [t for t in here if not behind_clause(t, head)]
    return tokens[0].idx, tokens[-1].idx + len(tokens[-1])


def behind_clause(token: Token, head: Token) -> bool:
    """Tell whether a clause stands between a token and the head above it."""
    while token.i != head.i:
        if token.dep_ in {"relcl", "acl", "advcl", "ccomp", "conj", "parataxis"}:
            return True
        token = token.head
    return False


def described(context: Context, span: Span, person: str | None) -> tuple[str | None, str | None]:
    """Return the role and the body that stand in a noun phrase, beside a person's name or without one.

    "The office of Prime Minister Ehud Olmert" names a person who does not speak.
    """
    names = context.names_in(span)
    people = [m for m in names if m.label == "person" and person is not None]
    bodies = [m.entity_id for m in names if m.label in BODIES and m.entity_id]
    body = bodies[0] if bodies else None
    if not people:
        head = context.span(span).root
        is_role = singular(head.lower_) in context.reference.roles and head.i not in context.name_at
        return None, body if is_role else None
    role = max(filter(None, (role_in(context, part) for part in between(names, span))), key=len, default=None)
    return role, body if role else None


def between(names: list[Mention], span: Span) -> list[Span]:
    """Return the stretches of a span that no person, body or place fills."""
    edges = [span[0], *(offset for m in names for offset in m.span), span[1]]
    return list(zip(edges[::2], edges[1::2], strict=True))


def role_in(context: Context, span: Span) -> str | None:
    """Return the words from the first to the last that belong to a role or title, or None if there is none."""
    text = CUT.sub("", LOOSE_ENDS.sub("", context.text[span[0] : span[1]]).strip(EDGES))
    words = split(text)
    if words in context.reference.titles and context.reference.titles[words].kind == "honorific":
        return None
    told = any(stands_for_person(context, w) or (w,) in context.reference.titles for w in words)
    # "X and other officials" gives X no role.
    return text if told and words[0] not in NO_ROLE else None


def stands_for_person(context: Context, word: str) -> bool:
    """Tell whether a word is a noun of an office or occupation."""
    role = context.reference.roles.get(singular(word))
    return role is not None and role.category == "person"


def singular(noun: str) -> str:
    """Return the singular of a regular plural."""
    return re.sub(r"ies$", "y", noun) if noun.endswith("ies") else noun.removesuffix("s")
