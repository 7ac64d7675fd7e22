"""Read JSON Lines as raw documents: one object a line, in UTF-8."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, BinaryIO

import orjson

from tasks.document.records import RawDocument, Rejected
from tasks.read.byte_streams import MAX_BYTES, MAX_SKIPPED, SourceOrigin, get_stream_failure
from tasks.read.errors import UnusableError
from tasks.read.formats.corpus_fields import convert_record, describe_json_value

UTF8_BOM = b"\xef\xbb\xbf"
MAX_VALUES = 2_000_000
"""commas and brackets of one line: 80 MB of empty lists take 2.5 GB when they are parsed, and text has few"""
BETWEEN_VALUES = b",[{"


def read_json_lines(
    stream: BinaryIO, origin: SourceOrigin, max_bytes: int = MAX_BYTES
) -> Iterator[RawDocument | Rejected]:
    """Yield a document or a Rejected for each line that is not blank.

    The URI of a document is ``uri#id`` if its line has an id, else ``uri#line=7``, counted from 1.
    """
    for number, line in _number_lines(stream, max_bytes):
        place = f"{origin.uri}#line={number}"
        try:
            if len(line) > max_bytes:
                raise UnusableError("too large", f"over {max_bytes:,} bytes: one line is one article")
            yield convert_record(_parse_line(line), origin, place)
        except UnusableError as problem:
            digest = sha256(line).hexdigest()
            yield Rejected(place, "read", problem.reason, f"line {number}: {problem.detail}", digest)


def _number_lines(stream: BinaryIO, max_bytes: int) -> Iterator[tuple[int, bytes]]:
    """Yield number and bytes of each line that is not blank; of an oversized line only the beginning."""
    number = 0
    while line := stream.readline(max_bytes + 1):
        number += 1
        if get_stream_failure(stream) and not line.endswith(b"\n"):
            return  # the file is truncated in this line: the reject of the file counts it
        if len(line) > max_bytes and not line.endswith(b"\n"):
            _skip_long_line(stream, number)
        line = line.removeprefix(UTF8_BOM) if number == 1 else line
        if line.strip():
            yield number, line


def _skip_long_line(stream: BinaryIO, number: int) -> None:
    """Read to the end of an oversized line; raise UnusableError if it is so long that it would take minutes."""
    skipped = 0
    while (rest := stream.readline(1 << 20)) and not rest.endswith(b"\n"):
        skipped += len(rest)
        if skipped > MAX_SKIPPED:
            raise UnusableError(
                "too large",
                f"line {number} has over {skipped:,} bytes: it and the rest of the file are not read",
            )


def _parse_line(line: bytes) -> dict[str, Any]:
    """Return the JSON object of a line, or raise UnusableError."""
    if len(line) > MAX_VALUES and sum(line.count(mark) for mark in BETWEEN_VALUES) > MAX_VALUES:
        raise UnusableError("too large", f"over {MAX_VALUES:,} commas and brackets: one line is one article")
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise UnusableError("broken JSON", f"{error}: expected one JSON object a line, in UTF-8") from error
    if not isinstance(record, dict):
        raise UnusableError("broken JSON", f"expected an object, found {describe_json_value(record)}")
    return record
