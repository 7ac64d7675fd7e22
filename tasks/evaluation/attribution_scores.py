"""Score predicted attributions against gold ones.

Tokens are words; punctuation is ignored. Predicted and gold attributions are matched one to one, greedily,
by the Jaccard overlap of their content tokens. Figures are micro-averaged:

- relaxed: content Jaccard >= 0.5, and the sources share a token or are both empty (the headline)
- content: content Jaccard >= 0.5, source ignored
- strict: source, cue and content all equal
- token: per role, over the union of tokens in all attributions
- recall of relaxed by manner, and where the gold cue denies or accuses

A document is ``{"doc_id", "text", "attributions": [{"source": spans, "cue": spans, "content": spans}]}``;
spans are ``[[start, end), ...]`` in code points. Measures as used for PolNeAR (Newell et al. 2018).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tasks.evaluation.scored_words import WordSet, compute_jaccard, find_scored_words, get_words_in

QUOTED_TEXT = re.compile(r"[“\"][^“”\"]*[”\"]")
ATTRIBUTION_ROLES = ("source", "cue", "content")
MIN_CONTENT_OVERLAP = 0.5
DENIAL_CUE = re.compile(
    r"\b(den(?:y|ies|ied|ying)|denials?|refut\w+|disput(?:e|es|ed|ing)|rebut\w*|debunk\w*|disavow\w*|repudiat\w+"
    r"|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|contradict\w*)\b",
    re.I,
)
ACCUSATION_CUE = re.compile(
    r"\b(accus(?:e|es|ed|ing|ations?)|alleg\w+|blam(?:e|es|ed|ing)|denounc\w+|condemn\w*|charg(?:e|es|ed|ing))\b",
    re.I,
)
RECALL_KINDS = ("direct", "mixed", "indirect", "denial", "accusation")

AttributionScope = Literal["all", "clauses"]
"""which attributions count: all, or those whose cue governs a clause or a quotation"""
AttributionRow = Mapping[str, Any]


@dataclass(slots=True)
class AttributionScore:
    """Counts from which every figure is computed, the missed and spurious attributions, and which rows are right."""

    counts: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, ...]] = field(default_factory=list)
    spurious: list[tuple[str, ...]] = field(default_factory=list)
    judged: list[tuple[AttributionRow, bool]] = field(default_factory=list)
    """each predicted attribution, and whether content and source are those of a gold one (relaxed)"""

    def compute_rates(self, hits: str, predicted: str = "predicted", gold: str = "gold") -> tuple[float, ...]:
        """Return precision, recall and F1 in per cent, rounded to a tenth."""
        n_hits = self.counts[hits]
        precision, recall = n_hits / max(self.counts[predicted], 1), n_hits / max(self.counts[gold], 1)
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return tuple(round(100 * x, 1) for x in (precision, recall, f1))

    def compute_figures(self) -> dict[str, Any]:
        """Return every figure by name: (P, R, F1) or, for the recalls, (found, gold, per cent)."""
        result: dict[str, Any] = {name: self.compute_rates(name) for name in ("relaxed", "content", "strict")}
        for role in ATTRIBUTION_ROLES:
            result[f"token {role}"] = self.compute_rates(f"{role} hit", f"{role} predicted", f"{role} gold")
        for kind in RECALL_KINDS:
            found, gold = self.counts[f"{kind} hit"], self.counts[f"{kind} gold"]
            result[f"recall {kind}"] = (found, gold, round(100 * found / max(gold, 1), 1))
        return result | {"gold": self.counts["gold"], "predicted": self.counts["predicted"]}


def score_attributions(
    gold: Iterable[Mapping[str, Any]], predicted: Mapping[str, Mapping[str, Any]]
) -> AttributionScore:
    """Return the score of predicted documents (by ``doc_id``) against gold ones."""
    total = AttributionScore()
    for document in gold:
        rows = predicted.get(document["doc_id"], {}).get("attributions", [])
        _score_document(document, rows, total)
    return total


def _score_document(
    document: Mapping[str, Any], predicted: Sequence[AttributionRow], total: AttributionScore
) -> None:
    """Add one document to the score, in place."""
    text, gold = document["text"], document["attributions"]
    words = find_scored_words(text)
    gold_words, predicted_words = get_words_by_role(gold, words), get_words_by_role(predicted, words)
    _count_tokens(gold_words, predicted_words, total.counts)
    total.counts["gold"] += len(gold)
    total.counts["predicted"] += len(predicted)
    found = match_one_to_one([g["content"] for g in gold_words], [p["content"] for p in predicted_words])
    right = set()
    for i, wanted in enumerate(gold_words):
        overlap, j = found.get(i, (0.0, -1))
        is_content_hit = overlap >= MIN_CONTENT_OVERLAP
        is_hit = is_content_hit and is_same_source(wanted["source"], predicted_words[j]["source"])
        total.counts["content"] += is_content_hit
        total.counts["relaxed"] += is_hit
        total.counts["strict"] += j >= 0 and wanted == predicted_words[j]
        for kind in _classify_attribution(gold[i], text):
            total.counts[f"{kind} gold"] += 1
            total.counts[f"{kind} hit"] += is_hit
        if is_hit:
            right.add(j)
        else:
            total.missed.append((document["doc_id"], *_to_texts(gold[i], text)))
    hits = {j for overlap, j in found.values() if overlap >= MIN_CONTENT_OVERLAP}
    spurious = (row for j, row in enumerate(predicted) if j not in hits)
    total.spurious += [(document["doc_id"], *_to_texts(row, text)) for row in spurious]
    total.judged += [(row, j in right) for j, row in enumerate(predicted)]


def get_words_by_role(
    rows: Iterable[AttributionRow], words: list[tuple[int, int]]
) -> list[dict[str, WordSet]]:
    """Return, for each attribution, the numbers of the words of each role."""
    return [{role: get_words_in(row.get(role) or [], words) for role in ATTRIBUTION_ROLES} for row in rows]


def is_same_source(gold: WordSet, predicted: WordSet) -> bool:
    """Return True if two sources share a word, or both are empty."""
    return bool(gold & predicted) or not (gold or predicted)


def match_one_to_one(gold: list[WordSet], predicted: list[WordSet]) -> dict[int, tuple[float, int]]:
    """Return a greedy one-to-one matching by overlap: gold index to (overlap, predicted index)."""
    pairs = sorted(
        ((compute_jaccard(g, p), i, j) for i, g in enumerate(gold) for j, p in enumerate(predicted) if g & p),
        reverse=True,
    )
    found: dict[int, tuple[float, int]] = {}
    used: set[int] = set()
    for overlap, i, j in pairs:
        if i not in found and j not in used:
            found[i] = overlap, j
            used.add(j)
    return found


def _count_tokens(
    gold: list[dict[str, WordSet]], predicted: list[dict[str, WordSet]], counts: Counter[str]
) -> None:
    """Add the token counts of each role, in place."""
    for role in ATTRIBUTION_ROLES:
        g: WordSet = frozenset().union(*(row[role] for row in gold))
        p: WordSet = frozenset().union(*(row[role] for row in predicted))
        counts[f"{role} hit"] += len(g & p)
        counts[f"{role} gold"] += len(g)
        counts[f"{role} predicted"] += len(p)


def _classify_attribution(row: AttributionRow, text: str) -> list[str]:
    """Return the kinds of an attribution, for recall by kind: its manner, and denial or accusation by its cue."""
    cue = " ".join(text[a:b] for a, b in row.get("cue") or [])
    return [classify_manner(row["content"], text)] + [
        name
        for name, pattern in (("denial", DENIAL_CUE), ("accusation", ACCUSATION_CUE))
        if pattern.search(cue)
    ]


def classify_manner(spans: Iterable[Sequence[int]], text: str) -> str:
    """Return direct, mixed or indirect by the share of content characters in quotation marks."""
    total = sum(b - a for a, b in spans)
    quoted = sum(
        max(0, min(b, m.end()) - max(a, m.start())) for a, b in spans for m in QUOTED_TEXT.finditer(text)
    )
    share = quoted / total if total else 0
    return "direct" if share > 0.9 else "mixed" if share > 0 else "indirect"


def _to_texts(row: AttributionRow, text: str) -> tuple[str, ...]:
    """Return source, cue and content as text, for display."""
    return tuple(" … ".join(text[a:b] for a, b in row.get(role) or []) for role in ATTRIBUTION_ROLES)
