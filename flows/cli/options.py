"""Types of options that several commands share, with error messages that name the expected form."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from cyclopts import Parameter, Token


def _parse_day(_: Any, tokens: Sequence[Token]) -> date:
    given = tokens[0].value
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise ValueError(f"expected YYYY-MM-DD, as in 2026-11-23; found {given!r}") from error


Day = Annotated[date, Parameter(converter=_parse_day, n_tokens=1, accepts_keys=False)]
"""a day as YYYY-MM-DD"""
