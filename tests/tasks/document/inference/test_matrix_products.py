"""Products of matrices do not depend on the batch."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.document.inference.matrix_products import choose_batch_invariant_ops


@settings(deadline=None, max_examples=40)
@given(rows=st.integers(1, 120), at=st.integers(0, 400), width=st.sampled_from([64, 96, 288, 672]))
def test_a_row_of_a_product_is_the_same_to_the_bit_in_any_batch(rows: int, at: int, width: int) -> None:
    ops = choose_batch_invariant_ops()
    random = np.random.default_rng(width)
    x, w = (random.standard_normal((n, width), dtype=np.float32) for n in (520, 288))
    assert (ops.gemm(x[at : at + rows], w, trans2=True) == ops.gemm(x, w, trans2=True)[at : at + rows]).all()
