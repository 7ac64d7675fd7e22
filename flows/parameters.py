"""The parameters of the flows as types: what Prefect refuses before a run starts, from a form, a file or a call.

The bounds stand inside ``Annotated``: as a default value, ``= Field(2, ge=1)``, the form would lose them. What the
form says of a parameter it takes from the docstring of the flow.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

Said = Literal["publisher", "published"]
"""what a run can say of documents, by the names of its parameters"""
Name = Annotated[str, Field(min_length=1)]
Column = Literal["text", "html", "id", "url", "title", "author", "publisher", "published_at"]

# Prefect's API checks patterns, and passes over the format that a schema names for a date.
Day = Annotated[date, Field(json_schema_extra={"pattern": r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"})]
Paths = Annotated[Sequence[Name], Field(min_length=1)]
Warehouse = Annotated[str, Field(pattern=r"^(s3://[^/:]+/.+|[^:]+)$")]
Model = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*$")]
Columns = dict[Column, Name] | None
Workers = Annotated[int, Field(ge=1, le=64)]
BatchSize = Annotated[int, Field(ge=1, le=1000)]
KeepHours = Annotated[int, Field(ge=0, le=366 * 24)]
Cluster = Annotated[str, Field(pattern=r"^(\w+://.+|auto)$")] | None


def forgotten(parameters: Sequence[Said] | None) -> frozenset[str]:
    """Return the columns that hold what these parameters say."""
    return frozenset("published_at" if name == "published" else name for name in parameters or ())
