"""Features of a statement that may be a denial: its words, its kind and rule, and what others said before it."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from tasks.denials.classified_statements import (
    DENIAL_TYPES,
    ClassifiedStatement,
    TokenIndex,
    split_by_sentence,
)
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.denials.stances import find_predicates, is_negated_clause
from tasks.document.doc import Doc, Token
from tasks.links.link_evidence import PairScorer, RankedClaims, rank_claims
from tasks.links.statement_features import CONTRAST_MARKERS, StatementFeatures
from tasks.links.tentative_denials import MAX_DENIALS_BEFORE, gather_preceding_denial, gather_stance_evidence

MAX_NEAR_SENTENCES = 4
"""sentences within which an accusation is near"""
MAX_TOKENS_BEFORE = 40
"""tokens before a sentence in which a noun of claiming is looked for"""
MIN_SHARED_STEMS = 4
FIRST_PERSON_PRONOUNS = frozenset(["i", "we"])
PAST_AUXILIARIES = frozenset(["did", "was", "were", "had", "has", "have"])
CONTRAST_WORDS = CONTRAST_MARKERS | frozenset(
    ["but", "instead", "rather", "actually", "fact", "contrary", "yet"]
)
KIND_FEATURES = ("explicit", "labelling", "negated_assertion")
RULE_FEATURES = {"silence": "silent", "label": "labelled", "denying-verb": "unreported_act"}


class Candidate(NamedTuple):
    """A statement that may be a denial, as one of those of its document."""

    doc: Doc
    tokens: TokenIndex
    judged: ClassifiedStatement
    position: int
    sides: Sequence[StatementFeatures]
    claims: RankedClaims
    """those that it may answer, best first"""
    knowledge: DenialLexicon

    @property
    def side(self) -> StatementFeatures:
        """The statement as a party to a dispute."""
        return self.sides[self.position]


def find_features(
    doc: Doc,
    judged: Sequence[ClassifiedStatement],
    pairs: PairScorer,
    knowledge: DenialLexicon,
    among: Collection[int],
) -> dict[int, dict[str, float]]:
    """Return the features of the statements at the positions ``among``, each by name, without those that are 0."""
    tokens, sides = TokenIndex(doc), pairs.sides
    by_words = [
        s for s, j in zip(sides, judged, strict=True) if j.statement.kind in DENIAL_TYPES and not j.tentative
    ]
    certain = sorted(by_words, key=lambda s: s.start)
    features = {}
    for i in among:
        candidate = Candidate(doc, tokens, judged[i], i, sides, rank_claims(i, pairs), knowledge)
        found = gather_stance_evidence(
            doc, tokens, sides[i], candidate.claims, knowledge
        ) | gather_preceding_denial(sides[i], certain)
        found |= (
            _compute_kind_features(candidate)
            | _compute_word_features(candidate)
            | _compute_context_features(candidate)
        )
        features[i] = {name: float(value) for name, value in found.items() if value}
    return features


def _compute_kind_features(candidate: Candidate) -> dict[str, float]:
    """Return by which rule a candidate was found, and of which kind it would be."""
    j, s = candidate.judged, candidate.judged.statement
    found = {kind: s.kind == kind for kind in KIND_FEATURES} | {
        name: s.rule == rule for rule, name in RULE_FEATURES.items()
    }
    found |= {
        "by_words": not j.tentative,
        "has_source": s.source is not None,
        "nested": s.parent is not None,
        "headline": candidate.side.paragraph == 0,
    }
    return {name: float(value) for name, value in found.items()}


def _compute_word_features(candidate: Candidate) -> dict[str, float]:
    """Return what the words of a candidate say: what is negated, and how."""
    doc, knowledge = candidate.doc, candidate.knowledge
    pieces = [
        piece
        for span in candidate.judged.statement.content
        for piece in split_by_sentence(doc, candidate.tokens.range(span))
    ]
    words = [token for a, b in pieces for token in doc.tokens[a:b]]
    verbs = [verb for piece in pieces for verb, _ in find_predicates(doc, piece) if is_negated_clause(verb)]
    negated = [token.head for token in words if token.dep_ == "neg"]
    before = [t.lower_ for t in doc[words[0].i].sent if t.i < words[0].i][:MAX_NEAR_SENTENCES]
    return {
        "negated_share": len(verbs) / len(pieces),
        "negated_first_person": float(any(_has_subject(verb, FIRST_PERSON_PRONOUNS) for verb in negated)),
        "negated_past": float(any(_is_past(verb) for verb in negated)),
        "label_word": float(any(t.lower_ in knowledge.labels for t in words)),
        "claim_noun": float(any(t.lower_ in knowledge.claim_nouns for t in words)),
        "modal": float(any(t.tag_ == "MD" for t in words)),
        "turn": float(not CONTRAST_WORDS.isdisjoint([*before, *(t.lower_ for t in words[:3])])),
    }


def _has_subject(verb: Token, words: Collection[str]) -> bool:
    """Return True if the subject of a verb is one of some pronouns."""
    return any(k.lower_ in words and k.dep_ in ("nsubj", "nsubjpass") for k in verb.children)


def _is_past(verb: Token) -> bool:
    """Return True if a verb, or its auxiliary, tells of what happened."""
    return verb.lower_ in PAST_AUXILIARIES or any(k.lower_ in PAST_AUXILIARIES for k in verb.children)


def _compute_context_features(candidate: Candidate) -> dict[str, float]:
    """Return what others said before a candidate: of whom, and in which words."""
    side, doc = candidate.side, candidate.doc
    start = doc[side.start].sent.start
    told = {t.lower_ for t in doc.tokens[max(0, start - MAX_TOKENS_BEFORE) : start]}
    near = [
        c
        for c in candidate.sides[max(0, candidate.position - MAX_DENIALS_BEFORE) : candidate.position]
        if 0 <= side.sentence - c.sentence <= MAX_NEAR_SENTENCES and side.speaker.isdisjoint(c.speaker)
    ]
    claims = [c for c in near if c.statement.kind not in DENIAL_TYPES]
    common = [len(side.words.keys() & c.words.keys()) for c in claims]
    return {
        "claim_noun_before": float(not told.isdisjoint(candidate.knowledge.claim_nouns)),
        "accused_near": float(
            any(c.charges and not side.speaker.isdisjoint(c.targets | c.about) for c in claims)
        ),
        "spoken_of": float(any(not side.speaker.isdisjoint(c.about) for c in near)),
        "common_words": min(MIN_SHARED_STEMS, max(common, default=0)) / MIN_SHARED_STEMS,
        "best_link": candidate.claims[0][0] if candidate.claims else 0.0,
    }
