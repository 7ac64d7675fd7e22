"""Matrix products whose rows do not depend on the other rows.

numpy's BLAS has kernels for more processors than spaCy's BLIS. Each row of a product is bit-identical whatever
the other rows are (:func:`_is_batch_invariant`), so the annotation of a paragraph does not depend on its batch.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
from thinc.api import Model, NumpyOps, get_current_ops, set_current_ops

TILE_ROWS = 48
"""Rows are padded to a multiple of this: BLAS uses kernels that round differently for the rows at the edge."""
FloatArray = npt.NDArray[np.float32]


class TiledOps(NumpyOps):  # type: ignore[misc]
    """Matrix products by numpy, with rows padded to whole tiles."""

    def gemm(
        self,
        x: FloatArray,
        y: FloatArray,
        out: FloatArray | None = None,
        trans1: bool = False,
        trans2: bool = False,
    ) -> FloatArray:
        """Return the product of ``x`` and ``y``, each transposed first if requested."""
        if trans1 or out is not None:
            return np.asarray(super().gemm(x, y, out=out, trans1=trans1, trans2=trans2))
        rows = len(x)
        if rows % TILE_ROWS:
            filled = np.zeros((rows + TILE_ROWS - rows % TILE_ROWS, x.shape[1]), dtype=x.dtype)
            filled[:rows] = x
            x = filled
        return (x @ (y.T if trans2 else y))[:rows]


def _is_batch_invariant(ops: NumpyOps) -> bool:
    """Return True if on this machine each row of a product is bit-identical in batches of any size."""
    random = np.random.default_rng(0)
    x, w = (random.standard_normal((rows, 64), dtype=np.float32) for rows in (3 * TILE_ROWS, 2 * TILE_ROWS))
    whole = ops.gemm(x, w, trans2=True)
    parts = [(a, b) for a in (0, 1, 5) for b in (a + 1, a + 7, a + TILE_ROWS, a + 2 * TILE_ROWS)]
    return all(np.array_equal(ops.gemm(x[a:b], w, trans2=True), whole[a:b]) for a, b in parts)


def choose_batch_invariant_ops() -> NumpyOps:
    """Return numpy's BLAS if it is batch-invariant (where it has kernels for AVX-512), else spaCy's."""
    tiled = TiledOps(use_blis=False)
    return tiled if _is_batch_invariant(tiled) else NumpyOps()


@contextmanager
def use_ops_while_loading(ops: NumpyOps) -> Iterator[None]:
    """Make ``ops`` the backend of the models that are loaded in the block."""
    before = get_current_ops()
    set_current_ops(ops)
    try:
        yield
    finally:
        set_current_ops(before)


def get_parameter(layer: Model[Any, Any], name: str) -> FloatArray:
    """Return a parameter of a layer; thinc's type for it lacks what arrays can do."""
    return np.asarray(layer.get_param(name), dtype=np.float32)
