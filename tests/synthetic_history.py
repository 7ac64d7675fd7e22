"""Measure the cost of a run apart from extraction, by the number of stored documents: intake, joining, linking.

The documents are synthetic: fifty mentions each of people and organisations, distributed as in the news: a few
names are in most documents, and most names in few.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.pipeline.batches import Batch
from flows.pipeline.corpus_steps.corpus_knowledge import load_versioned_corpus_knowledge
from flows.pipeline.intake import Intake
from flows.pipeline.intake_plan import SourceReading
from flows.pipeline.resolution import resolve_part
from flows.pipeline.run_ledger import RunLedger
from flows.pipeline.run_parts import RunPart
from flows.pipeline.stage import Stage
from flows.pipeline.staging import write_staged_rows
from flows.pipeline.stored_documents import StoredDocuments
from flows.pipeline.stored_rows import DOCUMENT_TABLES
from tasks.entities.names import make_entity_id
from tests.sample_rows import Row, make_change, make_document_rows
from warehouse.storage.delta_tables import list_files, open_table
from warehouse.storage.store import Store

EXTRACTOR_VERSION = "1"
NAME_COUNT, MENTIONS_PER_DOCUMENT, KEYS_PER_DOCUMENT = 200_000, 50, 24
PARETO_SHAPE = 0.6
"""shape of the Pareto distribution by which names are mentioned"""
DOCUMENTS_PER_DAY = 10
RUNS_PER_SIZE = 3
"""runs measured at each size"""
DOCUMENTS_PER_CHUNK = 2000
NAME_LETTERS = "aeioubdfgklmnprst"


def _make_entity_name(number: int) -> tuple[str, str]:
    """Return label and name of the entity with this rank of frequency."""
    choice = random.Random(number)
    words = ["".join(choice.choices(NAME_LETTERS, k=size)).capitalize() for size in (6, 8)]
    return ("person", "organisation")[number % 2], " ".join(words)


def _make_history_document(number: int) -> dict[str, list[Row]]:
    """Return the rows of one document."""
    choice = random.Random(number)
    rows = make_document_rows(
        f"doc{number:07}", date(2024, 1, 1) + timedelta(days=number // DOCUMENTS_PER_DAY), EXTRACTOR_VERSION
    )
    rows["documents"][0]["near_keys"] = [choice.getrandbits(63) for _ in range(KEYS_PER_DOCUMENT)]
    (mention,) = rows["mentions"]
    rows["mentions"] = []
    for i in range(MENTIONS_PER_DOCUMENT):
        label, name = _make_entity_name(min(int(choice.paretovariate(PARETO_SHAPE)), NAME_COUNT))
        given = {
            "mention_id": f"m{number}-{i}",
            "entity_id": make_entity_id(label, name),
            "local_entity_id": make_entity_id(label, name),
            "text": name,
            "label": label,
        }
        rows["mentions"].append(mention | given)
    for row in rows["claims"]:
        row |= {"speaker_id": rows["mentions"][0]["entity_id"], "target_ids": []}
    return rows


def _store_documents(store: Store, start: int, stop: int) -> None:
    """Store the documents of a range of numbers, without the flow and without entities."""
    for at in range(start, stop, DOCUMENTS_PER_CHUNK):
        with store.open_writer() as writer:
            writer.publish(
                make_change(
                    [_make_history_document(i) for i in range(at, min(at + DOCUMENTS_PER_CHUNK, stop))],
                    f"fill{at}",
                )
            )


def _time_daily_run(store: Store, start: int) -> dict[str, float]:
    """Publish ten new documents as a run does after extraction; return the CPU seconds of each step."""
    spent: dict[str, float] = {}

    def step(name: str, work: Callable[[], Any]) -> Any:
        began = time.process_time()
        made = work()
        spent[name] = time.process_time() - began
        return made

    new = [_make_history_document(number) for number in range(start, start + DOCUMENTS_PER_DAY)]
    with tempfile.TemporaryDirectory() as folder, store.open_writer() as writer:
        stage = Stage(folder)
        write_staged_rows(
            stage, 1, {name: [row for rows in new for row in rows[name]] for name in DOCUMENT_TABLES}
        )
        intake = Intake(EXTRACTOR_VERSION)
        for rows in new:
            (row,) = rows["documents"]
            intake.readings.append(SourceReading(row["source_uri"], row["content_sha256"], row["doc_id"]))
        readings = intake.readings.table
        sources = {*readings["source_uri"].to_pylist()}
        known = step("known", lambda: StoredDocuments.from_store(store, sources))
        batch = Batch(1, 1, (), stage.address, f"r{start}", "")
        part = RunPart(batch.run_id, pa.array(range(len(new)), pa.int64()), (batch,))
        step("recognise", lambda: known.find_unchanged(EXTRACTOR_VERSION))
        ledger = RunLedger(intake, step("concern", lambda: known.find_concerned(readings)))
        outcome = step("resolve", lambda: resolve_part(store, stage, ledger, part, is_last=True))
        run = make_change(run=f"r{start}").tables["runs"].to_pylist()[0]
        step("publish", lambda: writer.publish(outcome.to_change_with_run(run)))
    return spent


def measure_joining(folder: Path, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Return the cost of publishing ten documents, by the number of stored documents.

    ``anew`` is the cost of resolution in the first run after the knowledge has changed, when all is recomputed.
    """
    store, stored, found = Store(folder / "joining"), 0, []
    load_versioned_corpus_knowledge(EXTRACTOR_VERSION)  # read once a process
    for size in sizes:
        _store_documents(store, stored, size)
        anew = _time_daily_run(store, size)["resolve"]
        each = [_time_daily_run(store, size + DOCUMENTS_PER_DAY * (i + 1)) for i in range(RUNS_PER_SIZE)]
        spent = {name: statistics.median(one[name] for one in each) for name in each[0]}
        months = len(list_files(open_table(store.location, "documents")))
        found.append(
            {
                "documents": size,
                "mentions": size * MENTIONS_PER_DOCUMENT,
                "months": months,
                "anew": anew,
                **spent,
            }
        )
        stored = size + DOCUMENTS_PER_DAY * (RUNS_PER_SIZE + 1)
    return found
