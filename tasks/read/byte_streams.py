"""Files as streams of bytes: decompressed, and never more of one than a usable document can hold."""

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
"""the longest text allowed, 20 million characters, at 4 bytes each: more cannot be a usable document"""


MAX_SKIPPED = 2 * MAX_BYTES
"""how much of an over-long line is decompressed and dropped before the rest of its file is given up"""
STREAM_ERRORS = (OSError, EOFError, zlib.error, pa.ArrowException)
"""what gzip, zlib and zstd raise for a broken or cut stream, beside the operating system's own errors"""


class SalvagingStream(io.RawIOBase):
    """A stream that ends where its source fails, and keeps the error for after the last whole record.

    Without it, a reader that asks for more bytes than are left before the damage loses those as well.
    """

    def __init__(self, source: BinaryIO) -> None:
        """Read from ``source``, which is closed with this stream."""
        self.source = source
        self.failure: Exception | None = None

    def readable(self) -> bool:
        """Return True: this stream is made for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as the source allows; return 0 at its end or where it fails."""
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


def failure_of(stream: BinaryIO) -> Exception | None:
    """Return the error at which a stream that was opened by ``open_source`` ended early."""
    return getattr(getattr(stream, "raw", None), "failure", None)


class GzipMembers(io.RawIOBase):
    """The content of a gzip file; a damaged member is left behind at the start of the next.

    The last bytes of a damaged member give way to a line that says so: no record in it passes for whole, and
    one of which nothing could be decompressed is still seen.
    """

    CHUNK, KEPT, TAIL = 1 << 16, 1 << 24, 8
    START = b"\x1f\x8b\x08"
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
            self._advance(self.source.read(self.CHUNK))
        found = bytes(self._ready[: len(buffer)])
        del self._ready[: len(found)]
        buffer[: len(found)] = found
        return len(found)

    def _advance(self, packed: bytes) -> None:
        """Decompress the next bytes of the file; no bytes are its end."""
        self._ended = not packed
        if not packed and self._member:
            self._ready += self.DAMAGE
            self._member = b""
        while packed:
            packed = self._inflate(packed)

    def _inflate(self, packed: bytes) -> bytes:
        """Decompress bytes of one member and return those of the next."""
        kept = self._member + packed if len(self._member) < self.KEPT else packed
        try:
            found = self._tail + self._inflater.decompress(packed)
        except zlib.error:
            return self._resynchronise(kept)
        if not self._inflater.eof:
            self._member = kept
            cut = max(len(found) - self.TAIL, 0)
            self._ready += found[:cut]
            self._tail = found[cut:]
            return b""
        self._ready += found
        rest = self._inflater.unused_data.lstrip(b"\0")
        self._restart()
        return rest

    def _resynchronise(self, kept: bytes) -> bytes:
        """Return what follows the damage from the next start of a member on."""
        self._ready += self.DAMAGE
        self._restart()
        at = kept.find(self.START, 1)
        return kept[at:] if at > 0 else b""

    def _restart(self) -> None:
        """Expect the start of a member."""
        self._inflater, self._member, self._tail = zlib.decompressobj(31), b"", b""

    def close(self) -> None:
        """Close the source too."""
        self.source.close()
        super().close()


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
    stream: BinaryIO = path.open("rb")
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    if suffixes == [".warc", ".gz"]:
        return io.BufferedReader(GzipMembers(stream))
    if suffixes[-1:] == [".gz"]:
        stream.close()
        return _salvaging(cast(BinaryIO, gzip.open(path, "rb")))
    if suffixes[-1:] == [".zst"]:
        return _salvaging(cast(BinaryIO, io.BufferedReader(pa.CompressedInputStream(stream, "zstd"))))
    return stream


def _salvaging(stream: BinaryIO) -> BinaryIO:
    """Return a buffered stream that ends where the decompression fails."""
    return cast(BinaryIO, io.BufferedReader(SalvagingStream(stream)))


def read_whole(stream: BinaryIO) -> bytes:
    """Return the content of a stream; what unpacks to more than any usable text is not read to its end."""
    payload = stream.read(MAX_BYTES + 1)
    if failure := failure_of(stream):
        raise failure
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
