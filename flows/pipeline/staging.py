"""What passes between the steps of a run: files in a private folder of the warehouse, gone when the run ends.

``documents.arrow`` holds every document that may have to be extracted, one record batch each, so that a worker maps
just the ones it is given; ``rows/<batch>/<table>-<piece>.arrow`` holds what a batch made of them, or a piece of one
that was split.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import pyarrow as pa

from flows.pipeline.intake_plan import Reading
from tasks.document.records import Document, Metadata, Rejected
from warehouse.credentials import redacted
from warehouse.storage.location import locate
from warehouse.tables import TABLES, to_arrow

DOCUMENT = pa.schema(
    [
        (field.name, pa.date32() if field.name == "published_at" else pa.string())
        for field in (*fields(Document), *fields(Metadata))
        if field.name != "metadata"
    ]
)
METADATA = {field.name for field in fields(Metadata)}


@contextmanager
def staging(warehouse: str, run_id: str) -> Iterator[Path]:
    """Yield the run's own folder below the locked warehouse; what killed runs left there is removed first.

    For a warehouse on object storage it is a temporary folder.
    """
    with ExitStack() as stack:
        home = locate(warehouse).local or Path(
            stack.enter_context(TemporaryDirectory(prefix="counterclaim-"))
        )
        folder = home / "_staging"
        shutil.rmtree(folder, ignore_errors=True)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        (folder / run_id / "rows").mkdir(parents=True)
        yield folder / run_id


class Spool:
    """The documents of a run on their way to the workers: appended here, taken by number elsewhere."""

    def __init__(self, stage: Path) -> None:
        """Open the spool of a new stage for writing."""
        self.count = 0
        self._writer = pa.ipc.new_file(stage / "documents.arrow", DOCUMENT)

    def __enter__(self) -> Self:
        """Take documents until the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """Make the documents readable."""
        self._writer.close()

    def append(self, document: Document) -> int:
        """Add a document and return its number."""
        row = asdict(document)
        row |= row.pop("metadata")
        self._writer.write_batch(pa.RecordBatch.from_pylist([row], DOCUMENT))
        self.count += 1
        return self.count - 1


def take(stage: Path, numbers: Iterable[int]) -> list[Document]:
    """Return the spooled documents of these numbers."""
    with pa.memory_map(str(stage / "documents.arrow")) as file:
        reader = pa.ipc.open_file(file)
        return [_document(reader.get_batch(number).to_pylist()[0]) for number in numbers]


def take_readings(stage: Path, numbers: Iterable[int]) -> list[Reading]:
    """Return source, payload and id of the spooled documents of these numbers, without their text."""
    with pa.memory_map(str(stage / "documents.arrow")) as file:
        batches = pa.ipc.open_file(file)
        columns = [batches.get_batch(number).select(Reading._fields) for number in numbers]
        return [Reading(**row) for batch in columns for row in batch.to_pylist()]


def _document(row: dict[str, Any]) -> Document:
    metadata = Metadata(**{name: row.pop(name) for name in METADATA})
    return Document(**row, metadata=metadata)


def write_rows(
    stage: Path, batch: int, tables: Mapping[str, Iterable[Mapping[str, Any]]], piece: str = ""
) -> dict[str, int]:
    """Write what a batch, or a piece of it, made by the contracts of its tables; return the number of rows of each.

    A file appears whole or not at all: a batch that died half-way and is tried again leaves nothing twice.
    """
    counts = {}
    _rows(stage, batch).mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        table = to_arrow(rows, TABLES[name])
        path = _rows(stage, batch) / f"{name}-{piece}.arrow"
        with pa.ipc.new_file(path.with_suffix(".new"), table.schema) as writer:
            writer.write_table(table)
        path.with_suffix(".new").replace(path)
        counts[name] = table.num_rows
    return counts


def read_rows(stage: Path, name: str, batches: Iterable[int]) -> pa.Table:
    """Return what these batches made of one table, mapped from disk."""
    paths = [path for batch in batches for path in _pieces(stage, name, batch)]
    parts = [pa.ipc.open_file(pa.memory_map(str(path))).read_all() for path in paths]
    return pa.concat_tables([TABLES[name].schema.empty_table(), *parts])


def discard_rows(stage: Path, batches: Iterable[int]) -> None:
    """Remove what these batches made: it is published, or it is made again piece by piece."""
    for batch in batches:
        shutil.rmtree(_rows(stage, batch), ignore_errors=True)


def discard_piece(stage: Path, batch: int, piece: str) -> None:
    """Remove what a batch, or a piece of one, made before it failed: its halves make it again."""
    for path in _rows(stage, batch).glob(f"*-{piece}.arrow"):
        path.unlink()


def _rows(stage: Path, batch: int) -> Path:
    return stage / "rows" / f"{batch:06}"


def _pieces(stage: Path, name: str, batch: int) -> list[Path]:
    """Return the files that a batch left of a table, in the order of its documents."""
    return sorted(_rows(stage, batch).glob(f"{name}-*.arrow"))


def reject_rows(rejected: Iterable[Rejected], run_id: str) -> list[dict[str, Any]]:
    """Return the rows of ``rejects``; publication keeps one a source and stage."""
    return [asdict(reject) | {"detail": redacted(reject.detail), "run_id": run_id} for reject in rejected]
