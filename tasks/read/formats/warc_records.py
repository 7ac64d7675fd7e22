"""The records of a WARC one by one: a damaged record costs itself, and reading goes on with the next."""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from tasks.read.byte_streams import MAX_BYTES

START = re.compile(rb"WARC/[01]\.\d+\r?\n")
NEXT = re.compile(rb"WARC/[01]\.\d+\r?\n[A-Za-z-]+:")
LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
BLANK_LINE = re.compile(rb"\r?\n\r?\n")
CHUNK = 1 << 16
HEADERLESS = "no header of a WARC record"
MAX_HEADER = 1 << 16


class Record(NamedTuple):
    """The bytes of a record, or of as much as there is of it, and what is wrong with it."""

    content: bytes
    problem: str | None


class RecordReader:
    """The records of a WARC that is read from a stream of plain bytes."""

    def __init__(self, stream: BinaryIO) -> None:
        """Read from ``stream``."""
        self._stream = stream
        self._buffer = bytearray()

    def __iter__(self) -> Iterator[Record]:
        """Yield each record; what lies between two records that can be read is one damaged record."""
        while self._skip_newlines():
            yield self._read_record()

    def _read_record(self) -> Record:
        """Return the next record and leave the buffer at the one after it."""
        length = self._find_length()
        if length is None:
            return self._resynchronise(HEADERLESS)
        if length > MAX_BYTES:
            return self._skip_large(length)
        whole = self._fill(length)
        content = bytes(self._buffer[:length])
        if whole and self._ends_record(length):
            del self._buffer[:length]
            return Record(content, None)
        return self._resynchronise("its content is not as long as its header says")

    def _find_length(self) -> int | None:
        """Return the number of bytes of the record, its header included; None if it is damaged."""
        self._fill(MAX_HEADER)
        head = bytes(self._buffer[:MAX_HEADER])
        end = BLANK_LINE.search(head)
        if not START.match(head) or not end:
            return None
        length = LENGTH.search(head, 0, end.end())
        return end.end() + int(length.group(1)) if length else None

    def _ends_record(self, at: int) -> bool:
        """Return True if nothing, or the two line ends of the format, follow."""
        self._fill(at + 4)
        rest = bytes(self._buffer[at : at + 4])
        return not rest or rest.startswith((b"\r\n\r\n", b"\n\n"))

    def _resynchronise(self, problem: str) -> Record:
        """Return the bytes before the next start of a record as a damaged one."""
        kept = b""
        at = 1
        while not (found := NEXT.search(self._buffer, at)):
            size = len(self._buffer)
            if not self._fill(size + 1):
                kept = kept or bytes(self._buffer[:MAX_HEADER])
                self._buffer.clear()
                return Record(kept, problem)
            if size > MAX_BYTES:
                kept = kept or bytes(self._buffer[:MAX_HEADER])
                del self._buffer[: size - 64]
            at = max(len(self._buffer) - CHUNK - 64, 0)
        kept = kept or bytes(self._buffer[: min(found.start(), MAX_HEADER)])
        del self._buffer[: found.start()]
        return Record(kept, problem)

    def _skip_large(self, length: int) -> Record:
        """Return the beginning of a record that is too large and pass over the rest."""
        content = bytes(self._buffer[:MAX_HEADER])
        left = length
        while left and self._fill(1):
            step = min(left, len(self._buffer))
            del self._buffer[:step]
            left -= step
        return Record(content, f"too large: {length:,} bytes")

    def _skip_newlines(self) -> bool:
        """Drop line ends; return True if something follows."""
        while self._fill(1):
            if kept := self._buffer.lstrip(b"\r\n"):
                self._buffer = kept
                return True
            self._buffer.clear()
        return False

    def _fill(self, size: int) -> bool:
        """Read on until the buffer has so many bytes; return True if it has."""
        while len(self._buffer) < size and (chunk := self._stream.read(CHUNK)):
            self._buffer += chunk
        return len(self._buffer) >= size
