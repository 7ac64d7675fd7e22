"""Decides which tentative denials are denials, and how probable each denial is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tasks.denials.classified_statements import DENIAL_TYPES, ClassifiedStatement
from tasks.document.doc import Doc
from tasks.document.records import Statement
from tasks.links.claim_ranking import PairScorer
from tasks.links.denial_features import build_context, find_features
from tasks.links.link_knowledge import LinkKnowledge
from tasks.links.log_odds import compute_log_odds, to_probability


@dataclass(frozen=True, slots=True)
class DecidedDenials:
    """The statements of a document after it is decided which of them are denials."""

    pairs: PairScorer
    """the pairs of the statements with their final kinds and confidences, in the order in which they were classified"""
    dropped: frozenset[int]
    """positions of the tentative denials that are neither denials nor claims"""

    def get_statement(self, position: int) -> Statement:
        """Return the statement at a position."""
        return self.pairs.statements[position].statement


def decide_tentative_denials(
    doc: Doc, classified: Sequence[ClassifiedStatement], pairs: PairScorer, knowledge: LinkKnowledge
) -> DecidedDenials:
    """Return the statements with the kind and confidence of each denial decided.

    The author's own sentences are decided first: where they deny nothing, other statements may answer them.
    """
    dropped: set[int] = set()
    if not any(c.statement.kind in DENIAL_TYPES for c in classified):
        return DecidedDenials(pairs, frozenset())
    context = build_context(doc, classified, pairs, knowledge.lexicon)
    for latent in (True, False):
        positions = [
            i for i, c in enumerate(classified) if c.latent is latent and c.statement.kind in DENIAL_TYPES
        ]
        features = find_features(context, classified, pairs, positions)
        decided = {i: _decide_denial(classified[i], found, knowledge) for i, found in features.items()}
        dropped |= {i for i, statement in decided.items() if statement is None}
        pairs = pairs.replace_statements({i: s for i, s in decided.items() if s is not None})
        context = replace(context, statements=pairs.statements)
    return DecidedDenials(pairs, frozenset(dropped))


def _decide_denial(
    classified: ClassifiedStatement, features: Mapping[str, float], knowledge: LinkKnowledge
) -> Statement | None:
    """Return a statement with its kind and confidence by its features, or None if it is dropped."""
    statement, calibration = classified.statement, knowledge.calibration
    log_odds = compute_log_odds(features, knowledge.denial_weights)
    if not classified.tentative or log_odds > calibration["least_log_odds"]:
        calibrated = calibration["confidence_shift"] + calibration["confidence_slope"] * log_odds
        return replace(statement, confidence=round(to_probability(calibrated), 4))
    if classified.fallback is None:
        return None
    return replace(statement, kind=classified.fallback)
