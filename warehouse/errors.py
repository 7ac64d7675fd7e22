"""What an error means to whoever gave a command: the base classes carry the exit code; nothing is imported here.

They stand at the lowest layer, so that the store, the work and the orchestration can all derive from them.
"""

from typing import ClassVar


class InputError(ValueError):
    """What was asked for cannot be done as asked: the message says what to change."""

    exit_code: ClassVar[int] = 2


class FailureError(Exception):
    """What was asked for was right and failed: the message says what, where and what to do."""

    exit_code: ClassVar[int] = 1


class StatementError(InputError):
    """The SQL is not one statement that reads."""
