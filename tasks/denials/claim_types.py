"""Claim types: what the cue says of its content, and whether the statement accuses somebody."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import cast

from tasks.accusations.accusation_detection import (
    FAULT_ATTITUDES,
    Accusation,
    find_accusation,
    has_deed,
    is_plain_accusation,
)
from tasks.accusations.accusation_words import AccusationWords, load_accusation_words
from tasks.attribution.candidates import SPEAKERLESS_ATTITUDES
from tasks.attribution.cue_lexicon import CueLexicon
from tasks.denials.classified_statements import ClassifiedStatement, TokenIndex
from tasks.denials.content_types import ContentTypeRules, find_content_type
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.document.doc import Doc
from tasks.document.records import ClaimType, Statement
from tasks.document.token_ranges import TokenRange
from tasks.seeds import read_seed_rows

BLAMING_ATTITUDES = FAULT_ATTITUDES | {"accusation"}
"""attitudes of cues that accuse or blame by themselves"""
NOMINAL_RULES = frozenset(["nominal", "denied-claim"])
"""rules of claims that a noun names without a cue of the tables"""
OPENING_MARKS = frozenset('"“„«')


@dataclass(frozen=True)
class ClaimTypeRules:
    """The claim type of each attitude of a cue, and the words by which accusations are recognised."""

    by_attitude: Mapping[str, ClaimType]
    accusing_attitudes: frozenset[str]
    """attitudes of statements that can accuse"""
    words: AccusationWords
    content: ContentTypeRules
    frame_types: Mapping[tuple[str, str], ClaimType]
    """the type of a cue in one of its frames, by lemma and rule: *called for*, *told him to*"""


def load_claim_type_rules(cues: CueLexicon, denials: DenialLexicon) -> ClaimTypeRules:
    """Return the shipped tables, with the cues and the words of denials that were read before."""
    rows = list(read_seed_rows("denials/attitudes.csv"))
    by_attitude = {row["attitude"]: cast(ClaimType, row["claim_type"]) for row in rows}
    words = load_accusation_words()
    frame_types = {
        (row["lemma"], row["rule"]): cast(ClaimType, row["claim_type"])
        for row in read_seed_rows("denials/frame_types.csv")
    }
    return ClaimTypeRules(
        by_attitude=by_attitude,
        accusing_attitudes=frozenset(row["attitude"] for row in rows if row["accuses"]),
        words=words,
        content=ContentTypeRules(
            by_attitude=by_attitude,
            cues=cues,
            words=words,
            unplanned=denials.word_classes["unplanned"],
            addressing=denials.word_classes["addressing"],
            planned=denials.word_classes["planned"],
            approving=denials.word_classes["approving"],
            announcing=denials.word_classes["announcing"],
        ),
        frame_types=frame_types,
    )


def add_claim_type(doc: Doc, tokens: TokenIndex, statement: Statement, rules: ClaimTypeRules) -> Statement:
    """Return a statement with its type as a claim, whom it accuses, and the kind by which denials are found.

    Any wrongful act makes a statement likely to be denied, whether or not somebody is blamed for it: its kind is then
    an accusation until linking is done.
    """
    content = [tokens.get_range(span) for span in statement.content]
    claim_type, accusation = classify_claim(doc, statement, content, rules)
    kind = rules.by_attitude.get(statement.attitude, "statement")
    if kind == "statement" and has_deed(doc, content, rules.words):
        kind = "accusation"
    return replace(_add_accusation(statement, accusation), kind=kind, claim_type=claim_type)


def _add_accusation(statement: Statement, accusation: Accusation | None) -> Statement:
    """Return a statement with the tokens of its accused, its charges and its victims."""
    if accusation is None:
        return statement
    return replace(
        statement,
        accused=tuple(t.i for t in accusation.accused),
        charges=tuple(t.i for t in accusation.charges),
        victims=tuple(t.i for t in accusation.victims),
        accusation_basis=accusation.basis,
    )


def classify_latent_claim(
    doc: Doc, tokens: TokenIndex, latent: ClassifiedStatement, rules: ClaimTypeRules, stated: Collection[int]
) -> ClassifiedStatement:
    """Return a latent claim with its type; an accusation becomes a row even if nobody answers it.

    An act must have a victim, or be named by a noun and be blamed on a noun (not on *Orlandish* in *Orlandish
    airstrikes*): *failed* or *lied* in the author's own voice is mostly no accusation, and *beat her rival* is none.
    ``stated`` are the tokens of other statements, whose acts are reported already.
    """
    statement = latent.statement
    if statement.kind != "statement":
        return latent
    content = [tokens.get_range(span) for span in statement.content]
    claim_type, accusation = classify_claim(doc, statement, content, rules)
    if accusation is None or any(t.i in stated for t in accusation.acts) or _is_quotation(doc, statement):
        return latent
    if not is_plain_accusation(accusation, rules.words):
        return latent
    statement = replace(_add_accusation(statement, accusation), claim_type=claim_type)
    has_noun_act = any(not t.tag_.startswith("VB") for t in accusation.acts)
    has_noun_accused = any(t.tag_.startswith("NN") for t in accusation.accused)
    is_row = bool(accusation.victims) or (has_noun_act and has_noun_accused)
    return replace(latent, statement=statement, latent=not is_row)


def _is_quotation(doc: Doc, statement: Statement) -> bool:
    """Return True if a sentence begins inside quotation marks: its speaker is lost, it is not the author's."""
    return doc.text[statement.content[0][0]] in OPENING_MARKS


def classify_claim(
    doc: Doc, statement: Statement, content: list[TokenRange], rules: ClaimTypeRules
) -> tuple[ClaimType, Accusation | None]:
    """Return the type of a claim, and whom it accuses if it is an accusation."""
    if (of_frame := rules.frame_types.get((statement.cue_lemma, statement.rule))) is not None:
        # *Called for a ban on attacks*: a demand blames nobody.
        return of_frame, None
    attitude = _get_attitude(doc, statement, rules)
    claim_type = rules.by_attitude.get(attitude, "statement")
    accusation = None
    if attitude in rules.accusing_attitudes and not statement.negated:
        asserted = statement if attitude == statement.attitude else replace(statement, attitude=attitude)
        accusation = find_accusation(doc, asserted, content, rules.words)
    if accusation is not None:
        return "accusation", replace(accusation, basis="cue" if attitude in BLAMING_ATTITUDES else "content")
    if claim_type == "accusation" or _is_finding(doc, statement, rules):
        claim_type = "statement"
    if claim_type == "statement" and attitude not in SPEAKERLESS_ATTITUDES:
        claim_type = find_content_type(doc, statement, content, rules.content) or claim_type
    return claim_type, None


def _is_finding(doc: Doc, statement: Statement, rules: ClaimTypeRules) -> bool:
    """Return True for a cue of knowing or finding out: *The study found that it was safe*."""
    if statement.cue_token is None or statement.attitude != "belief":
        return False
    entry = rules.content.cues.find(doc[statement.cue_token])
    return entry is not None and entry.factuality == "factive"


def _get_attitude(doc: Doc, statement: Statement, rules: ClaimTypeRules) -> str:
    """Return the attitude of a statement; a claim that a noun names without a cue has the attitude of that noun."""
    if statement.rule not in NOMINAL_RULES or statement.cue_token is None:
        return statement.attitude
    noun = doc[statement.cue_token].lower_
    is_accusing = noun in rules.words.accusing_nouns or noun in rules.words.falsehoods
    return "accusation" if is_accusing else "statement"
