"""Open files as decompressed streams of bytes, and limit how much of them is read."""

import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import pyarrow as pa

from tasks.document.records import Metadata
from tasks.read.errors import UnusableError

MAX_BYTES = 80_000_000
"""largest usable document: the longest text allowed, 20 million characters, at 4 bytes each"""
MAX_SKIPPED = 2 * MAX_BYTES
"""bytes of an oversized line that are skipped before the rest of its file is rejected"""
STREAM_ERRORS = (OSError, EOFError, zlib.error, pa.ArrowException)
"""what gzip, zlib and zstd raise for a damaged or truncated stream, and errors of the operating system"""


class SalvagingStream(io.RawIOBase):
    """A stream that ends where its source fails and keeps the error in ``failure``.

    Readers can then use all records before the damage. Otherwise a read that goes past the damage would raise
    and lose the bytes before it.
    """

    def __init__(self, source: BinaryIO) -> None:
        """Read from ``source``, which is closed with this stream."""
        self.source = source
        self.failure: Exception | None = None

    def readable(self) -> bool:
        """Return True: this stream is made for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer and return the number of bytes; 0 at the end of the source or where it fails."""
        try:
            found = b"" if self.failure else self.source.read1(len(buffer))  # type: ignore[attr-defined]
        except STREAM_ERRORS as error:
            self.failure, found = error, b""
        buffer[: len(found)] = found
        return len(found)

    def close(self) -> None:
        """Close the source too."""
        self.source.close()
        super().close()


def get_stream_failure(stream: BinaryIO) -> Exception | None:
    """Return the error that ended a stream of ``open_source_file`` early; None if there was none."""
    return getattr(getattr(stream, "raw", None), "failure", None)


class GzipMemberStream(io.RawIOBase):
    """The content of a gzip file with many members; after a damaged member, reading continues with the next.

    The last bytes of a damaged member are replaced with the line ``DAMAGE``, so that its last record is not
    taken for complete, and a member of which nothing could be decompressed is still noticed.
    """

    CHUNK_BYTES, MAX_MEMBER_BYTES, TAIL_BYTES = 1 << 16, 1 << 24, 8
    MEMBER_START = b"\x1f\x8b\x08"
    DAMAGE = b"\r\n(damaged gzip member)\r\n"

    def __init__(self, source: BinaryIO) -> None:
        """Read from ``source``, which is closed with this stream."""
        self.source = source
        self._ready = bytearray()
        self._tail = b""
        self._member = b""
        self._ended = False
        self._inflater = zlib.decompressobj(31)

    def readable(self) -> bool:
        """Return True: this stream is made for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with decompressed bytes; return 0 at the end of the file."""
        while not self._ready and not self._ended:
            self._decompress(self.source.read(self.CHUNK_BYTES))
        found = bytes(self._ready[: len(buffer)])
        del self._ready[: len(found)]
        buffer[: len(found)] = found
        return len(found)

    def _decompress(self, packed: bytes) -> None:
        """Decompress the next bytes of the file; empty at its end.

        The bytes after a truncated member can look like a part of it up to the end of the file.
        """
        self._ended = not packed
        while packed or (self._ended and self._member):
            packed = self._inflate_member(packed) if packed else self._resynchronise(self._member)

    def _inflate_member(self, packed: bytes) -> bytes:
        """Decompress the bytes of the current member and return the bytes of the next."""
        kept = self._member + packed if len(self._member) < self.MAX_MEMBER_BYTES else packed
        try:
            found = self._tail + self._inflater.decompress(packed)
        except zlib.error:
            return self._resynchronise(kept)
        if not self._inflater.eof:
            self._member = kept
            cut = max(len(found) - self.TAIL_BYTES, 0)
            self._ready += found[:cut]
            self._tail = found[cut:]
            return b""
        self._ready += found
        rest = self._inflater.unused_data.lstrip(b"\0")
        self._start_member()
        return rest

    def _resynchronise(self, kept: bytes) -> bytes:
        """Return the bytes from the start of the next member on."""
        self._ready += self.DAMAGE
        self._start_member()
        start = kept.find(self.MEMBER_START, 1)
        return kept[start:] if start > 0 else b""

    def _start_member(self) -> None:
        """Reset the state for a new member."""
        self._inflater, self._member, self._tail = zlib.decompressobj(31), b"", b""

    def close(self) -> None:
        """Close the source too."""
        self.source.close()
        super().close()


class SourceOrigin(NamedTuple):
    """The URI of a source, and the metadata and column names given for its documents."""

    uri: str
    defaults: Metadata
    columns: Mapping[str, str]
    """field → name of its column in the corpus, where they differ"""


def open_source_file(path: Path) -> BinaryIO:
    """Open a regular file as a decompressed stream.

    Raises:
        UnusableError: the path is no regular file; a pipe or device could block the run forever.
    """
    if not path.is_file() and path.exists():
        raise UnusableError("unreadable", "not a regular file: copy its content into one")
    stream: BinaryIO = path.open("rb")
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    if suffixes == [".warc", ".gz"]:
        return io.BufferedReader(GzipMemberStream(stream))
    if suffixes[-1:] == [".gz"]:
        stream.close()
        return _to_salvaging_stream(cast(BinaryIO, gzip.open(path, "rb")))
    if suffixes[-1:] == [".zst"]:
        return _to_salvaging_stream(
            cast(BinaryIO, io.BufferedReader(pa.CompressedInputStream(stream, "zstd")))
        )
    return stream


def _to_salvaging_stream(stream: BinaryIO) -> BinaryIO:
    """Return a buffered stream that ends where decompression fails."""
    return cast(BinaryIO, io.BufferedReader(SalvagingStream(stream)))


def read_all_bytes(stream: BinaryIO) -> bytes:
    """Return the content of a stream.

    Raises:
        UnusableError: the content exceeds ``MAX_BYTES``; the rest is not read.
        Exception: the error at which the stream ended early.
    """
    payload = stream.read(MAX_BYTES + 1)
    if failure := get_stream_failure(stream):
        raise failure
    if len(payload) > MAX_BYTES:
        raise UnusableError("too large", f"over {MAX_BYTES:,} bytes: split it into its articles")
    return payload


@contextmanager
def require_optional_library(package: str) -> Iterator[None]:
    """Turn a failed import in the block into an UnusableError that names the package to install."""
    try:
        yield
    except ModuleNotFoundError as error:
        advice = (
            f"this format needs {package}, which is not installed: `make setup`, or pip install {package}"
        )
        raise UnusableError("library missing", advice) from error
