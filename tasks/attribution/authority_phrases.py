"""Statements by appeal to an authority: *according to X*, *per X*, *in the words of X*."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache

from tasks.attribution.candidates import StatementCandidate
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import get_subtree_range, subtract_ranges
from tasks.seeds import read_seed_rows


@cache
def _read_authority_nouns(use: str) -> frozenset[str]:
    """Return the nouns of a use from the table.

    ``norm``: what one acts according to, and nobody says; ``plan``: the same where nothing stands before them
    (*according to plan*, but *according to the schedule*); ``view``: what somebody's words are (*in the view of*).
    """
    return frozenset(row["noun"] for row in read_seed_rows("cues/authority.csv") if row["use"] == use)


def find_authority_candidates(doc: Doc, quoted: Sequence[bool]) -> Iterator[StatementCandidate]:
    """Yield the statements of *according to X*, *per X* and *in the words of X*: the clause it stands in."""
    for token in doc:
        if quoted[token.i] or token.lower_ not in AUTHORITY_FINDERS:
            continue
        source = AUTHORITY_FINDERS[token.lower_](token)
        if source is not None:
            pieces = subtract_ranges(
                get_subtree_range(_find_reported_clause(token)), [get_subtree_range(token)]
            )
            yield StatementCandidate(token, None, source, tuple(pieces), "according")


def _get_governed_noun(token: Token | None, word: str = "") -> Token | None:
    """Return the noun that a preposition governs, or one that follows ``word`` below it."""
    if token is not None and word:
        token = next((k for k in token.children if k.lower_ == word), None)
    return next((k for k in token.children if k.dep_ == "pobj"), None) if token is not None else None


def _find_words_owner(token: Token) -> Token | None:
    """Return whose words, view or opinion it is: *in the words of the mayor*, *in the mayor's opinion*."""
    noun = _get_governed_noun(token)
    if noun is None or noun.lower_ not in _read_authority_nouns("view"):
        return None
    return _get_governed_noun(noun, "of") or next((k for k in noun.children if k.dep_ == "poss"), None)


def _find_per_source(token: Token) -> Token | None:
    """Return who says it in *per the report*; *per day* says nothing."""
    noun = _get_governed_noun(token)
    known = noun is not None and (
        noun.tag_.startswith("NNP") or any(k.lower_ == "the" for k in noun.children)
    )
    return noun if known else None


def _find_reported_clause(token: Token) -> Token:
    """Return the head of the clause that a modifier reports: the main one where commas set the modifier off."""
    head = token.head
    while head.head.i != head.i and (
        not head.tag_.startswith(("VB", "MD")) or _is_detached_modifier(token, head)
    ):
        head = head.head
    return head


def _is_detached_modifier(token: Token, verb: Token) -> bool:
    """Return True if a modifier at the end of its sentence belongs to more than the embedded clause of a verb."""
    before = token.nbor(-1).text if token.i else ""
    return before == "," and verb.dep_ in ("ccomp", "xcomp", "advcl", "relcl", "acl", "pcomp")


def _find_according_source(token: Token) -> Token | None:
    """Return who says it in *according to the report*; *according to plan* says nothing."""
    noun = _get_governed_noun(token, "to")
    bare = noun is not None and noun.left_edge is noun
    if noun is not None and (
        noun.lower_ in _read_authority_nouns("norm")
        or (bare and noun.lower_ in _read_authority_nouns("plan"))
    ):
        return None
    return noun


AUTHORITY_FINDERS: dict[str, Callable[[Token], Token | None]] = {
    "according": _find_according_source,
    "per": _find_per_source,
    "in": _find_words_owner,
}
