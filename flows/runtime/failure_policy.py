"""The failure policy, on one page: what is tried again, what is final, when it takes too long, how a run ends.

A document that cannot be used is no failure: it is a row of ``rejects``. Beyond that:

=========== ===================== ============================================== ========================
step        tried again           after                                          takes too long
=========== ===================== ============================================== ========================
read        once, on OSError      10 s, up to half as much more                  never: as much as there is
extract     twice, if it may pass 2 s, then 4 s, each up to half as much more    half an hour a batch
resolve     once, on OSError      10 s, up to half as much more                  never
publish     never                 the next run recovers what was left half-done  never
whole run   three times           at once, where another writer came first       never
=========== ===================== ============================================== ========================

A batch that fails, whatever of, is split in two and tried again until one document is left: that one is a row of
``rejects``, with the reason, and its neighbours are stored. A document may take so much processor time
(tasks/limits.py) and a worker so much memory: more ends the document, or the worker if a library does not return. What
the system fails of (a disk, a network) is no fault of a document: such a batch is refused whole, its documents wait,
and the run ends as **Partial**, a failed state that names them. The next run tries all of these again, and what it
reads beside them is only looked at. A long run publishes in parts, each of a thousand articles or so and
whole. A run that dies (**Crashed**) has published each part or nothing of it; the next one does what it did not.

A step over all documents (near-duplicates, entities, links) that fails costs its result: the documents are published
without it, the run ends as Partial, and the next run makes the step good over all documents.

Prefect's server may go away: nothing that a run does waits for it. At its end the run waits for a server that does not
answer (flows/runtime/prefect_calls.py), so that its state is recorded where the server was only started again.
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
    from flows.pipeline.run_summary import Summary

RUN_ATTEMPTS = 4
"""times that a run does all again on top of what another writer published meanwhile"""
BATCH_SECONDS = 1800.0
"""that a batch may take; see also tasks/limits.py for what a document may"""
PARTIAL = "Partial"
SHOWN = 10

FINAL = (ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, TypeError, ValueError)
"""errors of the input, the set-up or the code: the same again, however often it is tried"""


class Policy(TypedDict, total=False):
    """The options of a Prefect task that say how it fails."""

    retries: int
    retry_delay_seconds: Any
    retry_jitter_factor: float
    retry_condition_fn: Any
    cache_policy: CachePolicy


def may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Return True if a failure may pass by itself: memory or a disk that was short.

    A batch whose worker died, or that took too long, is tried again with other workers, or split.
    """
    return not isinstance(state.result(raise_on_failure=False), (*FINAL, BrokenExecutor, TimeoutError))


def is_of_the_system(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Tell whether the operating system, a disk or a network failed."""
    return isinstance(state.result(raise_on_failure=False), OSError)


# The warehouse decides what is done already, by content and extractor version: Prefect caches nothing.
EXTRACT: Policy = {
    "retries": 2,
    "retry_delay_seconds": exponential_backoff(backoff_factor=2),
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": may_pass,
    "cache_policy": NO_CACHE,
}
# Reading spools all documents anew, and resolving writes nothing: a second try finds nothing of the first.
AGAIN: Policy = {
    "retries": 1,
    "retry_delay_seconds": 10,
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": is_of_the_system,
    "cache_policy": NO_CACHE,
}
STEPS: dict[str, Policy] = {"read": AGAIN, "resolve": AGAIN, "publish": {"cache_policy": NO_CACHE}}


class DiedTwiceError(BrokenExecutor):
    """A batch ended its worker process twice."""


class PartialError(FailureError):
    """Batches or steps failed; what the others made is published. ``summary`` describes the run."""

    def __init__(self, summary: "Summary") -> None:
        """Name the documents that wait."""
        super().__init__(" ".join([*_waiting_documents(summary), *_failed_steps(summary)]))
        self.summary = summary


def _waiting_documents(summary: "Summary") -> Iterator[str]:
    """Yield which documents wait for the next run, if any do."""
    waiting = [row["source_uri"] for row in summary.rejects if row["reason"] == BATCH_FAILED]
    more = f" and {len(waiting) - SHOWN} more" if len(waiting) > SHOWN else ""
    if waiting:
        yield (
            f"{len(waiting)} of {summary.run['counts']['read']} documents wait for the next run, since their "
            f"batches failed; the others are published. They are: {', '.join(waiting[:SHOWN])}{more}"
        )


def _failed_steps(summary: "Summary") -> Iterator[str]:
    """Yield which steps over all documents failed."""
    for name, error in summary.failed_steps.items():
        yield (
            f"The step over all documents that makes the {name} failed: {error}. "
            "The documents are published without it; the next run makes it good."
        )


def find_partial(summary: "Summary") -> PartialError | None:
    """Return the error that tells what a run left for the next, if it left anything."""
    waits = summary.failed_steps or any(row["reason"] == BATCH_FAILED for row in summary.rejects)
    return PartialError(summary) if waits else None


def ending(summary: "Summary") -> "Summary":
    """Return how a run ends: with its summary, or in the state Partial where a batch failed.

    Prefect takes the state that a flow returns for its own: who calls the flow gets the summary or PartialError.
    """
    if (error := find_partial(summary)) is None:
        return summary
    return cast("Summary", State(type=StateType.FAILED, name=PARTIAL, message=str(error), data=error))
