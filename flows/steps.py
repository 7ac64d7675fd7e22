"""The steps of a run as plain functions: nothing here knows Prefect, who calls them or how often.

``read`` and ``change`` run in the main process, ``extract`` in the workers.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from flows.staging import Spool, read_rows, reject_rows, take, write_rows
from tasks.extraction import EXTRACTOR_VERSION, Knowledge, extract_batch, load_knowledge
from tasks.normalise.across import resolve_across_documents
from tasks.normalise.reference import load_reference
from tasks.read.clean import clean
from tasks.read.duplicates import mark_duplicates
from tasks.read.files import read_documents
from tasks.read.metadata import payload_sha256
from tasks.read.plan import Known, Plan, Reading, plan, unchanged_sources
from tasks.records import Metadata, RawDocument, Rejected
from warehouse.store import Change, Store
from warehouse.tables import TABLES, to_arrow

BY_DOCUMENT = ("documents", "mentions", "claims", "denials", "denial_links")


@dataclass(slots=True)
class Intake:
    """What reading found: every usable reading, what was refused, and where each new document is spooled."""

    readings: list[Reading] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    spooled: dict[Reading, tuple[int, int]] = field(default_factory=dict)
    """number in the spool and length in code points, by reading"""

    def __len__(self) -> int:
        return len(self.readings) + len(self.rejected)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run changes in the warehouse, and its counts."""

    change: Change
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Batch:
    """The documents that one worker extracts at a time, by their numbers in the spool."""

    number: int
    documents: tuple[int, ...]
    stage: str
    run_id: str
    model: str


def known_documents(store: Store) -> list[Known]:
    """Return what the warehouse holds, as far as planning needs it."""
    columns = [store.known()[name].to_pylist() for name in Known._fields]
    return [Known(*row) for row in zip(*columns, strict=True)]


def read(
    paths: Sequence[str],
    defaults: Metadata,
    known: Iterable[Known],
    stage: Path,
    on_read: Callable[[int], None],
) -> Intake:
    """Read, clean and spool what the paths name; what is stored already, to the byte, is recognised by its hash."""
    skip = unchanged_sources(known, EXTRACTOR_VERSION)
    intake, spool = Intake(), Spool(stage)
    for found in read_documents(paths, defaults):
        take_in(found, skip, intake, spool)
        on_read(len(intake))
    spool.close()
    return intake


def take_in(
    found: RawDocument | Rejected, skip: dict[tuple[str, str], str], intake: Intake, spool: Spool
) -> None:
    """Add one document to the intake: refused, recognised or spooled."""
    if isinstance(found, Rejected):
        intake.rejected.append(found)
        return
    digest = payload_sha256(found)
    if doc_id := skip.get((found.source_uri, digest)):
        intake.readings.append(Reading(found.source_uri, digest, doc_id))
        return
    document = clean(found)
    if isinstance(document, Rejected):
        intake.rejected.append(document)
        return
    reading = Reading(document.source_uri, document.content_sha256, document.doc_id)
    intake.readings.append(reading)
    intake.spooled[reading] = (spool.append(document), len(document.text))


