"""Fit the weights of pairs and of denials, the threshold of tentative denials and calibration; write the tables.

Run ``make fit-denials GOLD=denials-train.json TEXTS="a.jsonl b.jsonl" PRACTICE=passages.jsonl``. The own gold of
``tests/gold`` and the seed article are added. Articles of the part *dev* of the split are not read. What is printed is
measured by cross-validation over articles, so that no article is scored by a model that was fitted on it.
"""

import argparse
import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tasks.denials.classified_statements import DENIAL_TYPES, ClassifiedStatement
from tasks.document.records import Statement
from tasks.evaluation.denial_scores import MIN_LINK_OVERLAP, GoldRecord, is_overlapping
from tasks.knowledge import Knowledge, load_knowledge
from tasks.links.claim_ranking import find_contested_claims, rank_claims
from tasks.links.denial_features import build_context, find_features
from tasks.links.document_links import has_same_party
from tasks.links.log_odds import compute_link_probabilities
from tests.benchmarks.accuracy.annotated_articles import (
    OWN_GOLD,
    OWN_TEXTS,
    ROOT,
    Article,
    find_pairs,
    read_articles,
    read_practice,
    read_seed,
)
from tests.benchmarks.accuracy.fitting import (
    Array,
    Choice,
    assign_folds,
    compute_auc,
    fit_conditional_logit,
    fit_logistic,
    to_probabilities,
)

SEEDS = ROOT / "seeds" / "denials"
FOLDS = 5
CONFIDENCE_PENALTY = 10.0
NEW_FEATURE_PENALTY = 1.0
PRIOR_PENALTY = 2.0
LEAST_SEEN = 6
"""candidates that a feature must hold for to get a weight"""
MIN_THRESHOLD, MAX_THRESHOLD, THRESHOLD_STEP = -2.0, 1.0, 0.05
"""log odds among which the threshold of tentative denials is looked for"""
NEGLIGIBLE_F1 = 0.01
"""difference of F1 that is given up for a higher threshold"""
UNLIKELY_SHARE = 0.1
"""share of denials whose best claim gets a score below 0.25"""
PASSES = 2
"""fits of the weights of pairs; each but the first takes what other denials answer from the weights before"""
FIXED_WEIGHTS = frozenset(["bias", "chain"])
"""weights of pairs that are not fitted: the bias is set by a quantile, and chains are not in the data"""


