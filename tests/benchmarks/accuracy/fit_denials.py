"""Fit the weights of the denial scorer and its calibration on annotated articles; write them into seeds/denials.

Run ``make fit-denials GOLD=denials-train.json TEXTS="a.jsonl b.jsonl"``. Only articles of the part *train* of the
split are read. Everything that is chosen is chosen by cross-validation over articles.
"""

import argparse
import csv
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.attribution.statements import find_statements
from tasks.denials.classification import classify_statements
from tasks.denials.classified_statements import DENIAL_TYPES, ClassifiedStatement
from tasks.document.doc import Doc
from tasks.document.parser import parse_texts
from tasks.entities import assign_entities
from tasks.entities.mentions import find_mentions
from tasks.evaluation.denial_scores import (
    MIN_HIT_OVERLAP,
    MIN_LINK_OVERLAP,
    GoldRecord,
    _score_document,
    is_overlapping,
)
from tasks.evaluation.scored_words import WordSet, find_scored_words, get_words_in
from tasks.knowledge import Knowledge, load_knowledge
from tasks.links.denial_features import find_features
from tasks.links.document_links import decide_tentative_denials, rank_claims_in_order, select_claims
from tasks.links.link_evidence import PairScorer
from tasks.links.statement_features import build_statement_features
from tasks.links.tentative_denials import compute_link_probabilities
from tasks.speakers.statement_resolution import resolve_statements

SEEDS = Path(__file__).parents[3] / "seeds" / "denials"
SPLIT = Path(__file__).parents[2] / "gold" / "denials-train-split.csv"
FOLDS = 5
PENALTY = 8.0
LEAST_SEEN = 6
"""candidates that a feature must hold for to get a weight"""
RIGHT = 0.9
LEAST_ROWS = 10
THRESHOLDS = [n / 100 for n in range(10, 61)]
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """One candidate of one article, its features, and what the gold says of it."""

    doc_id: str
    position: int
    judged: ClassifiedStatement
    features: Mapping[str, float]
    is_right: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """The claims that one denial may answer by their strengths, and which of them are right."""

    doc_id: str
    confidence: float
    is_right: bool
    values: Sequence[float]
    answers: Sequence[bool]
    is_joined: bool


@dataclass(frozen=True, slots=True)
class Article:
    """One parsed article with its gold."""

    gold: GoldRecord
    doc: Doc
    places: Sequence[tuple[int, int]]


def read_split(part: str) -> set[str]:
    """Return the SHA-256 of the ids of the articles of one part, *train* or *dev*: the ids hold words of headlines."""
    with SPLIT.open(encoding="utf-8", newline="") as file:
        return {row["doc_id_sha256"] for row in csv.DictReader(file) if row["part"] == part}


def read_articles(gold: Path, texts: Sequence[Path], part: str, knowledge: Knowledge) -> list[Article]:
    """Return the parsed articles of one part of the split."""
    hashes = read_split(part)
    articles = json.loads(gold.read_text(encoding="utf-8"))["articles"]
    chosen = [g for g in articles if hashlib.sha256(g["doc_id"].encode()).hexdigest() in hashes]
    wanted = {g["doc_id"] for g in chosen}
    lines = (json.loads(line) for path in texts for line in path.open(encoding="utf-8"))
    known = {row["doc_id"]: row["text"] for row in lines if row["doc_id"] in wanted}
    docs = parse_texts((known[g["doc_id"]] for g in chosen), knowledge.nlp)
    return [Article(g, doc, find_scored_words(doc.text)) for g, doc in zip(chosen, docs, strict=True)]


