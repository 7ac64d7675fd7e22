"""Functions that fail on one document and otherwise behave as the originals."""

from collections.abc import Callable
from typing import Any

PLANTED_MESSAGE = "planted error"


def make_failing_on(words: str, original: Callable[..., Any]) -> Callable[..., Any]:
    """Return a wrapper that raises RuntimeError if its arguments or result contain the words."""

    def call(*given: Any, **named: Any) -> Any:
        values = [list(value) if hasattr(value, "__next__") else value for value in given]
        found = original(*values, **named)
        result = list(found) if hasattr(found, "__next__") else found
        if any(
            words in written for value in (*values, *named.values(), result) for written in _list_texts(value)
        ):
            raise RuntimeError(PLANTED_MESSAGE)
        return iter(result) if hasattr(found, "__next__") else result

    return call


def _list_texts(value: Any) -> list[str]:
    """Return the texts in a value: a parse, a document, rows, or a list of these."""
    if isinstance(value, list | tuple):
        return [text for one in value for text in _list_texts(one)]
    return [str(getattr(value, "text", ""))] if hasattr(value, "text") else [repr(value)]
