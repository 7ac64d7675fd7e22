"""Links of denials to claims in other documents, by shared entities, common words and date.

The result does not depend on the order of the rows, and the links of a denial depend only on the claims within its
window of days. Candidates share an entity, a word and a period, so that the cost grows with the number of documents,
not with its square.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import repeat

import pyarrow as pa
from spacy.lang.en.stop_words import STOP_WORDS

from tasks.corpus.publication_dates import get_publication_dates
from tasks.document.records import SHARED_COLUMNS, Row
from tasks.links.document_links import IMPLICIT_METHOD, MAX_LINKS, MIN_SHARE_OF_BEST
from tasks.links.log_odds import compute_log_odds, to_probability
from tasks.links.word_stems import STEM_LETTERS
from tasks.seeds import read_seed_rows
from warehouse.tables import DENIAL_LINKS, to_arrow

LINK_WORD = re.compile(r"[^\W_]{3,}")
WINDOW_DAYS = 30
MIN_SHARED_WORDS = 2
MAX_DAYS_LATER = 1
"""days after a denial on which a claim may be published and still be what it answers: time zones, a late report"""
MIN_COPIED_WORDS, MIN_COPIED_SHARE = 8, 0.7
"""words, and the share of all words of both, from which two contents are the same passage, printed twice"""
MAX_CLAIMS_PER_KEY = 200
MIN_CROSS_LINK_SCORE = 0.65
STATEMENT_COLUMNS = (
    "doc_id",
    "speaker_id",
    "speaker_affiliation_id",
    "target_ids",
    "content_text",
    "said_on",
)

CLAIM_COLUMNS = ("claim_id", *STATEMENT_COLUMNS, "claim_type", "source_type")
DENIAL_COLUMNS = ("denial_id", *dict.fromkeys((*STATEMENT_COLUMNS, *SHARED_COLUMNS)))
"""the columns of claims and denials that are read"""

ClaimKey = tuple[str, str, int]
"""entity, word and period"""


@dataclass(frozen=True, slots=True)
class CrossLinkRules:
    """The weights of the features of a pair, and the maximum number of days between claim and denial."""

    weights: Mapping[str, float]
    window_days: int = WINDOW_DAYS
    common_keys: Set[ClaimKey] = frozenset()
    """keys that more than :data:`MAX_CLAIMS_PER_KEY` claims share, counting those that are not given"""


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
    is_unsaid: bool
    """the text itself states it: nobody is said to claim it"""


def load_cross_link_rules() -> CrossLinkRules:
    """Return the rules with the weights under ``seeds/``."""
    rows = read_seed_rows("denials/cross_document_features.csv")
    return CrossLinkRules({row["feature"]: float(row["weight"]) for row in rows})


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
    days = get_publication_dates(documents)
    found = defaultdict(list)
    for row in links.to_pylist():
        if row["same_document"] and row["claim_id"] is not None:
            found[row["denial_id"]].append(row)
    shared = {row["denial_id"]: row for row in denials.select(["denial_id", *SHARED_COLUMNS]).to_pylist()}
    contents = dict(zip(denials["denial_id"].to_pylist(), denials["content_text"].to_pylist(), strict=True))
    dated_denials = list(read_dated_statements(denials, "denial_id", days))
    wanted = {key for denial in dated_denials for key in list_claim_keys(denial, rules.window_days, reach=1)}
    dated_claims = read_dated_statements(claims, "claim_id", days)
    index = _index_claims(dated_claims, wanted - rules.common_keys, rules.window_days)
    for denial in dated_denials:
        for score, claim, features in _find_best_claims(denial, index, rules):
            row = shared[denial.statement_id] | {"claim_id": claim.statement_id, "score": score}
            method = "across:" + "+".join(sorted(features.keys() - {"days", "unsaid"}))
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


def read_dated_statements(
    table: pa.Table | pa.RecordBatch, key: str, days: Mapping[str, date | None]
) -> Iterator[DatedStatement]:
    """Yield the statements of a table that have a date: that of their document, else ``said_on``."""
    columns = [table[name].to_pylist() for name in (key, *STATEMENT_COLUMNS)]
    is_claim = key == "claim_id"
    kinds, sources = (
        table[name].to_pylist() if is_claim else repeat("") for name in ("claim_type", "source_type")
    )
    for row, kind, source in zip(zip(*columns, strict=True), kinds, sources, strict=is_claim):
        statement_id, doc_id, speaker, affiliation, targets, content, said_on = row
        if (day := days.get(doc_id) or said_on) is None:
            continue
        yield DatedStatement(
            statement_id=statement_id,
            doc_id=doc_id,
            day=day,
            speakers=frozenset(entity for entity in (speaker, affiliation) if entity),
            targets=frozenset(targets),
            words=frozenset(_stem_words(content)),
            is_accusation=kind == "accusation",
            is_unsaid=source == "author",
        )


def _stem_words(text: str) -> Iterator[str]:
    """Yield the content words of a text, cut to their first :data:`STEM_LETTERS` letters, without names.

    Words with a capital are left out: that both name the same entity is a feature of its own.
    """
    return filter(None, map(_stem_word, LINK_WORD.findall(text)))


@lru_cache(1 << 16)
def _stem_word(word: str) -> str:
    """Return the stem of a word, empty for a stop word or a name; cached because most words recur."""
    return "" if word in STOP_WORDS or not word.islower() else word[:STEM_LETTERS]


def list_claim_keys(statement: DatedStatement, window_days: int, reach: int = 0) -> Iterator[ClaimKey]:
    """Yield the keys of a statement: of its period, and of those up to ``reach`` periods before and after."""
    period = get_period_number(statement.day, window_days)
    for entity in statement.speakers | statement.targets:
        for word in statement.words:
            for near in range(period - reach, period + reach + 1):
                yield entity, word, near


def _index_claims(
    claims: Iterable[DatedStatement], wanted: Set[ClaimKey], window_days: int
) -> dict[ClaimKey, list[DatedStatement]]:
    """Return the claims by those of their keys that are wanted, without keys that too many claims share."""
    index: dict[ClaimKey, list[DatedStatement]] = defaultdict(list)
    for claim in claims:
        for key in list_claim_keys(claim, window_days):
            if key in wanted:
                index[key].append(claim)
    return {key: found for key, found in index.items() if len(found) <= MAX_CLAIMS_PER_KEY}


def get_period_number(day: date, window_days: int) -> int:
    """Return the number of the period of ``window_days`` days that contains a day."""
    return day.toordinal() // max(window_days, 1)


def _find_best_claims(
    denial: DatedStatement, index: Mapping[ClaimKey, Sequence[DatedStatement]], rules: CrossLinkRules
) -> list[tuple[float, DatedStatement, dict[str, float]]]:
    """Return the claims of other documents that a denial answers, with score and features, best first."""
    keys = list_claim_keys(denial, rules.window_days, reach=1)
    near = {claim.statement_id: claim for key in keys for claim in index.get(key, ())}
    scored = []
    for claim in near.values():
        if not _is_possible_answer(denial, claim, rules.window_days):
            continue
        features = _compare_statements(denial, claim)
        strength = to_probability(compute_log_odds(features, rules.weights))
        scored.append((strength, claim, features))
    scored.sort(key=lambda s: (-s[0], s[1].statement_id))
    return [
        s for s in scored[:MAX_LINKS] if s[0] >= max(MIN_CROSS_LINK_SCORE, MIN_SHARE_OF_BEST * scored[0][0])
    ]


def _is_possible_answer(denial: DatedStatement, claim: DatedStatement, window_days: int) -> bool:
    """Return True if a denial may answer a claim: of others, elsewhere, not published later, not in the same words."""
    days_before = (denial.day - claim.day).days
    shared = len(denial.words & claim.words)
    is_copied = shared >= MIN_COPIED_WORDS and shared >= MIN_COPIED_SHARE * len(denial.words | claim.words)
    return (
        claim.doc_id != denial.doc_id
        and claim.speakers.isdisjoint(denial.speakers)
        and -MAX_DAYS_LATER <= days_before <= window_days
        and shared >= MIN_SHARED_WORDS
        and not is_copied
    )


def _compare_statements(denial: DatedStatement, claim: DatedStatement) -> dict[str, float]:
    """Return the features of a pair that are not zero, by name."""
    size = math.sqrt(len(denial.words) * len(claim.words)) or 1.0
    found = {
        "overlap": len(denial.words & claim.words) / size,
        "names_denier": float(bool(denial.speakers & claim.targets)),
        "shared_target": float(bool(denial.targets & claim.targets)),
        "accusing": float(claim.is_accusation),
        "unsaid": float(claim.is_unsaid),
        "days": float(abs((claim.day - denial.day).days)),
    }
    return {name: value for name, value in found.items() if value}


def _rank_links(rows: Sequence[Row]) -> list[Row]:
    """Return the links of one denial, ranked: those within its document first, by score.

    The score within a document is a probability; the one across documents is a strength that is not calibrated.
    """
    best_first = sorted(rows, key=lambda r: (not r["same_document"], -r["score"], r["claim_id"] or ""))
    return [row | {"rank": rank} for rank, row in enumerate(best_first, 1)]
