"""Functions that fail where they meet one document, and else do as they always do."""

from collections.abc import Callable
from typing import Any

PLANTED = "planted error"


def failing_on(words: str, original: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that raises where the words stand in what it is given or returns."""

    def call(*given: Any, **named: Any) -> Any:
        values = [list(value) if hasattr(value, "__next__") else value for value in given]
        found = original(*values, **named)
        result = list(found) if hasattr(found, "__next__") else found
        if any(words in written for value in (*values, *named.values(), result) for written in texts(value)):
            raise RuntimeError(PLANTED)
        return iter(result) if hasattr(found, "__next__") else result

    return call


def texts(value: Any) -> list[str]:
    """Return the texts that a value holds: a parse, a document, rows, or a list of these."""
    if isinstance(value, list | tuple):
        return [text for one in value for text in texts(one)]
    return [str(getattr(value, "text", ""))] if hasattr(value, "text") else [repr(value)]
