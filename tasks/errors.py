"""Exceptions of ``tasks`` that callers catch without importing the modules that raise them."""

from warehouse.errors import InputError


class ModelError(InputError):
    """The language model is not installed or not usable."""
