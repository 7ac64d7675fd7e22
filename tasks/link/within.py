"""The claims that a denial answers within its own document, and which tentative denials answer none."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tasks.extract.denial_knowledge import Knowledge
from tasks.extract.judged import DENIALS, Judged, Tokens
from tasks.link.scene import Side, make_sides
from tasks.link.settle import load_stance_weights, signs, total
from tasks.normalise.reference import Reference
from tasks.normalise.resolve import Resolved
from tasks.parsed import Doc
from tasks.records import Mention, Statement
from tasks.seeds import read_seed

FARTHEST = 15
LEAD = 4
CHAIN = 2
KEPT = 3
NEAREST = 3
LEAST = 0.25
WITHIN = 0.6
IMPLICIT = "implicit"
UNSPOKEN = frozenset(["distance", "later", "same_speaker", "unsaid", "empty"])


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
    dropped = settle(doc, judged, sides, linker)
    found = [link for links in linked_in_order(sides, dropped, linker.weights) for link in links]
    answered = {link.claim for link in found}
    kept = [i for i, j in enumerate(judged) if i not in dropped and (not j.latent or i in answered)]
    return renumbered(judged, kept, found)


def linked_in_order(
    sides: Sequence[Side], dropped: Collection[int], weights: Mapping[str, float]
) -> Iterator[list[Link]]:
    """Yield the links of each denial; one that follows the same speaker's last denial tends to answer the same."""
    last: Side | None = None
    chained: list[int] = []
    denials = [i for i, side in enumerate(sides) if side.statement.kind in DENIALS and i not in dropped]
    for i in sorted(denials, key=lambda i: (sides[i].start, sides[i].end)):
        side = sides[i]
        follows = (
            last is not None and side.sentence - last.sentence <= CHAIN and bool(side.speaker & last.speaker)
        )
        candidates = ranked(i, sides, weights, chained if follows else ())
        links = links_of(i, [c for c in candidates if c[1] not in dropped])
        last, chained = side, [link.claim for link in links if link.claim is not None][:1]
        yield links


def settle(doc: Doc, judged: Sequence[Judged], sides: Sequence[Side], linker: Linker) -> set[int]:
    """Give tentative denials that are none their other kind; return the positions of those that have none."""
    tokens, dropped = Tokens(doc), set()
    verdicts = []
    for i, j in enumerate(judged):
        if j.tentative:
            found = signs(doc, tokens, sides[i], ranked(i, sides, linker.weights), linker.knowledge)
            verdicts.append((i, total(found, linker.stance) > 0))
    for i, denies in verdicts:
        fallback = judged[i].fallback
        if not denies and fallback is None:
            dropped.add(i)
        elif not denies and fallback is not None:
            judged[i].statement.kind = fallback
    return dropped


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


def load_weights() -> dict[str, float]:
    """Return the weight of each kind of evidence."""
    return {row["evidence"]: float(row["weight"]) for row in read_seed("denials/evidence.csv")}


def candidates(denial: Side, sides: Sequence[Side]) -> list[int]:
    """Return the positions of the claims that a denial can answer, the nearest first.

    What stands before comes first, by where it ends; then what follows. A claim that holds the denial is none,
    unless the denial's clause is set against it.
    """
    fitting = [
        (c.start >= denial.start, abs(denial.start - (c.end if c.start < denial.start else c.start)), i)
        for i, c in enumerate(sides)
        if c.statement.kind not in DENIALS and apart(denial, c)
    ]
    return [i for _, _, i in sorted(fitting)]


def apart(denial: Side, claim: Side) -> bool:
    """Tell whether neither holds the other, but for a claim that the denial names, or reports and rebuts."""
    if holds(claim, denial):
        return denial.contrasted
    return claim.named or denial.statement.cue is None or not holds(denial, claim)


def holds(outer: Side, inner: Side) -> bool:
    """Tell whether one content holds the other statement: it reports it, or names it."""
    spot = inner.statement.cue or inner.statement.content[0]
    return any(a <= spot[0] and spot[1] <= b for a, b in outer.statement.content)


def evidence(denial: Side, claim: Side, nearness: int, chained: bool) -> dict[str, float]:
    """Return what speaks for a pair, by kind.

    Args:
        denial: the side that denies.
        claim: the side that it may answer.
        nearness: how many claims stand nearer, 0 for the nearest.
        chained: the same speaker's denial just before answers this claim.
    """
    shared = sum(w for s, w in denial.words.items() if s in claim.words)
    size = math.sqrt(sum(denial.words.values()) * sum(claim.words.values())) or 1.0
    if holds(denial, claim):
        # What a denial names it repeats word for word: that tells nothing, and a claim of its own is better.
        return {"named" if denial.statement.cue is not None else "rebutted": 1.0}
    gap = abs(denial.sentence - claim.sentence)
    named = denial.speaker & (claim.about | claim.addressed)
    found = {
        "overlap": shared / size,
        "rare": rarest(denial, claim),
        "empty": float(claim.refers_back or claim.hollow),
        "coverage": shared / (sum(denial.words.values()) or 1.0),
        "targets_denier": float(bool(denial.speaker & claim.targets)),
        "accuses": float(claim.statement.attitude == "accusation"),
        "lead": float(claim.sentence <= LEAD),
        "asks": float(claim.asks),
        "adjacent": float(0 < denial.sentence - claim.sentence <= 2),
        "names_claimant": float(bool(denial.about & claim.speaker) and not denial.speaker & claim.speaker),
        "shared_entity": float(bool(denial.about & claim.about)),
        "names_denier": float(bool(named)),
        "chain": float(chained),
        "phrase": float(claim.phrase and not claim.charges),
        "back_reference": 1 / (1 + nearness) if denial.refers_back and nearness < NEAREST else 0.0,
        "accusing": float(claim.charges),
        "unsaid": float(claim.latent),
        "same_speaker": float(bool(denial.speaker & claim.speaker)),
        "later": float(claim.start > denial.start and claim.sentence != denial.sentence),
        "distance": float(min(gap, FARTHEST)),
        "paragraph": float(abs(denial.paragraph - claim.paragraph) <= 1),
    }
    return {name: value for name, value in found.items() if value}


def rarest(denial: Side, claim: Side) -> float:
    """Return how far the rarest word that both share exceeds middling rarity, 0 to 1.

    Where the denial only points back (*the whole matter*), the rest of its sentence says to what.
    """
    words = {**denial.words, **denial.context} if denial.refers_back else denial.words
    rarity = max((w for s, w in words.items() if s in claim.words), default=0.0)
    return max(0.0, 2 * rarity - 1)


def score(found: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the strength of a pair, 0 to 1."""
    total = weights["bias"] + sum(weights[name] * value for name, value in found.items())
    return 1 / (1 + math.exp(-total))


def ranked(
    denial: int, sides: Sequence[Side], weights: Mapping[str, float], chained: Collection[int] = ()
) -> list[tuple[float, int, dict[str, float]]]:
    """Return the claims that a denial can answer with score and evidence, best first."""
    found, nearness = [], 0
    for i in candidates(sides[denial], sides):
        if i == denial:
            continue
        claim = sides[i]
        other = (
            not (sides[denial].speaker & claim.speaker)
            and claim.statement.kind != "intention"
            and not claim.latent
        )
        evidences = evidence(sides[denial], claim, nearness if other else NEAREST, i in chained)
        nearness += other
        found.append((score(evidences, weights), i, evidences))
    return sorted(found, key=lambda f: (-f[0], f[1]))
