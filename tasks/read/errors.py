"""The one exception of the reading room: a single document that cannot be used."""


class UnusableError(ValueError):
    """One document cannot be used; its reader turns this into a ``Rejected``.

    ``reason`` is short and the same for all of its kind; ``detail`` says what was found and what to do.
    """

    def __init__(self, reason: str, detail: str) -> None:
        """Keep both apart."""
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type["UnusableError"], tuple[str, str]]:
        """Return how to make it again on the other side of a pipe."""
        return type(self), (self.reason, self.detail)


BROKEN = "broken"
"""the reason where a library fails on what it reads"""


def library_failed(error: Exception) -> str:
    """Return the detail of a reject for an error that no reader foresees: no input may end a run.

    What an error says may repeat characters that no table can hold.
    """
    said = f"{type(error).__name__}: {error}".encode("utf-8", "backslashreplace").decode()
    return f"{said[:300]}: the content breaks what reads its kind; open it and save it anew"
