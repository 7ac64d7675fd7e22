"""The claims that a denial answers in other documents: same entity, common words, near in time.

A pure function of the rows: their order never matters, and a denial's links depend only on the claims
published within its window. Candidates share an entity and a word within a month of one another, so that
the work grows with the number of documents, not with its square.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from spacy.lang.en.stop_words import STOP_WORDS

from tasks.document.records import Row
from tasks.links.document_links import IMPLICIT
from tasks.seeds import read_seed
from warehouse.tables import DENIAL_LINKS, to_arrow

WORD = re.compile(r"[^\W_]{3,}")
STEM = 5
WINDOW_DAYS = 30
CROWD = 200
KEPT = 3
LEAST = 0.5
WITHIN = 0.6
READ = ("doc_id", "speaker_id", "speaker_affiliation_id", "target_ids", "content_text", "said_on")

COMMON = ("doc_id", "published_month", "extractor_version")
"""columns that a link takes over from its denial's row"""
OF_CLAIMS = ("claim_id", *READ, "claim_type")
OF_DENIALS = ("denial_id", *dict.fromkeys((*READ, *COMMON)))
"""the columns that are read"""

Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Party:
    """One statement as a party to a dispute between documents."""

    statement_id: str
    doc_id: str
    day: date
    speakers: frozenset[str]
    targets: frozenset[str]
    words: frozenset[str]
    accuses: bool


def link_across(
    claims: pa.Table, denials: pa.Table, documents: pa.Table, links: pa.Table, window_days: int = WINDOW_DAYS
) -> pa.Table:
    """Return all links: those given, and those to claims of other documents, ranked together by score.

    A denial without any has the row that says so, made anew: it is the same whatever claims came and went.

    Args:
        claims: rows of ``claims``, of which ``OF_CLAIMS`` are read; entity ids must already be joined across
            documents.
        denials: rows of ``denials``, of which ``OF_DENIALS`` are read.
        documents: rows of ``documents``; only dated statements are linked across documents.
        links: rows of ``denial_links`` made within documents.
        window_days: how many days a claim may lie before or after the denial.
    """
    days = dict(zip(documents["doc_id"].to_pylist(), documents["published_at"].to_pylist(), strict=True))
    found = defaultdict(list)
    for row in links.to_pylist():
        if row["same_document"] and row["claim_id"] is not None:
            found[row["denial_id"]].append(row)
    commons = {row["denial_id"]: row for row in denials.select(["denial_id", *COMMON]).to_pylist()}
    words = dict(zip(denials["denial_id"].to_pylist(), denials["content_text"].to_pylist(), strict=True))
    index = index_claims(parties(claims, "claim_id", days), window_days)
    weights = {row["evidence"]: float(row["weight"]) for row in read_seed("denials/across.csv")}
    for denial in parties(denials, "denial_id", days):
        for value, claim, evidence in best(denial, index, weights, window_days):
            row = commons[denial.statement_id] | {"claim_id": claim.statement_id, "score": value}
            method = "across:" + "+".join(sorted(evidence.keys() - {"days", "later"}))
            row |= {"method": method, "same_document": False, "implicit_claim_text": None}
            found[denial.statement_id].append(row)
    for denial_id, denied in words.items():
        if denial_id not in found:
            found[denial_id].append(commons[denial_id] | implicit(denied))
    return to_arrow((row for rows in found.values() for row in ranked(rows)), DENIAL_LINKS)


def implicit(denied: str) -> Row:
    """Return what the row of a denial without a claim says beyond the columns it shares with its denial."""
    return {
        "claim_id": None,
        "score": 0.0,
        "method": IMPLICIT,
        "same_document": True,
        "implicit_claim_text": denied,
    }


def parties(table: pa.Table, key: str, days: Mapping[str, date | None]) -> Iterator[Party]:
    """Yield the dated statements of a table as parties."""
    kind = ("claim_type",) if key == "claim_id" else ()
    for row in table.select([key, *READ, *kind]).to_pylist():
        day = days.get(row["doc_id"]) or row["said_on"]
        if day is None:
            continue
        yield Party(
            row[key],
            row["doc_id"],
            day,
            frozenset(e for e in (row["speaker_id"], row["speaker_affiliation_id"]) if e),
            frozenset(row["target_ids"]),
            frozenset(stems(row["content_text"])),
            row.get("claim_type") == "accusation",
        )


def stems(text: str) -> Iterator[str]:
    """Yield the content words of a text, cut to their first letters."""
    return (w[:STEM] for w in WORD.findall(text.lower()) if w not in STOP_WORDS)


def index_claims(claims: Iterable[Party], window_days: int) -> dict[Key, list[Party]]:
    """Return the claims by entity, word and stretch of time; a list too long to tell anything is emptied."""
    index: dict[Key, list[Party]] = defaultdict(list)
    for claim in claims:
        for entity in claim.targets | claim.speakers:
            for word in claim.words:
                index[entity, word, stretch(claim.day, window_days)].append(claim)
    return {key: held for key, held in index.items() if len(held) <= CROWD}


def stretch(day: date, window_days: int) -> int:
    """Return the number of the stretch of time, as long as the window, that a day falls in."""
    return day.toordinal() // max(window_days, 1)


def best(
    denial: Party, index: Mapping[Key, Sequence[Party]], weights: Mapping[str, float], window_days: int
) -> list[tuple[float, Party, dict[str, float]]]:
    """Return the claims of other documents that a denial answers, with score and evidence, best first."""
    here = stretch(denial.day, window_days)
    entities = denial.speakers | denial.targets
    keys = ((e, w, t) for e in entities for w in denial.words for t in (here - 1, here, here + 1))
    near = {claim.statement_id: claim for key in keys for claim in index.get(key, ())}
    scored = []
    for claim in near.values():
        apart = abs((claim.day - denial.day).days)
        if claim.doc_id == denial.doc_id or claim.speakers & denial.speakers or apart > window_days:
            continue
        evidence = compare(denial, claim, apart)
        total = weights["bias"] + sum(weights[name] * value for name, value in evidence.items())
        scored.append((1 / (1 + math.exp(-total)), claim, evidence))
    scored.sort(key=lambda s: (-s[0], s[1].statement_id))
    return [s for s in scored[:KEPT] if s[0] >= max(LEAST, WITHIN * scored[0][0])]


def compare(denial: Party, claim: Party, apart: int) -> dict[str, float]:
    """Return what speaks for a pair, by kind."""
    size = math.sqrt(len(denial.words) * len(claim.words)) or 1.0
    found = {
        "overlap": len(denial.words & claim.words) / size,
        "names_denier": float(bool(denial.speakers & claim.targets)),
        "shared_target": float(bool(denial.targets & claim.targets)),
        "accusing": float(claim.accuses),
        "days": float(apart),
        "later": float(claim.day > denial.day),
    }
    return {name: value for name, value in found.items() if value}


def ranked(rows: Sequence[Row]) -> list[Row]:
    """Return the links of one denial with ranks by score."""
    best_first = sorted(rows, key=lambda r: (-r["score"], not r["same_document"], r["claim_id"] or ""))
    return [row | {"rank": rank} for rank, row in enumerate(best_first, 1)]
