"""The stage of a run: files that pass between its steps, in a folder that is removed when the run ends.

``documents.arrow`` is the spool: it holds every document that may have to be extracted, in record batches of a fixed
number of documents, of which a worker maps those that it needs. ``rows/<batch>/<table>-<half>.arrow`` holds the rows
that a batch, or a half of one that was split, made for a table.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import pyarrow as pa

from flows.pipeline.intake_plan import SourceReading
from tasks.document.records import Document, Metadata, Rejected
from tasks.read.metadata import METADATA_FIELDS
from warehouse.credentials import redact_secrets
from warehouse.folder_names import STAGING_FOLDER
from warehouse.storage.location import locate_warehouse
from warehouse.tables import TABLES, to_arrow

SPOOL_SCHEMA = pa.schema(
    [
        (field.name, pa.date32() if field.name == "published_at" else pa.string())
        for field in (*fields(Document), *fields(Metadata))
        if field.name != "metadata"
    ]
)
DOCUMENTS_PER_RECORD_BATCH = 64
"""documents in a record batch of the spool: a batch of one costs more to write than its document to clean"""


@contextmanager
def open_stage(warehouse: str, run_id: str) -> Iterator[Path]:
    """Yield the run's folder in the locked warehouse, after removing the folders of runs that were killed.

    For a warehouse on object storage it is a temporary folder.
    """
    with ExitStack() as stack:
        home = locate_warehouse(warehouse).local_folder or Path(
            stack.enter_context(TemporaryDirectory(prefix="counterclaim-"))
        )
        folder = home / STAGING_FOLDER
        shutil.rmtree(folder, ignore_errors=True)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        (folder / run_id / "rows").mkdir(parents=True)
        yield folder / run_id


class DocumentSpool:
    """The documents that workers extract: appended by the run, read by number in the workers."""

    def __init__(self, stage: Path) -> None:
        """Open the spool of a new stage for writing."""
        self.count = 0
        self._rows: list[list[Any]] = []
        self._writer = pa.ipc.new_file(stage / "documents.arrow", SPOOL_SCHEMA)

    def __enter__(self) -> Self:
        """Accept documents until the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """Finish the file, so that it can be read."""
        self._write_rows()
        self._writer.close()

    def append(self, document: Document) -> int:
        """Add a document and return its number; UnicodeEncodeError if it holds what is no text."""
        row = [
            getattr(document.metadata if name in METADATA_FIELDS else document, name)
            for name in SPOOL_SCHEMA.names
        ]
        for value in row:
            if isinstance(value, str):
                # Arrow would refuse it too, but together with the other documents of its record batch.
                value.encode()
        self._rows.append(row)
        if len(self._rows) == DOCUMENTS_PER_RECORD_BATCH:
            self._write_rows()
        self.count += 1
        return self.count - 1

    def _write_rows(self) -> None:
        """Write the documents that wait as one record batch."""
        if self._rows:
            columns = zip(SPOOL_SCHEMA, zip(*self._rows, strict=True), strict=True)
            arrays = [pa.array(values, field.type) for field, values in columns]
            self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=SPOOL_SCHEMA))
            self._rows = []


def read_spooled_documents(stage: Path, numbers: Iterable[int]) -> list[Document]:
    """Return the spooled documents with these numbers."""
    with pa.memory_map(str(stage / "documents.arrow")) as file:
        reader = pa.ipc.open_file(file)
        return [to_document(_get_spooled_row(reader, number).to_pylist()[0]) for number in numbers]


def read_spooled_readings(stage: Path, numbers: Iterable[int]) -> list[SourceReading]:
    """Return the readings of the spooled documents with these numbers, without their text."""
    with pa.memory_map(str(stage / "documents.arrow")) as file:
        reader = pa.ipc.open_file(file)
        rows = [_get_spooled_row(reader, number).select(SourceReading._fields) for number in numbers]
        return [SourceReading(**row) for batch in rows for row in batch.to_pylist()]


def _get_spooled_row(reader: pa.RecordBatchFileReader, number: int) -> pa.RecordBatch:
    """Return the spooled document of this number as a record batch of one row."""
    batch, row = divmod(number, DOCUMENTS_PER_RECORD_BATCH)
    return reader.get_batch(batch).slice(row, 1)


def to_document(row: Mapping[str, Any]) -> Document:
    """Return the document of a row of the spool."""
    metadata = Metadata(**{name: row[name] for name in METADATA_FIELDS})
    return Document(
        **{name: value for name, value in row.items() if name not in METADATA_FIELDS}, metadata=metadata
    )


def write_staged_rows(
    stage: Path, batch: int, tables: Mapping[str, Iterable[Mapping[str, Any]]], half: str = ""
) -> dict[str, int]:
    """Write the rows of a batch, or of a half of it, by the contracts of their tables; return the counts by table.

    A file appears complete or not at all: a batch that died and is extracted again leaves no row twice.
    """
    counts = {}
    _get_rows_folder(stage, batch).mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        table = to_arrow(rows, TABLES[name])
        path = _get_rows_folder(stage, batch) / f"{name}-{half}.arrow"
        with pa.ipc.new_file(path.with_suffix(".new"), table.schema) as writer:
            writer.write_table(table)
        path.with_suffix(".new").replace(path)
        counts[name] = table.num_rows
    return counts


def read_staged_rows(stage: Path, name: str, batches: Iterable[int]) -> pa.Table:
    """Return the rows of one table that these batches made, mapped from disk."""
    paths = [path for batch in batches for path in _list_row_files(stage, name, batch)]
    parts = [pa.ipc.open_file(pa.memory_map(str(path))).read_all() for path in paths]
    return pa.concat_tables([TABLES[name].schema.empty_table(), *parts])


def discard_staged_rows(stage: Path, batches: Iterable[int]) -> None:
    """Remove the rows of these batches, which are published."""
    for batch in batches:
        shutil.rmtree(_get_rows_folder(stage, batch), ignore_errors=True)


def discard_staged_half(stage: Path, batch: int, half: str) -> None:
    """Remove the rows that a batch, or a half of one, made before it failed."""
    for path in _get_rows_folder(stage, batch).glob(f"*-{half}.arrow"):
        path.unlink()


def _get_rows_folder(stage: Path, batch: int) -> Path:
    return stage / "rows" / f"{batch:06}"


def _list_row_files(stage: Path, name: str, batch: int) -> list[Path]:
    """Return the files of a batch for a table, in the order of its documents."""
    return sorted(_get_rows_folder(stage, batch).glob(f"{name}-*.arrow"))


def to_reject_rows(rejected: Iterable[Rejected], run_id: str) -> list[dict[str, Any]]:
    """Return the rows of ``rejects``; publication keeps one row per source and stage."""
    return [
        asdict(reject) | {"detail": redact_secrets(reject.detail), "run_id": run_id} for reject in rejected
    ]
