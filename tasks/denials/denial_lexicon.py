"""What is known of denying, read from ``seeds/denials/``: words, their senses and the nouns that are claims."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from tasks.attribution.cue_lexicon import PartOfSpeech, inflect_word, load_reporting_words
from tasks.attribution.reporting_words import ReportingWords
from tasks.document.doc import Doc, Token
from tasks.document.records import Span
from tasks.document.token_ranges import TokenRange, get_character_span
from tasks.seeds import read_seed_rows

COMPLETED_DENIALS = frozenset(["debunked", "discredited", "refuted", "disproved", "disproven"])
LYING_FORMS = frozenset(["lie", "lies", "lied", "lying"])


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
    reporting_words: ReportingWords

    @cached_property
    def triggers(self) -> frozenset[str]:
        """Every word form that can make a denial; no other token need be looked at."""
        last_words = {re.split("[ -]", label)[-1] for label in self.labels}
        return frozenset(
            {*self.verbs, *self.nouns, *self.label_verbs, *last_words, *COMPLETED_DENIALS, *LYING_FORMS}
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
        if not doc.places:
            doc.places = self.look(doc.folded_text)
        return doc.places[kind]

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


def load_denial_lexicon() -> DenialLexicon:
    """Return the knowledge of the shipped tables."""
    irregular = {row["lemma"]: row["forms"].split() for row in read_seed_rows("cues/irregular.csv")}

    def forms(phrase: str, pos: PartOfSpeech) -> Iterable[str]:
        *before, last = phrase.split()
        return (" ".join([*before, form]) for form in inflect_word(last, pos, irregular))

    verbs: dict[str, tuple[DenyingWord, ...]] = defaultdict(tuple)
    for table, negated in (("verbs", False), ("acceptance", True)):
        for row in read_seed_rows(f"denials/{table}.csv"):
            for form in forms(row["lemma"].partition(" ")[0], "verb"):
                verbs[form] += (DenyingWord(row["lemma"], row["object"], negated),)
    label_verbs: dict[str, frozenset[str]] = defaultdict(frozenset)
    for row in read_seed_rows("denials/label_verbs.csv"):
        for form in forms(row["lemma"], "verb"):
            label_verbs[form] |= {row["frame"]}
    patterns: dict[str, list[str]] = defaultdict(list)
    for row in read_seed_rows("denials/patterns.csv"):
        patterns[row["kind"]].append(row["pattern"])
    return DenialLexicon(
        verbs=dict(verbs),
        nouns={
            form: DenyingWord(row["noun"], row["object"])
            for row in read_seed_rows("denials/nouns.csv")
            for form in forms(row["noun"], "noun")
        },
        refusals=frozenset(
            f for row in read_seed_rows("denials/refusals.csv") for f in forms(row["noun"], "noun")
        ),
        claim_nouns={
            form: row["needs"]
            for row in read_seed_rows("denials/claim_nouns.csv")
            for form in forms(row["noun"], "noun")
        },
        labels={
            form: (row["pos"], row["needs"])
            for row in read_seed_rows("denials/labels.csv")
            for form in (forms(row["label"], "noun") if row["pos"] == "noun" else [row["label"]])
        },
        label_verbs=dict(label_verbs),
        implicatives=frozenset(
            form for row in read_seed_rows("denials/implicatives.csv") for form in forms(row["word"], "verb")
        ),
        spreading=frozenset(
            form for row in read_seed_rows("denials/spreading.csv") for form in forms(row["verb"], "verb")
        ),
        topics=frozenset(
            f for row in read_seed_rows("denials/topics.csv") for f in forms(row["noun"], "noun")
        ),
        figures=frozenset(
            f for row in read_seed_rows("denials/figures.csv") for f in forms(row["noun"], "noun")
        ),
        doubted=frozenset(row["lemma"] for row in read_seed_rows("denials/doubted.csv")),
        cues={row["lemma"]: row["evidence"] for row in read_seed_rows("denials/cues.csv")},
        patterns={
            kind: "|".join(f"(?:{p})" for p in alternatives) for kind, alternatives in patterns.items()
        },
        reporting_words=load_reporting_words(),
    )
