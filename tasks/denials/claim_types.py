"""Which kind of claim a statement is: what its cue says of it, and whether it charges somebody with a bad deed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from tasks.attribution.cue_lexicon import TAGS, PartOfSpeech, inflections
from tasks.document.doc import Doc, Token
from tasks.document.records import ClaimType, Statement
from tasks.document.token_ranges import Range
from tasks.seeds import read_seed

AGENTS = frozenset(["nsubj", "nsubjpass", "agent", "poss"])
FIRST_PERSON = frozenset(["i", "we"])


@dataclass(frozen=True)
class Kinds:
    """The claim type of each attitude of a cue, and the words for bad deeds by form and part of speech."""

    by_attitude: Mapping[str, ClaimType]
    deeds: frozenset[tuple[str, str]]


def load_kinds() -> Kinds:
    """Return the shipped tables."""
    irregular = {row["lemma"]: row["forms"].split() for row in read_seed("cues/irregular.csv")}
    deeds = set()
    for row in read_seed("denials/deeds.csv"):
        pos = cast(PartOfSpeech, row["pos"])
        *before, last = row["word"].split() if pos != "verb" else [row["word"].split()[0]]
        deeds |= {(" ".join([*before, form]), pos) for form in inflections(last, pos, irregular)}
    by_attitude = {
        row["attitude"]: cast(ClaimType, row["claim_type"]) for row in read_seed("denials/kinds.csv")
    }
    return Kinds(by_attitude, frozenset(deeds))


def claim_type(doc: Doc, statement: Statement, content: list[Range], kinds: Kinds) -> ClaimType:
    """Return the kind of a claim; a statement that charges somebody with a bad deed is an accusation."""
    kind = kinds.by_attitude.get(statement.attitude, "statement")
    if kind == "statement" and charges(doc, content, kinds):
        return "accusation"
    return kind


def charges(doc: Doc, content: list[Range], kinds: Kinds) -> bool:
    """Tell whether a content names a bad deed and somebody other than the speaker who does it."""
    tokens = [token for start, end in content for token in doc.tokens[start:end]]
    if not any(t.dep_ in AGENTS and t.lower_ not in FIRST_PERSON for t in tokens):
        return False
    return any(names_deed(doc, t, kinds) and not any(k.dep_ == "neg" for k in t.children) for t in tokens)


def names_deed(doc: Doc, token: Token, kinds: Kinds) -> bool:
    """Tell whether a word, or the two words that end there, name a bad deed."""
    pos = TAGS.get(token.tag_[:2])
    if pos is None:
        return False
    pair = f"{doc.tokens[token.i - 1].lower_} {token.lower_}" if token.i else ""
    return (token.lower_, pos) in kinds.deeds or (pair, pos) in kinds.deeds
