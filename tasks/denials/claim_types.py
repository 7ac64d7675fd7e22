"""Which kind of claim a statement is: what its cue says of it, and whether it charges somebody with a bad deed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from tasks.attribution.cue_lexicon import POS_BY_TAG, PartOfSpeech, inflect_word, read_irregular_forms
from tasks.document.doc import Doc, Token
from tasks.document.records import ClaimType, Statement
from tasks.document.token_ranges import TokenRange
from tasks.seeds import read_seed_rows

AGENT_RELATIONS = frozenset(["nsubj", "nsubjpass", "agent", "poss"])
FIRST_PERSON_SUBJECTS = frozenset(["i", "we"])


@dataclass(frozen=True)
class ClaimTypeRules:
    """The claim type of each attitude of a cue, and the words for bad deeds by form and part of speech."""

    by_attitude: Mapping[str, ClaimType]
    deeds: frozenset[tuple[str, str]]


def load_claim_type_rules(irregular: Mapping[str, list[str]] | None = None) -> ClaimTypeRules:
    """Return the tables under ``seeds/denials/``; ``irregular`` are the irregular forms, if they were read before."""
    irregular = irregular or read_irregular_forms()
    deeds = set()
    for row in read_seed_rows("denials/deeds.csv"):
        pos = cast(PartOfSpeech, row["pos"])
        *before, last = row["word"].split() if pos != "verb" else [row["word"].split()[0]]
        deeds |= {(" ".join([*before, form]), pos) for form in inflect_word(last, pos, irregular)}
    by_attitude = {
        row["attitude"]: cast(ClaimType, row["claim_type"]) for row in read_seed_rows("denials/kinds.csv")
    }
    return ClaimTypeRules(by_attitude, frozenset(deeds))


def classify_claim(
    doc: Doc, statement: Statement, content: list[TokenRange], kinds: ClaimTypeRules
) -> ClaimType:
    """Return the kind of a claim; a statement that charges somebody with a bad deed is an accusation."""
    kind = kinds.by_attitude.get(statement.attitude, "statement")
    if kind == "statement" and has_charge(doc, content, kinds):
        return "accusation"
    return kind


def has_charge(doc: Doc, content: list[TokenRange], kinds: ClaimTypeRules) -> bool:
    """Return True if a content names a bad deed and somebody other than the speaker who does it."""
    tokens = [token for start, end in content for token in doc.tokens[start:end]]
    if not any(t.dep_ in AGENT_RELATIONS and t.lower_ not in FIRST_PERSON_SUBJECTS for t in tokens):
        return False
    return any(_is_deed(doc, t, kinds) and not any(k.dep_ == "neg" for k in t.children) for t in tokens)


def _is_deed(doc: Doc, token: Token, kinds: ClaimTypeRules) -> bool:
    """Return True if a word, or the two words that end there, name a bad deed."""
    pos = POS_BY_TAG.get(token.tag_[:2])
    if pos is None:
        return False
    pair = f"{doc.tokens[token.i - 1].lower_} {token.lower_}" if token.i else ""
    return (token.lower_, pos) in kinds.deeds or (pair, pos) in kinds.deeds
