"""Statements by appeal to an authority: *according to X*, *per X*, *in the words of X*."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache

from tasks.attribution.candidates import Candidate
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import minus, subtree
from tasks.seeds import read_seed


@cache
def words(use: str) -> frozenset[str]:
    """Return the nouns of a use from the table.

    ``norm``: what one acts according to, and nobody says; ``plan``: the same where nothing stands before them
    (*according to plan*, but *according to the schedule*); ``view``: what somebody's words are (*in the view of*).
    """
    return frozenset(row["noun"] for row in read_seed("cues/authority.csv") if row["use"] == use)


def according_to(doc: Doc, quoted: Sequence[bool]) -> Iterator[Candidate]:
    """Yield the statements of *according to X*, *per X* and *in the words of X*: the clause it stands in."""
    for token in doc:
        if quoted[token.i] or token.lower_ not in AUTHORITY:
            continue
        source = AUTHORITY[token.lower_](token)
        if source is not None:
            pieces = minus(subtree(clause_of(token)), [subtree(token)])
            yield Candidate(token, None, source, tuple(pieces), "according")


def object_after(token: Token | None, word: str = "") -> Token | None:
    """Return the noun that a preposition governs, or one that follows ``word`` below it."""
    if token is not None and word:
        token = next((k for k in token.children if k.lower_ == word), None)
    return next((k for k in token.children if k.dep_ == "pobj"), None) if token is not None else None


def in_words_of(token: Token) -> Token | None:
    """Return whose words, view or opinion it is: *in the words of the mayor*, *in the mayor's opinion*."""
    noun = object_after(token)
    if noun is None or noun.lower_ not in words("view"):
        return None
    return object_after(noun, "of") or next((k for k in noun.children if k.dep_ == "poss"), None)


def per(token: Token) -> Token | None:
    """Return who says it in *per the report*; *per day* says nothing."""
    noun = object_after(token)
    known = noun is not None and (
        noun.tag_.startswith("NNP") or any(k.lower_ == "the" for k in noun.children)
    )
    return noun if known else None


def clause_of(token: Token) -> Token:
    """Return the head of the clause that a modifier reports: the main one where commas set the modifier off."""
    head = token.head
    while head.head.i != head.i and (not head.tag_.startswith(("VB", "MD")) or detached(token, head)):
        head = head.head
    return head


def detached(token: Token, verb: Token) -> bool:
    """Tell whether a modifier at the end of its sentence belongs to more than the embedded clause of a verb."""
    before = token.nbor(-1).text if token.i else ""
    return before == "," and verb.dep_ in ("ccomp", "xcomp", "advcl", "relcl", "acl", "pcomp")


def according(token: Token) -> Token | None:
    """Return who says it in *according to the report*; *according to plan* says nothing."""
    noun = object_after(token, "to")
    bare = noun is not None and noun.left_edge is noun
    if noun is not None and (noun.lower_ in words("norm") or (bare and noun.lower_ in words("plan"))):
        return None
    return noun


AUTHORITY: dict[str, Callable[[Token], Token | None]] = {
    "according": according,
    "per": per,
    "in": in_words_of,
}
