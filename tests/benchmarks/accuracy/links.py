"""Linking alone: where each denial of the gold is lost, what a sentence encoder adds, seconds by documents."""

import importlib.util
import math
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

import pyarrow as pa

from tasks.attribution.statements import find_statements
from tasks.corpus.cross_document_links import link_across
from tasks.denials.classification import find_denials
from tasks.denials.classified_statements import DENIALS
from tasks.document.doc import Doc
from tasks.document.records import Document, Row
from tasks.entities.mentions import find_mentions
from tasks.evaluation.denial_scores import HIT, LINK, WORD, Gold, Words, alike, jaccard, words_in
from tasks.extraction import Knowledge
from tasks.links.document_links import settle
from tasks.links.link_evidence import Pairs, find_contested, ranked
from tasks.links.statement_features import Side, make_sides
from tasks.speakers.statement_resolution import resolve
from tests.sample_rows import blank
from warehouse.tables import CLAIMS, DENIAL_LINKS, DOCUMENTS, to_arrow
from warehouse.tables import DENIALS as DENIAL_ROWS

ENCODER = "usem3"
SHARES = (0.0, 1.0, 2.0, 4.0, 8.0)
SIZES = (1_000, 10_000, 100_000)
A_DAY, ENTITIES, WORDS = 200, 5_000, 20_000
FIRST = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Case:
    """A denial of the gold that both passes linked, and the claims it may answer by the system's statements."""

    text: str
    claims: list[str]
    scores: list[float]
    """log odds that the denial answers each claim, without what its neighbours answer"""
    right: list[bool]
    found: bool
    """the statement that holds the denial is one"""


def cases(gold: Gold, doc: Doc, knowledge: Knowledge) -> Iterator[Case | None]:
    """Yield each core denial of a document that both passes linked; None where no statement holds it."""
    places = [m.span() for m in WORD.finditer(doc.text)]
    pairs, kept = scene(doc, knowledge)
    sides = pairs.sides
    held = [words_in(side.statement.content, places) for side in sides]
    denials = [i for i in kept if sides[i].statement.kind in DENIALS]
    answered = find_contested(range(len(sides)), pairs)
    for denial in gold["denials"]:
        if not denial["core"] or denial["linked_by"] != 2:
            continue
        wanted = [words_in([span], places) for span in denial["content"] if span]
        i = closest(wanted, held, denials) if denials else None
        found = i is not None
        if i is None:
            i = closest(wanted, held, kept)
        if i is None:
            yield None
            continue
        answers = [words_in([link["content"]], places) for link in denial["links"]]
        row = [(v, c) for v, c, _ in ranked(i, pairs, (), answered) if c in kept]
        yield Case(
            content(doc, sides[i]),
            [content(doc, sides[c]) for _, c in row],
            [math.log(v / (1 - v)) if v < 1 else 20.0 for v, _ in row],
            [any(alike(held[c], a, LINK) for a in answers) for _, c in row],
            found,
        )


def scene(doc: Doc, knowledge: Knowledge) -> tuple[Pairs, list[int]]:
    """Return the statements of a document in pairs, tentative denials settled, and which statements remain."""
    document = Document("x", "x", doc.text, "", "utf-8")
    mentions = find_mentions(doc, knowledge.reference)
    judged = find_denials(doc, find_statements(doc, knowledge.lexicon), knowledge.denying, knowledge.kinds)
    resolved = resolve(document, doc, mentions, [j.statement for j in judged], knowledge.reference)
    sides = make_sides(doc, judged, mentions, resolved, knowledge.denying, knowledge.reference)
    pairs = Pairs(sides, knowledge.linker.weights)
    dropped = settle(doc, judged, pairs, knowledge.linker)
    return pairs, [i for i in range(len(sides)) if i not in dropped]


def content(doc: Doc, side: Side) -> str:
    """Return the content of a side as text."""
    return " ".join(doc.text[a:b] for a, b in side.statement.content)


def closest(wanted: Sequence[Words], held: Sequence[Words], among: Sequence[int]) -> int | None:
    """Return the statement whose content fits best, or None."""
    fitting = [i for i in among if any(alike(w, held[i], HIT) for w in wanted)]
    return max(fitting, key=lambda i: max(jaccard(w, held[i]) for w in wanted), default=None)


def stages(found: Sequence[Case | None]) -> Counter[str]:
    """Return how many denials are lost at each stage; linked in order, some more are won or lost."""
    counts: Counter[str] = Counter()
    for case in found:
        if case is None or not case.found:
            counts["denial not found"] += 1
        elif not any(case.right):
            counts["the claim is not among the candidates"] += 1
        else:
            place = case.right.index(True)
            counts[("ranked first", "ranked second or third", "ranked below")[(place > 0) + (place > 2)]] += 1
    return counts


def encoder_gain(found: Sequence[Case | None]) -> dict[str, Any] | None:
    """Return links right at rank 1 when cosine similarity adds to the log odds; None without the encoder."""
    if importlib.util.find_spec(ENCODER) is None:
        return None
    encoder = importlib.import_module(ENCODER).USE()
    known = [case for case in found if case is not None and case.claims]
    tries: Counter[str] = Counter()
    for case in known:
        vectors = encoder.encode([case.text, *case.claims])
        similar = [float(v) for v in vectors[1:] @ vectors[0]]
        ways = {str(w): [s + w * c for s, c in zip(case.scores, similar, strict=True)] for w in SHARES}
        ways["similarity alone"] = similar
        for name, scores in ways.items():
            tries[name] += case.right[scores.index(max(scores))]
    return {"denials": len(known), "right": dict(tries)}


def scaling() -> dict[str, float]:
    """Return the seconds that linking across documents takes, by number of documents."""
    return {str(n): seconds(n) for n in SIZES}


def seconds(n: int) -> float:
    """Return the seconds in which n documents are linked, each with a claim and a denial."""
    tables = synthetic(n, random.Random(n))
    start = time.perf_counter()
    link_across(*tables)
    return round(time.perf_counter() - start, 1)


def synthetic(n: int, chance: random.Random) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table]:
    """Return the tables of n documents, 200 a day; entities and words are drawn by Zipf's law."""
    names, words = zipf("Entity", ENTITIES), zipf("word", WORDS)
    claims: list[Row] = []
    denials: list[Row] = []
    documents: list[Row] = []
    for i in range(n):
        day, doc = FIRST + timedelta(days=i // A_DAY), f"doc{i}"
        documents.append(blank("documents", doc_id=doc, published_at=day))
        said = {"doc_id": doc, "content_text": " ".join(draw(words, 12, chance))}
        speaker, target = draw(names, 2, chance)
        claims.append(
            blank(
                "claims",
                claim_id=f"c{i}",
                speaker_id=speaker,
                target_ids=[target],
                claim_type="accusation",
                **said,
            )
        )
        said["content_text"] = " ".join(draw(words, 8, chance))
        denials.append(blank("denials", denial_id=f"d{i}", speaker_id=draw(names, 1, chance)[0], **said))
    made = to_arrow(claims, CLAIMS), to_arrow(denials, DENIAL_ROWS), to_arrow(documents, DOCUMENTS)
    return *made, to_arrow([], DENIAL_LINKS)


def zipf(prefix: str, n: int) -> tuple[list[str], list[float]]:
    """Return n names and their cumulative weights."""
    return [f"{prefix}{i}" for i in range(n)], list(accumulate(1 / (i + 1) for i in range(n)))


def draw(named: tuple[list[str], list[float]], n: int, chance: random.Random) -> list[str]:
    """Return n names by weight."""
    return chance.choices(named[0], cum_weights=named[1], k=n)
