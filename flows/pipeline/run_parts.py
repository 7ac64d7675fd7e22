"""Parts of a run: what is published at a time, and the batches that extract it."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, groupby

from flows.pipeline.batches import MAX_BATCH_CHARS, Batch
from flows.pipeline.intake import Intake, SpoolEntry
from flows.pipeline.intake_plan import IntakePlan, SourceReading
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
    readings: tuple[SourceReading, ...]
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
    todo = [*plan.new.values(), *plan.changed.values()]
    parts = list(_split_into_parts(intake, todo)) or [()]
    run_ids = [f"{settings.run_id}-{i}" for i in range(1, len(parts) + 1)] if parts[1:] else [settings.run_id]
    batches = [_split_into_batches([intake.spooled[r] for r in part], settings) for part in parts]
    batch_count, numbers = sum(map(len, batches)), count(1)
    return [
        RunPart(
            run_id,
            part,
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
        for run_id, part, batches_of_part in zip(run_ids, parts, batches, strict=True)
    ]


def _split_into_parts(
    intake: Intake, readings: Iterable[SourceReading]
) -> Iterator[tuple[SourceReading, ...]]:
    """Yield readings in parts of about ``CHARS_PER_PART`` characters; the readings of one source stay together."""
    part: list[SourceReading] = []
    n_chars = 0
    for _, of_source in groupby(sorted(readings), lambda reading: reading.source_uri):
        for reading in of_source:
            part.append(reading)
            n_chars += intake.spooled[reading].n_chars
        if n_chars >= CHARS_PER_PART:
            yield tuple(part)
            part, n_chars = [], 0
    if part:
        yield tuple(part)


def _split_into_batches(spooled: Sequence[SpoolEntry], settings: PartSettings) -> list[tuple[int, ...]]:
    """Return the numbers of spooled documents in batches with about the same amount of text.

    Each worker gets several batches, so that none is waited for long, unless a batch would be too small to be worth
    its task. Text that fits into one batch is not worth a second worker.
    """
    numbers = [entry.number for entry in sorted(spooled, key=lambda entry: (-entry.n_chars, entry.number))]
    n_chars = sum(entry.n_chars for entry in spooled)
    batches = max(-(-len(numbers) // settings.batch_size), -(-n_chars // MAX_BATCH_CHARS))
    if n_chars > MAX_BATCH_CHARS:
        balanced = min(settings.workers * BATCHES_PER_WORKER, -(-len(numbers) // MIN_DOCUMENTS_PER_TASK))
        batches = min(len(numbers), max(batches, balanced, settings.workers))
    return [tuple(numbers[i::batches]) for i in range(batches)]
