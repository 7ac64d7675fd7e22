"""The second step as a plain function, and the worker processes that it runs in."""

import multiprocessing
import os
import signal
import threading
from functools import lru_cache
from pathlib import Path

from flows.batches import BATCH_FAILED, Batch
from flows.staging import reject_rows, take, write_rows
from tasks.extraction import Knowledge, extract_batch, load_knowledge
from tasks.records import Rejected
from tasks.version import version_of
from warehouse.place import reached


def knowledge(model: str) -> Knowledge:
    """Return the model and the reference tables, loaded once a process and again where they have changed."""
    return known(model, version_of(model))


@lru_cache(maxsize=1)
def known(model: str, _version: str) -> Knowledge:
    """Return what is known, as of a version."""
    return load_knowledge(model)


def extract(batch: Batch) -> dict[str, int]:
    """Extract one batch, leave its rows in the stage, and return the number of rows of each table."""
    reached(f"extract:{batch.number}")
    stage = Path(batch.stage)
    result = extract_batch(take(stage, batch.documents), knowledge(batch.model), batch.run_id)
    rejects = reject_rows(result.rejected, batch.run_id)
    return write_rows(stage, batch.number, {**result.tables, "rejects": rejects})


def refuse(batch: Batch, error: BaseException) -> list[str]:
    """Leave rejects for the documents of a batch that could not be extracted, and return the ids of these."""
    detail = f"{type(error).__name__}: {error}. The next run tries again; --batch-size 1 tells which it was"
    documents = take(Path(batch.stage), batch.documents)
    refused = [
        Rejected(document.source_uri, "extract", BATCH_FAILED, detail[:1000], document.content_sha256)
        for document in documents
    ]
    write_rows(Path(batch.stage), batch.number, {"rejects": reject_rows(refused, batch.run_id)})
    return [document.doc_id for document in documents]


def start_worker(model: str) -> None:
    """Prepare a worker process: it runs once in each, before the first batch."""
    # The run itself hears Ctrl-C, and ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    knowledge(model)


def end_with_parent() -> None:
    """End this process when the run's process ends, also where that was killed and could tell nobody."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def stop_workers() -> None:
    """End the worker processes of this run at once."""
    for process in multiprocessing.active_children():
        process.terminate()
