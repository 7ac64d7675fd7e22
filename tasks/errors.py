"""Errors of the work that its callers name before they import the work itself."""

from warehouse.errors import InputError


class ModelError(InputError):
    """The language model is not installed, or cannot be used."""
