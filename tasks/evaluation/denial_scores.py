"""Score predicted denials, and the claims they are linked to, against gold annotated twice.

Core denials are those that both passes marked; the rest are optional: neither a hit nor an error.

- hit: the contents' words overlap by a Jaccard of at least 0.3, or one content contains the other
- link: of the hit core denials that both passes linked, the share whose best claim overlaps a gold claim
  (Jaccard at least 0.2, or one contains the other); end to end, the share of all that both linked
- trap: a word that looks like a denial and is none (*denied access*) inside a predicted denial
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tasks.denials.classified_statements import DENIALS
from tasks.document.parser import parse
from tasks.document.records import Document, Row
from tasks.evaluation.predicted_attributions import attribution
from tasks.extraction import Knowledge, Reading, understand

WORD = re.compile(r"\w+(?:[’']\w+)*")
HIT, LINK = 0.3, 0.2
BEST = 3

Words = frozenset[int]
Gold = Mapping[str, Any]


def predictions(documents: Iterable[tuple[str, str]], knowledge: Knowledge) -> Iterator[Row]:
    """Yield, for each (id, text), its statements with kind, type, spans and the claims that each denial answers."""
    pairs = list(documents)
    for (doc_id, text), doc in zip(pairs, parse((text for _, text in pairs), knowledge.nlp), strict=True):
        reading = understand(Document(doc_id, doc_id, text, "", "utf-8"), doc, knowledge)
        yield {"doc_id": doc_id, "attributions": attributions(reading)}


def attributions(reading: Reading) -> list[Row]:
    """Return the statements of a document as the scorer reads them; ids are positions."""
    answers: dict[int, list[str]] = {}
    for link in reading.links:
        if link.claim is not None:
            answers.setdefault(link.denial, []).append(str(link.claim))
    return [
        attribution(s)
        | {
            "id": str(i),
            "kind": "denials" if s.kind in DENIALS else "claims",
            "type": s.kind,
            "links": answers.get(i, []),
        }
        for i, s in enumerate(reading.statements)
    ]


def score(gold: Iterable[Gold], texts: Mapping[str, str], predicted: Mapping[str, Gold]) -> Counter[str]:
    """Return the counts over all gold documents; ``figures`` turns them into percentages."""
    counts: Counter[str] = Counter()
    for article in gold:
        rows = predicted.get(article["doc_id"], {}).get("attributions", [])
        counts += score_document(article, texts[article["doc_id"]], rows)
    return counts


def score_document(article: Gold, text: str, rows: Sequence[Gold]) -> Counter[str]:
    """Return the counts of one document."""
    places = [m.span() for m in WORD.finditer(text)]
    counts: Counter[str] = Counter()
    denials = [row for row in rows if row["kind"] == "denials"]
    contents = {row["id"]: words_in(row["content"], places) for row in rows}
    taken: set[str] = set()
    for denial, row in matched(article, denials, contents, places):
        if row is not None:
            taken.add(row["id"])
        if denial["core"]:
            counts += score_denial(denial, row, contents, places)
    counts["false"] = len(denials) - len(taken)
    unmatched = [row for row in denials if row["id"] not in taken]
    for trap in article["negatives"]:
        if trap["kind"] != "no_comment" and trap["votes"] > 1:
            counts["traps"] += 1
            counts["trapped"] += any(
                a <= trap["start"] < b for r in unmatched for a, b in [*r["cue"], *r["content"]]
            )
    return counts


def matched(
    article: Gold, rows: Sequence[Gold], contents: Mapping[str, Words], places: Sequence[tuple[int, int]]
) -> Iterator[tuple[Gold, Gold | None]]:
    """Yield each gold denial, core ones first, with the row that fits it best; no row goes to two."""
    taken: set[str] = set()
    for denial in sorted(article["denials"], key=lambda d: not d["core"]):
        wanted = [words_in([span], places) for span in denial["content"] if span]
        row = best_match(wanted, rows, contents, taken)
        if row is not None:
            taken.add(row["id"])
        yield denial, row


def best_match(
    wanted: Sequence[Words], rows: Sequence[Gold], contents: Mapping[str, Words], taken: set[str]
) -> Gold | None:
    """Return the free row whose content fits a gold denial best, or None."""
    free = [row for row in rows if row["id"] not in taken]
    fitting = [row for row in free if any(alike(w, contents[row["id"]], HIT) for w in wanted)]
    return max(fitting, key=lambda row: max(jaccard(w, contents[row["id"]]) for w in wanted), default=None)


def score_denial(
    denial: Gold, row: Gold | None, contents: Mapping[str, Words], places: Sequence[tuple[int, int]]
) -> Counter[str]:
    """Return the counts of one core denial and the row that was found for it."""
    kind, linkable = denial["types"][0], denial["linked_by"] == 2
    counts = Counter({"core": 1, f"core {kind}": 1, "linkable": int(linkable)})
    if row is None:
        return counts
    counts += Counter({"hit": 1, f"hit {kind}": 1, "typed": int(row["type"] in denial["types"])})
    if linkable:
        answers = [words_in([link["content"]], places) for link in denial["links"]]
        right = [any(alike(contents[i], a, LINK) for a in answers) for i in row["links"] if i in contents]
        counts += Counter(
            {"linkable hit": 1, "link@1": int(any(right[:1])), "link@3": int(any(right[:BEST]))}
        )
    elif denial["linked_by"] == 0:
        counts += Counter({"implicit": 1, "abstained": int(not row["links"])})
    return counts


def figures(counts: Mapping[str, int]) -> dict[str, float]:
    """Return precision, recall, F1 and the shares of links and types, in per cent rounded to a tenth."""
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


def words_in(spans: Iterable[Sequence[int]], places: Sequence[tuple[int, int]]) -> Words:
    """Return the words that the spans touch, by number."""
    return frozenset(i for a, b in spans for i, (x, y) in enumerate(places) if x < b and y > a)


def jaccard(a: Words, b: Words) -> float:
    """Return the share of two sets that they have in common."""
    return len(a & b) / max(len(a | b), 1)


def alike(a: Words, b: Words, least: float) -> bool:
    """Tell whether two contents overlap enough, or one contains the other."""
    return bool(a and b) and (jaccard(a, b) >= least or a <= b or b <= a)
