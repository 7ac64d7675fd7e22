"""Marks over a text: the text is cut at every boundary of a mark, and each segment has all marks that cover it.

Spans can overlap and HTML elements cannot, so the text becomes a flat sequence of segments.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

Role = Literal["mention", "content", "source", "cue"]
ROLE_ORDER = {"content": 0, "source": 1, "mention": 2, "cue": 3}
"""which of two marks of the same length is on top: a statement always keeps its cue visible"""


@dataclass(frozen=True, slots=True)
class Mark:
    """One span of one row; offsets are code points, end exclusive."""

    start: int
    end: int
    role: Role
    kind: str
    """claim or denial, or the label of a mention"""
    row_id: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the text without a boundary inside, with the marks that cover it, outermost first."""

    start: int
    text: str
    marks: tuple[Mark, ...]

    @property
    def top(self) -> Mark:
        """The innermost mark: the one that a reader who points at the segment means."""
        return self.marks[-1]


def make_statement_marks(statement: dict[str, Any]) -> list[Mark]:
    """Return the marks of a row of ``statements``: source, cue and each span of the content."""
    kind, row_id = statement["kind"], statement["statement_id"]
    found = [Mark(s["start"], s["end"], "content", kind, row_id) for s in statement["content_spans"]]
    roles: tuple[Role, Role] = ("source", "cue")
    for role in roles:
        start, end = statement[f"{role}_start"], statement[f"{role}_end"]
        if start is not None:
            found.append(Mark(start, end, role, kind, row_id))
    return found


def make_mention_mark(mention: dict[str, Any]) -> Mark:
    """Return the mark of a row of ``mentions``."""
    return Mark(mention["start"], mention["end"], "mention", mention["label"], mention["mention_id"])


def split_into_segments(text: str, marks: Iterable[Mark]) -> list[Segment]:
    """Return the text cut at every boundary of a mark; the joined segments are the exact text.

    Raises ValueError for a mark that is empty or reaches outside the text.
    """
    ordered = sorted(marks, key=lambda m: (m.start, -m.end, ROLE_ORDER[m.role], m.row_id))
    for mark in ordered:
        if not 0 <= mark.start < mark.end <= len(text):
            raise ValueError(
                f"{mark} does not lie in a text of {len(text)} characters; `counterclaim verify` finds all such rows"
            )
    cuts = sorted({0, len(text), *(m.start for m in ordered), *(m.end for m in ordered)})
    segments, active, following = [], list[Mark](), 0
    for start, end in pairwise(cuts):
        active = [mark for mark in active if mark.end > start]
        while following < len(ordered) and ordered[following].start == start:
            active.append(ordered[following])
            following += 1
        over = sorted(active, key=lambda m: (m.start - m.end, ROLE_ORDER[m.role], m.row_id))
        segments.append(Segment(start, text[start:end], tuple(over)))
    return segments
