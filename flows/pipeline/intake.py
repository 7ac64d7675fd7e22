"""The first step as a plain function: sources become spooled documents, and the batches to extract."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from flows.pipeline.batches import BATCH_TEXT, Batch
from flows.pipeline.intake_plan import Known, Reading, plan
from flows.pipeline.staging import Spool
from flows.pipeline.stored_documents import SCHEMA, KnownDocuments, Recogniser
from flows.runtime.settings import PUBLISH_EVERY
from tasks.document.records import Metadata, RawDocument, Rejected
from tasks.read.cleaning import clean
from tasks.read.errors import BROKEN, library_failed
from tasks.read.readers import read_documents
from warehouse.storage.store import Store

BATCHES_PER_WORKER = 4
WORTH_A_TASK = 10
"""documents: a second or so of extraction, against some 60 ms for the task"""


@dataclass(slots=True)
class Intake:
    """What reading found: every usable reading, what was refused, and where each new document is spooled."""

    version: str
    """of the extractor that the documents are read for"""
    readings: list[Reading] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    """where the readings come from: what was rejected of these before no longer is"""
    rejected: list[Rejected] = field(default_factory=list)
    spooled: dict[Reading, tuple[int, int]] = field(default_factory=dict)
    """number in the spool and length in code points, by reading"""

    @property
    def count(self) -> int:
        """How many documents were read, usable or not."""
        return len(self.readings) + len(self.rejected)

    def accept(self, reading: Reading) -> None:
        """Add a usable reading of a source."""
        self.readings.append(reading)
        self.sources.add(reading.source_uri)


def known_documents(store: Store) -> KnownDocuments:
    """Return what the warehouse holds, as far as planning needs it."""
    return KnownDocuments(store.read("documents", SCHEMA.names))


def read(
    paths: Sequence[str],
    defaults: Metadata,
    known: KnownDocuments,
    stage: Path,
    on_read: Callable[[int], None],
    version: str,
    columns: Mapping[str, str] | None = None,
    forget: Collection[str] = (),
) -> Intake:
    """Read, clean and spool what the paths name; what is stored to the byte is recognised by its hash.

    ``forget`` names what was said of the documents before and no longer holds: publisher, published_at.
    """
    recogniser = Recogniser(known, version, forget)
    intake = Intake(version)
    with Spool(stage) as spool:
        for found in read_documents(paths, defaults, columns):
            take_in(found, recogniser, intake, spool)
            on_read(intake.count)
    return intake


def take_in(found: RawDocument | Rejected, recogniser: Recogniser, intake: Intake, spool: Spool) -> None:
    """Add one document to the intake: refused, recognised or spooled; one that fails on the way is refused."""
    if isinstance(found, Rejected):
        intake.rejected.append(found)
        return
    try:
        _take_usable(found, recogniser, intake, spool)
    except OSError:
        # The disk of the spool, and not what the document holds.
        raise
    except Exception as error:
        intake.rejected.append(Rejected(found.source_uri, "read", BROKEN, library_failed(error)))


def _take_usable(found: RawDocument, recogniser: Recogniser, intake: Intake, spool: Spool) -> None:
    found, digest, doc_id = recogniser.recognise(found)
    if doc_id:
        intake.accept(Reading(found.source_uri, digest, doc_id))
        return
    document = clean(found)
    if isinstance(document, Rejected):
        intake.rejected.append(document)
        return
    reading = Reading(document.source_uri, document.content_sha256, document.doc_id)
    number = spool.append(document)
    intake.accept(reading)
    intake.spooled[reading] = (number, len(document.text))


@dataclass(frozen=True, slots=True)
class Part:
    """What a run publishes at a time: the documents of some sources, and the batches that extract them."""

    run_id: str
    readings: tuple[Reading, ...]
    batches: tuple[Batch, ...] = ()


def deal(
    intake: Intake, known: Iterable[Known], stage: Path, run_id: str, model: str, size: int, workers: int
) -> list[Part]:
    """Return what to publish one after the other, each as batches of at most ``size`` documents.

    A run of usual size is one part, with or without anything to extract. Each part of a longer one has a row
    of ``runs`` to itself, under a number.
    """
    todo = plan(intake.readings, known, intake.version)
    parts = list(shared(intake, [*todo.new.values(), *todo.changed.values()])) or [()]
    ids = [f"{run_id}-{i}" for i in range(1, len(parts) + 1)] if parts[1:] else [run_id]
    dealt = [batches([intake.spooled[reading] for reading in part], size, workers) for part in parts]
    of, numbers = sum(map(len, dealt)), iter(range(1, sum(map(len, dealt)) + 1))
    return [
        Part(one, part, tuple(Batch(next(numbers), of, batch, str(stage), one, model) for batch in cut))
        for one, part, cut in zip(ids, parts, dealt, strict=True)
    ]


def shared(intake: Intake, readings: Iterable[Reading]) -> Iterator[tuple[Reading, ...]]:
    """Yield readings in parts of about ``PUBLISH_EVERY`` characters, those of one source together."""
    part: list[Reading] = []
    length = 0
    for _, of_source in groupby(sorted(readings), lambda reading: reading.source_uri):
        for reading in of_source:
            part.append(reading)
            length += intake.spooled[reading][1]
        if length >= PUBLISH_EVERY:
            yield tuple(part)
            part, length = [], 0
    if part:
        yield tuple(part)


def batches(spooled: Sequence[tuple[int, int]], size: int, workers: int) -> list[tuple[int, ...]]:
    """Return the numbers of spooled documents in batches with about the same amount of text.

    Each worker gets several, so that the last batch is not waited for long, but none is too small to be worth
    its task; and so little text as one batch holds is not worth a second worker.
    """
    numbers = [number for number, _ in sorted(spooled, key=lambda pair: (-pair[1], pair[0]))]
    text = sum(length for _, length in spooled)
    count = max(-(-len(numbers) // size), -(-text // BATCH_TEXT))
    if text > BATCH_TEXT:
        fair = min(workers * BATCHES_PER_WORKER, -(-len(numbers) // WORTH_A_TASK))
        count = min(len(numbers), max(count, fair, workers))
    return [tuple(numbers[i::count]) for i in range(count)]
