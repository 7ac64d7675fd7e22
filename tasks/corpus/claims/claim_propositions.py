"""What claims state, in the terms by which claims of different articles are compared.

Claims with equal words, speakers and day are one proposition: copies of an article cost one comparison.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from tasks.corpus.claims.claim_wording import ClaimWords, Wording, read_wording, split_words, stem_words
from tasks.corpus.publication_dates import get_publication_dates
from tasks.document.records import Row

CLAIM_COLUMNS = (
    "claim_id",
    "doc_id",
    "speaker_id",
    "speaker_ids",
    "speaker_affiliation_id",
    "source_text",
    "cue_lemma",
    "content_spans",
    "content_text",
    "claim_type",
    "target_ids",
    "negated",
    "event_start",
    "event_end",
    "no_comment",
)
"""the columns of claims that are read"""
MIN_STEMS = 3
"""stems that a content must have: *the mayor* alone states nothing that could be repeated"""

Speakers = frozenset[str]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One claim that states a proposition."""

    claim_id: str
    doc_id: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Proposition:
    """What one or more claims with equal words, speakers and day state."""

    key: str
    """the smallest id of its claims"""
    day: date | None
    """day of publication"""
    kind: str
    """question, doubt or assertion"""
    speakers: Speakers
    """entities of those who speak and of those for whom they speak; those without a name are unknown"""
    source_stems: frozenset[str]
    accused: frozenset[str]
    """of an accusation the accused that have a name"""
    wording: Wording
    cue_lemma: str
    is_cue_negative: bool
    """the cue negates its content: *did not say*, *refused to*"""
    event: tuple[date, date] | None
    occurrences: tuple[Occurrence, ...]

    def is_stated_by(self, claim_ids: Set[str]) -> bool:
        """Return True if one of these claims states it."""
        return any(one.claim_id in claim_ids for one in self.occurrences)


def read_propositions(
    claims: pa.Table, documents: pa.Table, unnamed: frozenset[str], words: ClaimWords
) -> list[Proposition]:
    """Return the propositions of claims, in an order that does not depend on that of the rows.

    Claims that decline to comment, or whose content has fewer than :data:`MIN_STEMS` stems, state nothing that is
    compared.

    Args:
        claims: rows of ``claims`` with :data:`CLAIM_COLUMNS`; entity ids must be joined across documents.
        documents: rows of ``documents`` with ``doc_id`` and ``published_at``.
        unnamed: ids of the entities without a name, which belong to one document each.
        words: the tables of words.
    """
    days = get_publication_dates(documents)
    alike: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in claims.select(list(CLAIM_COLUMNS)).to_pylist():
        if not row["no_comment"]:
            alike[_make_comparison_key(row, days[row["doc_id"]], unnamed)].append(row)
    found = (_make_proposition(rows, days, unnamed, words) for rows in alike.values())
    return sorted((p for p in found if len(p.wording.stems) >= MIN_STEMS), key=lambda p: p.key)


def _make_comparison_key(row: Row, day: date | None, unnamed: frozenset[str]) -> tuple[object, ...]:
    """Return all that is compared of a claim: claims with equal keys state the same."""
    return (
        row["content_text"],
        day,
        _classify_claim(row),
        _list_speakers(row, unnamed),
        row["source_text"] if not _list_speakers(row, unnamed) else None,
        _list_accused(row, unnamed),
        row["cue_lemma"],
        row["negated"],
        row["event_start"],
        row["event_end"],
    )


def _make_proposition(
    rows: Iterable[Row], days: Mapping[str, date | None], unnamed: frozenset[str], words: ClaimWords
) -> Proposition:
    """Return the proposition of claims with equal keys."""
    ordered = sorted(rows, key=lambda row: row["claim_id"])
    first = ordered[0]
    wording = read_wording(first["content_text"], words)
    event = (first["event_start"], first["event_end"])
    return Proposition(
        key=first["claim_id"],
        day=days[first["doc_id"]],
        kind=_classify_claim(first),
        speakers=_list_speakers(first, unnamed),
        source_stems=frozenset(stem_words(split_words(first["source_text"] or ""))),
        accused=_list_accused(first, unnamed),
        wording=wording,
        cue_lemma=first["cue_lemma"],
        is_cue_negative=first["negated"] != (first["cue_lemma"] in words.negations),
        event=event if all(event) else None,
        occurrences=tuple(
            Occurrence(
                claim_id=row["claim_id"],
                doc_id=row["doc_id"],
                spans=tuple((span["start"], span["end"]) for span in row["content_spans"]),
            )
            for row in ordered
        ),
    )


def _classify_claim(row: Row) -> str:
    """Return question, doubt or assertion."""
    return row["claim_type"] if row["claim_type"] in ("question", "doubt") else "assertion"


def _list_speakers(row: Row, unnamed: frozenset[str]) -> Speakers:
    """Return the entities with a name that speak, or for which the speaker speaks."""
    ids = (row["speaker_id"], row["speaker_affiliation_id"], *(row["speaker_ids"] or ()))
    return frozenset(one for one in ids if one is not None and one not in unnamed)


def _list_accused(row: Row, unnamed: frozenset[str]) -> frozenset[str]:
    """Return the accused that have a name."""
    if row["claim_type"] != "accusation":
        return frozenset()
    return frozenset(row["target_ids"]) - unnamed
