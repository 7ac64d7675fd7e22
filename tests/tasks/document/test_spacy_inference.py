"""The faster inference has the output of the spaCy pipeline, independent of batches."""

import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.attrs import DEP, ENT_IOB, ENT_TYPE, HEAD, SENT_START, TAG
from spacy.tokens import Doc

from tasks.document import spacy_inference
from tasks.document.parser import DEFAULT_MODEL, ParsingPipeline, find_paragraphs
from tasks.document.spacy_inference import annotate_docs, choose_batch_invariant_ops

GOLD = Path(__file__).parents[2] / "gold" / "texts.jsonl"
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


def test_the_engine_finds_what_the_whole_pipeline_finds(nlp, pieces):
    plain = import_module(DEFAULT_MODEL).load()
    assert len(pieces) > 100
    assert differing(annotated(pieces, nlp), list(plain.pipe(pieces))) == 0


def test_no_paragraph_depends_on_those_beside_it(nlp, pieces):
    together = annotated(pieces, nlp)
    alone = [doc for piece in pieces for doc in annotated([piece], nlp)]
    assert differing(together, alone) == 0


def test_forgotten_embeddings_are_computed_again(nlp, pieces, monkeypatch):
    before = annotated(pieces[:40], nlp)
    monkeypatch.setattr(spacy_inference, "MAX_CACHED_WORDS", 50)
    assert differing(annotated(pieces[:40], nlp), before) == 0


@settings(deadline=None, max_examples=40)
@given(rows=st.integers(1, 120), at=st.integers(0, 400), width=st.sampled_from([64, 96, 288, 672]))
def test_a_row_of_a_product_is_the_same_to_the_bit_in_any_batch(rows: int, at: int, width: int):
    ops = choose_batch_invariant_ops()
    random = np.random.default_rng(width)
    x, w = (random.standard_normal((n, width), dtype=np.float32) for n in (520, 288))
    assert (ops.gemm(x[at : at + rows], w, trans2=True) == ops.gemm(x, w, trans2=True)[at : at + rows]).all()


def test_an_empty_text_and_white_space_are_annotated(nlp):
    assert [len(doc) for doc in annotated(["", " ", "Yes."], nlp)] == [0, 1, 2]
