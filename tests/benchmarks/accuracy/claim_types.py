"""Accuracy of claim types: precision and recall by type, on rows that two annotators judged.

``python -m tests.benchmarks.accuracy.claim_types`` measures ``tests/gold/claim_types.jsonl`` and writes its table into
``docs/attribution.md``. A gold row counts where both annotators gave the same type. The rows were drawn by the type
that an extractor gave them, rare types more often; each counts as many times as rows of its stratum stood for it.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tasks.evaluation.denial_scores import MIN_HIT_OVERLAP, predict_denials
from tasks.evaluation.scored_words import WordSet, compute_jaccard, find_scored_words, get_words_in
from tasks.knowledge import load_knowledge

GOLD = Path(__file__).parents[2] / "gold"
TEXT_FILES = ("texts.jsonl", "wikinews-texts.jsonl")
PAGE = Path("docs/attribution.md")
SECTION_BEGIN, SECTION_END = "<!-- claim types: begin -->", "<!-- claim types: end -->"
TYPES = ("statement", "accusation", "belief", "intention", "question", "doubt")
NOT_FOUND = "not found"
GoldRow = Mapping[str, Any]


def main() -> None:
    """Measure the gold and write the table."""
    rows = [
        json.loads(line) for line in (GOLD / "claim_types.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    table = "\n".join(format_table(compute_shares(pair_types(rows))))
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(SECTION_BEGIN)
    page = f"{head}{SECTION_BEGIN}\n{table}\n{SECTION_END}{rest.partition(SECTION_END)[2]}"
    PAGE.write_text(page, encoding="utf-8")
    print(table)


def pair_types(rows: Iterable[GoldRow]) -> Iterator[tuple[str, str, float]]:
    """Yield the gold type, the predicted type and the weight of each row on whose type both annotators agree."""
    texts = _read_texts()
    agreed = [row for row in rows if row["valid"] == [True, True] and len(set(row["types"])) == 1]
    wanted = sorted({row["doc_id"] for row in agreed})
    predicted = {
        p["doc_id"]: p["attributions"]
        for p in predict_denials(((d, texts[d]) for d in wanted), load_knowledge())
    }
    for row in agreed:
        words = find_scored_words(texts[row["doc_id"]])
        gold = get_words_in(row["content"], words)
        candidates = [(get_words_in(a["content"], words), a) for a in predicted[row["doc_id"]]]
        yield row["types"][0], _find_type(gold, row["cue"], candidates), row["weight"]


def _read_texts() -> dict[str, str]:
    lines = (line for name in TEXT_FILES for line in (GOLD / name).read_text(encoding="utf-8").splitlines())
    return {row["doc_id"]: row["text"] for row in map(json.loads, lines)}


def _find_type(gold: WordSet, cue: list[int] | None, candidates: Iterable[tuple[WordSet, GoldRow]]) -> str:
    """Return the type of the predicted row that is most like the gold; rows with its cue come first."""
    similar = [
        (cue is not None and cue in row["cue"], compute_jaccard(words, gold), row["type"])
        for words, row in candidates
        if compute_jaccard(words, gold) >= MIN_HIT_OVERLAP
    ]
    return max(similar)[2] if similar else NOT_FOUND


def compute_shares(pairs: Iterable[tuple[str, str, float]]) -> dict[str, tuple[int, float, float]]:
    """Return for each type the number of gold rows, and precision and recall in per cent, weighted."""
    rows: Counter[str] = Counter()
    gold_weight: defaultdict[str, float] = defaultdict(float)
    predicted_weight: defaultdict[str, float] = defaultdict(float)
    right: defaultdict[str, float] = defaultdict(float)
    for gold, found, weight in pairs:
        # A denial that both annotators took for a claim is one: the row has no claim type to judge.
        predicted = found if found in TYPES else NOT_FOUND
        rows[gold] += 1
        gold_weight[gold] += weight
        predicted_weight[predicted] += weight
        right[gold] += weight * (gold == predicted)
    return {
        name: (
            rows[name],
            100 * right[name] / (predicted_weight[name] or 1),
            100 * right[name] / (gold_weight[name] or 1),
        )
        for name in TYPES
    }


def format_table(shares: Mapping[str, tuple[int, float, float]]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| type | rows | precision | recall |"
    yield "|---|---|---|---|"
    for name, (n, precision, recall) in shares.items():
        yield f"| {name} | {n} | {precision:.0f} | {recall:.0f} |"


if __name__ == "__main__":
    main()
