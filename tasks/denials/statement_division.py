"""Divides a statement that denies in one part and claims in another, so that each row is a claim or a denial."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

from tasks.denials.classified_statements import (
    DENIAL_TYPES,
    ClassifiedStatement,
    TokenIndex,
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
    if statement.kind in DENIAL_TYPES or _is_presupposition(doc, statement):
        yield ClassifiedStatement(statement)
        return
    rest: list[TokenRange] = []
    denials: list[tuple[Stance, list[TokenRange]]] = []
    for utterance in _split_utterances(doc, [tokens.range(span) for span in statement.content]):
        stances = [s for piece in utterance if (s := find_stance(doc, piece, labels, lexicon)) is not None]
        if not stances:
            rest += utterance
            continue
        insists = lexicon.cues.get(statement.cue_lemma) == "insisting"
        denying = sum(s.piece[1] - s.piece[0] for s in stances)
        total = sum(b - a for a, b in utterance)
        first = min(stances, key=lambda s: (not s.certain, s.piece))
        if insists or denying >= MIN_DENYING_SHARE * total:
            denials.append((first, utterance))
        else:
            held = [s.piece for s in stances]
            denials.append((first, held))
            rest += [part for piece in utterance for part in subtract_ranges(piece, held)]
    for stance, pieces in denials:
        row = replace(
            _attribute_to_author(doc, stance, pieces, statement),
            content=join_pieces(doc, pieces),
            kind=stance.kind,
        )
        yield ClassifiedStatement(row, tentative=not stance.certain, fallback=cast(ClaimType, statement.kind))
    if rest:
        kept = replace(statement, content=join_pieces(doc, rest)) if denials else statement
        if not denials and _is_insistent_claim(statement, lexicon):
            yield ClassifiedStatement(
                replace(kept, kind="counter"), tentative=True, fallback=cast(ClaimType, statement.kind)
            )
        else:
            yield ClassifiedStatement(kept)


def _attribute_to_author(
    doc: Doc, stance: Stance, pieces: Sequence[TokenRange], statement: Statement
) -> Statement:
    """Return a statement, or that of the author where a remark in brackets corrects it."""
    if stance.kind != "counter" or doc[max(pieces[0][0] - 1, 0)].text != "(":
        return statement
    row = replace(statement, source=None, cue=None, cue_lemma="", cue_token=None, source_token=None)
    return replace(row, source_type="author", rule="author")


def _is_insistent_claim(statement: Statement, lexicon: DenialLexicon) -> bool:
    """Return True if the cue of a statement insists and it accuses nobody, so that it may answer a claim."""
    clausal = statement.rule not in ("np", "inf", "to", "n-to")
    return statement.kind == "statement" and clausal and lexicon.cues.get(statement.cue_lemma) == "insisting"


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
