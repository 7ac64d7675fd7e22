"""Score predicted denials, and the claims they are linked to, against gold annotated twice.

Core denials are those that both annotation passes marked; the others are optional: neither a hit nor an error.

- hit: the contents' words overlap by a Jaccard of at least 0.3, or one content contains the other
- link: of the hit core denials that both passes linked, the share whose best claim overlaps a gold claim
  (Jaccard at least 0.2, or one contains the other); end to end, the share of all that both linked
- trap: a word that looks like a denial but is not one (*denied access*) inside a predicted denial
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tasks.analysis import DocumentAnalysis, analyse_document
from tasks.denials.classified_statements import DENIAL_TYPES
from tasks.document.parser import parse_texts
from tasks.document.records import Row
from tasks.evaluation.predicted_attributions import make_scored_document, to_attribution
from tasks.evaluation.scored_words import WordSet, compute_jaccard, find_scored_words, get_words_in
from tasks.knowledge import Knowledge

MIN_HIT_OVERLAP, MIN_LINK_OVERLAP = 0.3, 0.2
MAX_RANK = 3

GoldRecord = Mapping[str, Any]


def predict_denials(documents: Iterable[tuple[str, str]], knowledge: Knowledge) -> Iterator[Row]:
    """Yield, for each (id, text), its statements with table, type, spans and the claims that each denial answers."""
    pairs = list(documents)
    for (doc_id, text), doc in zip(
        pairs, parse_texts((text for _, text in pairs), knowledge.nlp), strict=True
    ):
        analysis = analyse_document(make_scored_document(doc_id, text), doc, knowledge)
        yield {"doc_id": doc_id, "attributions": to_denial_attributions(analysis)}


def to_denial_attributions(analysis: DocumentAnalysis) -> list[Row]:
    """Return the statements of a document in the form of the scorer; ids are positions in the document's list."""
    answers: dict[int, list[str]] = {}
    for link in analysis.links:
        if link.claim is not None:
            answers.setdefault(link.denial, []).append(str(link.claim))
    return [
        to_attribution(s)
        | {
            "id": str(i),
            "kind": "denials" if s.kind in DENIAL_TYPES else "claims",
            "type": s.kind,
            "links": answers.get(i, []),
        }
        for i, s in enumerate(analysis.statements)
    ]


def score_denials(
    gold: Iterable[GoldRecord], texts: Mapping[str, str], predicted: Mapping[str, GoldRecord]
) -> Counter[str]:
    """Return the counts over all gold documents, for :func:`compute_denial_figures`."""
    counts: Counter[str] = Counter()
    for article in gold:
        rows = predicted.get(article["doc_id"], {}).get("attributions", [])
        counts += _score_document(article, texts[article["doc_id"]], rows)
    return counts


def _score_document(article: GoldRecord, text: str, rows: Sequence[GoldRecord]) -> Counter[str]:
    """Return the counts of one document."""
    words = find_scored_words(text)
    counts: Counter[str] = Counter()
    denials = [row for row in rows if row["kind"] == "denials"]
    contents = {row["id"]: get_words_in(row["content"], words) for row in rows}
    taken: set[str] = set()
    for denial, row in match_denials(article, denials, contents, words):
        if row is not None:
            taken.add(row["id"])
        if denial["core"]:
            counts += _score_denial(denial, row, contents, words)
    counts["false"] = len(denials) - len(taken)
    unmatched = [row for row in denials if row["id"] not in taken]
    for trap in article["negatives"]:
        if trap["kind"] != "no_comment" and trap["votes"] > 1:
            counts["traps"] += 1
            counts["trapped"] += any(
                a <= trap["start"] < b for r in unmatched for a, b in [*r["cue"], *r["content"]]
            )
    return counts


def match_denials(
    article: GoldRecord,
    rows: Sequence[GoldRecord],
    contents: Mapping[str, WordSet],
    words: Sequence[tuple[int, int]],
) -> Iterator[tuple[GoldRecord, GoldRecord | None]]:
    """Yield each gold denial, core denials first, with the best unmatched row, or None."""
    taken: set[str] = set()
    for denial in sorted(article["denials"], key=lambda d: not d["core"]):
        wanted = [get_words_in([span], words) for span in denial["content"] if span]
        row = _find_best_match(wanted, rows, contents, taken)
        if row is not None:
            taken.add(row["id"])
        yield denial, row


def _find_best_match(
    wanted: Sequence[WordSet], rows: Sequence[GoldRecord], contents: Mapping[str, WordSet], taken: set[str]
) -> GoldRecord | None:
    """Return the row not yet taken whose content overlaps a gold denial most, or None if none overlaps enough."""
    free = [row for row in rows if row["id"] not in taken]
    hits = [
        row for row in free if any(is_overlapping(w, contents[row["id"]], MIN_HIT_OVERLAP) for w in wanted)
    ]
    return max(
        hits, key=lambda row: max(compute_jaccard(w, contents[row["id"]]) for w in wanted), default=None
    )


def _score_denial(
    denial: GoldRecord,
    row: GoldRecord | None,
    contents: Mapping[str, WordSet],
    words: Sequence[tuple[int, int]],
) -> Counter[str]:
    """Return the counts of one core denial and the row matched with it."""
    kind, linkable = denial["types"][0], denial["linked_by"] == 2
    counts = Counter({"core": 1, f"core {kind}": 1, "linkable": int(linkable)})
    if row is None:
        return counts
    counts += Counter({"hit": 1, f"hit {kind}": 1, "typed": int(row["type"] in denial["types"])})
    if linkable:
        answers = [get_words_in([link["content"]], words) for link in denial["links"]]
        right = [
            any(is_overlapping(contents[i], a, MIN_LINK_OVERLAP) for a in answers)
            for i in row["links"]
            if i in contents
        ]
        counts += Counter(
            {"linkable hit": 1, "link@1": int(any(right[:1])), "link@3": int(any(right[:MAX_RANK]))}
        )
    elif denial["linked_by"] == 0:
        counts += Counter({"implicit": 1, "abstained": int(not row["links"])})
    return counts


def compute_denial_figures(counts: Mapping[str, int]) -> dict[str, float]:
    """Return precision, recall, F1 and the shares of right links and types, in per cent rounded to a tenth."""
    found, core = counts["hit"], max(counts["core"], 1)
    precision, recall = found / max(found + counts["false"], 1), found / core
    kinds = sorted(name.removeprefix("core ") for name in counts if name.startswith("core "))
    shares = {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if found else 0.0,
        "type": counts["typed"] / max(found, 1),
        "link@1": counts["link@1"] / max(counts["linkable hit"], 1),
        "link@3": counts["link@3"] / max(counts["linkable hit"], 1),
        "link end to end": counts["link@1"] / max(counts["linkable"], 1),
        "abstained": counts["abstained"] / max(counts["implicit"], 1),
        **{f"recall {kind}": counts[f"hit {kind}"] / counts[f"core {kind}"] for kind in kinds},
    }
    return {name: round(100 * share, 1) for name, share in shares.items()}


def is_overlapping(a: WordSet, b: WordSet, min_jaccard: float) -> bool:
    """Return True if two contents have at least this Jaccard similarity, or one contains the other."""
    return bool(a and b) and (compute_jaccard(a, b) >= min_jaccard or a <= b or b <= a)
