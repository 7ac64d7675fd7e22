"""Decides which tentative denials are denials, and how probable each denial is."""

from collections.abc import Mapping, Sequence

from tasks.denials.classified_statements import DENIAL_TYPES, ClassifiedStatement
from tasks.document.doc import Doc
from tasks.links.denial_features import build_context, find_features
from tasks.links.link_knowledge import LinkKnowledge
from tasks.links.log_odds import compute_log_odds, to_probability
from tasks.links.pair_features import PairScorer


def decide_tentative_denials(
    doc: Doc, classified: Sequence[ClassifiedStatement], pairs: PairScorer, knowledge: LinkKnowledge
) -> set[int]:
    """Set the kind and confidence of each denial, and return the positions of the statements that are dropped.

    The author's own sentences are decided first: where they deny nothing, other statements may answer them.
    """
    dropped: set[int] = set()
    if not any(c.statement.kind in DENIAL_TYPES for c in classified):
        return dropped
    context = build_context(doc, classified, pairs, knowledge.lexicon)
    for latent in (True, False):
        positions = [
            i for i, c in enumerate(classified) if c.latent is latent and c.statement.kind in DENIAL_TYPES
        ]
        for i, features in find_features(context, classified, pairs, positions).items():
            if not _decide_denial(classified[i], features, knowledge):
                dropped.add(i)
    return dropped


def _decide_denial(
    classified: ClassifiedStatement, features: Mapping[str, float], knowledge: LinkKnowledge
) -> bool:
    """Set kind and confidence of a statement by its features; return False if the statement is dropped."""
    statement, calibration = classified.statement, knowledge.calibration
    log_odds = compute_log_odds(features, knowledge.denial_weights)
    if not classified.tentative or log_odds > calibration["least_log_odds"]:
        calibrated = calibration["confidence_shift"] + calibration["confidence_slope"] * log_odds
        statement.confidence = round(to_probability(calibrated), 4)
        return True
    if classified.fallback is None:
        return False
    statement.kind = classified.fallback
    return True
