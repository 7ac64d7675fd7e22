"""The words that deny, their senses, and the nouns that are claims, read from ``seeds/denials/``."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, cast

from tasks.attribution.cue_lexicon import (
    PartOfSpeech,
    inflect_word,
    load_reporting_words,
    read_irregular_forms,
)
from tasks.attribution.reporting_words import ReportingWords
from tasks.document.doc import Doc, Token
from tasks.document.function_words import NEGATIONS
from tasks.document.records import Span
from tasks.document.token_ranges import TokenRange, get_character_span
from tasks.seeds import read_seed_rows

INFLECTED = frozenset(["verb", "noun"])
CONTRACTION = r"\w+n['’]t"
"""how the patterns of the table write *didn't* and the like"""
NEVER = "(?!)"
"""a pattern that matches nothing"""
PHRASE_REACH = 6
"""tokens after a verb among which its particles are looked for"""


@dataclass(frozen=True)
class DenyingWord:
    """A verb or noun that denies, and the object with which it does."""

    lemma: str
    object: str
    """any, claim, assertion, party, clause or plea: see the table ``verbs.csv`` in ``seeds/README.md``"""
    negated: bool = False
    """it denies only if it is negated or refused: *did not accept the claim*, *refused to concede that*"""

    @cached_property
    def particles(self) -> tuple[str, ...]:
        """The words that belong to the verb, in order: *back* of *push back*, *doubt* and *on* of *cast doubt on*."""
        return tuple(self.lemma.split()[1:])


class FalsehoodLabel(NamedTuple):
    """A word that calls a claim false: *hoax*, *baseless*, *not true*."""

    part_of_speech: str
    """noun, adjective, or truth (denies only if it is negated)"""
    needs: str
    """claim, if the word calls only a claim noun false; else empty"""


UNCONDITIONAL_NOUN_LABEL = FalsehoodLabel("noun", needs="")
"""a noun that calls anything false that it is applied to: *hoax*"""


@dataclass(frozen=True)
class DenialLexicon:
    """The tables of ``seeds/denials/`` that hold words, each by word form."""

    verbs: Mapping[str, tuple[DenyingWord, ...]]
    """the verbs that deny, by the forms of their first word"""
    nouns: Mapping[str, DenyingWord]
    """the nouns that deny"""
    withheld_nouns: frozenset[str]
    """nouns for what is withheld rather than disputed: *denied access*"""
    claim_nouns: Mapping[str, str]
    """nouns for a claim, each with what it needs to name one: that, of, or nothing"""
    labels: Mapping[str, FalsehoodLabel]
    """words and phrases that call a claim false"""
    label_verbs: Mapping[str, frozenset[str]]
    """verbs that apply a label, each with its frames: object, as"""
    implicatives: frozenset[str]
    """words whose infinitive took place: *began to rebut*"""
    telling_verbs: frozenset[str]
    """verbs whose object is told: *spreading lies*"""
    topic_nouns: frozenset[str]
    """nouns that refer to what was said before: *the whole matter*"""
    figure_nouns: frozenset[str]
    """nouns that refer to a number that was stated: *the toll*"""
    doubted_cues: frozenset[str]
    """lemmas of cues by which the reporter does not vouch for the claim: *claimed*"""
    cue_classes: Mapping[str, str]
    """lemma of a cue to its stance on a negative statement: insisting, assertive, stating or factive"""
    patterns: Mapping[str, str]
    """regular expressions over lower-case text, by kind"""
    word_classes: Mapping[str, frozenset[str]]
    """word forms by class: universal, contrast, hedging, ..."""
    reporting_words: ReportingWords

    @cached_property
    def triggers(self) -> frozenset[str]:
        """Every word form that can make a denial; no other token need be looked at."""
        return frozenset(
            {
                *self.verbs,
                *self.nouns,
                *self.label_verbs,
                *self._label_endings,
                *self.word_classes["completed"],
                *self.word_classes["misrepresenting"],
                *self.word_classes["disagreeing"],
                *self.word_classes["lying"],
                *self.word_classes["fabricating"],
                *self.word_classes["making"],
                *self.word_classes["erring"],
            }
        )

    @cached_property
    def negative_words(self) -> frozenset[str]:
        """The words that can negate a clause, apart from those that the parser marks as negations."""
        return NEGATIONS | self.word_classes["negative"]

    @cached_property
    def _label_endings(self) -> frozenset[str]:
        """The last word of each label."""
        return frozenset(re.split("[ -]", label)[-1] for label in self.labels)

    @cached_property
    def compiled_patterns(self) -> Mapping[str, re.Pattern[str]]:
        """The patterns by kind, compiled."""
        return {kind: re.compile(pattern) for kind, pattern in self.patterns.items()}

    @cached_property
    def combined_pattern(self) -> re.Pattern[str]:
        """A pattern that matches, without consuming text, where a pattern of any kind may begin with a word.

        It is simpler than the patterns and may match at more places: contractions are looked for once instead of in
        each pattern that may begin with one, and edges of words are not checked, so that the first letter of most
        patterns decides.
        """
        others = (
            pattern.replace(CONTRACTION, NEVER).replace(r"\b", "") for pattern in self.patterns.values()
        )
        beginnings = "|".join(f"(?:{pattern})" for pattern in (*others, CONTRACTION))
        return re.compile(rf"\b(?=\w)(?={beginnings})")

    def find_pattern_spans(self, kind: str, doc: Doc) -> list[Span]:
        """Return where the patterns of a kind match in a document, in order.

        The first call for a document finds the patterns of all kinds and keeps them.
        """
        pattern = self.patterns[kind]
        if pattern not in doc.pattern_spans:
            found = self.find_all_patterns(doc.folded_text)
            doc.pattern_spans |= {self.patterns[name]: spans for name, spans in found.items()}
        return doc.pattern_spans[pattern]

    def find_all_patterns(self, folded: str) -> dict[str, list[Span]]:
        """Return by kind where its patterns match in a text in lower case, without overlaps."""
        found: dict[str, list[Span]] = {kind: [] for kind in self.compiled_patterns}
        for at in self.combined_pattern.finditer(folded):
            for kind, pattern in self.compiled_patterns.items():
                match = pattern.match(folded, at.start())
                if match and (not found[kind] or found[kind][-1][1] <= match.start()):
                    found[kind].append(match.span())
        return found

    def has_pattern(self, kind: str, doc: Doc, piece: TokenRange) -> bool:
        """Return True if a pattern of a kind matches inside a range of tokens."""
        spans = self.find_pattern_spans(kind, doc)
        if not spans:
            return False
        start, end = get_character_span(doc, piece)
        first = bisect_left(spans, (start, 0))
        return first < len(spans) and spans[first][1] <= end

    def find_denying_verb(self, token: Token) -> DenyingWord | None:
        """Return the denying verb that a token is, with its particle where it has one, or None."""
        if not token.tag_.startswith("VB"):
            return None
        candidates = self.verbs.get(token.lower_, ())
        phrasal = next((v for v in candidates if v.particles and _has_particles(token, v.particles)), None)
        return phrasal or next((v for v in candidates if not v.particles), None)

    def find_label(self, token: Token) -> FalsehoodLabel | None:
        """Return the label whose last word is a token, or None."""
        if token.lower_ not in self._label_endings and token.lower_ not in self.labels:
            return None
        doc, i = token.doc, token.i
        if i and (phrase := self.labels.get(f"{doc[i - 1].lower_} {token.lower_}")) is not None:
            return phrase
        if i > 1 and doc[i - 1].text == "-":
            return self.labels.get(f"{doc[i - 2].lower_}-{token.lower_}")
        return self.labels.get(token.lower_)


