"""The cues: words that report what somebody says, believes, wants or denies, read from ``seeds/cues/``."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from tasks.attribution.reporting_words import ReportingWords
from tasks.document.doc import Token
from tasks.seeds import read_seed_rows, read_seed_words

PartOfSpeech = Literal["verb", "noun", "adjective", "adverb"]
PARTS_OF_SPEECH: tuple[PartOfSpeech, ...] = ("verb", "noun", "adjective", "adverb")
POS_BY_TAG: dict[str, PartOfSpeech] = {"VB": "verb", "NN": "noun", "JJ": "adjective", "RB": "adverb"}
FRAME_GROUPS = {"speech": ("quote", "that", "before", "around", "as-aside")}
"""What every verb of saying takes, by one name in the table."""
OMISSION_KINDS = ("undone", "meant", "attempted")
AUTHORITY_USES = ("norm", "plan", "view")
VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class CueEntry:
    """One cue word: what complements it takes and what it says of its content."""

    lemma: str
    pos: PartOfSpeech
    frames: tuple[str, ...]
    attitude: str
    factuality: str
    example: str

    @property
    def particle(self) -> str:
        """The particle of a phrasal verb (*point out*), or the empty string."""
        return self.lemma.partition(" ")[2]


@dataclass(frozen=True, slots=True)
class CueLexicon:
    """All cues by word form and part of speech, several where a verb has phrasal forms, and further words."""

    forms: Mapping[tuple[str, str], tuple[CueEntry, ...]]
    words: frozenset[str]
    """the forms of any part of speech"""
    reporting_words: ReportingWords
    rates: Mapping[tuple[str, str, str], float]

    def candidates(self, token: Token) -> tuple[CueEntry, ...]:
        """Return the cues that the token's form and tag allow."""
        if token.lower_ not in self.words:
            return ()
        found = self.forms.get((token.lower_, POS_BY_TAG.get(token.tag_[:2], "")), ())
        if not found and token.tag_ == "VBN":
            # *was alarmed that*: the tagger calls such adjectives participles.
            return self.forms.get((token.lower_, "adjective"), ())
        return found

    def find(self, token: Token) -> CueEntry | None:
        """Return the cue that a token is, with its particle where it has one, or None."""
        cues = self.candidates(token)
        if not cues:
            return None
        particles = {child.lower_ for child in token.children if child.dep_ in ("prt", "advmod", "prep")}
        phrasal = next((cue for cue in cues if cue.particle in particles and cue.particle), None)
        return phrasal or next((cue for cue in cues if not cue.particle), None)

    def is_quoting_form(self, word: str) -> bool:
        """Return True if a word is a form of a verb that introduces quoted speech."""
        return any("quote" in cue.frames and not cue.particle for cue in self.forms.get((word, "verb"), ()))

    def find_quoting(self, token: Token) -> CueEntry:
        """Return the cue that a verb beside a quotation is, one that merely says if the tables do not know it."""
        known = (cue for cue in self.forms.get((token.lower_, "verb"), ()) if "quote" in cue.frames)
        return next(known, CueEntry(token.lower_, "verb", ("quote",), "statement", "neutral", ""))

    def confidence(self, rule: str, pos: str, source: str) -> float:
        """Return the share of such statements that annotators marked too (docs/attribution.md says on what)."""
        return self.rates.get((rule, pos, source), self.rates["other", "other", source])


def load_cue_lexicon() -> CueLexicon:
    """Return the lexicon of the shipped tables."""
    forms = _index_by_form(cue for pos in PARTS_OF_SPEECH for cue in read_cue_entries(pos))
    rates = {
        (row["rule"], row["pos"], row["source"]): float(row["confidence"])
        for row in read_seed_rows("cues/confidence.csv")
    }
    words = frozenset(form for form, _ in forms)
    return CueLexicon(forms=forms, words=words, reporting_words=load_reporting_words(), rates=rates)


