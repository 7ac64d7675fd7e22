"""Token ranges: overlaps are found as by comparing each range with each."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.document.token_ranges import TokenRange, make_overlap_test

RANGES = st.builds(
    lambda start, length: (start, start + length), st.integers(0, 30), st.integers(min_value=1, max_value=9)
)


@given(st.lists(RANGES, max_size=12), RANGES)
def test_a_range_overlaps_others_if_it_shares_a_token_with_one(
    ranges: list[TokenRange], piece: TokenRange
) -> None:
    shares_token = any({*range(*piece)} & {*range(*other)} for other in ranges)
    assert make_overlap_test(ranges)(piece) == shares_token
