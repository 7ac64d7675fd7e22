"""Words by which accusations are recognised, read from ``seeds/accusations/``."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast

from tasks.attribution.cue_lexicon import (
    POS_BY_TAG,
    PartOfSpeech,
    inflect_word,
    load_reporting_words,
    read_cue_entries,
    read_irregular_forms,
)
from tasks.attribution.reporting_words import ReportingWords
from tasks.attribution.source_phrases import is_passive
from tasks.document.doc import Token
from tasks.seeds import read_seed_rows, read_seed_words

IrregularForms = Mapping[str, list[str]]
SAYING_ATTITUDES = frozenset(["statement", "accusation"])
DeedClass = Literal["verb", "noun", "adjective", "adverb", "label", "instrument", "harm"]


@dataclass(frozen=True, slots=True)
class DeedWord:
    """A word for a wrongful or harmful act.

    Other classes are words for who does it (*label*), for what it is done with (*instrument*), and for a harm that
    blames nobody by itself (*harm*).
    """

    lemma: str
    word_class: DeedClass
    agent: str
    """what its subject must be: ``any`` noun; an ``actor``, since plans and rules do it too (*the law violates*); or
    ``living``, since things and events do it too (*the storm killed*), so that *it* is no agent either"""

    is_contested: bool
    """statements that name it are often denied, whoever is blamed: a feature in linking"""
    is_ambiguous: bool
    """news also use it of contests, arguments and lawful acts (*beat a rival*)"""

    @property
    def rest(self) -> tuple[str, ...]:
        """The words after the verb of a phrase: *up* of *cover up*."""
        return tuple(self.lemma.split()[1:]) if self.word_class == "verb" else ()


@dataclass(frozen=True)
class AccusationWords:
    """The tables of ``seeds/accusations`` by word form."""

    deeds: Mapping[tuple[str, str], tuple[DeedWord, ...]]
    """form and tag group (``verb``, ``noun``, ``adjective``, ``adverb``) to the deeds; a noun may have two words"""
    actors: Mapping[str, str]
    """form of a noun to its kind: ``person``, ``group``, ``site`` and ``armed`` act by themselves, ``means`` for their
    owner; an act that a ``site`` modifies was done there (*school shooting*)"""
    committing: frozenset[str]
    """forms of words whose subject does the deed that they govern: *committed a massacre*"""
    using: frozenset[str]
    """forms of verbs whose subject does wrong with an instrument: *planted mines*"""
    preparing: frozenset[str]
    """forms of verbs whose infinitive is a deed that is done or prepared: *tried to kill*"""
    facing: frozenset[str]
    """forms of verbs whose subject the charge concerns that is their object: *faces charges*"""
    accusers: frozenset[str]
    """forms of nouns for people and documents whose role is to accuse: *prosecutors*, *the indictment*"""
    accusing_nouns: frozenset[str]
    """forms of the nouns of ``seeds/cues`` that accuse: *allegations*"""
    falsehoods: frozenset[str]
    """forms of nouns whose clause nobody asserts: *lies that*"""
    saying: frozenset[str]
    """forms of verbs by which somebody states a clause: *said*, *claimed*"""
    unproven_cues: frozenset[str]
    """lemmas of cues whose content the reporter does not vouch for: *claimed*"""
    word_classes: Mapping[str, frozenset[str]]
    """word forms by class: attempt, charged, faith"""
    reporting_words: ReportingWords

    @cached_property
    def deed_endings(self) -> frozenset[str]:
        """The last word of each form of a deed: no other token can name one."""
        return frozenset(form.rpartition(" ")[2] for form, _ in self.deeds)

    def find_deeds(self, tokens: Iterable[Token]) -> Iterator[tuple[Token, DeedWord]]:
        """Yield the tokens that name a deed, each with it."""
        endings = self.deed_endings
        for token in tokens:
            if token.lower_ in endings and (deed := self.find_deed(token)) is not None:
                yield token, deed

    def find_deed(self, token: Token) -> DeedWord | None:
        """Return the deed that a token names, alone or with the word before it or those after it, or None."""
        pos = POS_BY_TAG.get(token.tag_[:2])
        if pos is None:
            return None
        pair = f"{token.nbor(-1).lower_} {token.lower_}" if token.i else ""
        deeds = self.deeds.get((pair, pos)) or self.deeds.get((token.lower_, pos), ())
        return next(
            (d for d in deeds if _has_following_words(token, d.rest) and (d.rest or not _is_phrasal(token))),
            None,
        )

    def is_compound_deed(self, noun: Token) -> bool:
        """Return True if a noun names a deed together with the word before it: *power grab*."""
        return noun.i > 0 and (f"{noun.nbor(-1).lower_} {noun.lower_}", "noun") in self.deeds

    def is_status(self, adjective: Token) -> bool:
        """Return True if an adjective and the noun after it name a group, not a fault: *illegal immigrants*."""
        following = adjective.doc[adjective.i + 1 : adjective.i + 2]
        return any(f"{adjective.lower_} {noun.lower_}" in self.actors for noun in following)

    def get_actor_kind(self, token: Token) -> str | None:
        """Return the kind of actor that a common noun denotes, or None."""
        pair = f"{token.nbor(-1).lower_} {token.lower_}" if token.i else ""
        return self.actors.get(pair) or self.actors.get(token.lower_)


def _is_phrasal(token: Token) -> bool:
    """Return True for a verb that the word after it gives another meaning: *tapped into*, *seized upon*."""
    following = token.doc[token.i + 1 : token.i + 2]
    return token.tag_.startswith("VB") and any(
        t.lower_ == "upon" or (t.lower_ == "into" and not is_passive(token)) for t in following
    )


def _has_following_words(token: Token, words: tuple[str, ...]) -> bool:
    """Return True if the words of a verbal phrase are dependents of the verb, or objects of its prepositions."""
    return all(_has_dependent(token, word) for word in words)


def _has_dependent(token: Token, word: str) -> bool:
    """Return True if a word depends on a token, or on a preposition of it: *risk* in *put them at risk*."""
    children = list(token.children)
    inner = (
        k
        for child in children
        if child.dep_ in ("prep", "dobj")
        for k in child.children
        if k.dep_ in ("pobj", "compound")
    )
    return any(k.lower_ == word and not _is_qualified_nothing(k) for k in (*children, *inner))


def _is_qualified_nothing(token: Token) -> bool:
    """Return True for *nothing* of *did nothing wrong*, which is not *did nothing*."""
    following = token.doc[token.i + 1 : token.i + 2]
    return token.lower_ == "nothing" and any(t.tag_.startswith("JJ") for t in following)


def load_accusation_words() -> AccusationWords:
    """Return the words of the shipped tables."""
    irregular = read_irregular_forms()
    realising = _load_realising_words(irregular)
    return AccusationWords(
        deeds=_load_deeds(irregular),
        actors={
            form: row["kind"]
            for row in read_seed_rows("accusations/actors.csv")
            for form in _inflect_phrase(row["noun"], "noun", irregular)
        },
        committing=frozenset(realising["commit"]),
        using=frozenset(realising["use"]),
        preparing=frozenset(realising["prepare"])
        | _inflect_all(read_seed_words("denials/implicatives.csv", "word"), "verb", irregular),
        facing=frozenset(realising["face"]),
        accusers=_inflect_all(read_seed_words("accusations/accusers.csv", "noun"), "noun", irregular),
        accusing_nouns=_inflect_all(
            (cue.lemma for cue in read_cue_entries("noun") if cue.attitude == "accusation"), "noun", irregular
        ),
        falsehoods=_inflect_all(
            (cue.lemma for cue in read_cue_entries("noun") if cue.factuality == "counterfactive"),
            "noun",
            irregular,
        ),
        saying=_inflect_all(
            (
                cue.lemma
                for cue in read_cue_entries("verb")
                if cue.attitude in SAYING_ATTITUDES and "that" in cue.frames
            ),
            "verb",
            irregular,
        ),
        unproven_cues=read_seed_words("accusations/unproven_cues.csv", "lemma"),
        word_classes=_load_word_classes(irregular),
        reporting_words=load_reporting_words(),
    )


def _load_deeds(irregular: IrregularForms) -> dict[tuple[str, str], tuple[DeedWord, ...]]:
    """Return the words for acts by form and part of speech; a form may be of several."""
    deeds: dict[tuple[str, str], tuple[DeedWord, ...]] = {}
    for row in read_seed_rows("accusations/deeds.csv"):
        word_class = cast(DeedClass, row["pos"])
        pos: PartOfSpeech = (
            "noun" if word_class in ("label", "instrument", "harm") else cast(PartOfSpeech, word_class)
        )
        for form in _inflect_phrase(row["word"], pos, irregular):
            deed = DeedWord(
                lemma=row["word"],
                word_class=word_class,
                agent=row["agent"],
                is_contested=row["contested"] == "yes",
                is_ambiguous=row["ambiguous"] == "yes",
            )
            deeds[form, pos] = (*deeds.get((form, pos), ()), deed)
    return deeds


def _load_realising_words(irregular: IrregularForms) -> dict[str, set[str]]:
    """Return the forms of words that say how an act is realised, by kind."""
    realising: dict[str, set[str]] = {"commit": set(), "prepare": set(), "face": set(), "use": set()}
    for row in read_seed_rows("accusations/realising_words.csv"):
        is_preposition = row["pos"] == "preposition"
        pos = cast(PartOfSpeech, row["pos"])
        forms = [row["word"]] if is_preposition else _inflect_phrase(row["word"], pos, irregular)
        realising[row["kind"]].update(forms)
    return realising


def _load_word_classes(irregular: IrregularForms) -> dict[str, frozenset[str]]:
    """Return the forms of the words of each class."""
    classes: dict[str, frozenset[str]] = defaultdict(frozenset)
    for row in read_seed_rows("accusations/word_classes.csv"):
        classes[row["class"]] |= _inflect_all([row["word"]], cast(PartOfSpeech, row["pos"]), irregular)
    return dict(classes)


def _inflect_all(words: Iterable[str], pos: PartOfSpeech, irregular: IrregularForms) -> frozenset[str]:
    """Return the forms of all words."""
    return frozenset(form for word in words for form in _inflect_phrase(word, pos, irregular))


def _inflect_phrase(phrase: str, pos: PartOfSpeech, irregular: IrregularForms) -> Iterable[str]:
    """Return the forms of a word or phrase: of the verb that it begins with, or of its last word."""
    if pos == "verb":
        return inflect_word(phrase.partition(" ")[0], pos, irregular)
    *before, last = phrase.split()
    return (" ".join([*before, form]) for form in inflect_word(last, pos, irregular))
