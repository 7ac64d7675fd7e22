"""Rows of CSV one by one: a damaged row costs itself, and reading goes on with the next."""

import csv
import re
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from tasks.read.byte_streams import MAX_BYTES, get_stream_failure
from tasks.read.errors import UnusableError

DELIMITERS = ",;\t"
QUOTE = '"'
AFTER_RETURN = re.compile(r"(?<=\r)(?!\n)")
MAX_CONTINUED, MAX_CONTINUED_CHARS = 200, 1_000_000
"""lines and characters in which the end of a damaged row is looked for"""


class BadRow(NamedTuple):
    """Why a row cannot be read."""

    problem: str


class CsvRowReader:
    """The rows below the header of a CSV file, each a list of cells or a BadRow.

    ``csv`` in strict mode decides what a row is. Where it fails, the row ends with its first line, or with a
    later one that closes its quotation. Lines between it and the next row that do not close it are rows of
    their own that are too short: counting the rest of a damaged row twice is better than losing a row.
    """

    def __init__(self, stream: BinaryIO) -> None:
        """Read the header; cells are separated by whichever of comma, semicolon and tab it has most of."""
        csv.field_size_limit(MAX_BYTES)  # of the whole process; its default is shorter than an article
        self._stream = stream
        self._ahead: deque[str] = deque()
        first = (self._next_line() or "").removeprefix("\ufeff")
        # Lines that end with a carriage return alone come as one line.
        self._ahead.extend(line for line in AFTER_RETURN.split(first) if line)
        header = self._ahead[0] if self._ahead else ""
        self._delimiter = max(DELIMITERS, key=header.count)
        try:
            self.names, count = self._parse()
        except csv.Error as error:
            raise UnusableError("broken CSV", f"header: {error}: expected rows of CSV in UTF-8") from error
        if not _is_utf8(self.names):
            raise UnusableError("broken CSV", "the header is not UTF-8: save the file as UTF-8")
        self._drop(count)

    def __iter__(self) -> Iterator[list[str] | BadRow]:
        """Yield the rows; blank lines are skipped."""
        while self._fill(0):
            if not self._ahead[0].strip("\r\n"):
                self._drop(1)
            elif (row := self._read_row()) is not None:
                yield row

    def _read_row(self) -> list[str] | BadRow | None:
        """Return the next row; None for the last one of a file that ends inside it."""
        try:
            row, count = self._parse()
        except csv.Error as error:
            if get_stream_failure(self._stream) and len(self._ahead) == 1:
                self._drop(1)
                return None  # the reject of the file counts it
            self._skip_damage()
            return BadRow(f"{error}: expected a row of CSV")
        cut = (
            get_stream_failure(self._stream)
            and count == len(self._ahead)
            and not self._ahead[-1].endswith("\n")
        )
        self._drop(count)
        return None if cut else self._check(row)

    def _check(self, row: list[str]) -> list[str] | BadRow:
        """Return the row if it has a cell for each name and is UTF-8."""
        width = len(self.names)
        if len(row) < width or any(row[width:]):
            few = "few" if len(row) < width else "many"
            return BadRow(f"too {few} cells: expected {width} as in the header, found {len(row)}")
        if not _is_utf8(row):
            return BadRow("not UTF-8: save the file as UTF-8")
        return row

    def _parse(self, number: int = 0) -> tuple[list[str], int]:
        """Return the row that begins with the line of this number, and how many lines it takes."""
        reader = csv.reader(self._lines(number), delimiter=self._delimiter, strict=True)
        row = next(reader, [])
        return row, reader.line_num

    def _lines(self, number: int) -> Iterator[str]:
        """Yield the lines from this number on without taking them, as many as one row may have."""
        size = 0
        while self._fill(number):
            size += len(self._ahead[number])
            if size > MAX_BYTES:
                raise csv.Error(f"over {MAX_BYTES:,} characters in one row")
            yield self._ahead[number]
            number += 1

    def _skip_damage(self) -> None:
        """Drop the damaged row that begins with the next line."""
        self._drop(self._count_damaged())

    def _count_damaged(self) -> int:
        """Return how many lines the damaged row takes: one, unless a line before the next row closes it."""
        lines = [self._ahead[0]]
        size = len(lines[0])
        while len(lines) < MAX_CONTINUED and self._fill(len(lines)):
            if self._begins_row(len(lines)):
                break
            lines.append(self._ahead[len(lines)])
            size += len(lines[-1])
            if size > MAX_CONTINUED_CHARS:
                break
            # A line with pairs of quotation marks only closes nothing that was opened before it.
            if lines[-1].count(QUOTE) % 2 and self._count_unescaped("".join(lines)) == len(self.names):
                return len(lines)
        return 1

    def _count_unescaped(self, text: str) -> int:
        """Return how many cells a row has if quotation marks within cells are not doubled; 0 if one is open."""
        count, is_open = 0, False
        for piece in text.rstrip("\r\n").split(self._delimiter):
            opens = not is_open and piece.startswith(QUOTE)
            closes = piece.endswith(QUOTE) and (is_open or len(piece) > 1)
            is_open = (is_open or opens) and not closes
            count += not is_open
        return 0 if is_open else count

    def _begins_row(self, number: int) -> bool:
        """Return True if a row, damaged or not, can begin with the line of this number."""
        line = self._ahead[number]
        if line.count(self._delimiter) >= len(self.names) - 1:
            return True
        first, _, rest = line.partition(self._delimiter)
        if rest.startswith(QUOTE) and first and not any(map(str.isspace, first)):
            # *i2,"He said "no" to it.*: an id, and a cell that goes on in the next line.
            return True
        try:
            row, count = self._parse(number)
        except csv.Error:
            return False
        # Short, but with a quotation over several lines that is well formed.
        return len(row) == len(self.names) or (len(row) > 1 and count > 1)

    def _drop(self, count: int) -> None:
        """Take lines off the front."""
        for _ in range(min(count, len(self._ahead))):
            self._ahead.popleft()

    def _fill(self, number: int) -> bool:
        """Return True if there is a line of this number, counted from the next."""
        while len(self._ahead) <= number:
            if (line := self._next_line()) is None:
                return False
            self._ahead.append(line)
        return True

    def _next_line(self) -> str | None:
        """Return the next line of the file; bytes that are no UTF-8 are kept as surrogates."""
        line = self._stream.readline(MAX_BYTES + 1)
        if len(line) > MAX_BYTES:
            raise UnusableError("too large", f"a line of over {MAX_BYTES:,} bytes: the rest is not read")
        return line.decode("utf-8", "surrogateescape") if line else None


def _is_utf8(cells: list[str]) -> bool:
    """Return True if no byte of the cells was kept as a surrogate."""
    return not any("\udc80" <= char <= "\udcff" for cell in cells if not cell.isascii() for char in cell)
