"""The types of the flows' parameters: Prefect refuses other values before a run starts, from a form, a file or a call.

Bounds are given in ``Annotated``: Prefect's form loses those of a default value such as ``= Field(2, ge=1)``. The
descriptions in the form come from the docstring of the flow.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from flows.parameter_bounds import CLUSTER_ADDRESS_PATTERN, MAX_BATCH_SIZE, MAX_WORKERS
from warehouse.storage.location import ADDRESS_PATTERN, BUCKET_ADDRESS_PATTERN

ForgettableParameter = Literal["publisher", "published"]
"""metadata that a run can give to documents, by the names of its parameters"""
NonEmptyText = Annotated[str, Field(min_length=1)]
CorpusColumn = Literal["text", "html", "id", "url", "title", "author", "publisher", "published_at"]

# Prefect's API checks patterns and ignores the format `date` of a schema.
Day = Annotated[date, Field(json_schema_extra={"pattern": r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"})]
SourcePaths = Annotated[Sequence[NonEmptyText], Field(min_length=1)]
WarehouseAddress = Annotated[str, Field(pattern=ADDRESS_PATTERN)]
ModelName = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*$")]
ColumnNames = dict[CorpusColumn, NonEmptyText] | None
WorkerCount = Annotated[int, Field(ge=1, le=MAX_WORKERS)]
BatchSize = Annotated[int, Field(ge=1, le=MAX_BATCH_SIZE)]
RetentionHours = Annotated[int, Field(ge=0, le=366 * 24)]
ClusterAddress = Annotated[str, Field(pattern=CLUSTER_ADDRESS_PATTERN)] | None
WebAddress = Annotated[str, Field(pattern=r"^https?://[^/]+")] | None
SiteAddress = Annotated[str, Field(pattern=BUCKET_ADDRESS_PATTERN)] | None