@dataclass(frozen=True, slots=True)
class Example:
    """One candidate of one article, its features, and whether the gold has it; None: one annotator only."""

    article: Article
    is_tentative: bool
    features: Mapping[str, float]
    is_right: bool | None
    gold: frozenset[str]
    """the core denials of the gold that it matches"""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The claims that a denial of the gold may answer, by their features, and which of them are right."""

    article: Article
    features: Sequence[Mapping[str, float]]
    is_right: Sequence[bool]
    is_found: bool = True
    """the statement that denies is a candidate; only these get a score"""

    def to_choice(self, names: Sequence[str]) -> Choice:
        """Return the ranking as a choice over the features ``names``."""
        rows = [[f.get(name, 0.0) for name in names] for f in self.features]
        return Choice(np.array(rows), np.array(self.is_right), self.article.weight)


def find_rankings(article: Article, knowledge: Knowledge) -> Iterator[Ranking]:
    """Yield the statements that match a linked core denial of the gold, with the claims that each may answer."""
    classified, pairs = find_pairs(article, knowledge)
    all_matching = [article.find_matching_gold(c) for c in classified]
    matching = {i: all_matching[i] for i, c in enumerate(classified) if c.statement.kind in DENIAL_TYPES}
    wrong = [i for i, gold in matching.items() if not gold]
    pairs = pairs.replace_statements({i: _get_fallback(classified[i]) for i in wrong})
    denials = [i for i, gold in matching.items() if gold or not classified[i].tentative]
    contested = find_contested_claims(denials, pairs)
    unfound = _find_unfound(all_matching, matching)
    matching |= unfound
    for i in _choose_closest(article, classified, matching):
        wanted = [article.get_words([k["content"]]) for d in matching[i] for k in d["links"]]
        claims = [
            (features, j)
            for _, j, features in rank_claims(i, pairs, (), contested)
            if not has_same_party(pairs.statements[i], pairs.statements[j])
        ]
        answers = [
            any(is_overlapping(article.get_content_words(classified[j]), w, MIN_LINK_OVERLAP) for w in wanted)
            for _, j in claims
        ]
        if claims:
            yield Ranking(article, [features for features, _ in claims], answers, i not in unfound)


def _find_unfound(
    all_matching: Sequence[Sequence[GoldRecord]], found: Mapping[int, Sequence[GoldRecord]]
) -> dict[int, list[GoldRecord]]:
    """Return the denials of the gold that no candidate matches, by the position of each other statement that does.

    They show as well as the others which claim a denial answers.
    """
    known = {str(d["content"]) for gold in found.values() for d in gold}
    unfound = {i: [d for d in gold if str(d["content"]) not in known] for i, gold in enumerate(all_matching)}
    return {i: gold for i, gold in unfound.items() if gold and i not in found}


def _choose_closest(
    article: Article,
    classified: Sequence[ClassifiedStatement],
    matching: Mapping[int, Sequence[GoldRecord]],
) -> list[int]:
    """Return the statements that are closest in length to a linked core denial, one for each such denial."""
    best: dict[str, tuple[int, int]] = {}
    for i, gold in matching.items():
        for d in gold:
            if d["core"] and d["linked_by"] == 2:
                spans = [s for s in d["content"] if s is not None]
                distance = abs(
                    len(article.get_content_words(classified[i])) - len(article.get_words(spans[:1]))
                )
                best[str(spans)] = min(best.get(str(spans), (distance, i)), (distance, i))
    return sorted({i for _, i in best.values()})


def fit_pair_weights(rankings: Sequence[Ranking], prior: Mapping[str, float]) -> dict[str, float]:
    """Return the weight of each feature of a pair, shrunk towards the weight set by hand."""
    names = [name for name in prior if name not in FIXED_WEIGHTS]
    start = np.array([prior[name] for name in names])
    penalties = np.where(start == 0, NEW_FEATURE_PENALTY, PRIOR_PENALTY)
    fitted = fit_conditional_logit([r.to_choice(names) for r in rankings], start, penalties)
    weights = dict(zip(names, fitted.tolist(), strict=True)) | {"chain": prior["chain"]}
    best = [max(_sum_up(f, weights) for f in r.features) for r in rankings if r.is_found]
    # A score of 0.25 is log odds of -1.0986.
    weights["bias"] = -1.0986 - float(np.quantile(best, UNLIKELY_SHARE))
    return weights


def _sum_up(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the weighted sum of features."""
    return sum(weights.get(name, 0.0) * value for name, value in features.items())


def find_examples(article: Article, knowledge: Knowledge) -> Iterator[Example]:
    """Yield the candidates of an article, the author's own sentences first."""
    classified, pairs = find_pairs(article, knowledge)
    context = build_context(article.doc, classified, pairs, knowledge.denial_lexicon)
    for latent in (True, False):
        here = [
            i for i, c in enumerate(classified) if c.latent is latent and c.statement.kind in DENIAL_TYPES
        ]
        found = find_features(context, classified, pairs, here)
        for i, features in found.items():
            gold = article.find_matching_gold(classified[i])
            core = frozenset(f"{article.doc_id} {d['content']}" for d in gold if d["core"])
            is_right = True if core else None if gold else False
            yield Example(article, classified[i].tentative, features, is_right, core)
        pairs = pairs.replace_statements({i: _get_fallback(classified[i]) for i in here})
        context = replace(context, statements=pairs.statements)


def _get_fallback(classified: ClassifiedStatement) -> Statement:
    """Return a statement with the kind that it has if it is no denial; unchanged if it is one by its words."""
    if not classified.tentative or classified.fallback is None:
        return classified.statement
    return replace(classified.statement, kind=classified.fallback)


