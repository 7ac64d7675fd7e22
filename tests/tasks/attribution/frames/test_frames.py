"""Frames: each finds the content of a cue that takes its complement, and nothing where the cue takes another."""

from collections.abc import Callable

import pytest

from tasks.attribution.frames.frame_table import FRAMES
from tasks.document.doc import Doc

Parsed = Callable[[str], Doc]
# frame, sentence with the cue in [..], content
CONTENTS = [
    ("that", "The minister [said] that the bridge was unsafe.", ["that the bridge was unsafe"]),
    ("before", "The bridge was unsafe, the minister [said].", ["The bridge was unsafe"]),
    ("around", "The plan, the minister [said], would fail.", ["The plan", "would fail."]),
    ("as-aside", "As the minister [noted], the bridge was unsafe.", ["the bridge was unsafe."]),
    ("inf", "The minister [promised] to close the bridge.", ["to close the bridge"]),
    ("inf", "The minister [urged] the rebels to leave.", ["the rebels to leave"]),
    ("pass-inf", "The bridge is [believed] to be unsafe.", ["The bridge", "to be unsafe"]),
    ("clause", "The clerk was [allegedly] seen at the port.", ["The clerk was allegedly seen at the port."]),
    ("verdict", "The claim that the bridge was unsafe is [dubious].",
     ["The claim that the bridge was unsafe is dubious."]),
    ("ing", "The clerk [admitted] having seen the plan.", ["having seen the plan"]),
    ("small", "The minister [considers] the clerk honest.", ["the clerk honest"]),
    ("np", "The minister [criticised] the plan for its cost.", ["the plan for its cost"]),
    ("for", "The minister [called] for talks.", ["talks"]),
    ("n-that", "The [claim] that the bridge was unsafe was false.", ["that the bridge was unsafe"]),
    ("n-is", "The [fear] is that the bridge was unsafe.", ["that the bridge was unsafe"]),
    ("n-bare", "There were [allegations] he knew the plan.", ["he knew the plan"]),
    ("n-compound", "The clerk denied corruption [allegations].", ["corruption"]),
    ("n-to", "The minister repeated the [promise] to close the bridge.", ["to close the bridge"]),
]  # fmt: skip


def find_content(frame: str, marked: str, parsed: Parsed) -> list[str] | None:
    """Return the words of the content of the marked cue in a frame, or None."""
    doc = parsed(marked.replace("[", "").replace("]", ""))
    cue = next(token for token in doc if token.idx == marked.index("["))
    found = FRAMES[frame](doc, cue)
    return None if found is None else [doc[a:b].text for a, b in found]


@pytest.mark.parametrize(("frame", "marked", "content"), CONTENTS)
def test_a_frame_finds_its_content(frame: str, marked: str, content: list[str], parsed: Parsed) -> None:
    assert find_content(frame, marked, parsed) == content


@pytest.mark.parametrize("frame", sorted(FRAMES))
def test_a_frame_finds_nothing_beside_a_cue_without_complements(frame: str, parsed: Parsed) -> None:
    if frame != "clause":
        assert find_content(frame, "The minister [spoke].", parsed) is None


def test_every_frame_is_tried() -> None:
    prepositions = {
        name for name in FRAMES if name.isalpha() and len(FRAMES[name].__qualname__.split(".")) > 1
    }
    assert FRAMES.keys() - prepositions == {frame for frame, _, _ in CONTENTS} - prepositions
