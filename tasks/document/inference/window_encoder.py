"""The convolutions of a spaCy token encoder, with one buffer for each intermediate result.

thinc allocates a new array for each result of each layer; for thousands of tokens the operating system must provide
their pages each time, which costs as much as the products. Here the rows pass in chunks that stay in the processor's
cache, through buffers that are allocated once a batch. What is computed is the same, value by value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from thinc.api import Model

from tasks.document.inference.matrix_products import TILE_ROWS, FloatArray, get_parameter

CHUNK_ROWS = 10 * TILE_ROWS
"""Rows that pass through a layer at once: their buffers take 1.3 MB."""
LAYER_NAME = "residual(expand_window>>maxout>>layernorm>>dropout)"
PIECES = 3
VARIANCE_FLOOR = 1e-8
"""what thinc adds to a variance before it divides"""


@dataclass(frozen=True, slots=True)
class WindowLayer:
    """One residual layer: a window of three rows, maxout of three pieces, layer normalisation.

    ``weights`` is of shape (3 widths in, 3 pieces of one width out), ``bias`` of 3 pieces, ``scale`` and ``shift``
    of one width.
    """

    weights: FloatArray
    bias: FloatArray
    scale: FloatArray
    shift: FloatArray

    @classmethod
    def from_node(cls, node: Model[Any, Any]) -> Self | None:
        """Return the layer of a node, or None if the node computes something else."""
        if node.name != LAYER_NAME:
            return None
        window, maxout, norm = (_get_node(node, name) for name in ("expand_window", "maxout", "layernorm"))
        if window.attrs["window_size"] != 1 or maxout.get_dim("nP") != PIECES:
            return None
        by_output = get_parameter(maxout, "W")
        n_in = by_output.shape[2]
        return cls(
            weights=np.ascontiguousarray(by_output.transpose(1, 0, 2).reshape(-1, n_in).T),
            bias=get_parameter(maxout, "b").T.ravel(),
            scale=get_parameter(norm, "G"),
            shift=get_parameter(norm, "b"),
        )

    def apply(self, rows: FloatArray, out: FloatArray) -> None:
        """Write the layer's output for ``rows[1:-1]`` to ``out[1:-1]``; the first and last row are zero, and stay so.

        The number of rows between them is a multiple of :data:`TILE_ROWS`.
        """
        width = rows.shape[1]
        windows = np.empty((CHUNK_ROWS, 3 * width), dtype=np.float32)
        products = np.empty((CHUNK_ROWS, PIECES * width), dtype=np.float32)
        largest = np.empty((CHUNK_ROWS, width), dtype=np.float32)
        for start in range(1, len(rows) - 1, CHUNK_ROWS):
            n = min(CHUNK_ROWS, len(rows) - 1 - start)
            window, product, best = windows[:n], products[:n], largest[:n]
            for k in range(3):
                window[:, k * width : (k + 1) * width] = rows[start + k - 1 : start + k - 1 + n]
            np.matmul(window, self.weights, out=product)
            product += self.bias
            np.maximum(product[:, :width], product[:, width : 2 * width], out=best)
            np.maximum(best, product[:, 2 * width :], out=best)
            self._normalise(best)
            np.add(best, rows[start : start + n], out=out[start : start + n])

    def _normalise(self, values: FloatArray) -> None:
        """Give each row mean 0 and variance 1 in place, then scale and shift it; rounded as thinc's layer rounds."""
        width = np.float32(values.shape[1])
        values -= np.add.reduce(values, axis=1, keepdims=True) / width
        variance = np.add.reduce(values * values, axis=1, keepdims=True) / width + np.float32(VARIANCE_FLOOR)
        values *= variance ** np.float32(-0.5)
        values *= self.scale
        values += self.shift


class WindowEncoder:
    """The convolutions of one encoder, as the forward function of a thinc layer over lists of rows by Doc."""

    def __init__(self, layers: Sequence[WindowLayer], padding: int) -> None:
        """Apply ``layers`` in turn, with ``padding`` rows of zeros before, between and after the Docs."""
        self.layers = layers
        self.padding = padding

    def __call__(
        self, _: Model[Any, Any], docs: list[FloatArray], is_train: bool
    ) -> tuple[list[FloatArray], None]:
        """Return the encoded rows of each Doc."""
        if is_train:
            raise NotImplementedError("this encoder cannot be trained: load the model with spaCy")
        if not docs:
            return [], None
        rows, starts = self._join_docs(docs)
        out = np.zeros_like(rows)
        for layer in self.layers:
            layer.apply(rows, out)
            rows, out = out, rows
        return [rows[start : start + len(doc)] for start, doc in zip(starts, docs, strict=True)], None

    def _join_docs(self, docs: Sequence[FloatArray]) -> tuple[FloatArray, list[int]]:
        """Return the rows of all Docs, with one row of zeros at either end and whole tiles between, and each start."""
        n_rows = sum(len(doc) + self.padding for doc in docs) + self.padding
        rows = np.zeros((-(-n_rows // TILE_ROWS) * TILE_ROWS + 2, docs[0].shape[1]), dtype=np.float32)
        starts, start = [], 1 + self.padding
        for doc in docs:
            rows[start : start + len(doc)] = doc
            starts.append(start)
            start += len(doc) + self.padding
        return rows, starts


def _get_node(model: Model[Any, Any], name: str) -> Model[Any, Any]:
    """Return the node of this name."""
    return next(node for node in model.walk() if node.name == name)


def fuse_window_layers(encode: Model[Any, Any]) -> Model[Any, Any] | None:
    """Return a layer that computes what ``encode`` computes, or None if it is built otherwise than spaCy's own."""
    if not encode.name.startswith("with_array"):
        return None
    nodes = encode.layers[0].layers
    layers = [layer for node in nodes if (layer := WindowLayer.from_node(node)) is not None]
    # With less padding a Doc's rows would depend on the Docs beside it.
    if not layers or len(layers) < len(nodes) or encode.attrs["pad"] < len(layers):
        return None
    return Model("window_encoder", WindowEncoder(layers, encode.attrs["pad"]))
