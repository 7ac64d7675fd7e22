"""The fused encoder computes what thinc's layers compute, and replaces no encoder of another kind."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.util import registry
from thinc.api import Model, use_ops

from tasks.document.inference.window_encoder import CHUNK_ROWS, fuse_window_layers


def make_encoder(width: int = 32, window: int = 1, pieces: int = 3, depth: int = 4) -> Model[Any, Any]:
    """Return an encoder of random weights, built like that of spaCy's models."""
    with use_ops("numpy", use_blis=False):
        build = registry.architectures.get("spacy.MaxoutWindowEncoder.v2")
        encoder: Model[Any, Any] = build(width=width, window_size=window, maxout_pieces=pieces, depth=depth)
        encoder.initialize(X=[np.zeros((3, width), dtype=np.float32)])
    random = np.random.default_rng(0)
    for node in encoder.walk():
        for name in node.param_names:
            weights: Any = random.standard_normal(node.get_param(name).shape, dtype=np.float32)
            node.set_param(name, weights)
    return encoder


def make_docs(lengths: list[int], width: int = 32) -> list[np.ndarray[Any, Any]]:
    random = np.random.default_rng(1)
    return [random.standard_normal((n, width), dtype=np.float32) for n in lengths]


@settings(deadline=None, max_examples=25)
@given(lengths=st.lists(st.integers(1, 90), min_size=1, max_size=12), depth=st.integers(2, 5))
def test_rows_are_those_of_thinc(lengths: list[int], depth: int) -> None:
    encoder = make_encoder(depth=depth)
    fused = fuse_window_layers(encoder)
    assert fused is not None
    docs = make_docs(lengths)
    for own, expected in zip(fused.predict(docs), encoder.predict(docs), strict=True):
        np.testing.assert_allclose(own, expected, rtol=1e-4, atol=1e-4)


def test_rows_at_the_ends_of_chunks_are_those_of_thinc() -> None:
    encoder = make_encoder()
    fused = fuse_window_layers(encoder)
    assert fused is not None
    for length in (CHUNK_ROWS - 9, CHUNK_ROWS - 8, CHUNK_ROWS - 4, CHUNK_ROWS, 2 * CHUNK_ROWS + 1):
        docs = make_docs([length])
        np.testing.assert_allclose(fused.predict(docs)[0], encoder.predict(docs)[0], rtol=1e-4, atol=1e-4)


def test_the_rows_of_a_doc_do_not_depend_on_the_docs_beside_it() -> None:
    fused = fuse_window_layers(make_encoder(width=96))
    assert fused is not None
    docs = make_docs([5, 40, 700, 1], width=96)
    for doc, together in zip(docs, fused.predict(docs), strict=True):
        assert np.array_equal(fused.predict([doc])[0], together)


@pytest.mark.parametrize("other", [{"window": 2}, {"pieces": 2}])
def test_an_encoder_of_another_kind_is_left_alone(other: dict[str, int]) -> None:
    assert fuse_window_layers(make_encoder(**other)) is None


def test_an_encoder_with_less_padding_than_layers_is_left_alone() -> None:
    encoder = make_encoder()
    encoder.attrs["pad"] = 3
    assert fuse_window_layers(encoder) is None


def test_no_docs_have_no_rows() -> None:
    fused = fuse_window_layers(make_encoder())
    assert fused is not None
    assert fused.predict([]) == []
