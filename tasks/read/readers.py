"""Files become raw documents, one at a time: whole texts and pages, corpora, feeds, archives and messages."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from tasks.document.records import Media, Metadata, RawDocument, Rejected
from tasks.read.byte_streams import MAX_BYTES, STREAM_ERRORS, Origin, failure_of, open_source, read_whole
from tasks.read.errors import BROKEN, UnusableError, library_failed
from tasks.read.formats.corpus_fields import FIELDS
from tasks.read.formats.feeds import read_feed
from tasks.read.formats.json_lines import read_lines
from tasks.read.formats.mail_messages import read_mail
from tasks.read.formats.tables import read_csv, read_parquet
from tasks.read.formats.web_archives import read_warc
from tasks.read.source_files import InputError, Kind, Source, find_sources

__all__ = ["MAX_BYTES", "InputError", "read_documents"]

Found = Iterator[RawDocument | Rejected]
READERS: dict[Kind, Callable[[BinaryIO, Origin], Found]] = {
    "text": lambda stream, origin: read_one(stream, origin, "text"),
    "html": lambda stream, origin: read_one(stream, origin, "html"),
    "pdf": lambda stream, origin: read_one(stream, origin, "pdf"),
    "lines": read_lines,
    "csv": read_csv,
    "parquet": read_parquet,
    "feed": read_feed,
    "warc": read_warc,
    "mail": read_mail,
}


def read_documents(
    paths: Sequence[str | Path], defaults: Metadata, columns: Mapping[str, str] | None = None
) -> Found:
    """Yield each document that the paths name, as found, and each that cannot be read as Rejected.

    A path is a file, a folder (read whole, its subfolders too) or a glob. Memory holds one document.

    Args:
        paths: files of the kinds in :data:`tasks.read.source_files.KINDS`, plain or as ``.gz`` or ``.zst``.
        defaults: what to say of documents that neither their line nor their page says it of.
        columns: field of :data:`tasks.read.formats.corpus_fields.FIELDS` → the name that the corpora read here give it.

    Raises:
        InputError: at the call, before anything is read: a path names nothing that could be read, or a
            column is named for a field that there is not.
    """
    columns = columns or {}
    if unknown := sorted(columns.keys() - set(FIELDS)):
        raise InputError(f"columns: expected a name for any of {', '.join(FIELDS)}, found {unknown}")
    return chain.from_iterable(read_found(found, defaults, columns) for found in find_sources(paths))


def read_found(found: Source | Rejected, defaults: Metadata, columns: Mapping[str, str]) -> Found:
    """Yield the documents of one source; a source refused already is passed on."""
    if isinstance(found, Rejected):
        yield found
        return
    try:
        with open_source(found.path) as stream:
            yield from READERS[found.kind](stream, Origin(found.source_uri, defaults, columns))
            if failure := failure_of(stream):
                raise failure
    except UnusableError as problem:
        yield Rejected(found.source_uri, "read", problem.reason, problem.detail)
    except STREAM_ERRORS as error:
        detail = f"{error.__class__.__name__}: {getattr(error, 'strerror', None) or error}"
        yield Rejected(
            found.source_uri, "read", "unreadable", f"{detail}: check the file and its permissions"
        )
    except Exception as error:
        yield Rejected(found.source_uri, "read", BROKEN, library_failed(error))


def read_one(stream: BinaryIO, origin: Origin, media: Media) -> Found:
    """Yield the one document that a whole file is."""
    yield RawDocument(origin.uri, read_whole(stream), media, defaults=origin.defaults)
