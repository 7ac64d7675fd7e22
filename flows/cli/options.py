"""Types of options that several commands share, with messages that tell the form."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from cyclopts import Parameter, Token


def _read_day(_: Any, tokens: Sequence[Token]) -> date:
    given = tokens[0].value
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise ValueError(f"{given!r} is no date; expected YYYY-MM-DD, as in 2026-11-23") from error


Day = Annotated[date, Parameter(converter=_read_day, n_tokens=1, accepts_keys=False)]
"""a day, given as YYYY-MM-DD"""
