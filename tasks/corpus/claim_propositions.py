"""What claims state, in the terms by which claims of different articles are compared.

Claims with equal words, speakers and day are one proposition: copies of an article cost one comparison.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import pyarrow as pa
from spacy.lang.en.stop_words import STOP_WORDS

from tasks.attribution.cue_lexicon import inflect_word, read_irregular_forms
from tasks.document.records import Row
from tasks.expressions.number_words import NUMBER_TENS, NUMBER_UNITS
from tasks.expressions.quantities import NUMBER_SCALES
from tasks.links.word_stems import STEM_LETTERS
from tasks.seeds import read_seed_rows, read_seed_words

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
WORD = re.compile(r"\d[\d,.]*\d|[^\W_]+(?:'[^\W_]+)*")
ENDING = re.compile(r"(?<=\w{3})(?:ings?|ed|e?s|e|ly)$")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
QUOTATION_MARKS = re.compile(r"[“”\"]|''|(?<!\w)[‘'](?=\w)")
NUMBER_WORDS = {
    word: float(value)
    for word, value in {**NUMBER_UNITS, **NUMBER_TENS}.items()
    if word not in ("zero", "one")
}
"""without *one*, which is often a pronoun"""

Speakers = frozenset[str]
WordTriple = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One claim that states a proposition."""

    claim_id: str
    doc_id: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """What the comparison of two claims uses of the words of a content."""

    words: tuple[str, ...]
    """all words, in lower case"""
    stems: frozenset[str]
    """the first letters of each content word, so that *shelled* and *shelling* are equal"""
    stem_order: tuple[str, ...]
    """the stems in the order of the text, without those of titles"""
    trigrams: frozenset[WordTriple]
    numbers: frozenset[float]
    names: tuple[str, ...]
    """stems of the words with a capital, in order, each once"""
    is_negative: bool
    """an odd number of words negate"""
    is_quoted: bool


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


def read_propositions(claims: pa.Table, documents: pa.Table, unnamed: frozenset[str]) -> list[Proposition]:
    """Return the propositions of claims, in an order that does not depend on that of the rows.

    Claims that decline to comment, or whose content has fewer than :data:`MIN_STEMS` stems, state nothing that is
    compared.

    Args:
        claims: rows of ``claims`` with :data:`CLAIM_COLUMNS`; entity ids must be joined across documents.
        documents: rows of ``documents`` with ``doc_id`` and ``published_at``.
        unnamed: ids of the entities without a name, which belong to one document each.
    """
    days = dict(zip(documents["doc_id"].to_pylist(), documents["published_at"].to_pylist(), strict=True))
    alike: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in claims.select(list(CLAIM_COLUMNS)).to_pylist():
        if not row["no_comment"]:
            alike[_make_comparison_key(row, days[row["doc_id"]], unnamed)].append(row)
    found = (_make_proposition(rows, days, unnamed) for rows in alike.values())
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
    rows: Iterable[Row], days: Mapping[str, date | None], unnamed: frozenset[str]
) -> Proposition:
    """Return the proposition of claims with equal keys."""
    ordered = sorted(rows, key=lambda row: row["claim_id"])
    first = ordered[0]
    wording = read_wording(first["content_text"])
    event = (first["event_start"], first["event_end"])
    return Proposition(
        key=first["claim_id"],
        day=days[first["doc_id"]],
        kind=_classify_claim(first),
        speakers=_list_speakers(first, unnamed),
        source_stems=frozenset(_stem_words(_split_words(first["source_text"] or ""))),
        accused=_list_accused(first, unnamed),
        wording=wording,
        cue_lemma=first["cue_lemma"],
        is_cue_negative=first["negated"] != (first["cue_lemma"] in _read_negations()),
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


def read_wording(text: str) -> Wording:
    """Return what is compared of the words of a content."""
    folded = text.replace("’", "'").replace("‘", "'")
    words = tuple(_split_words(folded))
    capitalised = (w.lower() for w in WORD.findall(folded) if w[0].isupper())
    return Wording(
        words=words,
        stems=frozenset(_stem_words(words)),
        stem_order=tuple(_stem_words(word for word in words if word not in _read_titles())),
        trigrams=frozenset(zip(words, words[1:], words[2:], strict=False)),
        numbers=frozenset(_read_numbers(words)),
        names=tuple(dict.fromkeys(_stem_words(capitalised))),
        is_negative=sum(_is_negation(word) for word in words) % 2 == 1,
        is_quoted=QUOTATION_MARKS.search(text) is not None,
    )


def _split_words(text: str) -> list[str]:
    """Return the words of a text in lower case, without a genitive's *'s*."""
    return [word.removesuffix("'s") for word in WORD.findall(text.lower().replace("’", "'"))]


def _stem_words(words: Iterable[str]) -> Iterator[str]:
    """Yield the stems of the content words: without an ending, cut to their first :data:`STEM_LETTERS` letters.

    Numbers are left out: they are compared as numbers.
    """
    return (
        ENDING.sub("", w)[:STEM_LETTERS]
        for w in words
        if len(w) > 2 and w not in STOP_WORDS and not w[0].isdigit()
    )


def _read_numbers(words: Iterable[str]) -> Iterator[float]:
    """Yield the numbers that words write, with the scale that follows: *2 million*, *three hundred*."""
    number: float | None = None
    for word in words:
        scale = NUMBER_SCALES.get(word.removesuffix("s")) if number is not None else None
        if scale is not None and number is not None:
            number *= scale
            continue
        if number is not None:
            yield number
        number = _parse_number(word)
    if number is not None:
        yield number


def _parse_number(word: str) -> float | None:
    """Return the value of a word that writes a number."""
    found = NUMBER.fullmatch(word)
    return float(found[0].replace(",", "")) if found else NUMBER_WORDS.get(word)


def _is_negation(word: str) -> bool:
    """Return True if a word in lower case negates."""
    return word in _read_negations() or word.endswith("n't")


@cache
def _read_negations() -> frozenset[str]:
    """Return the words that negate, verbs in all their forms."""
    irregular = read_irregular_forms()
    return frozenset(
        form
        for row in read_seed_rows("claims/negations.csv")
        for form in (inflect_word(row["word"], "verb", irregular) if row["pos"] == "verb" else {row["word"]})
    )


@cache
def _read_titles() -> frozenset[str]:
    """Return the titles in lower case, which make no difference between claims."""
    return frozenset(title.lower().rstrip(".") for title in read_seed_words("titles/titles.csv", "title"))


@cache
def read_opposites() -> Mapping[str, frozenset[str]]:
    """Return the opposites of each word."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in read_seed_rows("claims/opposites.csv"):
        found[row["word"]].add(row["opposite"])
        found[row["opposite"]].add(row["word"])
    return {word: frozenset(others) for word, others in found.items()}
