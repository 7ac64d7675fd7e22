"""Statements by appeal to an authority: *according to X*, *per X*, *in the words of X*."""

from collections.abc import Callable, Iterator, Sequence

from tasks.attribution.candidates import StatementCandidate
from tasks.attribution.reporting_words import ReportingWords
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import TokenRange, get_subtree_range, subtract_ranges


def find_authority_candidates(
    doc: Doc, quoted: Sequence[bool], words: ReportingWords
) -> Iterator[StatementCandidate]:
    """Yield the statements of *according to X*, *per X* and *in the words of X*: the clause that they modify."""
    for token in doc:
        if quoted[token.i] or token.lower_ not in AUTHORITY_FINDERS:
            continue
        source = AUTHORITY_FINDERS[token.lower_](token, words)
        if source is not None and (pieces := _find_reported_ranges(token, source)):
            yield StatementCandidate(token, None, source, tuple(pieces), "according")


def _find_reported_ranges(token: Token, source: Token) -> list[TokenRange]:
    """Return the clause that a modifier reports; what follows it where the parser found no clause."""
    clause = _find_reported_clause(token)
    if clause is not token and clause.tag_ != "IN":
        return subtract_ranges(get_subtree_range(clause), [get_subtree_range(token)])
    end = token.sent.end
    comma = next((i for i in range(source.i + 1, end) if token.doc[i].text == ","), None)
    return [(comma + 1, end)] if comma is not None and comma + 1 < end else []


def _get_governed_noun(token: Token | None, word: str = "") -> Token | None:
    """Return the noun that a preposition governs, or one that follows ``word`` below it."""
    if token is not None and word:
        token = next((k for k in token.children if k.lower_ == word), None)
    return next((k for k in token.children if k.dep_ == "pobj"), None) if token is not None else None


def _find_words_owner(token: Token, words: ReportingWords) -> Token | None:
    """Return whose words, view or opinion it is: *in the words of the mayor*, *in the mayor's opinion*."""
    noun = _get_governed_noun(token)
    if noun is None or noun.lower_ not in words.authority_nouns["view"]:
        return None
    return _get_governed_noun(noun, "of") or next((k for k in noun.children if k.dep_ == "poss"), None)


def _find_per_source(token: Token, words: ReportingWords) -> Token | None:
    """Return the source in *per the report*; *per day* has none."""
    del words
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


def _find_according_source(token: Token, words: ReportingWords) -> Token | None:
    """Return the source in *according to the report*; *according to plan* has none.

    Nouns of the use ``plan`` name no source if no determiner or modifier precedes them (*according to the
    schedule* has one).
    """
    noun = _get_governed_noun(token, "to")
    bare = noun is not None and noun.left_edge is noun
    if noun is not None and (
        noun.lower_ in words.authority_nouns["norm"]
        or (bare and noun.lower_ in words.authority_nouns["plan"])
    ):
        return None
    return noun


AUTHORITY_FINDERS: dict[str, Callable[[Token, ReportingWords], Token | None]] = {
    "according": _find_according_source,
    "per": _find_per_source,
    "in": _find_words_owner,
}
