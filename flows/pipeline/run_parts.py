"""Parts of a run: what is published at a time, and the batches that extract it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import pyarrow as pa
import pyarrow.compute as pc

from flows.pipeline.batches import MAX_BATCH_CHARS, Batch
from flows.pipeline.intake import Intake
from flows.pipeline.intake_plan import READING_ORDER, IntakePlan
from flows.pipeline.stage import Stage

CHARS_PER_PART = int(os.environ.get("COUNTERCLAIM_PUBLISH_EVERY", 5_000_000))
"""characters of text in a part of a run: one or two minutes of work on two cores"""

BATCHES_PER_WORKER = 4
"""so that no worker waits long for the last batch of another"""

MIN_DOCUMENTS_PER_TASK = 10
"""about a second of extraction, against about 60 ms for the task"""


@dataclass(frozen=True, slots=True)
class RunPart:
    """What a run publishes at a time: the documents of some sources, and the batches that extract them."""

    run_id: str
    places: pa.Array
    """of its documents among the readings of the run"""
    batches: tuple[Batch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSettings:
    """What a run says of its parts and their batches."""

    stage: Stage
    run_id: str
    model: str
    batch_size: int
    """documents in a batch at most"""
    workers: int


def plan_parts(intake: Intake, plan: IntakePlan, settings: PartSettings) -> list[RunPart]:
    """Return the parts of a run in the order of their sources, each with its batches.

    A run of usual size is one part, even if there is nothing to extract. Each part of a longer run has its own row
    in ``runs``, with a number after the run's id.
    """
    readings = intake.readings.table
    parts = [*_split_into_parts(readings, plan.to_store)] or [plan.to_store]
    run_ids = [f"{settings.run_id}-{i}" for i in range(1, len(parts) + 1)] if parts[1:] else [settings.run_id]
    batches = [_split_into_batches(readings.take(places), settings) for places in parts]
    batch_count, numbers = sum(map(len, batches)), count(1)
    return [
        RunPart(
            run_id,
            places,
            tuple(
                Batch(
                    number=next(numbers),
                    batch_count=batch_count,
                    documents=documents,
                    stage=settings.stage.address,
                    run_id=run_id,
                    model=settings.model,
                )
                for documents in batches_of_part
            ),
        )
        for run_id, places, batches_of_part in zip(run_ids, parts, batches, strict=True)
    ]


def _split_into_parts(readings: pa.Table, places: pa.Array) -> Iterator[pa.Array]:
    """Yield places of readings in parts of about ``CHARS_PER_PART`` characters; those of one source stay together."""
    columns = readings.select([name for name, _ in READING_ORDER]).take(places)
    places = places.take(pc.sort_indices(columns, READING_ORDER))
    del columns  # a copy of all URIs, hashes and ids
    ordered = readings.select(["source_uri", "n_chars"]).take(places)
    uris = ordered["source_uri"].combine_chunks()
    totals = pc.cumulative_sum(ordered["n_chars"]).to_pylist()
    start, begun = 0, 0
    for end in pc.indices_nonzero(pc.not_equal(uris[1:], uris[:-1])).to_pylist():
        if totals[end] - begun >= CHARS_PER_PART:
            yield places[start : end + 1]
            start, begun = end + 1, totals[end]
    if start < len(places):
        yield places[start:]


def _split_into_batches(readings: pa.Table, settings: PartSettings) -> list[tuple[int, ...]]:
    """Return the numbers of spooled documents in batches with about the same amount of text.

    Each worker gets several batches, so that none is waited for long, unless a batch would be too small to be worth
    its task. Text that fits into one batch is not worth a second worker.
    """
    ordered = readings.sort_by([("n_chars", "descending"), ("number", "ascending")])
    numbers, n_chars = ordered["number"].to_pylist(), pc.sum(ordered["n_chars"]).as_py() or 0
    batches = max(-(-len(numbers) // settings.batch_size), -(-n_chars // MAX_BATCH_CHARS))
    if n_chars > MAX_BATCH_CHARS:
        balanced = min(settings.workers * BATCHES_PER_WORKER, -(-len(numbers) // MIN_DOCUMENTS_PER_TASK))
        batches = min(len(numbers), max(batches, balanced, settings.workers))
    return [tuple(numbers[i::batches]) for i in range(batches)]