def prepare_article(article: Article, knowledge: Knowledge) -> tuple[list[ClassifiedStatement], PairScorer]:
    """Return the statements of an article before it is decided which are denials, and their pairs."""
    doc, name = article.doc, article.gold["doc_id"]
    mentions = assign_entities(doc, find_mentions(doc, knowledge.reference), knowledge.reference, name)
    found = find_statements(doc, knowledge.cue_lexicon)
    judged = classify_statements(doc, found, knowledge.denial_lexicon, knowledge.claim_type_rules)
    statements = [j.statement for j in judged]
    mentions, resolved = resolve_statements(doc, mentions, statements, knowledge.reference)
    sides = build_statement_features(
        doc, judged, mentions, resolved, knowledge.denial_lexicon, knowledge.reference
    )
    return judged, PairScorer(sides, knowledge.link_knowledge.weights)


def find_examples(article: Article, knowledge: Knowledge) -> Iterator[Example]:
    """Yield the candidates of an article; what the text itself says is taken for no denial of its own first."""
    judged, pairs = prepare_article(article, knowledge)
    for latent in (True, False):
        here = [i for i, j in enumerate(judged) if j.latent is latent and j.statement.kind in DENIAL_TYPES]
        for i, found in find_features(article.doc, judged, pairs, knowledge.denial_lexicon, here).items():
            j = replace(judged[i], statement=replace(judged[i].statement))
            yield Example(article.gold["doc_id"], i, j, found, bool(find_matching_gold(article, j)))
            if judged[i].tentative and (other := judged[i].fallback) is not None:
                judged[i].statement.kind = other


def find_matching_gold(article: Article, judged: ClassifiedStatement) -> list[GoldRecord]:
    """Return the denials of the gold, core or not, whose content a statement has."""
    words = get_words_in(judged.statement.content, article.places)
    return [
        d
        for d in article.gold["denials"]
        if any(
            is_overlapping(get_words_in([span], article.places), words, MIN_HIT_OVERLAP)
            for span in d["content"]
            if span
        )
    ]


def matrix(examples: Sequence[Example], names: Sequence[str]) -> Array:
    """Return the features of examples, one row each, the constant 1 first."""
    rows = [[1.0, *(e.features.get(name, 0.0) for name in names)] for e in examples]
    return np.array(rows, dtype=np.float64)


def fit_logistic(x: Array, y: Array, penalty: float) -> Array:
    """Return the weights of a logistic regression with a ridge penalty on all but the first, by Newton's method."""
    weights = np.zeros(x.shape[1])
    ridge = np.full(x.shape[1], penalty)
    ridge[0] = 1e-6
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (y - p) - ridge * weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(hessian, gradient)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def assign_folds(doc_ids: Sequence[str]) -> NDArray[np.int64]:
    """Return the fold of each row: whole articles in the order of their ids, one after the other."""
    place = {name: n % FOLDS for n, name in enumerate(sorted(set(doc_ids)))}
    return np.array([place[name] for name in doc_ids])


def log_odds_unseen(x: Array, y: Array, folds: NDArray[np.int64], penalty: float) -> Array:
    """Return the log odds of each row by the model that was fitted without its fold."""
    odds = np.zeros(len(y))
    for fold in range(FOLDS):
        out = folds == fold
        odds[out] = x[out] @ fit_logistic(x[~out], y[~out], penalty)
    return odds


def fit_scorer(examples: Sequence[Example]) -> tuple[dict[str, float], Array]:
    """Return the calibrated weights by feature, and the calibrated probability of each example, unseen."""
    seen = [name for e in examples for name in e.features]
    names = sorted(name for name in set(seen) if seen.count(name) >= LEAST_SEEN)
    x, y = matrix(examples, names), np.array([float(e.is_right) for e in examples])
    folds = assign_folds([e.doc_id for e in examples])
    odds = log_odds_unseen(x, y, folds, PENALTY)
    # Platt's scaling is linear in the log odds, so that the weights can carry it.
    line = np.column_stack([np.ones(len(y)), odds])
    shift, slope = fit_logistic(line, y, 1e-6)
    weights = slope * fit_logistic(x, y, PENALTY)
    weights[0] += shift
    unseen = log_odds_unseen(line, y, folds, 1e-6)
    return dict(zip(["bias", *names], weights.tolist(), strict=True)), 1 / (1 + np.exp(-unseen))


