"""The cue tables: every row is well formed, and the extractor finds every row's cue in its example."""

import pytest

from tasks.attribution.cue_lexicon import (
    PARTS_OF_SPEECH,
    CueEntry,
    CueLexicon,
    PartOfSpeech,
    inflect_word,
    read_cue_entries,
)
from tasks.attribution.frames.frame_table import FRAMES
from tasks.attribution.statement_attributes import is_hedged
from tasks.attribution.statements import find_statements
from tasks.document.parser import ParsingPipeline, parse_texts
from tasks.seeds import read_seed_rows

FACTUALITY = {"neutral", "factive", "counterfactive", "act"}


@pytest.mark.parametrize("pos", PARTS_OF_SPEECH)
def test_rows_are_well_formed(pos: PartOfSpeech) -> None:
    cues = list(read_cue_entries(pos))
    kinds = {row["attitude"] for row in read_seed_rows("denials/attitudes.csv")}
    assert len({cue.lemma for cue in cues}) == len(cues)
    for cue in cues:
        assert cue.frames, cue
        assert set(cue.frames) <= {*FRAMES, "quote"}, cue
        assert cue.attitude in kinds, cue
        assert cue.factuality in FACTUALITY, cue


@pytest.mark.parametrize("pos", PARTS_OF_SPEECH)
def test_every_example_shows_its_cue(pos: PartOfSpeech, nlp: ParsingPipeline, lexicon: CueLexicon) -> None:
    cues: list[CueEntry] = list(read_cue_entries(pos))
    docs = parse_texts((cue.example for cue in cues), nlp)
    missing = [
        (cue.lemma, cue.example)
        for cue, doc in zip(cues, docs, strict=True)
        if cue.lemma not in {s.cue_lemma for s in find_statements(doc, lexicon)}
    ]
    assert missing == []


def test_every_mark_shows_in_its_example(nlp: ParsingPipeline, lexicon: CueLexicon) -> None:
    hedges = [(row["word"], row["example"]) for row in read_seed_rows("cues/hedges.csv")]
    for (word, _), doc in zip(hedges, parse_texts((example for _, example in hedges), nlp), strict=True):
        assert is_hedged(doc, doc[0], [(0, len(doc))], frozenset([word])), word
    nouns = [(row["noun"], row["example"]) for row in read_seed_rows("cues/evidence.csv")]
    for (noun, example), doc in zip(nouns, parse_texts((example for _, example in nouns), nlp), strict=True):
        found = [example[slice(*s.evidence)] for s in find_statements(doc, lexicon) if s.evidence]
        assert any(text.endswith(noun) for text in found), (noun, found)


@pytest.mark.parametrize("table", ["light_verbs", "hearer_verbs", "speech_acts"])
def test_the_minister_of_every_example_is_the_source(
    table: str, nlp: ParsingPipeline, lexicon: CueLexicon
) -> None:
    examples = [row["example"] for row in read_seed_rows(f"cues/{table}.csv")]
    for example, doc in zip(examples, parse_texts(examples, nlp), strict=True):
        sources = {example[slice(*s.source)] for s in find_statements(doc, lexicon) if s.source}
        assert "The minister" in sources, example


def test_the_object_of_a_verb_of_telling_is_the_hearer(nlp: ParsingPipeline, lexicon: CueLexicon) -> None:
    examples = [row["example"] for row in read_seed_rows("cues/hearer_verbs.csv")]
    for example, doc in zip(examples, parse_texts(examples, nlp), strict=True):
        hearers = {example[slice(*s.addressee)] for s in find_statements(doc, lexicon) if s.addressee}
        assert hearers == {"a reporter"}, example


def test_every_noun_of_authority_shows_in_its_example(nlp: ParsingPipeline, lexicon: CueLexicon) -> None:
    rows = list(read_seed_rows("cues/authority.csv"))
    for row, doc in zip(rows, parse_texts((row["example"] for row in rows), nlp), strict=True):
        assert row["noun"] in {token.lower_ for token in doc}, row
        by_authority = [s for s in find_statements(doc, lexicon) if s.rule == "according"]
        assert bool(by_authority) == (row["use"] == "view"), row


def test_nothing_is_blamed_in_the_examples_of_words_of_not_doing(
    nlp: ParsingPipeline, lexicon: CueLexicon
) -> None:
    rows = list(read_seed_rows("cues/omissions.csv"))
    for row, doc in zip(rows, parse_texts((row["example"] for row in rows), nlp), strict=True):
        forms = lexicon.reporting_words.omissions[row["kind"]]
        assert any(token.lower_ in forms for token in doc), row
        cues = {s.cue_lemma for s in find_statements(doc, lexicon)}
        assert cues.isdisjoint({"blame", "condemn", "thank"}), row


def test_every_word_of_a_class_occurs_in_its_example(nlp: ParsingPipeline, lexicon: CueLexicon) -> None:
    for row in read_seed_rows("cues/word_classes.csv"):
        words = nlp.language.make_doc(row["example"].lower())
        assert row["word"] in {words[i:j].text for i in range(len(words)) for j in range(i + 1, i + 3)}, row
        assert row["word"] in lexicon.reporting_words.word_classes[row["class"]]


def test_evidence_that_is_absent_is_none(nlp: ParsingPipeline, lexicon: CueLexicon) -> None:
    texts = [f"The clerk said that there was {word} evidence of theft." for word in ("no", "some")]
    found = [find_statements(doc, lexicon) for doc in parse_texts(texts, nlp)]
    assert [[s.evidence is not None for s in statements] for statements in found] == [[False], [True]]


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("deny", "denied"),
        ("say", "said"),
        ("quip", "quipped"),
        ("label", "labelled"),
        ("urge", "urging"),
        ("refuse", "refuses"),
        ("watch", "watches"),
        ("vow", "vowing"),
        ("agree", "agreeing"),
    ],
)
def test_inflection(word: str, form: str) -> None:
    assert form in inflect_word(word, "verb", {"say": ["said"]})
