"""Score predicted attributions against gold ones.

Tokens are words; punctuation never counts. Predicted and gold attributions are matched one to one, greedily,
by the Jaccard overlap of their content tokens. Figures are micro-averaged:

- relaxed: content Jaccard >= 0.5, and the sources share a token or are both empty (the headline)
- content: content Jaccard >= 0.5, source ignored
- strict: source, cue and content all equal
- token: per role, over the union of tokens in all attributions
- recall of relaxed by manner, and where the gold cue denies or accuses

A document is ``{"doc_id", "text", "attributions": [{"source": spans, "cue": spans, "content": spans}]}``;
spans are ``[[start, end), ...]`` in code points. Measures as used for PolNeAR (Newell et al. 2018).
"""

import bisect
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

WORD = re.compile(r"\w+(?:[’']\w+)*")
QUOTED = re.compile(r"[“\"][^“”\"]*[”\"]")
ROLES = ("source", "cue", "content")
HALF = 0.5
DENIAL = re.compile(
    r"\b(den(?:y|ies|ied|ying)|denials?|refut\w+|disput(?:e|es|ed|ing)|rebut\w*|debunk\w*|disavow\w*|repudiat\w+"
    r"|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|contradict\w*)\b",
    re.I,
)
ACCUSATION = re.compile(
    r"\b(accus(?:e|es|ed|ing|ations?)|alleg\w+|blam(?:e|es|ed|ing)|denounc\w+|condemn\w*|charg(?:e|es|ed|ing))\b",
    re.I,
)
KINDS = ("direct", "mixed", "indirect", "denial", "accusation")

Scope = Literal["all", "clauses"]
"""Which attributions count: all, or those whose cue governs a clause or a quotation."""
Attribution = Mapping[str, Any]
Words = frozenset[int]


