"""Readings as a run collects them, from records."""

from collections.abc import Iterable

import pyarrow as pa

from flows.pipeline.intake_plan import Readings, SourceReading


def make_readings(readings: Iterable[SourceReading]) -> pa.Table:
    """Return readings as columns."""
    collected = Readings()
    for number, reading in enumerate(readings, 1):
        collected.append(reading)
        assert len(collected) == number
    return collected.table