def fit_confidence(examples: Sequence[Example]) -> tuple[dict[str, float], Array]:
    """Return the weights by feature, and the log odds of each example by models without its article."""
    counts = Counter(name for e in examples for name, value in e.features.items() if value)
    names = sorted(name for name, n in counts.items() if n >= LEAST_SEEN)
    x = np.array([[1.0, *(e.features.get(name, 0.0) for name in names)] for e in examples])
    y = np.array([float(bool(e.is_right)) for e in examples])
    weights = np.array([0.0 if e.is_right is None else e.article.weight for e in examples])
    weights = np.where([e.article.weight > 1 for e in examples], 1.0, weights)
    penalties = np.array([0.01, *([CONFIDENCE_PENALTY] * len(names))])
    folds = assign_folds([e.article.doc_id for e in examples], FOLDS)
    unseen = np.zeros(len(y))
    for fold in range(FOLDS):
        out = folds == fold
        unseen[out] = x[out] @ fit_logistic(x[~out], y[~out], weights[~out], penalties)
    fitted = fit_logistic(x, y, weights, penalties)
    return dict(zip(["bias", *names], fitted.tolist(), strict=True)), unseen


def fit_platt(log_odds: Array, is_right: Array) -> tuple[float, float]:
    """Return shift and slope that turn log odds into those of calibrated probabilities."""
    line = np.column_stack([np.ones(len(log_odds)), log_odds])
    shift, slope = fit_logistic(line, is_right, np.ones(len(log_odds)), np.array([1e-6, 1e-6]))
    return float(shift), float(slope)


def fit_link_calibration(rankings: Sequence[Ranking], prior: Mapping[str, float]) -> dict[str, float]:
    """Return the parameters of the link score, by weights of pairs that were fitted without the article."""
    folds = assign_folds([r.article.doc_id for r in rankings], FOLDS)
    cases: list[tuple[list[float], Sequence[bool]]] = []
    for fold in range(FOLDS):
        weights = fit_pair_weights([r for r, f in zip(rankings, folds, strict=True) if f != fold], prior)
        for r in (r for r, f in zip(rankings, folds, strict=True) if f == fold and _is_scored(r)):
            totals = np.array([weights["bias"] + _sum_up(f, weights) for f in r.features])
            cases.append((to_probabilities(totals).tolist(), r.is_right))
    right = sum(y[int(np.argmax(values))] for values, y in cases)
    print(f"the right claim is ranked first for {right} of {len(cases)} denials")
    grid = [{"link_sharpness": n / 20, "no_claim": m / 4} for n in range(2, 31) for m in range(-16, 33)]
    return min(grid, key=lambda parameters: compute_link_loss(cases, parameters))


def _is_scored(ranking: Ranking) -> bool:
    """Return True if a ranking is of a denial of an article of news that gets a row."""
    return ranking.is_found and ranking.article.weight == 1


def compute_link_loss(
    cases: Sequence[tuple[list[float], Sequence[bool]]], parameters: Mapping[str, float]
) -> float:
    """Return the negative log likelihood of the right claims, or of none."""
    loss = 0.0
    for values, is_right in cases:
        *claims, nothing = compute_link_probabilities(values, parameters)
        right = sum(p for p, y in zip(claims, is_right, strict=True) if y) if any(is_right) else nothing
        loss -= float(np.log(max(right, 1e-9)))
    return loss


def fit_threshold(examples: Sequence[Example], log_odds: Array, n_core: int) -> float:
    """Return the log odds above which tentative denials are denials.

    Of the thresholds with nearly the largest F1 at which precision is not below recall, the highest is taken, since a
    wrong row costs its reader more than a missing one.

    Args:
        examples: the candidates.
        log_odds: of each, by a model that was fitted without its article.
        n_core: the number of core denials of these articles, found or not.
    """
    found: dict[float, float] = {}
    for threshold in np.round(np.arange(MIN_THRESHOLD, MAX_THRESHOLD, THRESHOLD_STEP), 2).tolist():
        kept = [e for e, v in zip(examples, log_odds, strict=True) if not e.is_tentative or v > threshold]
        hits = len(frozenset[str]().union(*(e.gold for e in kept)))
        wrong = sum(e.is_right is False for e in kept)
        precision, recall = hits / max(1, hits + wrong), hits / max(1, n_core)
        if precision >= recall:
            found[threshold] = 2 * precision * recall / max(1e-9, precision + recall)
    chosen = max(t for t, f1 in found.items() if f1 >= max(found.values()) - NEGLIGIBLE_F1)
    print(
        f"F1 {100 * found[chosen]:.1f} with the threshold {chosen:.2f}, at most {100 * max(found.values()):.1f}"
    )
    return chosen


