"""Claim types: what the cue says of its content, and whether the statement accuses somebody."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from tasks.accusations.accusation_detection import Accusation, find_accusation
from tasks.accusations.accusation_words import AccusationWords, load_accusation_words
from tasks.document.doc import Doc
from tasks.document.records import ClaimType, Statement
from tasks.document.token_ranges import TokenRange
from tasks.seeds import read_seed_rows

NOMINAL_RULE = "nominal"
"""rule of claims that a noun names without a cue of the tables"""


@dataclass(frozen=True)
class ClaimTypeRules:
    """The claim type of each attitude of a cue, and the words by which accusations are recognised."""

    by_attitude: Mapping[str, ClaimType]
    accusing_attitudes: frozenset[str]
    """attitudes of statements that can accuse"""
    words: AccusationWords


def load_claim_type_rules() -> ClaimTypeRules:
    """Return the shipped tables."""
    rows = list(read_seed_rows("denials/kinds.csv"))
    return ClaimTypeRules(
        by_attitude={row["attitude"]: cast(ClaimType, row["claim_type"]) for row in rows},
        accusing_attitudes=frozenset(row["attitude"] for row in rows if row["accuses"]),
        words=load_accusation_words(),
    )


def classify_claim(
    doc: Doc, statement: Statement, content: list[TokenRange], rules: ClaimTypeRules
) -> tuple[ClaimType, Accusation | None]:
    """Return the type of a claim, and whom it accuses if it is an accusation."""
    attitude = _get_attitude(doc, statement, rules)
    claim_type = rules.by_attitude.get(attitude, "statement")
    if attitude not in rules.accusing_attitudes:
        return claim_type, None
    if statement.negated:
        return ("statement" if claim_type == "accusation" else claim_type), None
    asserted = statement if attitude == statement.attitude else replace(statement, attitude=attitude)
    accusation = find_accusation(doc, asserted, content, rules.words)
    return (
        "statement" if claim_type == "accusation" else claim_type
    ) if accusation is None else "accusation", accusation


def _get_attitude(doc: Doc, statement: Statement, rules: ClaimTypeRules) -> str:
    """Return the attitude of a statement; a claim that a noun names without a cue has the attitude of that noun."""
    if statement.rule != NOMINAL_RULE or statement.cue_token is None:
        return statement.attitude
    return "accusation" if doc[statement.cue_token].lower_ in rules.words.accusing_nouns else "statement"
