"""The error of the readers: a single document that cannot be used."""


class UnusableError(ValueError):
    """A document cannot be used; its reader turns the error into a ``Rejected``.

    ``reason`` is a short fixed category; ``detail`` says what was found and what to do.
    """

    def __init__(self, reason: str, detail: str) -> None:
        """Store reason and detail."""
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type["UnusableError"], tuple[str, str]]:
        """Return how to unpickle the error: the default passes one argument."""
        return type(self), (self.reason, self.detail)


BROKEN_REASON = "broken"
"""the reason for an unexpected error of a library on its input"""


def describe_library_error(error: Exception) -> str:
    """Return the detail of a reject for an unexpected error of a library, which must not end the run.

    Lone surrogates, which error messages can repeat from the input, are escaped.
    """
    message = f"{type(error).__name__}: {error}".encode("utf-8", "backslashreplace").decode()
    return f"{message[:300]}: the reader of this format failed on the content; open it and save it again"
