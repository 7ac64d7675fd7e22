"""The base classes of errors that end a command, each with its exit code.

This module imports nothing, so that the warehouse, the tasks and the flows can all derive their errors from them.
"""

from typing import ClassVar


class InputError(ValueError):
    """The input cannot be used: the message says what to change in it."""

    exit_code: ClassVar[int] = 2


class FailureError(Exception):
    """The input was valid and the work failed: the message says what failed, where, and what to do."""

    exit_code: ClassVar[int] = 1


class StatementError(InputError):
    """The SQL is not a single statement that reads."""


class WarehouseError(FailureError, RuntimeError):
    """A warehouse cannot be used: the message says why, where, and what to do."""
