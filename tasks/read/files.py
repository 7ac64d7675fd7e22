"""Files become raw documents, one at a time: whole texts and pages, or corpora of one JSON object a line."""

import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from tasks.read.lines import read_lines
from tasks.read.paths import InputError, Source, find_sources
from tasks.read.unusable import UnusableError
from tasks.records import Metadata, RawDocument, Rejected

__all__ = ["InputError", "read_documents"]

MAX_BYTES = 80_000_000
"""the longest text allowed, 20 million characters, at 4 bytes each: more cannot be a usable document"""


def read_documents(paths: Sequence[str | Path], defaults: Metadata) -> Iterator[RawDocument | Rejected]:
    """Yield each document that the paths name, as found, and each that cannot be read as Rejected.

    A path is a file, a folder (read whole, its subfolders too) or a glob. Memory holds one document.

    Args:
        paths: ``.txt``, ``.html``, ``.htm`` or ``.jsonl``, plain or as ``.gz`` or ``.zst``.
        defaults: what to say of documents that neither their line nor their page says it of.

    Raises:
        InputError: at the call, before anything is read: a path names nothing that could be read.
    """
    return chain.from_iterable(read_found(found, defaults) for found in find_sources(paths))


def read_found(found: Source | Rejected, defaults: Metadata) -> Iterator[RawDocument | Rejected]:
    """Yield the documents of one source; a source refused already is passed on."""
    if isinstance(found, Rejected):
        yield found
        return
    try:
        with open_source(found.path) as stream:
            if found.kind == "lines":
                yield from read_lines(stream, found.source_uri, defaults, MAX_BYTES)
            else:
                yield RawDocument(found.source_uri, read_whole(stream), found.kind, defaults=defaults)
    except UnusableError as problem:
        yield Rejected(found.source_uri, "read", problem.reason, problem.detail)
    # What gzip, zlib and zstd raise for a broken or cut stream, beside the operating system's own errors.
    except (OSError, EOFError, zlib.error, pa.ArrowException) as error:
        detail = f"{error.__class__.__name__}: {getattr(error, 'strerror', None) or error}"
        yield Rejected(
            found.source_uri, "read", "unreadable", f"{detail}: check the file and its permissions"
        )


def open_source(path: Path) -> BinaryIO:
    """Open a regular file for reading, decompressed; a pipe or device would block the run for ever."""
    if not path.is_file() and path.exists():
        raise UnusableError("unreadable", "not a regular file: copy its content into one")
    if path.suffix.lower() == ".gz":
        return cast(BinaryIO, gzip.open(path, "rb"))
    stream = path.open("rb")
    if path.suffix.lower() == ".zst":
        return io.BufferedReader(pa.CompressedInputStream(stream, "zstd"))
    return stream


def read_whole(stream: BinaryIO) -> bytes:
    """Return the content of a stream; what unpacks to more than any usable text is not read to its end."""
    payload = stream.read(MAX_BYTES + 1)
    if len(payload) > MAX_BYTES:
        raise UnusableError("too large", f"over {MAX_BYTES:,} bytes: split it into its articles")
    return payload
