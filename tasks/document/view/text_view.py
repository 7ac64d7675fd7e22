"""The view of a text that is parsed, with a map of its offsets to the text as it was read.

The text of a document is never rewritten, since spans point into it. Line ends inside a sentence, soft hyphens and
unusual quotation marks are replaced in a view.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from tasks.document.records import Span


@dataclass(frozen=True, slots=True)
class Edit:
    """A span of a text and its replacement in the view."""

    start: int
    end: int
    replacement: str


class Layer:
    """The edits between one version of a text and the next."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        """Take edits in order, none of which overlaps another."""
        self.edits = edits
        self.starts: list[int] = []
        """where the replacement of each edit begins in the edited text"""
        shift = 0
        for edit in edits:
            self.starts.append(edit.start + shift)
            shift += len(edit.replacement) - (edit.end - edit.start)

    @cached_property
    def _source_starts(self) -> list[int]:
        """The start of each edit in the text before the edits."""
        return [edit.start for edit in self.edits]

    def to_source(self, span: Span) -> Span:
        """Return the span before the edits; a part of a replacement maps to everything that it replaces."""
        start, end = span
        first = bisect_right(self.starts, start) - 1
        last = bisect_left(self.starts, end) - 1
        return self._map_offset(first, start, ending=False), self._map_offset(last, end, ending=True)

    def _map_offset(self, number: int, at: int, *, ending: bool) -> int:
        """Return an offset before the edits; ``number`` is that of the last edit before it, -1 for none."""
        if number < 0:
            return at
        edit, inside = self.edits[number], at - self.starts[number]
        size, replaced = len(edit.replacement), edit.end - edit.start
        if inside >= size or size == replaced:
            return edit.start + inside + replaced - size
        return edit.end if ending else edit.start

    def from_source(self, at: int) -> int:
        """Return the offset of a character after the edits: in a replacement, that of its first character."""
        number = bisect_right(self._source_starts, at) - 1
        if number < 0:
            return at
        edit, start = self.edits[number], self.starts[number]
        return (
            start + min(at - edit.start, len(edit.replacement))
            if at < edit.end
            else (start + len(edit.replacement) + at - edit.end)
        )


@dataclass(frozen=True, slots=True)
class TextView:
    """A text after one or more layers of edits."""

    text: str
    layers: tuple[Layer, ...] = ()

    def edit(self, edits: Iterable[Edit]) -> "TextView":
        """Return the view with further edits, which point into its text."""
        ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
        if not ordered:
            return self
        parts, position = [], 0
        for edit in ordered:
            parts += [self.text[position : edit.start], edit.replacement]
            position = edit.end
        return TextView("".join([*parts, self.text[position:]]), (*self.layers, Layer(ordered)))

    def to_source(self, span: Span) -> Span:
        """Return the span in the text as it was read."""
        for layer in reversed(self.layers):
            span = layer.to_source(span)
        return span

    def from_source(self, at: int) -> int:
        """Return the offset in the view of a character of the text as it was read."""
        for layer in self.layers:
            at = layer.from_source(at)
        return at
