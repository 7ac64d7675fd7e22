"""The type of the functions that find the content of a cue in one frame."""

from collections.abc import Callable

from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import TokenRange

ContentRanges = list[TokenRange]
FrameFinder = Callable[[Doc, Token], ContentRanges | None]
