"""Features of a statement that may be a denial: its kind and rule, its words, and what others said before it."""

from collections.abc import Collection, Sequence

from tasks.denials.classified_statements import (
    DENIAL_TYPES,
    ClassifiedStatement,
    TokenIndex,
    split_by_sentence,
)
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.denials.stances import find_predicates, is_negated_clause
from tasks.document.doc import Doc
from tasks.links.claim_ranking import PairScorer, rank_claims
from tasks.links.denial_candidates import CandidateContext, DenialCandidate, collect_stems
from tasks.links.denial_content_features import (
    compute_form_features,
    compute_label_features,
    compute_negation_features,
    compute_word_features,
)
from tasks.links.denial_context_features import (
    compute_context_features,
    compute_neighbour_features,
    compute_party_features,
    compute_prompt_features,
)
from tasks.links.denial_repetition_features import compute_repetition_features
from tasks.links.statement_features import StatementFeatures

MIN_LIKELY_STRENGTH = 0.5
MAX_UNLIKELY_STRENGTH = 0.35
CHARGE_FEATURES = frozenset(["names_denier", "targets_denier"])
KIND_FEATURES = ("explicit", "labelling", "negated_assertion")
CORRECTION_FEATURES = ("set_right", "contrast", "turn")
"""features of words that mark a statement as opposed to another"""
RULE_FEATURES = {"label": "labelled", "denying-verb": "unreported_act"}
FEATURE_FAMILIES = (
    compute_word_features,
    compute_form_features,
    compute_negation_features,
    compute_label_features,
    compute_repetition_features,
    compute_context_features,
    compute_party_features,
    compute_prompt_features,
    compute_neighbour_features,
)


def build_context(
    doc: Doc, classified: Sequence[ClassifiedStatement], pairs: PairScorer, lexicon: DenialLexicon
) -> CandidateContext:
    """Return what all candidates of a document have in common."""
    return CandidateContext(
        doc=doc,
        lexicon=lexicon,
        statements=pairs.statements,
        certain=sorted(_find_certain_denials(classified, pairs.statements), key=lambda s: s.start),
        stems=collect_stems(doc),
    )


def find_features(
    context: CandidateContext,
    classified: Sequence[ClassifiedStatement],
    pairs: PairScorer,
    positions: Collection[int],
) -> dict[int, dict[str, float]]:
    """Return the features of the statements at ``positions``, each by name, without those that are 0."""
    tokens = TokenIndex(context.doc)
    found = {}
    for i in positions:
        values = compute_candidate_features(_make_candidate(context, tokens, classified[i], i, pairs))
        found[i] = {name: float(value) for name, value in values.items() if value}
    return found


def _find_certain_denials(
    classified: Sequence[ClassifiedStatement], statements: Sequence[StatementFeatures]
) -> list[StatementFeatures]:
    """Return the statements that are denials by their words."""
    return [
        s
        for s, c in zip(statements, classified, strict=True)
        if c.statement.kind in DENIAL_TYPES and not c.tentative
    ]


def _make_candidate(
    context: CandidateContext,
    tokens: TokenIndex,
    classified: ClassifiedStatement,
    position: int,
    pairs: PairScorer,
) -> DenialCandidate:
    """Return a statement as a candidate, with its content by sentence and the claims that it may answer."""
    doc, lexicon = context.doc, context.lexicon
    sentences = [
        piece
        for span in classified.statement.content
        for piece in split_by_sentence(doc, tokens.get_range(span))
    ]
    verbs = [v for s in sentences for v, _ in find_predicates(doc, s, lexicon)]
    return DenialCandidate(
        context=context,
        classified=classified,
        position=position,
        claims=rank_claims(position, pairs),
        sentences=sentences,
        tokens=[token for start, end in sentences for token in doc.tokens[start:end]],
        negated_verbs=[v for v in verbs if is_negated_clause(v, lexicon)],
    )


def compute_candidate_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of one candidate by name."""
    found = (
        _compute_kind_features(candidate)
        | _compute_cue_features(candidate)
        | _compute_claim_features(candidate)
    )
    for compute_family in FEATURE_FAMILIES:
        found |= compute_family(candidate)
    is_marked = any(found[name] for name in CORRECTION_FEATURES)
    return found | {"unmarked_counter": float(bool(found["counter"]) and not is_marked)}


def _compute_kind_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of the rule that found a candidate and of the type of denial that it would be."""
    classified, s = candidate.classified, candidate.classified.statement
    found = {kind: s.kind == kind for kind in (*KIND_FEATURES, "lack_of_knowledge", "counter")}
    found |= {name: s.rule == rule for rule, name in RULE_FEATURES.items()}
    found |= {
        "by_words": not classified.tentative,
        "unreported": classified.latent,
        "nested": s.parent is not None,
        "headline": candidate.features.paragraph == 0,
        "refers_back": candidate.features.refers_back,
        "bare": s.rule == "bare-quotation",
        "quotation": s.manner == "direct",
        "doubted": candidate.features.is_doubted,
    }
    return {name: float(value) for name, value in found.items()}


def _compute_cue_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of the source and the cue."""
    s = candidate.classified.statement
    found = {
        "has_source": float(s.source is not None),
        "author": float(s.source_type == "author" and s.kind != "lack_of_knowledge"),
    }
    cue_class = candidate.lexicon.cue_classes.get(s.cue_lemma)
    return found if cue_class is None else found | {cue_class: 1.0}


def _compute_claim_features(candidate: DenialCandidate) -> dict[str, float]:
    """Return the features of the claims that a candidate may answer."""
    claims = candidate.claims
    best, features = (claims[0].strength, claims[0].features) if claims else (0.0, {})
    charges = [c.features for c in claims if not CHARGE_FEATURES.isdisjoint(c.features)]
    return {
        "best_link": best,
        "answers_charge": max((features.get("coverage", 0.0) for features in charges), default=0.0),
        "unlinked": float(best < MAX_UNLIKELY_STRENGTH),
        "overlap": features.get("overlap", 0.0),
        "back_reference": features.get("back_reference", 0.0),
        "accused": float(
            candidate.classified.statement.kind == "counter"
            and any(c.strength >= MIN_LIKELY_STRENGTH and "names_denier" in c.features for c in claims)
        ),
    }
