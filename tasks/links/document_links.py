"""Links from each denial of a document to the claims that it answers."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tasks.denials.classified_statements import DENIAL_TYPES, ClassifiedStatement
from tasks.document.doc import Doc
from tasks.document.records import Mention, Statement
from tasks.links.claim_ranking import (
    PairScorer,
    RankedClaims,
    find_contested_claims,
    rank_claims,
)
from tasks.links.link_knowledge import LinkKnowledge
from tasks.links.log_odds import compute_link_probabilities
from tasks.links.statement_features import StatementFeatures, build_statement_features
from tasks.links.tentative_denials import DecidedDenials, decide_tentative_denials
from tasks.speakers.statement_resolution import ResolvedStatement

MAX_CHAIN_SENTENCES = 2
MAX_LINKS = 3
MIN_LINK_STRENGTH = 0.12
"""strength below which a claim is not linked; link scores are probabilities and may be lower"""
MIN_SHARE_OF_BEST = 0.6
"""share of the best claim's strength below which a further claim is not linked"""
IMPLICIT_METHOD = "implicit"
UNNAMED_FEATURES = frozenset(["gap", "later", "same_speaker", "unsaid", "empty"])
"""features that count against a link, which ``method`` does not name"""


@dataclass(frozen=True, slots=True)
class DenialLink:
    """One denial and one claim it answers, by position in the document's statements."""

    denial: int
    claim: int | None
    score: float
    method: str


@dataclass(frozen=True, slots=True)
class LinkedStatements:
    """The statements of a document with their final kinds, and the links of its denials."""

    statements: list[Statement]
    origin: list[int]
    """position of each statement in the list that was classified"""
    links: list[DenialLink]


def link_within_document(
    doc: Doc,
    classified: Sequence[ClassifiedStatement],
    mentions: Sequence[Mention],
    resolved: Sequence[ResolvedStatement],
    knowledge: LinkKnowledge,
) -> LinkedStatements:
    """Return the statements of a document, tentative denials decided, and the links of its denials."""
    statements = build_statement_features(doc, classified, mentions, resolved, knowledge)
    pairs = PairScorer(statements, knowledge.link_weights)
    decided = decide_tentative_denials(doc, classified, pairs, knowledge)
    found = [link for links in _link_in_order(decided, knowledge) for link in links]
    answered = {link.claim for link in found}
    # A sentence of the author becomes a row only if it denies or is denied.
    kept = {
        i: statement
        for i, c in enumerate(classified)
        if i not in decided.dropped
        and ((statement := decided.get_statement(i)).kind in DENIAL_TYPES or not c.latent or i in answered)
    }
    return _renumber_statements(kept, found)


def _link_in_order(decided: DecidedDenials, knowledge: LinkKnowledge) -> Iterator[list[DenialLink]]:
    """Yield the links of each denial, with the probability of each as its score.

    The scores of all claims and of the outcome that no row states the claim add up to the denial's confidence.
    """
    for denial, candidates in rank_claims_in_order(decided.pairs, decided.dropped):
        chosen = select_claims(candidates)
        if not chosen:
            yield [DenialLink(denial, None, 0.0, IMPLICIT_METHOD)]
            continue
        confidence = decided.get_statement(denial).confidence
        scores = compute_link_probabilities([c.strength for c in candidates], knowledge.calibration)
        yield [
            DenialLink(denial, c.position, round(confidence * score, 4), _format_method(c.features))
            for c, score in zip(chosen, scores, strict=False)
        ]


def rank_claims_in_order(pairs: PairScorer, dropped: Collection[int]) -> Iterator[tuple[int, RankedClaims]]:
    """Yield each denial with the claims that it may answer, best first.

    A denial that follows one by the same speaker tends to answer the same claim.
    """
    last: StatementFeatures | None = None
    chained: list[int] = []
    statements = pairs.statements
    denials = [i for i, s in enumerate(statements) if s.statement.kind in DENIAL_TYPES and i not in dropped]
    contested = find_contested_claims(denials, pairs)
    for i in sorted(denials, key=lambda i: (statements[i].start, statements[i].end)):
        denial = statements[i]
        follows = (
            last is not None
            and denial.sentence - last.sentence <= MAX_CHAIN_SENTENCES
            and bool(denial.speaker & last.speaker)
        )
        found = rank_claims(i, pairs, chained if follows else (), contested)
        candidates = [
            c
            for c in found
            if c.position not in dropped and not has_same_party(denial, statements[c.position])
        ]
        last, chained = denial, [claim.position for claim in select_claims(candidates)[:1]]
        yield i, candidates


def has_same_party(denial: StatementFeatures, claim: StatementFeatures) -> bool:
    """Return True if both have a speaker or affiliation in common: nobody denies a claim of their own side."""
    return not denial.party_ids.isdisjoint(claim.party_ids)


def select_claims(candidates: RankedClaims) -> RankedClaims:
    """Return the claims that a denial is linked to, best first; none if all are weak."""
    best = candidates[0].strength if candidates else 0.0
    if best < MIN_LINK_STRENGTH:
        return []
    least = max(MIN_LINK_STRENGTH, MIN_SHARE_OF_BEST * best)
    return [c for c in candidates[:MAX_LINKS] if c.strength >= least]


def _format_method(found: Mapping[str, float]) -> str:
    """Return the names of the features of a link as one string."""
    return "+".join(sorted(name for name in found if name not in UNNAMED_FEATURES))


def _renumber_statements(kept: Mapping[int, Statement], found: Sequence[DenialLink]) -> LinkedStatements:
    """Return the kept statements, by position, with parents and links that refer to their new positions."""
    new: Mapping[int | None, int] = {old: i for i, old in enumerate(kept)}
    statements = [replace(s, parent=new.get(s.parent)) for s in kept.values()]
    links = [
        replace(link, denial=new[link.denial], claim=new[link.claim] if link.claim is not None else None)
        for link in found
        if link.claim is None or link.claim in new
    ]
    return LinkedStatements(statements, list(kept), links)