@dataclass(slots=True)
class Score:
    """Counts of what was found, from which every figure follows, and the attributions that were wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, ...]] = field(default_factory=list)
    spurious: list[tuple[str, ...]] = field(default_factory=list)

    def rates(self, hits: str, predicted: str = "predicted", gold: str = "gold") -> tuple[float, ...]:
        """Return precision, recall and F1 in per cent, rounded to a tenth."""
        n = self.counts
        precision, recall = n[hits] / max(n[predicted], 1), n[hits] / max(n[gold], 1)
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return tuple(round(100 * x, 1) for x in (precision, recall, f1))

    def figures(self) -> dict[str, Any]:
        """Return every figure by name: (P, R, F1) or, for the recalls, (found, gold, per cent)."""
        result: dict[str, Any] = {name: self.rates(name) for name in ("relaxed", "content", "strict")}
        for role in ROLES:
            result[f"token {role}"] = self.rates(f"{role} hit", f"{role} predicted", f"{role} gold")
        for kind in KINDS:
            found, gold = self.counts[f"{kind} hit"], self.counts[f"{kind} gold"]
            result[f"recall {kind}"] = (found, gold, round(100 * found / max(gold, 1), 1))
        return result | {"gold": self.counts["gold"], "predicted": self.counts["predicted"]}


def score(gold: Iterable[Mapping[str, Any]], predicted: Mapping[str, Mapping[str, Any]]) -> Score:
    """Return the score of predicted documents (by ``doc_id``) against gold ones."""
    total = Score()
    for document in gold:
        rows = predicted.get(document["doc_id"], {}).get("attributions", [])
        score_document(document, rows, total)
    return total


def score_document(document: Mapping[str, Any], predicted: Sequence[Attribution], total: Score) -> None:
    """Add one document to the score."""
    text, gold = document["text"], document["attributions"]
    words = [m.span() for m in WORD.finditer(text)]
    gold_words, predicted_words = words_by_role(gold, words), words_by_role(predicted, words)
    count_tokens(gold_words, predicted_words, total.counts)
    total.counts["gold"] += len(gold)
    total.counts["predicted"] += len(predicted)
    found = match([g["content"] for g in gold_words], [p["content"] for p in predicted_words])
    for i, words_of_gold in enumerate(gold_words):
        overlap, j = found.get(i, (0.0, -1))
        relaxed = overlap >= HALF and same_source(words_of_gold["source"], predicted_words[j]["source"])
        total.counts["content"] += overlap >= HALF
        total.counts["relaxed"] += relaxed
        total.counts["strict"] += j >= 0 and words_of_gold == predicted_words[j]
        for kind in kinds(gold[i], text):
            total.counts[f"{kind} gold"] += 1
            total.counts[f"{kind} hit"] += relaxed
        if not relaxed:
            total.missed.append((document["doc_id"], *as_text(gold[i], text)))
    right = {j for overlap, j in found.values() if overlap >= HALF}
    wrong = (row for j, row in enumerate(predicted) if j not in right)
    total.spurious += [(document["doc_id"], *as_text(row, text)) for row in wrong]


def words_by_role(rows: Iterable[Attribution], words: list[tuple[int, int]]) -> list[dict[str, Words]]:
    """Return, for each attribution, the indices of the words that each role covers."""
    return [{role: covered(row.get(role) or [], words) for role in ROLES} for row in rows]


def covered(spans: Iterable[Sequence[int]], words: list[tuple[int, int]]) -> Words:
    """Return the indices of the words that overlap the spans."""
    return frozenset(
        i
        for start, end in spans
        for i in range(
            bisect.bisect_right(words, start, key=lambda word: word[1]),
            bisect.bisect_left(words, end, key=lambda word: word[0]),
        )
    )


def same_source(gold: Words, predicted: Words) -> bool:
    """Tell whether two sources share a word, or both are empty."""
    return bool(gold & predicted) or not (gold or predicted)


def match(gold: list[Words], predicted: list[Words]) -> dict[int, tuple[float, int]]:
    """Return the best one-to-one pairing: gold index to (overlap, predicted index)."""
    pairs = sorted(
        (
            (len(g & p) / len(g | p), i, j)
            for i, g in enumerate(gold)
            for j, p in enumerate(predicted)
            if g & p
        ),
        reverse=True,
    )
    found: dict[int, tuple[float, int]] = {}
    used: set[int] = set()
    for overlap, i, j in pairs:
        if i not in found and j not in used:
            found[i] = overlap, j
            used.add(j)
    return found


def count_tokens(
    gold: list[dict[str, Words]], predicted: list[dict[str, Words]], counts: Counter[str]
) -> None:
    """Add the token figures of each role."""
    for role in ROLES:
        g: Words = frozenset().union(*(row[role] for row in gold))
        p: Words = frozenset().union(*(row[role] for row in predicted))
        counts[f"{role} hit"] += len(g & p)
        counts[f"{role} gold"] += len(g)
        counts[f"{role} predicted"] += len(p)


def kinds(row: Attribution, text: str) -> list[str]:
    """Return the kinds by which recall is told apart: manner, and denial or accusation by the cue."""
    cue = " ".join(text[a:b] for a, b in row.get("cue") or [])
    return [manner(row["content"], text)] + [
        name for name, pattern in (("denial", DENIAL), ("accusation", ACCUSATION)) if pattern.search(cue)
    ]


def manner(spans: Iterable[Sequence[int]], text: str) -> str:
    """Return direct, mixed or indirect, by the share of content characters in quotation marks."""
    total = sum(b - a for a, b in spans)
    quoted = sum(max(0, min(b, m.end()) - max(a, m.start())) for a, b in spans for m in QUOTED.finditer(text))
    share = quoted / total if total else 0
    return "direct" if share > 0.9 else "mixed" if share > 0 else "indirect"


def as_text(row: Attribution, text: str) -> tuple[str, ...]:
    """Return source, cue and content as text, to show."""
    return tuple(" … ".join(text[a:b] for a, b in row.get(role) or []) for role in ROLES)
