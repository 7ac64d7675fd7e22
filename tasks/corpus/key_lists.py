"""Rows that hold one of some keys in a column of lists."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def find_holders(lists: pa.ListArray, keys: pa.Array) -> pa.BooleanArray:
    """Return a mask of the rows that hold at least one of these keys, given the list of keys of each row."""
    held, holder = lists.flatten(), pc.list_parent_indices(lists)
    mask = np.zeros(len(lists), np.bool_)
    mask[holder.filter(pc.is_in(held, keys)).to_numpy(zero_copy_only=False)] = True
    return pa.array(mask)
