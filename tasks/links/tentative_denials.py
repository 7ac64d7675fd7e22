"""Whether a statement is a denial: how it is said, whether there is a claim to answer, and the probability of it."""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from tasks.denials.classified_statements import TokenIndex, split_by_sentence
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.denials.stances import find_predicates, is_negated_clause
from tasks.document.doc import Doc
from tasks.document.token_ranges import TokenRange
from tasks.links.statement_features import StatementFeatures
from tasks.seeds import read_seed_rows

UNIVERSAL_WORDS = frozenset(["any", "anyone", "anything", "anybody", "ever", "whatsoever"])
FIRST_PERSON_SUBJECTS = frozenset(["i", "we"])
MIN_LONG_WORDS = 35
MAX_LOG_ODDS = 20.0
MIN_PROBABILITY = 1e-9
MIN_LIKELY_SCORE = 0.5
MAX_UNLIKELY_SCORE = 0.35
MAX_ELLIPSIS_WORDS = 4
MAX_ROW_SENTENCES = 2
MAX_DENIALS_BEFORE = 50
"""denials before a statement that are looked at: two sentences hold fewer"""
NEGATION_TOKENS = frozenset(["not", "n't", "n’t"])
CONTRAST_ADVERBS = frozenset(["however"])


def load_stance_weights() -> dict[str, float]:
    """Return the weight of each sign that a negative statement answers a claim."""
    return {row["evidence"]: float(row["weight"]) for row in read_seed_rows("denials/stance.csv")}


def gather_stance_evidence(
    doc: Doc,
    tokens: TokenIndex,
    side: StatementFeatures,
    claims: Sequence[tuple[float, int, Mapping[str, float]]],
    knowledge: DenialLexicon,
) -> dict[str, float]:
    """Return what speaks for a tentative denial, by sign; ``claims`` are those that it may answer, best first."""
    s = side.statement
    pieces = [piece for span in s.content for piece in split_by_sentence(doc, tokens.range(span))]
    words = [token for a, b in pieces for token in doc.tokens[a:b] if token.word.is_alpha]
    verbs = [verb for piece in pieces for verb, _ in find_predicates(doc, piece) if is_negated_clause(verb)]
    link, evidence = (claims[0][0], claims[0][2]) if claims else (0.0, {})
    found = {
        "lack_of_knowledge": s.kind == "lack_of_knowledge",
        "counter": s.kind == "counter",
        "set_right": any(knowledge.has_match("rebuttal", doc, tokens.range(span)) for span in s.content),
        "accused": s.kind == "counter"
        and any(_is_charge_against_speaker(v, found) for v, _, found in claims),
        "ellipsis": s.source_type == "author"
        and len(words) <= MAX_ELLIPSIS_WORDS
        and _is_elliptic(doc, pieces[-1]),
        "author": s.source_type == "author" and s.kind != "lack_of_knowledge",
        "unreported": side.latent,
        "unlinked": link < MAX_UNLIKELY_SCORE,
        "bare": s.rule == "bare-quotation",
        "quotation": s.manner == "direct",
        "long": len(words) > MIN_LONG_WORDS,
        "contrast": s.source is not None
        and any(t.lower_ in CONTRAST_ADVERBS for t in doc[pieces[0][0]].sent),
        "universal": any(t.lower_ in UNIVERSAL_WORDS for t in words),
        "never": any(k.lower_ == "never" for v in verbs for k in v.children),
        "evaluative": any(k.dep_ == "acomp" for v in verbs[:1] for k in v.children),
        "first_person": any(
            k.lower_ in FIRST_PERSON_SUBJECTS for v in verbs[:1] for k in v.children if k.dep_ == "nsubj"
        ),
        knowledge.cues.get(s.cue_lemma, ""): True,
    }
    found.pop("", None)
    return {name: float(v) for name, v in found.items() if v} | {
        name: evidence.get(name, 0.0) for name in ("overlap", "back_reference")
    }


def gather_preceding_denial(
    side: StatementFeatures, certain: Sequence[StatementFeatures]
) -> dict[str, float]:
    """Return the sign that a denial by its words stands just before: denials come in rows.

    ``certain`` are the denials by their words, in the order of their starts.
    """
    last = bisect_left(certain, side.start, key=lambda c: c.start)
    before = any(
        side.sentence - c.sentence <= MAX_ROW_SENTENCES
        for c in certain[max(0, last - MAX_DENIALS_BEFORE) : last]
    )
    return {"after_denial": float(before)}


def _is_elliptic(doc: Doc, piece: TokenRange) -> bool:
    """Return True if a sentence leaves out what it negates: *She had not*."""
    said = [doc[i] for i in range(*piece) if not (doc[i].is_punct or doc[i].is_space)]
    return bool(said) and said[-1].lower_ in NEGATION_TOKENS


def _is_charge_against_speaker(value: float, found: Mapping[str, float]) -> bool:
    """Return True if a likely claim names the speaker."""
    return value >= MIN_LIKELY_SCORE and "names_denier" in found


def load_confidence_weights() -> dict[str, float]:
    """Return the weight of each feature in the log odds that a statement is a denial, as fitted."""
    return {row["evidence"]: float(row["weight"]) for row in read_seed_rows("denials/confidence.csv")}


def compute_log_odds(found: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the log odds that a statement is a denial; what has no weight tells nothing."""
    return weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in found.items())


def load_calibration() -> dict[str, float]:
    """Return the parameters of the link score, by name."""
    return {row["name"]: float(row["value"]) for row in read_seed_rows("denials/calibration.csv")}


def to_probability(log_odds: float) -> float:
    """Return the probability that goes with log odds."""
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -MAX_LOG_ODDS else 0.0


def compute_link_probabilities(values: Sequence[float], calibration: Mapping[str, float]) -> list[float]:
    """Return the probability that a denial answers each claim, given their strengths, and last that it answers none."""
    odds = [
        min(max(math.log(max(v, MIN_PROBABILITY) / max(1 - v, MIN_PROBABILITY)), -MAX_LOG_ODDS), MAX_LOG_ODDS)
        for v in values
    ]
    parts = [math.exp(calibration["link_sharpness"] * o) for o in odds] + [math.exp(calibration["no_claim"])]
    total = sum(parts)
    return [part / total for part in parts]
