"""The claims that a denial answers within its own document, and which tentative denials answer none."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tasks.denials.classified_statements import DENIAL_TYPES, ClassifiedStatement
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.document.doc import Doc
from tasks.document.records import Mention, Statement
from tasks.entities.reference_loader import ReferenceTables
from tasks.links.denial_features import find_features
from tasks.links.link_evidence import (
    PairScorer,
    RankedClaims,
    find_contested_claims,
    load_link_weights,
    rank_claims,
)
from tasks.links.statement_features import StatementFeatures, build_statement_features
from tasks.links.tentative_denials import (
    compute_link_probabilities,
    compute_log_odds,
    load_calibration,
    load_confidence_weights,
    load_stance_weights,
    to_probability,
)
from tasks.speakers.statement_resolution import ResolvedStatement

MAX_CHAIN_SENTENCES = 2
MAX_LINKS = 3
MIN_LINK_SCORE = 0.25
MIN_SHARE_OF_BEST = 0.6
IMPLICIT_METHOD = "implicit"
UNNAMED_EVIDENCE = frozenset(["gap", "later", "same_speaker", "unsaid", "empty"])


@dataclass(frozen=True)
class LinkKnowledge:
    """What linking knows: the tables of denying, of names, and of how much each piece of evidence weighs."""

    knowledge: DenialLexicon
    reference: ReferenceTables
    weights: Mapping[str, float]
    stance: Mapping[str, float]
    confidence: Mapping[str, float]
    """weight of each feature in the log odds that a statement is a denial"""
    calibration: Mapping[str, float]
    """the parameters of the link score, by name"""


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
    """position of each statement in the list that was judged"""
    links: list[DenialLink]


def load_link_knowledge(knowledge: DenialLexicon, reference: ReferenceTables) -> LinkKnowledge:
    """Return a linker with the shipped weights."""
    return LinkKnowledge(
        knowledge,
        reference,
        load_link_weights(),
        load_stance_weights(),
        load_confidence_weights(),
        load_calibration(),
    )


def link_within_document(
    doc: Doc,
    judged: Sequence[ClassifiedStatement],
    mentions: Sequence[Mention],
    resolved: Sequence[ResolvedStatement],
    linker: LinkKnowledge,
) -> LinkedStatements:
    """Return the statements of a document, tentative denials settled, and the claims that its denials answer."""
    sides = build_statement_features(doc, judged, mentions, resolved, linker.knowledge, linker.reference)
    pairs = PairScorer(sides, linker.weights)
    dropped = decide_tentative_denials(doc, judged, pairs, linker)
    found = [link for links in _link_in_order(pairs, dropped, linker) for link in links]
    answered = {link.claim for link in found}
    kept = [i for i, j in enumerate(judged) if i not in dropped and _is_kept(i, j, answered)]
    return _renumber_statements(judged, kept, found)


def _is_kept(i: int, judged: ClassifiedStatement, answered: Collection[int | None]) -> bool:
    """Return True if a statement stays: what the text itself says only if it denies, or is denied."""
    return not judged.latent or i in answered or judged.statement.kind in DENIAL_TYPES


def _link_in_order(
    pairs: PairScorer, dropped: Collection[int], linker: LinkKnowledge
) -> Iterator[list[DenialLink]]:
    """Yield the links of each denial, with the probability of each as its score.

    What the scores of all claims lack to the denial's confidence is the probability that it answers none of them.
    """
    for denial, candidates in rank_claims_in_order(pairs, dropped):
        chosen = select_claims(candidates)
        if not chosen:
            yield [DenialLink(denial, None, 0.0, IMPLICIT_METHOD)]
            continue
        confidence = pairs.sides[denial].statement.confidence
        scores = compute_link_probabilities([value for value, _, _ in candidates], linker.calibration)
        yield [
            DenialLink(denial, claim, round(confidence * score, 4), _format_method(found))
            for (_, claim, found), score in zip(chosen, scores, strict=False)
        ]


def rank_claims_in_order(pairs: PairScorer, dropped: Collection[int]) -> Iterator[tuple[int, RankedClaims]]:
    """Yield each denial with the claims that it may answer, best first.

    One that follows the same speaker's last denial tends to answer the same.
    """
    last: StatementFeatures | None = None
    chained: list[int] = []
    sides = pairs.sides
    denials = [i for i, side in enumerate(sides) if side.statement.kind in DENIAL_TYPES and i not in dropped]
    contested = find_contested_claims(denials, pairs)
    for i in sorted(denials, key=lambda i: (sides[i].start, sides[i].end)):
        side = sides[i]
        follows = (
            last is not None
            and side.sentence - last.sentence <= MAX_CHAIN_SENTENCES
            and bool(side.speaker & last.speaker)
        )
        found = rank_claims(i, pairs, chained if follows else (), contested)
        candidates = [c for c in found if c[1] not in dropped and not has_same_party(side, sides[c[1]])]
        last, chained = side, [claim for _, claim, _ in select_claims(candidates)[:1]]
        yield i, candidates


def has_same_party(denial: StatementFeatures, claim: StatementFeatures) -> bool:
    """Return True if one person or organisation speaks in both, or is spoken for: nobody denies his own claim."""
    return not denial.party.isdisjoint(claim.party)


def decide_tentative_denials(
    doc: Doc, judged: Sequence[ClassifiedStatement], pairs: PairScorer, linker: LinkKnowledge
) -> set[int]:
    """Give tentative denials that are none their other kind; return the positions of those that have none.

    Each denial gets the probability that it is one as its confidence. What the text itself says comes first: where
    it denies nothing, others may answer it.
    """
    dropped: set[int] = set()
    for latent in (True, False):
        here = [i for i, j in enumerate(judged) if j.latent is latent and j.statement.kind in DENIAL_TYPES]
        features = find_features(doc, judged, pairs, linker.knowledge, here)
        for i, found in features.items():
            dropped |= decide_denial(i, judged[i], found, linker)
    return dropped


def decide_denial(
    position: int, judged: ClassifiedStatement, found: Mapping[str, float], linker: LinkKnowledge
) -> set[int]:
    """Set confidence and kind of a denial by its features; return its position if the statement goes."""
    if not judged.tentative or compute_log_odds(found, linker.stance) > 0:
        judged.statement.confidence = round(to_probability(compute_log_odds(found, linker.confidence)), 4)
        return set()
    if judged.fallback is None:
        return {position}
    judged.statement.kind = judged.fallback
    return set()


def select_claims(candidates: RankedClaims) -> RankedClaims:
    """Return the claims that a denial is joined to, best first; none if all are unlikely."""
    best = candidates[0][0] if candidates else 0.0
    if best < MIN_LINK_SCORE:
        return []
    return [c for c in candidates[:MAX_LINKS] if c[0] >= max(MIN_LINK_SCORE, MIN_SHARE_OF_BEST * best)]


def _format_method(found: Mapping[str, float]) -> str:
    """Return the evidence for a link as one string."""
    return "+".join(sorted(name for name in found if name not in UNNAMED_EVIDENCE))


def _renumber_statements(
    judged: Sequence[ClassifiedStatement], kept: Sequence[int], found: Sequence[DenialLink]
) -> LinkedStatements:
    """Return the kept statements with parents and links pointing to their new positions."""
    new = {old: i for i, old in enumerate(kept)}
    statements = [
        replace(
            judged[i].statement, parent=new.get(p) if (p := judged[i].statement.parent) is not None else None
        )
        for i in kept
    ]
    links = [
        replace(link, denial=new[link.denial], claim=new[link.claim] if link.claim is not None else None)
        for link in found
        if link.claim is None or link.claim in new
    ]
    return LinkedStatements(statements, list(kept), links)