def compute_f1_at(
    least: float, examples: Sequence[Example], unseen: Array, articles: Sequence[Article]
) -> tuple[float, float, float]:
    """Return F1, precision and recall where tentative denials need a probability of ``least``."""
    rows: dict[str, list[dict[str, Any]]] = {a.gold["doc_id"]: [] for a in articles}
    for n, (e, p) in enumerate(zip(examples, unseen, strict=True)):
        if p >= least or not e.judged.tentative:
            s = e.judged.statement
            rows[e.doc_id].append(
                {"id": str(n), "kind": "denials", "type": s.kind, "source": [], "cue": [], "links": []}
                | {"content": s.content}
            )
    core = hit = false = 0
    for a in articles:
        counts = _score_document(a.gold, a.doc.text, rows[a.gold["doc_id"]])
        core, hit, false = core + counts["core"], hit + counts["hit"], false + counts["false"]
    precision, recall = hit / max(1, hit + false), hit / max(1, core)
    return 2 * precision * recall / max(1e-9, precision + recall), precision, recall


def find_trusted_threshold(values: Sequence[float], right: Sequence[bool]) -> tuple[float, int, int]:
    """Return the least value above which 9 of 10 rows are right, the rows above it and those right; 1, 0, 0 if none."""
    for least in sorted(set(values)):
        above = [y for v, y in zip(values, right, strict=True) if v >= least]
        if len(above) >= LEAST_ROWS and sum(above) >= RIGHT * len(above):
            return least, len(above), sum(above)
    return 1.0, 0, 0


def find_rankings(
    article: Article, knowledge: Knowledge, confidence: Mapping[tuple[str, int], float]
) -> Iterator[Ranking]:
    """Yield the denials of an article with their claims; ``confidence`` is that of models without the article."""
    judged, pairs = prepare_article(article, knowledge)
    dropped = decide_tentative_denials(article.doc, judged, pairs, knowledge.link_knowledge)
    for i, candidates in rank_claims_in_order(pairs, dropped):
        gold = find_matching_gold(article, judged[i])
        wanted = [get_words_in([link["content"]], article.places) for d in gold for link in d["links"]]
        answers = [is_answer(article, judged[claim], wanted) for _, claim, _ in candidates]
        known = confidence.get((article.gold["doc_id"], i), 0.0)
        values = [value for value, _, _ in candidates]
        yield Ranking(
            article.gold["doc_id"], known, bool(gold), values, answers, bool(select_claims(candidates))
        )


def is_answer(article: Article, judged: ClassifiedStatement, wanted: Sequence[WordSet]) -> bool:
    """Return True if a claim is one of those that the gold names."""
    words = get_words_in(judged.statement.content, article.places)
    return any(is_overlapping(words, w, MIN_LINK_OVERLAP) for w in wanted)


def compute_link_loss(rankings: Sequence[Ranking], sharpness: float, none: float) -> float:
    """Return the mean negative log likelihood of the right claims, or of none, given that the denial is one."""
    calibration = {"link_sharpness": sharpness, "no_claim": none}
    loss = 0.0
    for r in rankings:
        *claims, nothing = compute_link_probabilities(r.values, calibration)
        right = sum(p for p, y in zip(claims, r.answers, strict=True) if y) if any(r.answers) else nothing
        loss -= float(np.log(max(right, 1e-9)))
    return loss / max(1, len(rankings))


def fit_links(rankings: Sequence[Ranking]) -> dict[str, float]:
    """Return the parameters under which the gold's links are likeliest."""
    right = [r for r in rankings if r.is_right]
    grid = [(n / 20, m / 4) for n in range(1, 31) for m in range(-16, 33)]
    sharpness, none = min(grid, key=lambda pair: compute_link_loss(right, *pair))
    return {"link_sharpness": sharpness, "no_claim": none}


