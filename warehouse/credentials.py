"""Keeping credentials out of the addresses of warehouses and out of messages."""

import os
import re
from pathlib import Path

from warehouse.errors import WarehouseError

SECRET_VARIABLE_NAME = re.compile(r"KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL", re.IGNORECASE)
"""names of environment variables whose values must not be shown"""
MIN_SECRET_LENGTH = 8
"""characters; a shorter value is not a secret, and would also match parts of ordinary words"""


def check_no_credentials(root: Path | str) -> str:
    """Return the address of a warehouse as text, which is shown, logged and stored with the run.

    Raises WarehouseError, which does not repeat the address, if it contains a key, a password or a signature.
    """
    if has_credentials(str(root)):
        raise WarehouseError(
            "The address of a warehouse must not contain credentials. Name s3://bucket/path only, and give key and "
            "secret in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    return str(root)


def has_credentials(address: str) -> bool:
    """Return True if an address contains a key, a password or a signature."""
    _, is_address, rest = address.partition("://")
    return bool(is_address) and ("@" in rest.partition("/")[0] or "?" in rest)


def redact_secrets(message: str) -> str:
    """Return a message with the values of secret environment variables replaced by the names of the variables."""
    for name, value in os.environ.items():
        if SECRET_VARIABLE_NAME.search(name) and len(value) >= MIN_SECRET_LENGTH:
            message = message.replace(value, f"${name}")
    return message


def get_first_line(error: Exception) -> str:
    """Return the first line of an error's message, without a full stop; below it, libraries add traces."""
    return next(iter(str(error).splitlines()), "").rstrip(".") or type(error).__name__
