"""Read files of all formats as raw documents, one at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from tasks.document.records import MediaType, Metadata, RawDocument, Rejected
from tasks.read.byte_streams import (
    STREAM_ERRORS,
    SourceOrigin,
    get_stream_failure,
    open_source_file,
    read_all_bytes,
)
from tasks.read.errors import BROKEN_REASON, UnusableError, describe_library_error
from tasks.read.formats.corpus_fields import check_columns
from tasks.read.formats.feeds import read_feed
from tasks.read.formats.json_lines import read_json_lines
from tasks.read.formats.mail_messages import read_mail
from tasks.read.formats.office_files import read_xlsx
from tasks.read.formats.tables import read_csv, read_parquet
from tasks.read.formats.web_archives import read_warc
from tasks.read.source_files import FileKind, SourceFile, find_source_files

ReadDocuments = Iterator[RawDocument | Rejected]
READERS: dict[FileKind, Callable[[BinaryIO, SourceOrigin], ReadDocuments]] = {
    "text": lambda stream, origin: _read_whole_file(stream, origin, "text"),
    "html": lambda stream, origin: _read_whole_file(stream, origin, "html"),
    "pdf": lambda stream, origin: _read_whole_file(stream, origin, "pdf"),
    "docx": lambda stream, origin: _read_whole_file(stream, origin, "docx"),
    "sheet": read_xlsx,
    "lines": read_json_lines,
    "csv": read_csv,
    "parquet": read_parquet,
    "feed": read_feed,
    "warc": read_warc,
    "mail": read_mail,
}


def read_documents(
    paths: Sequence[str | Path], defaults: Metadata, columns: Mapping[str, str] | None = None
) -> ReadDocuments:
    """Yield each document of the paths, not yet cleaned, and a Rejected for each that cannot be read.

    A path is a file, a folder (read with its subfolders) or a glob. One document at a time is in memory.

    Args:
        paths: files of the kinds in :data:`tasks.read.source_files.FILE_KINDS`, plain or as ``.gz`` or ``.zst``.
        defaults: metadata for documents whose own metadata and page leave it out.
        columns: field of :data:`tasks.read.formats.corpus_fields.CORPUS_FIELDS` → its column in the corpora.

    Raises:
        InputError: a path names nothing that can be read, or ``columns`` holds an unknown field; raised at
            the call, before anything is read.
    """
    columns = columns or {}
    check_columns(columns)
    return chain.from_iterable(_read_source(found, defaults, columns) for found in find_source_files(paths))


def _read_source(
    found: SourceFile | Rejected, defaults: Metadata, columns: Mapping[str, str]
) -> ReadDocuments:
    """Yield the documents of one source; a Rejected is passed on."""
    if isinstance(found, Rejected):
        yield found
        return
    try:
        with open_source_file(found.path) as stream:
            yield from READERS[found.kind](stream, SourceOrigin(found.source_uri, defaults, columns))
            if failure := get_stream_failure(stream):
                raise failure
    except UnusableError as problem:
        yield Rejected(found.source_uri, "read", problem.reason, problem.detail)
    except STREAM_ERRORS as error:
        detail = f"{error.__class__.__name__}: {getattr(error, 'strerror', None) or error}"
        yield Rejected(
            found.source_uri, "read", "unreadable", f"{detail}: check the file and its permissions"
        )
    except Exception as error:
        yield Rejected(found.source_uri, "read", BROKEN_REASON, describe_library_error(error))


def _read_whole_file(stream: BinaryIO, origin: SourceOrigin, media: MediaType) -> ReadDocuments:
    """Yield a whole file as one document."""
    yield RawDocument(origin.uri, read_all_bytes(stream), media, defaults=origin.defaults)