def _has_particles(verb: Token, particles: tuple[str, ...]) -> bool:
    """Return True if the particles of a phrasal verb follow it in order, or the only one depends on it."""
    following = [t.lower_ for t in verb.doc[verb.i + 1 : verb.i + 1 + PHRASE_REACH]]
    if len(particles) == 1:
        return particles[0] in following[:2] or any(k.lower_ == particles[0] for k in verb.children)
    words = iter(following)
    return all(particle in words for particle in particles)


@dataclass(frozen=True, slots=True)
class TableReader:
    """Reads the tables under ``seeds/denials/`` and derives the forms of their words."""

    irregular: Mapping[str, list[str]]

    def inflect(self, phrase: str, pos: str) -> Iterator[str]:
        """Yield the forms of a word, or of a phrase, whose last word is inflected; a participle has one form."""
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
        for table, negated in (("verbs", False), ("accepting_verbs", True)):
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

    def read_labels(self) -> dict[str, FalsehoodLabel]:
        """Return the labels by form."""
        return {
            form: FalsehoodLabel(row["pos"], row["needs"])
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
    """Return the tables under ``seeds/denials/``; ``irregular`` are the irregular forms, if they are read already."""
    reader = TableReader(irregular or read_irregular_forms())
    return DenialLexicon(
        verbs=reader.read_denying_verbs(),
        nouns=reader.read_nouns(),
        withheld_nouns=reader.read_forms("withheld_nouns", "noun", "noun"),
        claim_nouns=reader.read_claim_nouns(),
        labels=reader.read_labels(),
        label_verbs=reader.read_label_verbs(),
        implicatives=reader.read_forms("implicatives", "word", "verb"),
        telling_verbs=reader.read_forms("telling_verbs", "verb", "verb"),
        topic_nouns=reader.read_forms("topic_nouns", "noun", "noun"),
        figure_nouns=reader.read_forms("figure_nouns", "noun", "noun"),
        doubted_cues=frozenset(row["lemma"] for row in read_seed_rows("denials/doubted_cues.csv")),
        cue_classes={row["lemma"]: row["class"] for row in read_seed_rows("denials/cue_classes.csv")},
        patterns=_read_patterns(),
        word_classes=reader.read_classes("word_classes", "class", "word"),
        reporting_words=load_reporting_words(),
    )


def _read_patterns() -> dict[str, str]:
    """Return the patterns of each kind as one."""
    patterns: dict[str, list[str]] = defaultdict(list)
    for row in read_seed_rows("denials/patterns.csv"):
        patterns[row["kind"]].append(f"(?:{row['pattern']})")
    return {kind: "|".join(alternatives) for kind, alternatives in patterns.items()}
