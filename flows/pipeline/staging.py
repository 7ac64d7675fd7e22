"""What a run keeps in its stage (:mod:`flows.pipeline.stage`): the documents to extract, and the rows made of them.

``documents.arrow`` is the spool: it holds every document that may have to be extracted, in record batches of a fixed
number of documents, of which a worker reads those that it needs. ``rows/<batch>/<table>-<half>.arrow`` holds the rows
that a batch, or a half of one that was split, made for a table.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields, replace
from pathlib import PurePosixPath
from typing import Any, Self

import pyarrow as pa

from flows.pipeline.batches import SPOOL_FILE, Batch
from flows.pipeline.intake_plan import SourceReading
from flows.pipeline.stage import Stage
from tasks.document.records import Document, Metadata, Rejected
from tasks.read.metadata import METADATA_FIELDS
from warehouse.credentials import redact_secrets
from warehouse.tables import TABLES, to_arrow

SPOOL_SCHEMA = pa.schema(
    [
        (field.name, pa.date32() if field.name == "published_at" else pa.string())
        for field in (*fields(Document), *fields(Metadata))
        if field.name != "metadata"
    ]
)
ROWS_FOLDER = "rows"
DOCUMENTS_PER_RECORD_BATCH = 64
"""documents in a record batch of the spool: a batch of one costs more to write than its document to clean"""


class DocumentSpool:
    """The documents that workers extract: appended by the run, read by number in the workers."""

    def __init__(self, stage: Stage, name: str = SPOOL_FILE) -> None:
        """Open a new spool in a stage for writing."""
        self.count = 0
        self._rows: list[list[Any]] = []
        self._stream = stage.open_output(name)
        self._writer = pa.ipc.new_file(self._stream, SPOOL_SCHEMA)

    def __enter__(self) -> Self:
        """Accept documents until the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """Finish the file, so that it can be read."""
        self._write_rows()
        self._writer.close()
        self._stream.close()

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


def read_spooled_documents(stage: Stage, batch: Batch) -> list[Document]:
    """Return the spooled documents of a batch."""
    with stage.open_input(batch.spool) as file:
        rows = _iterate_spooled_rows(pa.ipc.open_file(file), batch.documents)
        return [to_document(row.to_pylist()[0]) for row in rows]


def read_spooled_readings(stage: Stage, batch: Batch) -> list[SourceReading]:
    """Return the readings of the spooled documents of a batch, without their text."""
    with stage.open_input(batch.spool) as file:
        rows = _iterate_spooled_rows(pa.ipc.open_file(file), batch.documents)
        return [SourceReading(**row.select(SourceReading._fields).to_pylist()[0]) for row in rows]


def _iterate_spooled_rows(
    reader: pa.RecordBatchFileReader, numbers: Iterable[int]
) -> Iterator[pa.RecordBatch]:
    """Yield the spooled documents of these numbers, each as a record batch of one row."""
    read: tuple[int, pa.RecordBatch] | None = None
    for number in numbers:
        index, row = divmod(number, DOCUMENTS_PER_RECORD_BATCH)
        if read is None or read[0] != index:
            read = (index, reader.get_batch(index))
        yield read[1].slice(row, 1)


def share_documents(batch: Batch, stage: Stage, shared: Stage) -> Batch:
    """Copy the documents of a batch into a spool of its own in another stage, and return the batch that reads it.

    So workers on other machines read only what they extract.
    """
    name = f"documents/{batch.number:06}.arrow"
    with DocumentSpool(shared, name) as spool:
        numbers = tuple(spool.append(document) for document in read_spooled_documents(stage, batch))
    return replace(batch, stage=shared.address, spool=name, documents=numbers)


def to_document(row: Mapping[str, Any]) -> Document:
    """Return the document of a row of the spool."""
    metadata = Metadata(**{name: row[name] for name in METADATA_FIELDS})
    return Document(
        **{name: value for name, value in row.items() if name not in METADATA_FIELDS}, metadata=metadata
    )


def write_staged_rows(
    stage: Stage, batch: int, tables: Mapping[str, Iterable[Mapping[str, Any]]], half: str = ""
) -> dict[str, int]:
    """Write the rows of a batch, or of a half of it, by the contracts of their tables; return the counts by table.

    A file appears complete or not at all: a batch that died and is extracted again leaves no row twice.
    """
    counts = {}
    for name, rows in tables.items():
        table = to_arrow(rows, TABLES[name])
        stage.write_table(f"{_get_rows_folder(batch)}/{name}-{half}.arrow", table)
        counts[name] = table.num_rows
    return counts


def read_staged_rows(stage: Stage, name: str, batches: Iterable[int]) -> pa.Table:
    """Return the rows of one table that these batches made, in the order of the documents of each."""
    folders = {_get_rows_folder(batch) for batch in batches}
    files = [file for file in stage.list_files(ROWS_FOLDER) if PurePosixPath(file).match(f"{name}-*.arrow")]
    parts = [_read_table(stage, file) for file in files if str(PurePosixPath(file).parent) in folders]
    return pa.concat_tables([TABLES[name].schema.empty_table(), *parts])


def _read_table(stage: Stage, file: str) -> pa.Table:
    return pa.ipc.open_file(stage.open_input(file)).read_all()


def discard_staged_rows(stage: Stage, batches: Iterable[int]) -> None:
    """Remove the rows of these batches, which are published."""
    for batch in batches:
        stage.delete_files(stage.list_files(_get_rows_folder(batch)))


def discard_staged_half(stage: Stage, batch: int, half: str) -> None:
    """Remove the rows that a batch, or a half of one, made before it failed."""
    files = stage.list_files(_get_rows_folder(batch))
    stage.delete_files([file for file in files if file.endswith(f"-{half}.arrow")])


def _get_rows_folder(batch: int) -> str:
    return f"{ROWS_FOLDER}/{batch:06}"


def to_reject_rows(rejected: Iterable[Rejected], run_id: str) -> list[dict[str, Any]]:
    """Return the rows of ``rejects``; publication keeps one row per source and stage."""
    return [
        asdict(reject) | {"detail": redact_secrets(reject.detail), "run_id": run_id} for reject in rejected
    ]
