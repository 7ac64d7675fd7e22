"""Links of denials to claims in other documents, by shared entities, common words and date.

The result does not depend on the order of the rows, and the links of a denial depend only on the claims within its
window of days. Candidates share an entity, a word and a period, so that the cost grows with the number of documents,
not with its square.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from spacy.lang.en.stop_words import STOP_WORDS

from tasks.document.records import SHARED_COLUMNS, Row
from tasks.links.document_links import IMPLICIT_METHOD, MAX_LINKS, MIN_SHARE_OF_BEST
from tasks.links.statement_features import STEM_LETTERS
from tasks.seeds import read_seed_rows
from warehouse.tables import DENIAL_LINKS, to_arrow

LINK_WORD = re.compile(r"[^\W_]{3,}")
WINDOW_DAYS = 30
MAX_CLAIMS_PER_KEY = 200
MIN_CROSS_LINK_SCORE = 0.5
STATEMENT_COLUMNS = (
    "doc_id",
    "speaker_id",
    "speaker_affiliation_id",
    "target_ids",
    "content_text",
    "said_on",
)

CLAIM_COLUMNS = ("claim_id", *STATEMENT_COLUMNS, "claim_type")
DENIAL_COLUMNS = ("denial_id", *dict.fromkeys((*STATEMENT_COLUMNS, *SHARED_COLUMNS)))
"""the columns of claims and denials that are read"""

ClaimKey = tuple[str, str, int]
"""entity, word and period"""


@dataclass(frozen=True, slots=True)
class CrossLinkRules:
    """The weights of the features of a pair, and the maximum number of days between claim and denial."""

    weights: Mapping[str, float]
    window_days: int = WINDOW_DAYS


@dataclass(frozen=True, slots=True)
class DatedStatement:
    """The features of a statement for linking: its day, speakers, targets and word stems."""

    statement_id: str
    doc_id: str
    day: date
    speakers: frozenset[str]
    targets: frozenset[str]
    words: frozenset[str]
    is_accusation: bool


def load_cross_link_rules() -> CrossLinkRules:
    """Return the rules with the weights under ``seeds/``."""
    rows = read_seed_rows("denials/across.csv")
    return CrossLinkRules({row["evidence"]: float(row["weight"]) for row in rows})


def link_across_documents(
    claims: pa.Table, denials: pa.Table, documents: pa.Table, links: pa.Table, rules: CrossLinkRules
) -> pa.Table:
    """Return the links within and across documents of each denial, ranked: those within its document first, by score.

    A denial without links gets a row with its implicit claim. Links across documents among ``links`` are dropped.

    Args:
        claims: rows of ``claims`` with :data:`CLAIM_COLUMNS`; entity ids must be joined across documents.
        denials: rows of ``denials`` with :data:`DENIAL_COLUMNS`; likewise.
        documents: rows of ``documents``; statements without a date are not linked across documents.
        links: rows of ``denial_links``.
        rules: the weights and the window.
    """
    days = dict(zip(documents["doc_id"].to_pylist(), documents["published_at"].to_pylist(), strict=True))
    found = defaultdict(list)
    for row in links.to_pylist():
        if row["same_document"] and row["claim_id"] is not None:
            found[row["denial_id"]].append(row)
    shared = {row["denial_id"]: row for row in denials.select(["denial_id", *SHARED_COLUMNS]).to_pylist()}
    contents = dict(zip(denials["denial_id"].to_pylist(), denials["content_text"].to_pylist(), strict=True))
    index = _index_claims(_read_dated_statements(claims, "claim_id", days), rules.window_days)
    for denial in _read_dated_statements(denials, "denial_id", days):
        for value, claim, evidence in _find_best_claims(denial, index, rules):
            row = shared[denial.statement_id] | {"claim_id": claim.statement_id, "score": value}
            method = "across:" + "+".join(sorted(evidence.keys() - {"days", "later"}))
            row |= {"method": method, "same_document": False, "implicit_claim_text": None}
            found[denial.statement_id].append(row)
    for denial_id, content in contents.items():
        if denial_id not in found:
            found[denial_id].append(shared[denial_id] | _make_implicit_link(content))
    return to_arrow((row for rows in found.values() for row in _rank_links(rows)), DENIAL_LINKS)


def _make_implicit_link(content: str) -> Row:
    """Return the columns of the link row of a denial without a claim, except those shared with the denial."""
    return {
        "claim_id": None,
        "score": 0.0,
        "method": IMPLICIT_METHOD,
        "same_document": True,
        "implicit_claim_text": content,
    }


def _read_dated_statements(
    table: pa.Table, key: str, days: Mapping[str, date | None]
) -> Iterator[DatedStatement]:
    """Yield the statements of a table that have a date: that of their document, else ``said_on``."""
    type_column = ("claim_type",) if key == "claim_id" else ()
    for row in table.select([key, *STATEMENT_COLUMNS, *type_column]).to_pylist():
        day = days.get(row["doc_id"]) or row["said_on"]
        if day is None:
            continue
        yield DatedStatement(
            statement_id=row[key],
            doc_id=row["doc_id"],
            day=day,
            speakers=frozenset(e for e in (row["speaker_id"], row["speaker_affiliation_id"]) if e),
            targets=frozenset(row["target_ids"]),
            words=frozenset(_stem_words(row["content_text"])),
            is_accusation=row.get("claim_type") == "accusation",
        )


def _stem_words(text: str) -> Iterator[str]:
    """Yield the content words of a text, cut to their first :data:`STEM_LETTERS` letters."""
    return (w[:STEM_LETTERS] for w in LINK_WORD.findall(text.lower()) if w not in STOP_WORDS)


def _index_claims(claims: Iterable[DatedStatement], window_days: int) -> dict[ClaimKey, list[DatedStatement]]:
    """Return the claims by entity, word and period, without keys of more than :data:`MAX_CLAIMS_PER_KEY` claims."""
    index: dict[ClaimKey, list[DatedStatement]] = defaultdict(list)
    for claim in claims:
        for entity in claim.targets | claim.speakers:
            for word in claim.words:
                index[entity, word, _get_period_number(claim.day, window_days)].append(claim)
    return {key: found for key, found in index.items() if len(found) <= MAX_CLAIMS_PER_KEY}


def _get_period_number(day: date, window_days: int) -> int:
    """Return the number of the period of ``window_days`` days that contains a day."""
    return day.toordinal() // max(window_days, 1)


def _find_best_claims(
    denial: DatedStatement, index: Mapping[ClaimKey, Sequence[DatedStatement]], rules: CrossLinkRules
) -> list[tuple[float, DatedStatement, dict[str, float]]]:
    """Return the claims of other documents that a denial answers, with score and evidence, best first."""
    period = _get_period_number(denial.day, rules.window_days)
    entities = denial.speakers | denial.targets
    keys = ((e, w, p) for e in entities for w in denial.words for p in (period - 1, period, period + 1))
    near = {claim.statement_id: claim for key in keys for claim in index.get(key, ())}
    scored = []
    for claim in near.values():
        days_apart = abs((claim.day - denial.day).days)
        is_near = days_apart <= rules.window_days
        if claim.doc_id == denial.doc_id or claim.speakers & denial.speakers or not is_near:
            continue
        evidence = _compare_statements(denial, claim, days_apart)
        log_odds = rules.weights["bias"] + sum(rules.weights[name] * x for name, x in evidence.items())
        scored.append((1 / (1 + math.exp(-log_odds)), claim, evidence))
    scored.sort(key=lambda s: (-s[0], s[1].statement_id))
    return [
        s for s in scored[:MAX_LINKS] if s[0] >= max(MIN_CROSS_LINK_SCORE, MIN_SHARE_OF_BEST * scored[0][0])
    ]


def _compare_statements(denial: DatedStatement, claim: DatedStatement, days_apart: int) -> dict[str, float]:
    """Return the features of a pair that are not zero, by name."""
    size = math.sqrt(len(denial.words) * len(claim.words)) or 1.0
    found = {
        "overlap": len(denial.words & claim.words) / size,
        "names_denier": float(bool(denial.speakers & claim.targets)),
        "shared_target": float(bool(denial.targets & claim.targets)),
        "accusing": float(claim.is_accusation),
        "days": float(days_apart),
        "later": float(claim.day > denial.day),
    }
    return {name: value for name, value in found.items() if value}


def _rank_links(rows: Sequence[Row]) -> list[Row]:
    """Return the links of one denial, ranked: those within its document first, by score.

    The score within a document is a probability; the one across documents is a strength that is not calibrated.
    """
    best_first = sorted(rows, key=lambda r: (not r["same_document"], -r["score"], r["claim_id"] or ""))
    return [row | {"rank": rank} for rank, row in enumerate(best_first, 1)]