def deal(
    intake: Intake, known: Iterable[Known], stage: Path, run_id: str, model: str, size: int, workers: int
) -> list[Batch]:
    """Return the batches: at most ``size`` documents each, with about the same amount of text."""
    todo = plan(intake.readings, known, EXTRACTOR_VERSION)
    chosen = [intake.spooled[reading] for reading in (*todo.new.values(), *todo.changed.values())]
    numbers = [number for number, _ in sorted(chosen, key=lambda pair: (-pair[1], pair[0]))]
    count = min(len(numbers), max(workers, -(-len(numbers) // size)))
    return [Batch(i + 1, tuple(numbers[i::count]), str(stage), run_id, model) for i in range(count)]


KNOWLEDGE = threading.Lock()


@lru_cache(maxsize=1)
def _loaded(model: str) -> Knowledge:
    return load_knowledge(model)


def knowledge(model: str) -> Knowledge:
    """Return the model and reference tables, loaded once a process however many threads ask."""
    with KNOWLEDGE:
        return _loaded(model)


def extract(batch: Batch) -> dict[str, int]:
    """Extract one batch, leave its rows in the stage, and return the number of rows of each table."""
    stage = Path(batch.stage)
    result = extract_batch(take(stage, batch.documents), knowledge(batch.model), batch.run_id)
    rejects = reject_rows(result.rejected, batch.run_id)
    return write_rows(stage, batch.number, {**result.tables, "rejects": rejects})


def fail(batch: Batch, error: BaseException) -> dict[str, int]:
    """Reject the documents of a batch that could not be extracted, in the rows' place."""
    detail = (
        f"{type(error).__name__}: {error}"[:500] + " (run again; smaller --batch-size isolates the document)"
    )
    refused = [
        Rejected(d.source_uri, "extract", "batch failed", detail, d.content_sha256)
        for d in take(Path(batch.stage), batch.documents)
    ]
    return write_rows(Path(batch.stage), batch.number, {"rejects": reject_rows(refused, batch.run_id)})


def resolve(store: Store, stage: Path, intake: Intake, known: Iterable[Known], run_id: str) -> Outcome:
    """Return what the run changes, and its counts: documents read = stored + unchanged + duplicate + rejected."""
    refused = read_rows(stage, "rejects")
    final = settle(intake, known, {*refused["source_uri"].to_pylist()})
    rejects = pa.concat_tables([refused, to_arrow(reject_rows(intake.rejected, run_id), TABLES["rejects"])])
    resolved = {reading.source_uri for reading in intake.readings} - {*rejects["source_uri"].to_pylist()}
    tables = {name: only(read_rows(stage, name), {*final.new, *final.changed}) for name in BY_DOCUMENT}
    counts = {
        "read": len(intake),
        "stored": final.stored,
        "unchanged": final.unchanged,
        "duplicate": final.duplicate,
        "rejected": len(intake) - final.stored - final.unchanged - final.duplicate,
        "claims": tables["claims"].num_rows,
        "denials": tables["denials"].num_rows,
    }
    if final.stored or final.removed:
        tables = mark(store, tables, final.removed)
        tables["entities"] = entities(store, tables, final.removed)
    return Outcome(Change({**tables, "rejects": rejects}, final.removed, frozenset(resolved)), counts)


def settle(intake: Intake, known: Iterable[Known], refused: set[str]) -> Plan:
    """Return the final plan, without the documents that could not be extracted.

    A source whose new document failed gives up nothing: what was stored from it stays.
    """
    failed = {reading.doc_id for reading in intake.spooled if reading.source_uri in refused}
    return plan([r for r in intake.readings if r.doc_id not in failed], known, EXTRACTOR_VERSION)


def only(rows: pa.Table, doc_ids: set[str]) -> pa.Table:
    """Return the rows of these documents."""
    return rows.filter(pc.is_in(rows["doc_id"], pa.array(sorted(doc_ids), pa.string())))


def others(store: Store, name: str, doc_ids: Iterable[str], columns: list[str] | None = None) -> pa.Table:
    """Return the stored rows of every document but these."""
    gone = pa.array(sorted(doc_ids), pa.string())
    return store.read(name, columns, ~pc.field("doc_id").isin(gone))


def mark(store: Store, tables: dict[str, pa.Table], removed: frozenset[str]) -> dict[str, pa.Table]:
    """Return the tables with every document's earliest near-duplicate, stored documents included where it changed."""
    fresh = tables["documents"]
    columns = ["doc_id", "near_keys", "published_at", "duplicate_of"]
    stored = others(store, "documents", {*fresh["doc_id"].to_pylist(), *removed}, columns)
    rows = pa.concat_tables([stored, fresh.select(columns)])
    first = mark_duplicates(zip(*(rows[name].to_pylist() for name in columns[:3]), strict=True))
    moved = [
        doc_id
        for doc_id, was in zip(stored["doc_id"].to_pylist(), stored["duplicate_of"].to_pylist(), strict=True)
        if first[doc_id] != was
    ]
    if moved:
        again = pc.field("doc_id").isin(pa.array(moved, pa.string()))
        tables = {
            name: pa.concat_tables([rows, store.read(name, None, again)]) for name, rows in tables.items()
        }
    documents = tables["documents"]
    marks = pa.array([first[doc_id] for doc_id in documents["doc_id"].to_pylist()], pa.string())
    place = documents.schema.get_field_index("duplicate_of")
    return {**tables, "documents": documents.set_column(place, documents.schema.field(place), marks)}


def entities(store: Store, tables: dict[str, pa.Table], removed: frozenset[str]) -> pa.Table:
    """Return the whole table of entities, over the stored documents that stay and those of this run."""
    gone = {*tables["documents"]["doc_id"].to_pylist(), *removed}
    dates = ["doc_id", "published_month", "published_at"]
    mentions = pa.concat_tables([others(store, "mentions", gone), tables["mentions"]])
    documents = pa.concat_tables([others(store, "documents", gone, dates), tables["documents"].select(dates)])
    return resolve_across_documents(mentions, documents, load_reference())
