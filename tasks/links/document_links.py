"""The claims that a denial answers within its own document, and which tentative denials answer none."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tasks.denials.classified_statements import DENIAL_TYPES, ClassifiedStatement, TokenIndex
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.document.doc import Doc
from tasks.document.records import Mention, Statement
from tasks.entities.reference_loader import ReferenceTables
from tasks.links.link_evidence import PairScorer, find_contested_claims, load_link_weights, rank_claims
from tasks.links.statement_features import StatementFeatures, build_statement_features
from tasks.links.tentative_denials import (
    compute_log_odds,
    gather_preceding_denial,
    gather_stance_evidence,
    load_stance_weights,
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
    return LinkKnowledge(knowledge, reference, load_link_weights(), load_stance_weights())


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
    found = [link for links in _link_in_order(pairs, dropped) for link in links]
    answered = {link.claim for link in found}
    kept = [i for i, j in enumerate(judged) if i not in dropped and _is_kept(i, j, answered)]
    return _renumber_statements(judged, kept, found)


def _is_kept(i: int, judged: ClassifiedStatement, answered: Collection[int | None]) -> bool:
    """Tell whether a statement stays: what the text itself says only if it denies, or is denied."""
    return not judged.latent or i in answered or judged.statement.kind in DENIAL_TYPES


def _link_in_order(pairs: PairScorer, dropped: Collection[int]) -> Iterator[list[DenialLink]]:
    """Yield the links of each denial; one that follows the same speaker's last denial tends to answer the same."""
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
        candidates = rank_claims(i, pairs, chained if follows else (), contested)
        links = _select_links(i, [c for c in candidates if c[1] not in dropped])
        last, chained = side, [link.claim for link in links if link.claim is not None][:1]
        yield links


def decide_tentative_denials(
    doc: Doc, judged: Sequence[ClassifiedStatement], pairs: PairScorer, linker: LinkKnowledge
) -> set[int]:
    """Give tentative denials that are none their other kind; return the positions of those that have none.

    What the text itself says comes first: where it denies nothing, others may answer it.
    """
    tokens, dropped = TokenIndex(doc), set()
    sides = pairs.sides
    certain = sorted(
        (s for s, j in zip(sides, judged, strict=True) if _is_certain_denial(j)), key=lambda s: s.start
    )
    for latent in (True, False):
        here = [i for i, j in enumerate(judged) if j.tentative and j.latent is latent]
        verdicts = []
        for i in here:
            claims = rank_claims(i, pairs)
            found = gather_stance_evidence(doc, tokens, sides[i], claims, linker.knowledge)
            found |= gather_preceding_denial(sides[i], certain)
            verdicts.append((i, compute_log_odds(found, linker.stance) > 0))
        for i, denies in verdicts:
            fallback = judged[i].fallback
            if not denies and fallback is None:
                dropped.add(i)
            elif not denies and fallback is not None:
                judged[i].statement.kind = fallback
    return dropped


def _is_certain_denial(judged: ClassifiedStatement) -> bool:
    """Tell whether a statement is a denial by its words alone."""
    return judged.statement.kind in DENIAL_TYPES and not judged.tentative


def _select_links(
    denial: int, candidates: Sequence[tuple[float, int, Mapping[str, float]]]
) -> list[DenialLink]:
    """Return the links of one denial, best first, or the one that says its claim stands nowhere."""
    best = candidates[0][0] if candidates else 0.0
    if best < MIN_LINK_SCORE:
        return [DenialLink(denial, None, 0.0, IMPLICIT_METHOD)]
    chosen = [c for c in candidates[:MAX_LINKS] if c[0] >= max(MIN_LINK_SCORE, MIN_SHARE_OF_BEST * best)]
    return [DenialLink(denial, claim, value, _format_method(found)) for value, claim, found in chosen]


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
