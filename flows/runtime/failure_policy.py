"""The failure policy on one page: what is retried, what is final, time limits, and how a run ends.

A document that cannot be used is not a failure: it is a row of ``rejects``. Everything else:

=========== ======================== ============================================== ======================
step        retries                  delay                                          time limit
=========== ======================== ============================================== ======================
read        1, on OSError            10 s, plus up to half of that at random        none
extract     2, on transient errors   2 s, then 4 s, plus up to half at random       half an hour per batch
resolve     1, on OSError            10 s, plus up to half of that at random        none
publish     0                        the next run recovers an interrupted commit    none
whole run   3, if another writer     none                                           none
            published first
=========== ======================== ============================================== ======================

A batch that fails because of a document is split in two and tried again until one document is left. That document
becomes a row of ``rejects`` with the reason, and its neighbours are stored. Processor time is limited for each document
(tasks/limits.py) and memory for each worker: exceeding a limit ends the document, or the worker if a library does not
return to Python.

A batch that fails because of the system (a disk, a network) is rejected as a whole: its documents wait, and the run
ends as **Partial**, a failed state that names them. The next run extracts them again; documents that are stored
already cost it a look-up each.

A long run publishes in parts of about a thousand articles. A run that dies (**Crashed**) has published each part
completely or not at all; the next run does the rest.

Errors of the files of the warehouse (``WarehouseError``) are not retried: the message says what to do, and a corpus
step is left out as below.

If a corpus step (near-duplicates, entities, links, groups of claims) fails, the documents are published without its
result, the run ends as Partial, and the next run repeats the step over all documents.

No step of a run waits for Prefect's server, which may go away. At its end the run waits some time for a server that
does not answer (flows/runtime/prefect_calls.py), so that its state is recorded if the server is only restarting.
"""

from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from typing import TYPE_CHECKING, Any, TypedDict, cast

from prefect import State, Task
from prefect.cache_policies import NO_CACHE, CachePolicy
from prefect.client.schemas.objects import StateType, TaskRun
from prefect.tasks import exponential_backoff

from flows.pipeline.batches import BATCH_FAILED
from warehouse.errors import FailureError

if TYPE_CHECKING:
    from flows.pipeline.run_summary import RunSummary

MAX_RUN_ATTEMPTS = 4
"""attempts at a whole run; each further one starts from the version that another writer has published meanwhile"""
MAX_BATCH_SECONDS = 1800.0
"""limit of a batch; tasks/limits.py has the limits of a document"""
PARTIAL_STATE = "Partial"
MAX_DOCUMENTS_NAMED = 10

PERMANENT_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    TypeError,
    ValueError,
)
"""errors of the input, the set-up or the code: a retry would fail in the same way"""


class TaskPolicy(TypedDict, total=False):
    """The options of a Prefect task that concern its failure."""

    retries: int
    retry_delay_seconds: Any
    retry_jitter_factor: float
    retry_condition_fn: Any
    cache_policy: CachePolicy


def may_succeed_on_retry(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Return True if a retry may succeed, as when memory or a disk was full.

    A batch whose worker died, or that took too long, is tried again by other means: with new workers, or split.
    """
    return not isinstance(
        state.result(raise_on_failure=False), (*PERMANENT_ERRORS, BrokenExecutor, TimeoutError)
    )


def has_failed_by_system(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Return True if the operating system, a disk or a network failed."""
    return isinstance(state.result(raise_on_failure=False), OSError)


# The warehouse decides what is done already, by content and extractor version, so Prefect caches nothing.
EXTRACT_POLICY: TaskPolicy = {
    "retries": 2,
    "retry_delay_seconds": exponential_backoff(backoff_factor=2),
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": may_succeed_on_retry,
    "cache_policy": NO_CACHE,
}
# Both can be repeated: reading writes a new spool, and resolving writes nothing.
RETRY_ONCE_POLICY: TaskPolicy = {
    "retries": 1,
    "retry_delay_seconds": 10,
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": has_failed_by_system,
    "cache_policy": NO_CACHE,
}
STEP_POLICIES: dict[str, TaskPolicy] = {
    "read": RETRY_ONCE_POLICY,
    "resolve": RETRY_ONCE_POLICY,
    "publish": {"cache_policy": NO_CACHE},
}


class DiedTwiceError(BrokenExecutor):
    """A batch ended its worker process twice."""


class PartialRunError(FailureError):
    """Batches or steps failed; the results of the others are published. ``summary`` describes the run."""

    def __init__(self, summary: "RunSummary") -> None:
        """Make the message: the documents that wait, and the steps that failed."""
        super().__init__(" ".join([*_describe_waiting_documents(summary), *_describe_failed_steps(summary)]))
        self.summary = summary


def _describe_waiting_documents(summary: "RunSummary") -> Iterator[str]:
    """Yield a sentence on the documents that wait for the next run, if there are any."""
    waiting = [row["source_uri"] for row in summary.rejects if row["reason"] == BATCH_FAILED]
    more = f" and {len(waiting) - MAX_DOCUMENTS_NAMED} more" if len(waiting) > MAX_DOCUMENTS_NAMED else ""
    if waiting:
        yield (
            f"{len(waiting)} of {summary.run['counts']['read']} documents wait for the next run, since their "
            f"batches failed; the others are published. They are: {', '.join(waiting[:MAX_DOCUMENTS_NAMED])}{more}"
        )


def _describe_failed_steps(summary: "RunSummary") -> Iterator[str]:
    """Yield a sentence on each corpus step that failed."""
    for name, error in summary.failed_steps.items():
        yield (
            f"The step over all documents that makes the {name} failed: {error}. "
            "The documents are published without its result; the next run repeats the step."
        )


def find_partial_error(summary: "RunSummary") -> PartialRunError | None:
    """Return the error of a run that left work for the next run; None if it left nothing."""
    is_partial = summary.failed_steps or any(row["reason"] == BATCH_FAILED for row in summary.rejects)
    return PartialRunError(summary) if is_partial else None


def to_final_state(summary: "RunSummary") -> "RunSummary":
    """Return the result of a flow: the summary of the run, or the state Partial if batches or steps failed.

    A state that a flow returns becomes the state of the flow run; its caller gets the summary, or PartialRunError.
    """
    if (error := find_partial_error(summary)) is None:
        return summary
    return cast(
        "RunSummary", State(type=StateType.FAILED, name=PARTIAL_STATE, message=str(error), data=error)
    )
