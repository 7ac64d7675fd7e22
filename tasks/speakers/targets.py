"""Whom a statement is about, and to whom it is said."""

from collections.abc import Iterable, Set

from tasks.document.doc import Token
from tasks.document.records import Mention, Span, Statement
from tasks.speakers.named_sources import by_name
from tasks.speakers.resolution_context import SUBJECTS, Context

CLAUSES = frozenset({"ccomp", "acl", "relcl", "xcomp"})
APART = frozenset({"punct", "mark", "prep"})
ACCUSED = frozenset({"person", "organisation", "country", "nationality"})
SPECIFIC = frozenset({"person", "organisation", "country"})


def targets(context: Context, statement: Statement, speakers: Set[str | None]) -> list[str]:
    """Return the entities accused or spoken about, never a speaker.

    The agent of a passive comes before its subject, a name before the nationality beside it.
    """
    heads = [head for span in statement.content for head in spoken_about(context, span)]
    heads += objects(context, statement)
    found = [m.entity_id for head in heads for m in names_under(context, head) if m.entity_id]
    return [entity for entity in dict.fromkeys(found) if entity not in speakers]


def objects(context: Context, statement: Statement) -> Iterable[Token]:
    """Return the object of the cue: whom somebody accuses, blames or calls a liar."""
    if statement.cue_token is None or statement.kind != "accusation":
        return []
    return [t for t in context.doc[statement.cue_token].rights if t.dep_ == "dobj"]


def spoken_about(context: Context, span: Span) -> Iterable[Token]:
    """Yield for each sentence of a content the agent or subject of the first clause that names one."""
    tokens = context.span(span)
    start, end = tokens.start, tokens.end
    for root in tokens:
        within = root.head is not root and start <= root.head.i < end
        if within or root.dep_ in APART or not context.holds_name(root.left_edge, root.right_edge):
            continue
        # "They had evidence that X did it" is about X.
        clauses = [root, *(t for t in root.subtree if root.i < t.i < end and t.dep_ in CLAUSES)]
        actors = (actor(clause) for clause in clauses)
        yield from next((heads for heads in actors if any(names_under(context, h) for h in heads)), [])


def actor(root: Token) -> list[Token]:
    """Return the agent or subject of a clause, or the head itself where it is a noun."""
    agents = [o for t in root.rights if t.dep_ == "agent" for o in t.rights if o.dep_ == "pobj"]
    if agents:
        return agents
    below = [
        o
        for x in root.rights
        if x.dep_ in {"xcomp", "ccomp"}
        for t in x.rights
        if t.dep_ == "agent"
        for o in t.rights
    ]
    if below:
        return below
    subjects = [t for t in root.lefts if t.dep_ in SUBJECTS]
    return subjects or ([root] if root.tag_.startswith("NN") else [])


def names_under(context: Context, head: Token) -> list[Mention]:
    """Return the names a noun phrase holds outside its clauses, nationalities only for want of others."""
    if not context.holds_name(head.left_edge, head.right_edge):
        return []
    tokens = [t for t in head.subtree if not crosses_clause(t, head)]
    if (capital := context.name_at.get(head.i)) and acts(head):
        by_name(context, capital)
    names = list(
        {id(m): m for t in tokens if (m := context.name_at.get(t.i)) and m.label in ACCUSED}.values()
    )
    own = [m for m in names if m.head == head.i]
    specific = own or [m for m in names if m.label in SPECIFIC]
    return specific or names


def acts(head: Token) -> bool:
    """Tell whether a noun does something or is accused of it, so that a capital stands for its country."""
    verb = head.head
    transitive = any(t.dep_ in {"dobj", "xcomp", "ccomp"} for t in verb.rights)
    accused = head.dep_ == "dobj" and any(t.dep_ == "prep" and t.lower_ in {"of", "for"} for t in verb.rights)
    agent = head.dep_ == "pobj" and verb.dep_ == "agent"
    return agent or accused or (head.dep_ == "nsubj" and verb.tag_.startswith("VB") and transitive)


def crosses_clause(token: Token, head: Token) -> bool:
    """Tell whether a clause stands between a token and the head above it."""
    while token.i != head.i:
        if token.dep_ in {"relcl", "acl", "advcl", "ccomp", "pcomp"}:
            return True
        token = token.head
    return False


def addressee(context: Context, statement: Statement) -> str | None:
    """Return the entity spoken to."""
    names = context.names_in(statement.addressee) if statement.addressee else []
    return names[0].entity_id if len(names) == 1 else None
