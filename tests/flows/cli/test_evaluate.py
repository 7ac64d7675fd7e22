"""The output of ``counterclaim evaluate``."""

from flows.cli.evaluate import format_attribution_error
from flows.text_formats import TERMINAL_WIDTH


def test_an_error_fits_a_terminal_and_marks_its_roles() -> None:
    shown = format_attribution_error(
        "missed", "doc-1", "The mayor", "said", "the bridge\n\nwas " + "very " * 100 + "unsafe"
    ).split("\n")
    assert shown[:2] == [
        "missed: doc-1",
        "  {The mayor} <said> [the bridge  was very very very very very very very very",
    ]
    assert len(shown) == 4
    assert all(len(line) <= TERMINAL_WIDTH for line in shown)
