"""Split a WARC into records; after a damaged record, reading continues with the next."""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from tasks.read.byte_streams import MAX_BYTES, GzipMemberStream

RECORD_START = re.compile(rb"WARC/[01]\.\d+\r?\n")
NEXT_RECORD = re.compile(rb"WARC/[01]\.\d+\r?\n[A-Za-z-]+:")
CONTENT_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
BLANK_LINE = re.compile(rb"\r?\n\r?\n")
READ_BYTES = 1 << 16
MISSING_HEADER = "no header of a WARC record"
MAX_HEADER_BYTES = 1 << 16


class WarcRecord(NamedTuple):
    """The bytes of a record, or the beginning of a damaged one, and the problem if there is one."""

    content: bytes
    problem: str | None


class WarcRecordReader:
    """Iterates over the records of a WARC in a decompressed stream."""

    def __init__(self, stream: BinaryIO) -> None:
        """Read from ``stream``."""
        self._stream = stream
        self._buffer = bytearray()

    def __iter__(self) -> Iterator[WarcRecord]:
        """Yield each record; all bytes between two readable records are one damaged record."""
        while self._skip_newlines():
            yield self._read_record()

    def _read_record(self) -> WarcRecord:
        """Return the next record and remove it from the buffer."""
        length = self._find_length()
        if length is None:
            return self._resynchronise(MISSING_HEADER)
        if length > MAX_BYTES:
            return self._skip_large(length)
        is_complete = self._fill_buffer(length)
        content = bytes(self._buffer[:length])
        # The rest of a damaged record may be as long as its header says, with the beginning of the next one.
        is_whole = is_complete and GzipMemberStream.DAMAGE not in content
        if is_whole and self._is_record_end(length):
            del self._buffer[:length]
            return WarcRecord(content, None)
        return self._resynchronise("its content is not as long as its header says")

    def _find_length(self) -> int | None:
        """Return the number of bytes of the record, its header included; None if it is damaged."""
        self._fill_buffer(MAX_HEADER_BYTES)
        head = bytes(self._buffer[:MAX_HEADER_BYTES])
        end = BLANK_LINE.search(head)
        if not RECORD_START.match(head) or not end:
            return None
        length = CONTENT_LENGTH.search(head, 0, end.end())
        return end.end() + int(length.group(1)) if length else None

    def _is_record_end(self, at: int) -> bool:
        """Return True if the stream ends at this offset, or the two newlines after a record follow."""
        self._fill_buffer(at + 4)
        rest = bytes(self._buffer[at : at + 4])
        return not rest or rest.startswith((b"\r\n\r\n", b"\n\n"))

    def _resynchronise(self, problem: str) -> WarcRecord:
        """Return the bytes before the start of the next record as a damaged record."""
        kept = b""
        at = 1
        while not (found := NEXT_RECORD.search(self._buffer, at)):
            size = len(self._buffer)
            if not self._fill_buffer(size + 1):
                kept = kept or bytes(self._buffer[:MAX_HEADER_BYTES])
                self._buffer.clear()
                return WarcRecord(kept, problem)
            if size > MAX_BYTES:
                kept = kept or bytes(self._buffer[:MAX_HEADER_BYTES])
                del self._buffer[: size - 64]
            at = max(len(self._buffer) - READ_BYTES - 64, 0)
        kept = kept or bytes(self._buffer[: min(found.start(), MAX_HEADER_BYTES)])
        del self._buffer[: found.start()]
        return WarcRecord(kept, problem)

    def _skip_large(self, length: int) -> WarcRecord:
        """Return the beginning of a record that is too large and skip the rest."""
        content = bytes(self._buffer[:MAX_HEADER_BYTES])
        left = length
        while left and self._fill_buffer(1):
            step = min(left, len(self._buffer))
            del self._buffer[:step]
            left -= step
        return WarcRecord(content, f"too large: {length:,} bytes")

    def _skip_newlines(self) -> bool:
        """Skip newlines; return True if something follows."""
        while self._fill_buffer(1):
            if kept := self._buffer.lstrip(b"\r\n"):
                self._buffer = kept
                return True
            self._buffer.clear()
        return False

    def _fill_buffer(self, size: int) -> bool:
        """Read until the buffer holds ``size`` bytes; return False if the stream ends before."""
        while len(self._buffer) < size and (chunk := self._stream.read(READ_BYTES)):
            self._buffer += chunk
        return len(self._buffer) >= size
