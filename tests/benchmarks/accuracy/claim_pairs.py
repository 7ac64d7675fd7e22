"""Accuracy of the groups of claims: pairs of claims of which two passes of annotation say whether they state the same.

``python -m tests.benchmarks.accuracy.claim_pairs`` compares the pairs of ``tests/gold/claim_pairs.jsonl`` as the step
over all documents does, and prints precision and recall with Wilson intervals of 95 %. A pair counts where both passes
agree. ``--pairs`` names a file of the same form, of texts that may not be committed.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from tasks.corpus.claims.claim_groups import group_claims
from tasks.corpus.claims.claim_pairs import SameClaimRules, load_same_claim_rules
from tests.sample_rows import Row, make_row
from warehouse.reviews.precision import compute_wilson_interval
from warehouse.tables import CLAIMS, DOCUMENTS, to_arrow

PAIRS_FILE = Path(__file__).parents[2] / "gold" / "claim_pairs.jsonl"
Side = Mapping[str, Any]


def main() -> None:
    """Compare the pairs and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, default=PAIRS_FILE)
    lines = parser.parse_args().pairs.read_text(encoding="utf-8").splitlines()
    print("\n".join(format_table(map(json.loads, lines), load_same_claim_rules())))


def format_table(pairs: Iterable[Mapping[str, Any]], rules: SameClaimRules) -> Iterator[str]:
    """Yield the lines of the table: by source, how many pairs state the same and are grouped."""
    judged: dict[str, list[tuple[bool, bool]]] = {}
    for pair in pairs:
        if len(set(pair["same"])) == 1:
            found = (pair["same"][0], is_grouped(pair["a"], pair["b"], rules))
            judged.setdefault(pair["source"], []).append(found)
    yield "| source | pairs | state the same | grouped | precision | recall |"
    yield "|---|---|---|---|---|---|"
    for source, rows in judged.items():
        right = sum(same and grouped for same, grouped in rows)
        n_same, n_grouped = (sum(row[i] for row in rows) for i in (0, 1))
        shares = " | ".join(format_share(right, n) for n in (n_grouped, n_same))
        yield f"| {source} | {len(rows)} | {n_same} | {n_grouped} | {shares} |"


def format_share(right: int, n: int) -> str:
    """Return a share in percent with its interval."""
    if not n:
        return "none"
    low, high = compute_wilson_interval(right, n)
    return f"{right / n:.0%} ({low:.0%} to {high:.0%})"


def is_grouped(one: Side, other: Side, rules: SameClaimRules) -> bool:
    """Return True if two claims, alone in a corpus, are one group."""
    sides = {"one": one, "other": other}
    claims = [_make_claim(name, side) for name, side in sides.items()]
    documents = {side["doc_id"]: date.fromisoformat(side["day"]) for side in sides.values()}
    rows = [make_row("documents", doc_id=doc_id, published_at=day) for doc_id, day in documents.items()]
    found = group_claims(to_arrow(claims, CLAIMS), to_arrow(rows, DOCUMENTS), frozenset(), rules)
    return bool(found.num_rows)


def _make_claim(name: str, side: Side) -> Row:
    """Return the row of one claim of a pair; two claims of one document do not overlap."""
    start = side.get("start", 0)
    event = [date.fromisoformat(day) for day in side.get("event", ())]
    return make_row(
        "claims",
        claim_id=name,
        doc_id=side["doc_id"],
        content_text=side["text"],
        content_spans=[{"start": start, "end": start + len(side["text"])}],
        speaker_id=side.get("speaker"),
        speaker_affiliation_id=side.get("affiliation"),
        source_text=side.get("source_text"),
        cue_lemma=side["cue"],
        claim_type=side["type"],
        target_ids=side.get("targets", []),
        negated=side.get("negated", False),
        event_start=event[0] if event else None,
        event_end=event[-1] if event else None,
    )


if __name__ == "__main__":
    main()
