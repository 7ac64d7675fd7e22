"""The faster inference has the output of the spaCy pipeline, independent of batches."""

import json
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.attrs import DEP, ENT_IOB, ENT_TYPE, HEAD, SENT_START, TAG
from spacy.language import Language
from spacy.tokens import Doc

from tasks.document.inference import annotate_docs, embedding_cache
from tasks.document.parser import DEFAULT_MODEL, ParsingPipeline, find_paragraphs

GOLD = Path(__file__).parents[3] / "gold" / "texts.jsonl"
READ = [TAG, DEP, HEAD, SENT_START, ENT_IOB, ENT_TYPE]
"""the token attributes that extraction reads"""


@pytest.fixture(scope="module")
def pieces() -> list[str]:
    texts = [json.loads(line)["text"] for line in GOLD.read_text(encoding="utf-8").splitlines()[::5]]
    return [text[a:b] for text in texts for a, b in find_paragraphs(text)]


def annotated(pieces: list[str], nlp: ParsingPipeline) -> list[Doc]:
    docs = [nlp.language.make_doc(piece) for piece in pieces]
    annotate_docs(docs, nlp.language)
    return docs


def differing(first: list[Doc], second: list[Doc]) -> int:
    pairs = zip(first, second, strict=True)
    return sum(int((a.to_array(READ) != b.to_array(READ)).any(axis=1).sum()) for a, b in pairs)


@pytest.fixture(scope="module")
def plain() -> Language:
    pipeline: Language = import_module(DEFAULT_MODEL).load()
    return pipeline


def test_the_engine_finds_what_the_whole_pipeline_finds(
    nlp: ParsingPipeline, plain: Language, pieces: list[str]
) -> None:
    assert len(pieces) > 100
    assert differing(annotated(pieces, nlp), list(plain.pipe(pieces))) == 0


NAMES = [
    "Anna",
    "Bern",
    "the",
    "United",
    "Nations",
    "of",
    "Marsh",
    "&",
    "Co.",
    "3",
    "May",
    "2019",
    "said",
    "\n",
    "  ",
    ".",
]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.sampled_from(NAMES), max_size=30).map(" ".join), min_size=1, max_size=8))
def test_entities_of_any_words_are_those_of_the_whole_pipeline(
    nlp: ParsingPipeline, plain: Language, texts: list[str]
) -> None:
    found = [[(e.start, e.end, e.label_) for e in doc.ents] for doc in annotated(texts, nlp)]
    assert found == [[(e.start, e.end, e.label_) for e in doc.ents] for doc in plain.pipe(texts)]


def test_no_paragraph_depends_on_those_beside_it(nlp: ParsingPipeline, pieces: list[str]) -> None:
    together = annotated(pieces, nlp)
    alone = [doc for piece in pieces for doc in annotated([piece], nlp)]
    assert differing(together, alone) == 0


def test_forgotten_embeddings_are_computed_again(
    nlp: ParsingPipeline, pieces: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = annotated(pieces[:40], nlp)
    monkeypatch.setattr(embedding_cache, "MAX_CACHED_WORDS", 50)
    assert differing(annotated(pieces[:40], nlp), before) == 0


def test_an_empty_text_and_white_space_are_annotated(nlp: ParsingPipeline) -> None:
    assert [len(doc) for doc in annotated(["", " ", "Yes."], nlp)] == [0, 1, 2]
