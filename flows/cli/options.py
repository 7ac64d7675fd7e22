"""Options that several commands share, with error messages that name the expected form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from cyclopts import Parameter, Token
from cyclopts.validators import Number

from flows.parameter_bounds import MAX_BATCH_SIZE, MAX_WORKERS
from flows.runtime.settings import DEFAULT_BATCH_SIZE, DEFAULT_MODEL, DEFAULT_WORKERS, Runner


def _parse_day(_: Any, tokens: Sequence[Token]) -> date:
    given = tokens[0].value
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise ValueError(f"expected YYYY-MM-DD, as in 2026-11-23; found {given!r}") from error


Day = Annotated[date, Parameter(converter=_parse_day, n_tokens=1, accepts_keys=False)]
"""a day as YYYY-MM-DD"""
WorkerCount = Annotated[
    int,
    Parameter(validator=Number(gte=1, lte=MAX_WORKERS), show_default=lambda _: "one per core, at most 4"),
]
BatchSize = Annotated[int, Parameter(validator=Number(gte=1, lte=MAX_BATCH_SIZE))]


@Parameter(name="*")
@dataclass(frozen=True)
class ExtractionOptions:
    """How and where documents are extracted."""

    model: str = DEFAULT_MODEL
    """Package of the spaCy pipeline."""
    workers: WorkerCount = DEFAULT_WORKERS
    """Processes that extract at the same time; each takes about 0.6 GB of memory."""
    batch_size: BatchSize = DEFAULT_BATCH_SIZE
    """Documents that a process takes at a time, at most."""
    runner: Runner = "process"
    """Where batches are extracted: in processes or threads of this machine, or on a Dask or Ray cluster, which needs
    the extra `dask` or `ray`."""
    cluster: str | None = None
    """Address of the Dask scheduler (tcp://host:8786) or of Ray (ray://host:10001). By default a local cluster is
    started for the run."""


DEFAULT_EXTRACTION = ExtractionOptions()
