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