def load_reporting_words() -> ReportingWords:
    """Return the words of the shipped tables."""
    irregular = read_irregular_forms()
    authority = list(read_seed_rows("cues/authority.csv"))

    verdicts = [
        (row["pos"], form)
        for row in read_seed_rows("cues/verdicts.csv")
        for form in inflect_word(row["word"], cast(PartOfSpeech, row["pos"]), irregular)
    ]

    def read_forms(table: str, column: str, pos: PartOfSpeech) -> frozenset[str]:
        lemmas = read_seed_words(table, column)
        return frozenset(form for lemma in lemmas for form in inflect_word(lemma, pos, irregular))

    return ReportingWords(
        light_verbs=read_forms("cues/light_verbs.csv", "lemma", "verb"),
        hearer_verbs=read_forms("cues/hearer_verbs.csv", "lemma", "verb"),
        speech_acts=read_seed_words("cues/speech_acts.csv", "noun"),
        speaking_documents=read_forms("layouts/speaking_documents.csv", "noun", "noun"),
        speaking_people=read_forms("layouts/speaking_people.csv", "noun", "noun"),
        naming_words=read_seed_words("quotations/naming_words.csv", "word"),
        authority_nouns={
            use: frozenset(row["noun"] for row in authority if row["use"] == use) for use in AUTHORITY_USES
        },
        verdicts=frozenset(form for pos, form in verdicts if pos != "noun"),
        courts=frozenset(form for pos, form in verdicts if pos == "noun"),
        omissions=_read_omissions(irregular),
        hedges=frozenset(
            form
            for row in read_seed_rows("cues/hedges.csv")
            for form in (
                inflect_word(row["word"], "verb", irregular) if row["pos"] == "verb" else {row["word"]}
            )
        ),
        evidence=read_forms("cues/evidence.csv", "noun", "noun"),
        word_classes=_read_word_classes(),
    )


def _read_omissions(irregular: Mapping[str, list[str]]) -> dict[str, frozenset[str]]:
    """Return the forms of the words before what is not done, by kind."""
    kinds = dict.fromkeys(OMISSION_KINDS, frozenset[str]())
    for row in read_seed_rows("cues/omissions.csv"):
        kinds[row["kind"]] |= inflect_word(row["word"], cast(PartOfSpeech, row["pos"]), irregular)
    return kinds


def _read_word_classes() -> dict[str, frozenset[str]]:
    """Return the words of the classes that rules of attribution use, as written."""
    classes: dict[str, frozenset[str]] = defaultdict(frozenset)
    for row in read_seed_rows("cues/word_classes.csv"):
        classes[row["class"]] |= {row["word"]}
    return dict(classes)


def read_cue_entries(pos: PartOfSpeech) -> Iterator[CueEntry]:
    """Yield the cues of one part of speech from its table."""
    for row in read_seed_rows(f"cues/{pos}s.csv"):
        frames = tuple(frame for name in row["frames"].split() for frame in FRAME_GROUPS.get(name, (name,)))
        yield CueEntry(row["lemma"], pos, frames, row["attitude"], row["factuality"], row["example"])


def _index_by_form(cues: Iterable[CueEntry]) -> dict[tuple[str, str], tuple[CueEntry, ...]]:
    """Return the cues by every inflected form and part of speech."""
    irregular = read_irregular_forms()
    forms: dict[tuple[str, str], tuple[CueEntry, ...]] = {}
    for cue in cues:
        word = cue.lemma.partition(" ")[0]
        for form in inflect_word(word, cue.pos, irregular):
            key = form, cue.pos
            forms[key] = (*forms.get(key, ()), cue)
    return forms


def read_irregular_forms() -> dict[str, list[str]]:
    """Return the past forms of the irregular verbs by lemma."""
    return {row["lemma"]: row["forms"].split() for row in read_seed_rows("cues/irregular.csv")}


def inflect_word(word: str, pos: PartOfSpeech, irregular: Mapping[str, list[str]]) -> set[str]:
    """Return the forms of a word: regular ones by spelling rule, irregular ones from the table."""
    if pos in ("adjective", "adverb"):
        return {word}
    if pos == "noun":
        regular = {word, word[:-3] + "men" if word.endswith("man") else _add_s_ending(word)}
        if word.endswith("o"):
            # *photos*, but *vetoes*: a form that does not exist is never met.
            regular.add(word + "s")
        return regular | set(irregular.get(word, ()))
    stem = word[:-1] if word.endswith("e") else word
    soft = word[:-1] + "i" if _has_consonant_y_ending(word) else stem
    # Doubling (*quipped*, *labelled*) needs no rule: a form that does not exist is never met.
    past = set(irregular.get(word, ())) or {soft + "ed", stem + stem[-1] + "ed"}
    return {word, _add_s_ending(word), word + "ing", stem + "ing", stem + stem[-1] + "ing"} | past


def _add_s_ending(word: str) -> str:
    """Return the word with the ending -s, as nouns and third-person verbs take it."""
    if _has_consonant_y_ending(word):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")


def _has_consonant_y_ending(word: str) -> bool:
    """Return True if a word ends in -y after a consonant (*deny*, not *say*)."""
    return word.endswith("y") and word[-2] not in VOWELS
