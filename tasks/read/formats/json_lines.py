"""Lines of JSON become raw documents: one object a line, UTF-8, unknown fields ignored."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, BinaryIO

import orjson

from tasks.document.records import RawDocument, Rejected
from tasks.read.byte_streams import MAX_BYTES, MAX_SKIPPED, Origin, failure_of
from tasks.read.errors import UnusableError
from tasks.read.formats.corpus_fields import describe, to_document

BOM = b"\xef\xbb\xbf"


def read_lines(
    stream: BinaryIO, origin: Origin, max_bytes: int = MAX_BYTES
) -> Iterator[RawDocument | Rejected]:
    """Yield one document a line; a line that holds none is one Rejected, a blank line nothing.

    A document is named ``uri#id`` where its line has an id, else ``uri#line=7``, counted from 1.
    """
    for number, line in numbered(stream, max_bytes):
        place = f"{origin.uri}#line={number}"
        try:
            if len(line) > max_bytes:
                raise UnusableError("too large", f"over {max_bytes:,} bytes: one line is one article")
            yield to_document(parse_line(line), origin, place)
        except UnusableError as problem:
            digest = sha256(line).hexdigest()
            yield Rejected(place, "read", problem.reason, f"line {number}: {problem.detail}", digest)


def numbered(stream: BinaryIO, max_bytes: int) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank with their numbers; of one too long only its beginning."""
    number = 0
    while line := stream.readline(max_bytes + 1):
        number += 1
        if failure_of(stream) and not line.endswith(b"\n"):
            return  # cut within this line: the reject of the file counts it
        if len(line) > max_bytes and not line.endswith(b"\n"):
            skip_line(stream, number)
        line = line.removeprefix(BOM) if number == 1 else line
        if line.strip():
            yield number, line


def skip_line(stream: BinaryIO, number: int) -> None:
    """Read to the end of a line that is too long; one without end would take minutes to decompress."""
    skipped = 0
    while (rest := stream.readline(1 << 20)) and not rest.endswith(b"\n"):
        skipped += len(rest)
        if skipped > MAX_SKIPPED:
            raise UnusableError(
                "too large",
                f"line {number} has over {skipped:,} bytes: it and the rest of the file are not read",
            )


def parse_line(line: bytes) -> dict[str, Any]:
    """Return the object that a line holds, or raise UnusableError."""
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise UnusableError("broken JSON", f"{error}: expected one JSON object a line, in UTF-8") from error
    if not isinstance(record, dict):
        raise UnusableError("broken JSON", f"expected an object, found {describe(record)}")
    return record
