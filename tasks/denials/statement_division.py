"""Divides a statement that denies in one part and claims in another, so that each row is a claim or a denial."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

from tasks.denials.classified_statements import (
    DENIAL_TYPES,
    ClassifiedStatement,
    TokenIndex,
    is_passing_on,
    join_pieces,
    split_by_sentence,
)
from tasks.denials.denial_acts import DenialAct
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.denials.stances import Stance, find_stance
from tasks.document.doc import Doc
from tasks.document.records import ClaimType, Statement
from tasks.document.token_ranges import TokenRange, subtract_ranges

MIN_DENYING_SHARE = 0.4


def divide_statement(
    doc: Doc, tokens: TokenIndex, statement: Statement, labels: Sequence[DenialAct], lexicon: DenialLexicon
) -> Iterator[ClassifiedStatement]:
    """Yield a statement, or its denials and the rest of it, so that each row is a claim or a denial."""
    if (
        statement.kind in DENIAL_TYPES
        or _is_presupposition(doc, statement)
        or is_passing_on(doc, statement, lexicon)
    ):
        yield ClassifiedStatement(statement)
        return
    if _has_negated_proof(doc, tokens, statement, lexicon):
        row = replace(statement, kind="lack_of_knowledge")
        yield ClassifiedStatement(row, tentative=True, fallback=cast(ClaimType, statement.kind))
        return
    denials, rest = _find_denying_parts(doc, tokens, statement, labels, lexicon)
    for stance, pieces in denials:
        row = _attribute_to_author(doc, stance, pieces, statement)
        row = replace(row, content=join_pieces(doc, pieces), kind=stance.kind)
        # Who admits that a figure was wrong disputes nothing that somebody else claims.
        certain = stance.certain and statement.cue_lemma not in lexicon.word_classes["admitting"]
        yield ClassifiedStatement(row, tentative=not certain, fallback=cast(ClaimType, statement.kind))
    if rest and denials:
        yield ClassifiedStatement(replace(statement, content=join_pieces(doc, rest)))
    elif rest and _is_insistent_claim(doc, statement, lexicon):
        row = replace(statement, content=join_pieces(doc, rest), kind="counter")
        yield ClassifiedStatement(row, tentative=True, fallback=cast(ClaimType, statement.kind))
    elif rest:
        yield ClassifiedStatement(statement)


def _find_denying_parts(
    doc: Doc, tokens: TokenIndex, statement: Statement, labels: Sequence[DenialAct], lexicon: DenialLexicon
) -> tuple[list[tuple[Stance, list[TokenRange]]], list[TokenRange]]:
    """Return the parts of a content that deny, each with its stance, and the rest of the content.

    An utterance that mostly denies, or whose cue insists, is one denial; of others the sentences that deny are one.
    """
    denials: list[tuple[Stance, list[TokenRange]]] = []
    rest: list[TokenRange] = []
    insists = lexicon.cue_classes.get(statement.cue_lemma) == "insisting"
    for utterance in _split_utterances(doc, [tokens.get_range(span) for span in statement.content]):
        stances = [s for piece in utterance if (s := find_stance(doc, piece, labels, lexicon)) is not None]
        if not stances:
            rest += utterance
            continue
        first = min(stances, key=lambda s: (not s.certain, s.piece))
        parts = [s.piece for s in stances]
        n_denying, n_all = (sum(b - a for a, b in pieces) for pieces in (parts, utterance))
        if insists or n_denying >= MIN_DENYING_SHARE * n_all:
            denials.append((first, utterance))
        else:
            denials.append((first, parts))
            rest += [part for piece in utterance for part in subtract_ranges(piece, parts)]
    return denials, rest


def _has_negated_proof(doc: Doc, tokens: TokenIndex, statement: Statement, lexicon: DenialLexicon) -> bool:
    """Return True if the cue says that a content is not shown: *has not proved that*, *no evidence to suggest that*."""
    if statement.cue_token is None or doc[statement.cue_token].lower_ not in lexicon.word_classes["showing"]:
        return False
    start, end = doc[statement.cue_token].sent.start, tokens.get_range(statement.content[0])[0]
    return statement.negated or (start < end and lexicon.has_pattern("lack_of_knowledge", doc, (start, end)))


def _attribute_to_author(
    doc: Doc, stance: Stance, pieces: Sequence[TokenRange], statement: Statement
) -> Statement:
    """Return a statement, or that of the author where a remark in brackets corrects it."""
    if stance.kind != "counter" or doc[max(pieces[0][0] - 1, 0)].text != "(":
        return statement
    row = replace(statement, source=None, cue=None, cue_lemma="", cue_token=None, source_token=None)
    return replace(row, source_type="author", rule="author")


def _is_insistent_claim(doc: Doc, statement: Statement, lexicon: DenialLexicon) -> bool:
    """Return True if the cue of a statement insists and it accuses nobody, so that it may answer a claim."""
    clausal = statement.rule not in ("np", "inf", "to", "n-to")
    if statement.source_token is not None and doc[statement.source_token].tag_ in ("WDT", "WP"):
        # In *rejects the claims by the union, which insisted that* the relative clause states the claim.
        return False
    return (
        statement.kind == "statement"
        and clausal
        and lexicon.cue_classes.get(statement.cue_lemma) == "insisting"
    )


def _is_presupposition(doc: Doc, statement: Statement) -> bool:
    """Return True if a statement only names what is claimed (*the claim that*), which nobody says there."""
    if statement.cue_token is None or statement.rule == "n-is":
        return False
    return doc[statement.cue_token].tag_.startswith(("NN", "JJ"))


def _split_utterances(doc: Doc, ranges: Sequence[TokenRange]) -> Iterator[list[TokenRange]]:
    """Yield the uninterrupted stretches of a content, each as a list of its sentences.

    A second quotation that goes on in lower case belongs to the sentence of the first.
    """
    current: list[TokenRange] = []
    for start, end in ranges:
        first = next((doc[i] for i in range(start, end) if doc[i].is_alpha), None)
        if current and (first is None or not first.is_lower):
            yield current
            current = []
        current += split_by_sentence(doc, (start, end))
    if current:
        yield current
