"""The wording of claims: the words, stems, numbers and names by which claims of different articles are compared."""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from spacy.lang.en.stop_words import STOP_WORDS

from tasks.attribution.cue_lexicon import inflect_word, read_irregular_forms
from tasks.expressions.number_words import NUMBER_TENS, NUMBER_UNITS
from tasks.expressions.quantities import NUMBER_SCALES
from tasks.links.word_stems import STEM_LETTERS
from tasks.seeds import read_seed_rows, read_seed_words

WORD = re.compile(r"\d[\d,.]*\d|[^\W_]+(?:'[^\W_]+)*")
ENDING = re.compile(r"(?<=\w{3})(?:ings?|ed|e?s|e|ly)$")
DIGIT = re.compile(r"\d")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
QUOTATION_MARKS = re.compile(r"[“”\"]|''|(?<!\w)[‘'](?=\w)")
NUMBER_WORDS = {
    word: float(value)
    for word, value in {**NUMBER_UNITS, **NUMBER_TENS}.items()
    if word not in ("zero", "one")
}
"""without *one*, which is often a pronoun"""
WordTriple = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class ClaimWords:
    """The words that decide what the comparison of two claims makes of their wording, in lower case."""

    negations: frozenset[str]
    """words that negate, verbs in all their forms"""
    opposites: Mapping[str, frozenset[str]]
    """the opposites of a word: *more*, *less*"""
    titles: frozenset[str]
    """titles of persons, which make no difference between claims"""


def load_claim_words() -> ClaimWords:
    """Return the tables under ``seeds/claims`` and the titles."""
    irregular = read_irregular_forms()
    opposites: dict[str, set[str]] = defaultdict(set)
    for row in read_seed_rows("claims/opposites.csv"):
        opposites[row["word"]].add(row["opposite"])
        opposites[row["opposite"]].add(row["word"])
    return ClaimWords(
        negations=frozenset(
            form
            for row in read_seed_rows("claims/negations.csv")
            for form in (
                inflect_word(row["word"], "verb", irregular) if row["pos"] == "verb" else {row["word"]}
            )
        ),
        opposites={word: frozenset(others) for word, others in opposites.items()},
        titles=frozenset(
            title.lower().rstrip(".") for title in read_seed_words("titles/titles.csv", "title")
        ),
    )


@dataclass(frozen=True, slots=True)
class Wording:
    """What the comparison of two claims uses of the words of a content."""

    words: tuple[str, ...]
    """all words, in lower case"""
    stems: frozenset[str]
    """the first letters of each content word, so that *shelled* and *shelling* are equal"""
    stem_order: tuple[str, ...]
    """the stems in the order of the text, without those of titles"""
    numbers: frozenset[float]
    names: tuple[str, ...]
    """stems of the words with a capital, in order, each once"""
    is_negative: bool
    """an odd number of words negate"""
    is_quoted: bool

    @property
    def trigrams(self) -> frozenset[WordTriple]:
        """The sequences of three words; of few claims they are needed, and they take half of the memory."""
        return _list_trigrams(self.words)


@lru_cache(2**14)
def _list_trigrams(words: tuple[str, ...]) -> frozenset[WordTriple]:
    """Return the sequences of three words."""
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def read_wording(text: str, words: ClaimWords) -> Wording:
    """Return what is compared of the words of a content."""
    found = WORD.findall(_fold_apostrophes(text))
    in_order = tuple(_fold_word(word) for word in found)
    stems = tuple(stem_words(in_order))
    has_title = not words.titles.isdisjoint(in_order)
    return Wording(
        words=in_order,
        stems=frozenset(stems),
        stem_order=tuple(stem_words(w for w in in_order if w not in words.titles)) if has_title else stems,
        numbers=frozenset(_read_numbers(in_order)) if _may_have_number(text, in_order) else frozenset(),
        names=tuple(dict.fromkeys(stem_words(word.lower() for word in found if word[0].isupper()))),
        is_negative=sum(word in words.negations or word.endswith("n't") for word in in_order) % 2 == 1,
        is_quoted=QUOTATION_MARKS.search(text) is not None,
    )


def split_words(text: str) -> list[str]:
    """Return the words of a text in lower case, without a genitive's *'s*."""
    return [_fold_word(word) for word in WORD.findall(_fold_apostrophes(text))]


def fold_text(text: str) -> str:
    """Return a text in lower case with one kind of apostrophe: each of its words is as in a wording, but for *'s*."""
    return _fold_apostrophes(text).lower()


def _fold_apostrophes(text: str) -> str:
    """Return a text with one kind of apostrophe."""
    return text.replace("’", "'").replace("‘", "'")


def _fold_word(word: str) -> str:
    """Return a word in lower case, without a genitive's *'s*."""
    return word.lower().removesuffix("'s")


def stem_words(words: Iterable[str]) -> Iterator[str]:
    """Yield the stems of the content words: without an ending, cut to their first :data:`STEM_LETTERS` letters.

    Numbers are left out: they are compared as numbers.
    """
    return (stem for word in words if (stem := _stem_word(word)))


@lru_cache(2**16)
def _stem_word(word: str) -> str | None:
    """Return the stem of a word; None if it is no content word."""
    if len(word) <= 2 or word in STOP_WORDS or word[0].isdigit():
        return None
    return sys.intern(ENDING.sub("", word)[:STEM_LETTERS])


def _may_have_number(text: str, words: Iterable[str]) -> bool:
    """Return True if a text has a digit or a word for a number."""
    return DIGIT.search(text) is not None or not NUMBER_WORDS.keys().isdisjoint(words)


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
