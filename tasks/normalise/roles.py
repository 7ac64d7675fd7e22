"""The office of a speaker and the body he speaks for."""

from spacy.tokens import Token

from tasks.normalise.context import Context
from tasks.normalise.sources import Speaker
from tasks.records import Mention, Span, Statement

EDGES = " ,;:()\t\n"
BODIES = frozenset({"organisation", "country", "nationality"})


def role_and_affiliation(
    context: Context, statement: Statement, speaker: Speaker
) -> tuple[str | None, str | None]:
    """Return the role given with the source, as written, and the entity that the speaker speaks for.

    A person's affiliation holds for the whole document, wherever it is given.
    """
    here = described(context, statement.source) if statement.source else None
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
            if (found := described(context, around)) and found[1]:
                return found[1]
    return None


def noun_phrase(context: Context, mention: Mention) -> Span:
    """Return the span of a name with the title before and the apposition after it."""
    head = context.doc[mention.head]
    while head.dep_ in {"appos", "compound"} and head.head.i != head.i:
        head = head.head
    tokens = [t for t in head.subtree if t.sent.start == head.sent.start and not behind_clause(t, head)]
    return tokens[0].idx, tokens[-1].idx + len(tokens[-1])


def behind_clause(token: Token, head: Token) -> bool:
    """Tell whether a clause stands between a token and the head above it."""
    while token.i != head.i:
        if token.dep_ in {"relcl", "acl", "advcl", "ccomp", "conj", "parataxis"}:
            return True
        token = token.head
    return False


def described(context: Context, span: Span) -> tuple[str | None, str | None]:
    """Return the role and the body that stand in a noun phrase beside a name."""
    names = context.names_in(span)
    people = [m for m in names if m.label == "person"]
    bodies = [m for m in names if m.label in BODIES and m.entity_id]
    if not people:
        head = context.span(span).root
        is_role = head.lower_.rstrip("s") in context.reference.roles and head.i not in context.name_at
        return None, bodies[0].entity_id if bodies and is_role else None
    edges = [
        span[0],
        *(offset for m in sorted(people + bodies, key=lambda m: m.span) for offset in m.span),
        span[1],
    ]
    parts = [context.text[a:b].strip(EDGES) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    roles = [part.removeprefix("’s ").removeprefix("'s ").removeprefix("the ") for part in parts]
    role = max((r.strip(EDGES) for r in roles if any(c.isalpha() for c in r)), key=len, default=None)
    return (role, bodies[0].entity_id if bodies else None) if role else (None, None)
