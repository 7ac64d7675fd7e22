"""Accuracy of links across documents: pairs of a denial and a claim of another article, annotated in two passes.

``python -m tests.benchmarks.accuracy.cross_document_links WAREHOUSE`` compares the links of a warehouse with
``tests/gold/cross-document-links.csv``. The texts (PolNeAR's training part) have no licence that would allow their
publication: the file holds hashes of the texts and offsets only, and the warehouse is made from them with their dates.
"""

import argparse
import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tasks.document.records import Span
from warehouse.snapshot import Snapshot
from warehouse.snapshot import open as open_snapshot

PAIRS_FILE = Path(__file__).parents[2] / "gold" / "cross-document-links.csv"
MIN_OVERLAP = 0.5
"""share of the shorter of two contents from which they are the same"""
HASH_LETTERS = 20
"""letters of the SHA-256 of a text that name it in the file"""


class Place(NamedTuple):
    """A stretch of a text, named by the hash of the text."""

    text_sha256: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AnnotatedDenial:
    """A denial and the claims of other articles that it may answer."""

    place: Place
    claims: dict[Place, str]
    """whether it answers the claim: *yes* if one pass says so and the other at least *maybe*; *maybe*; *no*"""

    @property
    def answered(self) -> list[Place]:
        """The claims that it answers."""
        return [place for place, verdict in self.claims.items() if verdict == "yes"]


@dataclass(frozen=True, slots=True)
class StoredStatements:
    """The claims or denials of a warehouse by text: their ids and the spans of their contents."""

    by_text: dict[str, list[tuple[str, list[Span]]]]

    def find(self, place: Place) -> set[str]:
        """Return the ids of the statements whose content overlaps a place by half of the shorter one."""
        return {key for key, spans in self.by_text.get(place.text_sha256, ()) if _has_overlap(place, spans)}


def _has_overlap(place: Place, spans: Collection[Span]) -> bool:
    """Return True if spans overlap a place by half of the shorter of the two."""
    shared = sum(max(0, min(place.end, end) - max(place.start, start)) for start, end in spans)
    size = min(place.end - place.start, sum(end - start for start, end in spans))
    return shared >= MIN_OVERLAP * size


def read_annotated_denials(path: Path = PAIRS_FILE) -> list[AnnotatedDenial]:
    """Return the annotated denials."""
    found: dict[Place, dict[Place, str]] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            denial, claim = (
                Place(row[f"{kind}_text_sha256"], int(row[f"{kind}_start"]), int(row[f"{kind}_end"]))
                for kind in ("denial", "claim")
            )
            found[denial][claim] = _join_verdicts(row["first_pass"], row["second_pass"])
    return [AnnotatedDenial(denial, claims) for denial, claims in found.items()]


def _join_verdicts(first: str, second: str) -> str:
    """Return the verdict of two passes."""
    if "yes" in (first, second) and "no" not in (first, second):
        return "yes"
    return "no" if first == second == "no" else "maybe"


def _read_rows(snapshot: Snapshot, table: str, *columns: str) -> list[dict[str, Any]]:
    """Return some columns of a table."""
    rows: list[dict[str, Any]] = snapshot.dataset(table).to_table(columns=list(columns)).to_pylist()
    return rows


def read_statements(snapshot: Snapshot, kind: str) -> StoredStatements:
    """Return the claims or denials of a snapshot."""
    hashes = {
        row["doc_id"]: hashlib.sha256(row["text"].encode()).hexdigest()[:HASH_LETTERS]
        for row in _read_rows(snapshot, "documents", "doc_id", "text")
    }
    found = defaultdict(list)
    for row in _read_rows(snapshot, f"{kind}s", f"{kind}_id", "doc_id", "content_spans"):
        spans = [(span["start"], span["end"]) for span in row["content_spans"]]
        found[hashes[row["doc_id"]]].append((row[f"{kind}_id"], spans))
    return StoredStatements(dict(found))


def format_figures(snapshot: Snapshot, annotated: Iterable[AnnotatedDenial]) -> Iterator[str]:
    """Yield the lines of the report."""
    denials, claims = (read_statements(snapshot, kind) for kind in ("denial", "claim"))
    links = [
        (row["denial_id"], row["claim_id"])
        for row in _read_rows(snapshot, "denial_links", "denial_id", "claim_id", "same_document")
        if not row["same_document"]
    ]
    counts: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    for denial in annotated:
        rows = denials.find(denial.place)
        linked = {claim_id for denial_id, claim_id in links if denial_id in rows}
        known = {
            claim_id: verdict for place, verdict in denial.claims.items() for claim_id in claims.find(place)
        }
        verdicts.update(known.get(claim_id, "not annotated") for claim_id in linked)
        answered = {claim_id for place in denial.answered for claim_id in claims.find(place)}
        counts.update(
            {
                "denials": 1,
                "answer a claim of another article": int(bool(denial.answered)),
                "of these, denial in the tables": int(bool(denial.answered and rows)),
                "of these, claim in the tables too": int(bool(rows and answered)),
                "linked to the right claim": int(bool(linked & answered)),
            }
        )
    yield from (f"{name}: {count}" for name, count in counts.items())
    yield f"links across documents in the warehouse: {len(links)}; of the annotated denials: {dict(verdicts)}"


def main() -> None:
    """Print the figures of a warehouse."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warehouse", type=Path)
    with open_snapshot(parser.parse_args().warehouse) as snapshot:
        print("\n".join(format_figures(snapshot, read_annotated_denials())))


if __name__ == "__main__":
    main()
