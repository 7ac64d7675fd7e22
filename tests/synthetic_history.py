"""What a run costs beside extraction, over histories of different length: reading what is known, joining, linking.

The documents are made up: fifty mentions each of people and organisations, a few of them in most documents and
most of them in few, as in the news.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flows.pipeline.batches import Batch
from flows.pipeline.entity_joining import reference_of
from flows.pipeline.intake import Intake, Part, known_documents
from flows.pipeline.intake_plan import Reading
from flows.pipeline.resolution import resolve
from flows.pipeline.run_ledger import Ledger
from flows.pipeline.staging import write_rows
from flows.pipeline.stored_rows import BY_DOCUMENT
from tasks.entities.names import entity_id
from tests.sample_rows import Row, change, document_rows
from warehouse.storage.delta_tables import files, open_table
from warehouse.storage.store import Store

VERSION = "1"
NAMES, MENTIONS, KEYS = 200_000, 50, 24
SPREAD = 0.6
"""shape of the Pareto distribution by which names are mentioned"""
A_DAY = 10
TIMES = 3
"""runs that are measured at each size"""
CHUNK = 2000
LETTERS = "aeioubdfgklmnprst"


def name_of(number: int) -> tuple[str, str]:
    """Return label and name of the entity of this rank."""
    choice = random.Random(number)
    words = ["".join(choice.choices(LETTERS, k=size)).capitalize() for size in (6, 8)]
    return ("person", "organisation")[number % 2], " ".join(words)


def article(number: int) -> dict[str, list[Row]]:
    """Return the rows of one document."""
    choice = random.Random(number)
    rows = document_rows(f"doc{number:07}", date(2024, 1, 1) + timedelta(days=number // A_DAY), VERSION)
    rows["documents"][0]["near_keys"] = [choice.getrandbits(63) for _ in range(KEYS)]
    (mention,) = rows["mentions"]
    rows["mentions"] = []
    for i in range(MENTIONS):
        label, name = name_of(min(int(choice.paretovariate(SPREAD)), NAMES))
        given = {
            "mention_id": f"m{number}-{i}",
            "entity_id": entity_id(label, name),
            "local_entity_id": entity_id(label, name),
            "text": name,
            "label": label,
        }
        rows["mentions"].append(mention | given)
    for row in rows["claims"]:
        row |= {"speaker_id": rows["mentions"][0]["entity_id"], "target_ids": []}
    return rows


def fill(store: Store, start: int, stop: int) -> None:
    """Store documents, without the flow and without their entities."""
    for at in range(start, stop, CHUNK):
        with store.writing() as writer:
            writer.publish(change([article(i) for i in range(at, min(at + CHUNK, stop))], f"fill{at}"))


def bring(store: Store, start: int) -> dict[str, float]:
    """Bring ten new documents as a run does once they are extracted; return the processor seconds of each step."""
    spent: dict[str, float] = {}

    def step(name: str, work: Callable[[], Any]) -> Any:
        began = time.process_time()
        made = work()
        spent[name] = time.process_time() - began
        return made

    new = [article(number) for number in range(start, start + A_DAY)]
    with tempfile.TemporaryDirectory() as folder, store.writing() as writer:
        stage = Path(folder)
        (stage / "rows").mkdir()
        write_rows(stage, 1, {name: [row for rows in new for row in rows[name]] for name in BY_DOCUMENT})
        intake = Intake(VERSION)
        for rows in new:
            (row,) = rows["documents"]
            intake.accept(Reading(row["source_uri"], row["content_sha256"], row["doc_id"]))
        known = step("known", lambda: known_documents(store))
        batch = Batch(1, 1, (), str(stage), f"r{start}", "")
        part = Part(batch.run_id, tuple(intake.readings), (batch,))
        step("recognise", lambda: known.unchanged(VERSION))
        ledger = Ledger(intake, step("concern", lambda: known.concerned(intake.readings)))
        outcome = step("resolve", lambda: resolve(store, stage, ledger, part, is_last=True))
        run = change(run=f"r{start}").tables["runs"].to_pylist()[0]
        step("publish", lambda: writer.publish(outcome.with_run(run)))
    return spent


def joining(folder: Path, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Return what bringing ten documents costs where so many are stored already.

    ``anew`` is what resolving costs the first run that knows something else than those before, as here the first.
    """
    store, stored, found = Store(folder / "joining"), 0, []
    reference_of(VERSION)  # read once a process
    for size in sizes:
        fill(store, stored, size)
        anew = bring(store, size)["resolve"]
        each = [bring(store, size + A_DAY * (i + 1)) for i in range(TIMES)]
        spent = {name: statistics.median(one[name] for one in each) for name in each[0]}
        months = len(files(open_table(store.place, "documents")))
        found.append(
            {"documents": size, "mentions": size * MENTIONS, "months": months, "anew": anew, **spent}
        )
        stored = size + A_DAY * (TIMES + 1)
    return found
