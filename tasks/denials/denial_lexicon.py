"""The words that deny, their senses, and the nouns that are claims, read from ``seeds/denials/``."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from tasks.attribution.cue_lexicon import (
    PartOfSpeech,
    inflect_word,
    load_reporting_words,
    read_irregular_forms,
)
from tasks.attribution.reporting_words import ReportingWords
from tasks.document.doc import Doc, Token
from tasks.document.records import Span
from tasks.document.token_ranges import TokenRange, get_character_span
from tasks.seeds import read_seed_rows

INFLECTED = frozenset(["verb", "noun"])
PHRASE_REACH = 6
"""tokens after a verb within which the words that belong to it stand"""


@dataclass(frozen=True)
class DenyingWord:
    """A verb or noun that denies: its particle, and the object with which it does."""

    lemma: str
    object: str
    """any, claim (only a noun that is a claim) or clause"""
    negated: bool = False
    """it denies only where it is negated or refused: *did not accept the claim*, *refused to concede that*"""

    @cached_property
    def particles(self) -> tuple[str, ...]:
        """The words that belong to the verb, in order: *back* of *push back*, *doubt* and *on* of *cast doubt on*."""
        return tuple(self.lemma.split()[1:])


@dataclass(frozen=True)
class DenialLexicon:
    """All tables, by word form."""

    verbs: Mapping[str, tuple[DenyingWord, ...]]
    nouns: Mapping[str, DenyingWord]
    refusals: frozenset[str]
    claim_nouns: Mapping[str, str]
    labels: Mapping[str, tuple[str, str]]
    """form to part of speech (noun, adjective or truth) and need"""
    label_verbs: Mapping[str, frozenset[str]]
    implicatives: frozenset[str]
    spreading: frozenset[str]
    """verbs whose object is told: *spreading lies*"""
    topics: frozenset[str]
    """nouns that stand for what was said before: *the whole matter*"""
    figures: frozenset[str]
    """nouns that stand for a number that was said: *the toll*"""
    doubted: frozenset[str]
    """lemmas of cues whose claim the reporter does not vouch for"""
    cues: Mapping[str, str]
    """lemma of a cue to what it tells of a negative statement: assertive, stating or factive"""
    patterns: Mapping[str, str]
    words: Mapping[str, frozenset[str]]
    """word forms by class: universal, contrast, hedging, ..."""
    reporting_words: ReportingWords

    @cached_property
    def triggers(self) -> frozenset[str]:
        """Every word form that can make a denial; no other token need be looked at."""
        last_words = {re.split("[ -]", label)[-1] for label in self.labels}
        return frozenset(
            {
                *self.verbs,
                *self.nouns,
                *self.label_verbs,
                *last_words,
                *self.words["completed"],
                *self.words["misrepresenting"],
                *self.words["disagreeing"],
                *self.words["lying"],
            }
        )

    @cached_property
    def regex(self) -> Mapping[str, re.Pattern[str]]:
        """The patterns by kind, compiled."""
        return {kind: re.compile(pattern) for kind, pattern in self.patterns.items()}

    @cached_property
    def any_pattern(self) -> re.Pattern[str]:
        """The beginnings of words at which a pattern of any kind stands."""
        return re.compile(rf"\b(?=\w)(?={'|'.join(f'(?:{pattern})' for pattern in self.patterns.values())})")

    def places(self, kind: str, doc: Doc) -> list[Span]:
        """Return where the patterns of a kind stand in a document; all kinds are looked for at once."""
        pattern = self.patterns[kind]
        if pattern not in doc.pattern_spans:
            found = self.look(doc.folded_text)
            doc.pattern_spans |= {self.patterns[name]: spans for name, spans in found.items()}
        return doc.pattern_spans[pattern]

    def look(self, folded: str) -> dict[str, list[Span]]:
        """Return by kind where its patterns stand in a text in lower case, none overlapping."""
        found: dict[str, list[Span]] = {kind: [] for kind in self.regex}
        for at in self.any_pattern.finditer(folded):
            for kind, pattern in self.regex.items():
                match = pattern.match(folded, at.start())
                if match and (not found[kind] or found[kind][-1][1] <= match.start()):
                    found[kind].append(match.span())
        return found

    def has_match(self, kind: str, doc: Doc, piece: TokenRange) -> bool:
        """Return True if a pattern of a kind stands in a range of tokens."""
        places = self.places(kind, doc)
        if not places:
            return False
        start, end = get_character_span(doc, piece)
        first = bisect_left(places, (start, 0))
        return first < len(places) and places[first][1] <= end

    def find_denying_verb(self, token: Token) -> DenyingWord | None:
        """Return the denying verb that a token is, with its particle where it has one, or None."""
        if not token.tag_.startswith("VB"):
            return None
        candidates = self.verbs.get(token.lower_, ())
        phrasal = next((v for v in candidates if v.particles and _has_particles(token, v.particles)), None)
        return phrasal or next((v for v in candidates if not v.particles), None)

    def label(self, token: Token) -> tuple[str, str] | None:
        """Return part of speech and need of the label that ends at a token, or None."""
        doc, i = token.doc, token.i
        if i and (pair := self.labels.get(f"{doc[i - 1].lower_} {token.lower_}")) is not None:
            return pair
        if i > 1 and doc[i - 1].text == "-":
            return self.labels.get(f"{doc[i - 2].lower_}-{token.lower_}")
        return self.labels.get(token.lower_)


def _has_particles(verb: Token, particles: tuple[str, ...]) -> bool:
    """Return True if the words of a phrasal verb stand beside it or after it, in order."""
    following = [t.lower_ for t in verb.doc[verb.i + 1 : verb.i + 1 + PHRASE_REACH]]
    if len(particles) == 1:
        return particles[0] in following[:2] or any(k.lower_ == particles[0] for k in verb.children)
    words = iter(following)
    return all(particle in words for particle in particles)


@dataclass(frozen=True, slots=True)
class TableReader:
    """Reads the tables under ``seeds/denials/`` and inflects their words."""

    irregular: Mapping[str, list[str]]

    def inflect(self, phrase: str, pos: str) -> Iterator[str]:
        """Yield the forms of a word, or of the last word of a phrase; a participle has one."""
        *before, last = phrase.split()
        forms = inflect_word(last, cast(PartOfSpeech, pos), self.irregular) if pos in INFLECTED else {last}
        return (" ".join([*before, form]) for form in forms)

    def read_forms(self, table: str, column: str, pos: str) -> frozenset[str]:
        """Return the forms of all words of a table."""
        rows = read_seed_rows(f"denials/{table}.csv")
        return frozenset(form for row in rows for form in self.inflect(row[column], pos))

    def read_denying_verbs(self) -> dict[str, tuple[DenyingWord, ...]]:
        """Return the verbs that deny, and those that deny where they are negated, by form of their first word."""
        verbs: dict[str, tuple[DenyingWord, ...]] = defaultdict(tuple)
        for table, negated in (("verbs", False), ("acceptance", True)):
            for row in read_seed_rows(f"denials/{table}.csv"):
                for form in self.inflect(row["lemma"].partition(" ")[0], "verb"):
                    verbs[form] += (DenyingWord(row["lemma"], row["object"], negated),)
        return dict(verbs)

    def read_nouns(self) -> dict[str, DenyingWord]:
        """Return the nouns that deny, by form."""
        return {
            form: DenyingWord(row["noun"], row["object"])
            for row in read_seed_rows("denials/nouns.csv")
            for form in self.inflect(row["noun"], "noun")
        }

    def read_claim_nouns(self) -> dict[str, str]:
        """Return what each claim noun needs, by form."""
        return {
            form: row["needs"]
            for row in read_seed_rows("denials/claim_nouns.csv")
            for form in self.inflect(row["noun"], "noun")
        }

    def read_labels(self) -> dict[str, tuple[str, str]]:
        """Return part of speech and need of each label, by form."""
        return {
            form: (row["pos"], row["needs"])
            for row in read_seed_rows("denials/labels.csv")
            for form in self.inflect(row["label"], row["pos"])
        }

    def read_classes(self, table: str, key: str, column: str, pos: str = "") -> dict[str, frozenset[str]]:
        """Return the forms of a table by class; the part of speech is ``pos`` or the column *pos*."""
        classes: dict[str, frozenset[str]] = defaultdict(frozenset)
        for row in read_seed_rows(f"denials/{table}.csv"):
            classes[row[key]] |= frozenset(self.inflect(row[column], pos or row["pos"]))
        return dict(classes)

    def read_label_verbs(self) -> dict[str, frozenset[str]]:
        """Return the frames of each label verb, by form."""
        by_frame = self.read_classes("label_verbs", "frame", "lemma", "verb")
        forms = frozenset[str]().union(*by_frame.values())
        return {form: frozenset(f for f, words in by_frame.items() if form in words) for form in forms}


def load_denial_lexicon(irregular: Mapping[str, list[str]] | None = None) -> DenialLexicon:
    """Return the tables under ``seeds/denials/``; ``irregular`` are the irregular forms, if they were read before."""
    reader = TableReader(irregular or read_irregular_forms())
    return DenialLexicon(
        verbs=reader.read_denying_verbs(),
        nouns=reader.read_nouns(),
        refusals=reader.read_forms("refusals", "noun", "noun"),
        claim_nouns=reader.read_claim_nouns(),
        labels=reader.read_labels(),
        label_verbs=reader.read_label_verbs(),
        implicatives=reader.read_forms("implicatives", "word", "verb"),
        spreading=reader.read_forms("spreading", "verb", "verb"),
        topics=reader.read_forms("topics", "noun", "noun"),
        figures=reader.read_forms("figures", "noun", "noun"),
        doubted=frozenset(row["lemma"] for row in read_seed_rows("denials/doubted.csv")),
        cues={row["lemma"]: row["evidence"] for row in read_seed_rows("denials/cues.csv")},
        patterns=_read_patterns(),
        words=reader.read_classes("word_classes", "class", "word"),
        reporting_words=load_reporting_words(),
    )


def _read_patterns() -> dict[str, str]:
    """Return the patterns of each kind as one."""
    patterns: dict[str, list[str]] = defaultdict(list)
    for row in read_seed_rows("denials/patterns.csv"):
        patterns[row["kind"]].append(f"(?:{row['pattern']})")
    return {kind: "|".join(alternatives) for kind, alternatives in patterns.items()}
