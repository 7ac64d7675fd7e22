"""Files as streams of bytes: decompressed, and never more of one than a usable document can hold."""

import gzip
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import pyarrow as pa

from tasks.read.unusable import UnusableError
from tasks.records import Metadata

MAX_BYTES = 80_000_000
"""the longest text allowed, 20 million characters, at 4 bytes each: more cannot be a usable document"""


class Origin(NamedTuple):
    """Where a stream comes from and what is said of its documents."""

    uri: str
    defaults: Metadata
    columns: Mapping[str, str]
    """field → the name that a corpus gives it, where that differs"""


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


@contextmanager
def optional_library(package: str) -> Iterator[None]:
    """Turn a failed import in the block into the advice to install what reads this kind of file."""
    try:
        yield
    except ModuleNotFoundError as error:
        advice = (
            f"this kind is read by {package}, which is not installed: `make setup`, or pip install {package}"
        )
        raise UnusableError("library missing", advice) from error
