"""Addresses of warehouses and messages about them: what is secret stands in neither."""

import os
import re
from pathlib import Path

from warehouse.errors import FailureError

SECRET = re.compile(r"KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL", re.IGNORECASE)
"""names of environment variables whose values are nobody's business"""
SHORTEST = 8
"""letters; a shorter value is no secret, and would be found in ordinary words"""


class WarehouseError(FailureError, RuntimeError):
    """A warehouse cannot be used: the message says what, where and what to do."""


def without_credentials(root: Path | str) -> str:
    """Return an address that names a place and nothing else: it is shown, logged and stored with the run.

    Raises WarehouseError, without repeating it, for one that holds a key, a password or a signature.
    """
    _, is_address, rest = str(root).partition("://")
    if is_address and ("@" in rest.partition("/")[0] or "?" in rest):
        raise WarehouseError(
            "The address of a warehouse may not hold credentials: name s3://bucket/path alone, and give key and "
            "secret by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    return str(root)


def redacted(message: str) -> str:
    """Return a message in which values of secret environment variables are replaced by the variables' names."""
    for name, value in os.environ.items():
        if SECRET.search(name) and len(value) >= SHORTEST:
            message = message.replace(value, f"${name}")
    return message


def first_line(error: Exception) -> str:
    """Return what an error says, without the trace that a library adds below it and without a full stop."""
    return next(iter(str(error).splitlines()), "").rstrip(".") or type(error).__name__