def compute_unseen_link_scores(rankings: Sequence[Ranking]) -> tuple[list[float], list[bool]]:
    """Return the score of the best link of each denial by parameters fitted without its fold, and if it is right."""
    folds = assign_folds([r.doc_id for r in rankings])
    scores, right = [], []
    for fold in range(FOLDS):
        fitted = fit_links([r for r, f in zip(rankings, folds, strict=True) if f != fold])
        for r in (r for r, f in zip(rankings, folds, strict=True) if f == fold and r.is_joined):
            scores.append(r.confidence * compute_link_probabilities(r.values, fitted)[0])
            right.append(r.is_right and r.answers[0])
    return scores, right


def write_table(path: Path, column: str, rows: Mapping[str, float], value: str) -> None:
    """Write values into a table of seeds; what a row means stays."""
    with path.open(encoding="utf-8", newline="") as file:
        meanings = {row[column]: row["meaning"] for row in csv.DictReader(file)}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column, value, "meaning"])
        writer.writerows([name, f"{v:.4g}", meanings.get(name, name)] for name, v in rows.items())


def compute_auc(values: Sequence[float], right: Sequence[bool]) -> float:
    """Return the area under the ROC curve."""
    yes = [v for v, y in zip(values, right, strict=True) if y]
    no = [v for v, y in zip(values, right, strict=True) if not y]
    return sum((p > q) + 0.5 * (p == q) for p in yes for q in no) / max(1, len(yes) * len(no))


def unzip_rows(rows: Sequence[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    """Return the values of rows, and which rows are right."""
    return [value for value, _ in rows], [is_right for _, is_right in rows]


def print_decision(examples: Sequence[Example], unseen: Array, articles: Sequence[Article]) -> None:
    """Print what confidence gives on articles unseen, and would give if it decided which statements are denials."""
    (f1, precision, recall), least = max(
        (compute_f1_at(t, examples, unseen, articles), t) for t in THRESHOLDS
    )
    pairs = [(p, e) for p, e in zip(unseen.tolist(), examples, strict=True)]
    kept = [(p, e.is_right) for p, e in pairs if p >= least or not e.judged.tentative]
    print(f"{len(examples)} candidates, {sum(e.is_right for e in examples)} right")
    print(
        f"area under the curve: of candidates {compute_auc(*unzip_rows([(p, e.is_right) for p, e in pairs])):.3f}"
    )
    print(f"                      of the rows kept {compute_auc(*unzip_rows(kept)):.3f}")
    print(f"from {least}: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")
    print(f"9 of 10 right (threshold, rows, right): {find_trusted_threshold(*unzip_rows(kept))}")


def fit_calibration(rankings: Sequence[Ranking]) -> dict[str, float]:
    """Return the parameters of the link score, and print what it gives on articles unseen."""
    scores, right = compute_unseen_link_scores(rankings)
    print(f"{len(scores)} links, {sum(right)} right, area under the curve {compute_auc(scores, right):.3f}")
    print(f"9 of 10 right (threshold, rows, right): {find_trusted_threshold(scores, right)}")
    return fit_links(rankings)


def main() -> None:
    """Fit and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("texts", type=Path, nargs="+")
    arguments = parser.parse_args()
    knowledge = load_knowledge()
    articles = read_articles(arguments.gold, arguments.texts, "train", knowledge)
    examples = [e for a in articles for e in find_examples(a, knowledge)]
    weights, unseen = fit_scorer(examples)
    print_decision(examples, unseen, articles)
    linker = replace(knowledge.link_knowledge, confidence=weights)
    known = {(e.doc_id, e.position): float(p) for e, p in zip(examples, unseen, strict=True)}
    tuned = replace(knowledge, link_knowledge=linker)
    calibration = fit_calibration([r for a in articles for r in find_rankings(a, tuned, known)])
    write_table(SEEDS / "confidence.csv", "evidence", weights, "weight")
    write_table(SEEDS / "calibration.csv", "name", calibration, "value")


if __name__ == "__main__":
    main()
