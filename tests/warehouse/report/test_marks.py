"""Marks over a text: cut at every boundary, with no character lost and each mark over exactly its own."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.report.text_marks import Mark, Role, split_into_segments


@st.composite
def marked(draw: st.DrawFn) -> tuple[str, list[Mark]]:
    text = draw(st.text(min_size=1, max_size=40))
    ends = st.lists(st.integers(0, len(text)), min_size=2, max_size=2, unique=True).map(sorted)
    roles = st.sampled_from(get_args(Role))
    spans = draw(st.lists(st.tuples(ends, roles), max_size=12))
    return text, [Mark(a, b, role, "claim", f"row{i}") for i, ((a, b), role) in enumerate(spans)]


@given(marked())
@settings(deadline=None, max_examples=200)
def test_the_pieces_are_the_text_and_each_mark_covers_its_characters(case: tuple[str, list[Mark]]) -> None:
    text, marks = case
    pieces = split_into_segments(text, marks)
    assert "".join(piece.text for piece in pieces) == text
    for mark in marks:
        covered = [piece for piece in pieces if mark in piece.marks]
        assert "".join(piece.text for piece in covered) == text[mark.start : mark.end]
    for piece in pieces:
        lengths = [mark.end - mark.start for mark in piece.marks]
        assert lengths == sorted(lengths, reverse=True)


def test_order_does_not_matter() -> None:
    marks = [
        Mark(0, 6, "content", "claim", "a"),
        Mark(2, 9, "content", "denial", "b"),
        Mark(2, 6, "cue", "denial", "b"),
    ]
    assert split_into_segments("0123456789", marks) == split_into_segments("0123456789", marks[::-1])


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([], ["abcdef"]),
        ([(0, 6)], ["abcdef"]),
        ([(1, 3)], ["a", "bc", "def"]),
        ([(0, 4), (2, 6)], ["ab", "cd", "ef"]),
        ([(0, 6), (2, 3)], ["ab", "c", "def"]),
        ([(0, 3), (3, 6)], ["abc", "def"]),
    ],
)
def test_where_the_text_is_cut(marks: list[tuple[int, int]], expected: list[str]) -> None:
    cut = split_into_segments(
        "abcdef", [Mark(a, b, "content", "claim", str(i)) for i, (a, b) in enumerate(marks)]
    )
    assert [piece.text for piece in cut] == expected


@pytest.mark.parametrize("place", [(-1, 2), (2, 2), (3, 2), (5, 7)])
def test_a_mark_outside_the_text_is_refused(place: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="does not lie in a text of 6"):
        split_into_segments("abcdef", [Mark(*place, "cue", "claim", "x")])


def test_an_empty_text_has_no_pieces() -> None:
    assert split_into_segments("", []) == []