def read_prior() -> dict[str, float]:
    """Return the weights of pairs that were set by hand."""
    with (SEEDS / "link_features.csv").open(encoding="utf-8", newline="") as file:
        return {row["feature"]: float(row["prior"]) for row in csv.DictReader(file)}


def write_table(name: str, value_column: str, values: Mapping[str, float]) -> None:
    """Write values into a table of seeds; its other columns stay."""
    path = SEEDS / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or [])
        rows = {row[columns[0]]: row for row in reader}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for key, value in values.items():
            row = rows.get(key, dict.fromkeys(columns, key))
            writer.writerow(row | {columns[0]: key, value_column: f"{value:.4g}"})


def main() -> None:
    """Fit and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, nargs="+", required=True)
    parser.add_argument("--texts", type=Path, nargs="+", required=True)
    parser.add_argument(
        "--unread", type=Path, nargs="*", default=[], help="gold that chooses threshold and calibration"
    )
    parser.add_argument("--practice", type=Path)
    parser.add_argument("--keep-links", action="store_true", help="fit no weights of pairs: keep the table")
    arguments = parser.parse_args()
    knowledge = load_knowledge()
    unread = read_articles(arguments.unread, arguments.texts, knowledge)
    given = read_articles(arguments.gold, arguments.texts, knowledge)
    more = read_articles([OWN_GOLD], [OWN_TEXTS], knowledge) + read_seed(knowledge)
    more += read_practice(arguments.practice, knowledge) if arguments.practice else []
    if not arguments.keep_links:
        knowledge = fit_links_and_write([*unread, *given, *more], knowledge)
    if unread:
        fit_denials_and_write(unread, [*given, *more], knowledge)
    else:
        fit_denials_and_write(given, more, knowledge)


def fit_links_and_write(articles: Sequence[Article], knowledge: Knowledge) -> Knowledge:
    """Fit the weights of pairs and the calibration of link scores, write them, and return the knowledge with them."""
    prior = read_prior()
    pair_weights: Mapping[str, float] = prior
    rankings: list[Ranking] = []
    # What other denials answer depends on the weights: those set by hand first, so that a second run gives the same.
    for _ in range(PASSES):
        linking = replace(knowledge.link_knowledge, link_weights=pair_weights)
        rankings = [r for a in articles for r in find_rankings(a, replace(knowledge, link_knowledge=linking))]
        pair_weights = fit_pair_weights(rankings, prior)
    calibration = {**knowledge.link_knowledge.calibration, **fit_link_calibration(rankings, prior)}
    write_table("link_features", "weight", {name: pair_weights[name] for name in prior})
    write_table("calibration", "value", calibration)
    linking = replace(knowledge.link_knowledge, link_weights=pair_weights, calibration=calibration)
    return replace(knowledge, link_knowledge=linking)


def fit_denials_and_write(given: Sequence[Article], more: Sequence[Article], knowledge: Knowledge) -> None:
    """Fit the weights of denials, the threshold of tentative ones and the calibration of confidence; write them.

    Args:
        given: articles of news, by which threshold and calibration are chosen: those that were read least for the
            rules if there are any, since the rules do better on the others.
        more: texts that are fitted on too, but that were written or read for the rules, so that these do well there.
        knowledge: the tables.
    """
    examples = [e for a in (*given, *more) for e in find_examples(a, knowledge)]
    weights, unseen = fit_confidence(examples)
    ids = {a.doc_id for a in given}
    news = [n for n, e in enumerate(examples) if e.article.doc_id in ids]
    n_core = sum(d["core"] for a in given for d in a.gold["denials"])
    threshold = fit_threshold([examples[n] for n in news], unseen[news], n_core)
    kept = [n for n in news if not examples[n].is_tentative or unseen[n] > threshold]
    is_right = np.array([float(examples[n].is_right is not False) for n in kept])
    shift, slope = fit_platt(unseen[kept], is_right)
    auc = compute_auc(unseen[kept].tolist(), [bool(y) for y in is_right])
    print(f"{len(kept)} rows kept, {int(is_right.sum())} right, area under the curve {auc:.3f}")
    fitted = {"least_log_odds": threshold, "confidence_shift": shift, "confidence_slope": slope}
    write_table("denial_features", "weight", weights)
    write_table("calibration", "value", {**knowledge.link_knowledge.calibration, **fitted})


if __name__ == "__main__":
    main()
