"""The dependents of a token, and whether a clause is finite or an infinitive."""

from tasks.document.doc import Token

FINITE_TAGS = frozenset(["VBD", "VBZ", "VBP", "MD"])


def get_children(token: Token, *deps: str) -> list[Token]:
    """Return the dependents of a token by one of the relations."""
    found = [child for child in token.lefts if child.dep_ in deps]
    return found + [child for child in token.rights if child.dep_ in deps] if token.rights else found


def is_infinitive(verb: Token) -> bool:
    """Return True if a verb has *to* before it."""
    return any(child.tag_ == "TO" for child in verb.children)


def is_finite(verb: Token) -> bool:
    """Return True if a clause has a tensed verb or a conjunction of its own."""
    if verb.tag_ in FINITE_TAGS:
        return True
    return any(
        (k.tag_ in FINITE_TAGS and k.dep_ in ("aux", "auxpass")) or k.dep_ == "mark" for k in verb.children
    )
