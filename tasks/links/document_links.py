"""The claims that a denial answers within its own document, and which tentative denials answer none."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tasks.denials.classified_statements import DENIALS, Judged, Tokens
from tasks.denials.denial_lexicon import Knowledge
from tasks.document.doc import Doc
from tasks.document.records import Mention, Statement
from tasks.entities.reference_loader import Reference
from tasks.links.link_evidence import Pairs, find_contested, load_weights, ranked
from tasks.links.statement_features import Side, make_sides
from tasks.links.tentative_denials import after_denial, load_stance_weights, signs, total
from tasks.speakers.statement_resolution import Resolved

CHAIN = 2
KEPT = 3
LEAST = 0.25
WITHIN = 0.6
IMPLICIT = "implicit"
UNSPOKEN = frozenset(["gap", "later", "same_speaker", "unsaid", "empty"])


@dataclass(frozen=True)
class Linker:
    """What linking knows: the tables of denying, of names, and of how much each piece of evidence weighs."""

    knowledge: Knowledge
    reference: Reference
    weights: Mapping[str, float]
    stance: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Link:
    """One denial and one claim it answers, by position in the document's statements."""

    denial: int
    claim: int | None
    score: float
    method: str


@dataclass(frozen=True, slots=True)
class Linked:
    """The statements of a document with their final kinds, and the links of its denials."""

    statements: list[Statement]
    origin: list[int]
    """position of each statement in the list that was judged"""
    links: list[Link]


def load_linker(knowledge: Knowledge, reference: Reference) -> Linker:
    """Return a linker with the shipped weights."""
    return Linker(knowledge, reference, load_weights(), load_stance_weights())


def link_within(
    doc: Doc,
    judged: Sequence[Judged],
    mentions: Sequence[Mention],
    resolved: Sequence[Resolved],
    linker: Linker,
) -> Linked:
    """Return the statements of a document, tentative denials settled, and the claims that its denials answer."""
    sides = make_sides(doc, judged, mentions, resolved, linker.knowledge, linker.reference)
    pairs = Pairs(sides, linker.weights)
    dropped = settle(doc, judged, pairs, linker)
    found = [link for links in linked_in_order(pairs, dropped) for link in links]
    answered = {link.claim for link in found}
    kept = [i for i, j in enumerate(judged) if i not in dropped and stands(i, j, answered)]
    return renumbered(judged, kept, found)


def stands(i: int, judged: Judged, answered: Collection[int | None]) -> bool:
    """Tell whether a statement stays: what the text itself says only if it denies, or is denied."""
    return not judged.latent or i in answered or judged.statement.kind in DENIALS


def linked_in_order(pairs: Pairs, dropped: Collection[int]) -> Iterator[list[Link]]:
    """Yield the links of each denial; one that follows the same speaker's last denial tends to answer the same."""
    last: Side | None = None
    chained: list[int] = []
    sides = pairs.sides
    denials = [i for i, side in enumerate(sides) if side.statement.kind in DENIALS and i not in dropped]
    contested = find_contested(denials, pairs)
    for i in sorted(denials, key=lambda i: (sides[i].start, sides[i].end)):
        side = sides[i]
        follows = (
            last is not None and side.sentence - last.sentence <= CHAIN and bool(side.speaker & last.speaker)
        )
        candidates = ranked(i, pairs, chained if follows else (), contested)
        links = links_of(i, [c for c in candidates if c[1] not in dropped])
        last, chained = side, [link.claim for link in links if link.claim is not None][:1]
        yield links


def settle(doc: Doc, judged: Sequence[Judged], pairs: Pairs, linker: Linker) -> set[int]:
    """Give tentative denials that are none their other kind; return the positions of those that have none.

    What the text itself says comes first: where it denies nothing, others may answer it.
    """
    tokens, dropped = Tokens(doc), set()
    sides = pairs.sides
    certain = sorted((s for s, j in zip(sides, judged, strict=True) if is_certain(j)), key=lambda s: s.start)
    for latent in (True, False):
        here = [i for i, j in enumerate(judged) if j.tentative and j.latent is latent]
        verdicts = []
        for i in here:
            claims = ranked(i, pairs)
            found = signs(doc, tokens, sides[i], claims, linker.knowledge)
            found |= after_denial(sides[i], certain)
            verdicts.append((i, total(found, linker.stance) > 0))
        for i, denies in verdicts:
            fallback = judged[i].fallback
            if not denies and fallback is None:
                dropped.add(i)
            elif not denies and fallback is not None:
                judged[i].statement.kind = fallback
    return dropped


def is_certain(judged: Judged) -> bool:
    """Tell whether a statement is a denial by its words alone."""
    return judged.statement.kind in DENIALS and not judged.tentative


def links_of(denial: int, candidates: Sequence[tuple[float, int, Mapping[str, float]]]) -> list[Link]:
    """Return the links of one denial, best first, or the one that says its claim stands nowhere."""
    best = candidates[0][0] if candidates else 0.0
    if best < LEAST:
        return [Link(denial, None, 0.0, IMPLICIT)]
    chosen = [c for c in candidates[:KEPT] if c[0] >= max(LEAST, WITHIN * best)]
    return [Link(denial, claim, value, method(found)) for value, claim, found in chosen]


def method(found: Mapping[str, float]) -> str:
    """Return the evidence for a link as one string."""
    return "+".join(sorted(name for name in found if name not in UNSPOKEN))


def renumbered(judged: Sequence[Judged], kept: Sequence[int], found: Sequence[Link]) -> Linked:
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
    return Linked(statements, list(kept), links)
