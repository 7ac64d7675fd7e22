"""Read files of Word (.docx) and Excel (.xlsx): a document, and a table with the fields of other corpora."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO

from tasks.document.records import Metadata, RawDocument, Rejected
from tasks.read.byte_streams import SourceOrigin, read_all_bytes, require_optional_library
from tasks.read.errors import UnusableError
from tasks.read.formats.corpus_fields import check_header, convert_record
from tasks.read.formats.reader_process import run_in_reader_process

MAX_UNPACKED_BYTES = 200_000_000
"""an Office file is a ZIP file: few bytes can unpack to gigabytes"""
MAX_UNPACKED_FACTOR = 200
MIN_CHECKED_BYTES = 10_000_000
MAX_CELLS = 5_000_000
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""a second copy of a text box, for older programs"""
CHARACTERS = {f"{WORD}tab": "\t", f"{WORD}br": "\n", f"{WORD}cr": "\n", f"{WORD}noBreakHyphen": "-"}
OLE_START = b"\xd0\xcf\x11\xe0"


def read_docx(payload: bytes | str) -> tuple[str, Metadata]:
    """Return the text of a Word file, a line for each paragraph, and its declared title and author.

    Paragraphs in tables and text boxes are included, deleted text, comments, footnotes and headers are not. The day
    of creation is not the day of publication.

    Raises:
        UnusableError: the file is broken, locked or unpacks to too much, or python-docx is not installed.
    """
    if isinstance(payload, str):
        raise UnusableError("unreadable Word file", "expected bytes, found text")
    with require_optional_library("python-docx"):
        import docx  # noqa: F401
    text, metadata = run_in_reader_process(parse_docx, payload)
    return text, metadata


def parse_docx(payload: bytes) -> tuple[str, Metadata]:
    """Return text and metadata of a Word file, parsed in this process, or raise UnusableError."""
    import docx

    _check_package(payload, "Word")
    try:
        document = docx.Document(io.BytesIO(payload))
        text = "\n".join(
            _read_paragraph(element) for element in _find_paragraph_elements(document.element.body)
        )
        properties = document.core_properties
        return text, Metadata(title=properties.title or None, author=properties.author or None)
    except MemoryError:
        raise
    except Exception as error:
        # Input is untrusted and the library raises many kinds of errors: all are faults of this file.
        detail = f"{error.__class__.__name__}: {error!s:.200}"
        raise UnusableError("unreadable Word file", detail) from error


def _find_paragraph_elements(body: Any) -> Iterator[Any]:
    """Yield the paragraphs in document order, those of tables and text boxes included."""
    for element in body.iter(f"{WORD}p"):
        if next(element.iterancestors(FALLBACK), None) is None:
            yield element


def _read_paragraph(paragraph: Any) -> str:
    """Return the text of a paragraph, without that of paragraphs inside it."""
    parts = []
    for element in paragraph.iter(f"{WORD}t", *CHARACTERS):
        if next(element.iterancestors(f"{WORD}p"), None) is not paragraph:
            continue
        parts.append((element.text or "") if element.tag == f"{WORD}t" else CHARACTERS[element.tag])
    return "".join(parts)


def read_xlsx(stream: BinaryIO, origin: SourceOrigin) -> Iterator[RawDocument | Rejected]:
    """Yield a document or a Rejected for each row of the sheets of an Excel file; row 1 names the fields.

    Without an id, row 7 below the header of the sheet *News* is ``uri#News!row=7``. A sheet without a text column is
    one Rejected, or left out where it is empty. Cells have the values that Excel last computed.

    Raises:
        UnusableError: the file is broken, locked or too large, no sheet has a text column, or openpyxl is not
            installed.
    """
    with require_optional_library("openpyxl"):
        import openpyxl  # noqa: F401
    payload = read_all_bytes(stream)
    sheets = run_in_reader_process(parse_xlsx, payload)
    problems: list[Rejected] = []
    found_any = False
    for name, rows in sheets:
        header = [str(cell).strip() if cell is not None else "" for cell in rows[0]]
        try:
            check_header([cell for cell in header if cell], origin)
        except UnusableError as problem:
            problems.append(Rejected(f"{origin.uri}#{name}", "read", problem.reason, problem.detail))
            continue
        found_any = True
        yield from _convert_sheet_rows(name, header, rows[1:], origin)
    if not found_any:
        detail = problems[0].detail if problems else "the file has no cell with text"
        raise UnusableError("no text", detail)
    yield from problems


def parse_xlsx(payload: bytes) -> list[tuple[str, list[list[Any]]]]:
    """Return name and rows of each sheet that is not empty, in this process, or raise UnusableError."""
    import openpyxl

    _check_package(payload, "Excel")
    try:
        book = openpyxl.load_workbook(io.BytesIO(payload), read_only=True, data_only=True, keep_links=False)
        sheets = [(sheet.title, _read_sheet(sheet)) for sheet in book.worksheets]
    except (MemoryError, UnusableError):
        raise
    except Exception as error:
        detail = f"{error.__class__.__name__}: {error!s:.200}"
        raise UnusableError("unreadable Excel file", detail) from error
    return [(name, rows) for name, rows in sheets if rows]


def _read_sheet(sheet: Any) -> list[list[Any]]:
    """Return the rows of a sheet, without empty rows before the header and empty cells at the end of a row."""
    rows: list[list[Any]] = []
    n_cells = 0
    # Files of other programs than Excel often declare a wrong size.
    sheet.reset_dimensions()
    for values in sheet.iter_rows(values_only=True):
        row = [_to_plain_value(value) for value in values]
        while row and row[-1] is None:
            row.pop()
        n_cells += len(row)
        if n_cells > MAX_CELLS:
            raise UnusableError("too large", f"over {MAX_CELLS:,} cells: save it as CSV")
        if row or rows:
            rows.append(row)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _to_plain_value(value: object) -> str | int | float | date | None:
    """Return the value of a cell as a field takes it: a day without its time, a whole number without a point."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if value is None or isinstance(value, str | int | float | date):
        return value
    return str(value)


def _convert_sheet_rows(
    sheet: str, header: list[str], rows: list[list[Any]], origin: SourceOrigin
) -> Iterator[RawDocument | Rejected]:
    """Yield a document or a Rejected for each row that is not empty."""
    for number, row in enumerate(rows, 1):
        if not row:
            continue
        place = f"{origin.uri}#{sheet}!row={number}"
        try:
            if len(row) > len(header):
                raise UnusableError(
                    "broken row", f"{len(row)} cells, expected {len(header)} as in the header"
                )
            cells = {name: row[i] if i < len(row) else None for i, name in enumerate(header) if name}
            yield convert_record(cells, origin, place)
        except UnusableError as problem:
            yield Rejected(place, "read", problem.reason, f"row {number}: {problem.detail}")


def _check_package(payload: bytes, program: str) -> None:
    """Raise UnusableError if a file is no ZIP file, is encrypted, or unpacks to too many bytes."""
    if payload.startswith(OLE_START):
        advice = f"it is locked with a password, or of an old version: save it again with {program}, without a password"
        raise UnusableError(f"locked {program} file", advice)
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as package:
            sizes = sum(member.file_size for member in package.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
        raise UnusableError(f"unreadable {program} file", f"{type(error).__name__}: {error}") from error
    is_bomb = sizes > MIN_CHECKED_BYTES and sizes > MAX_UNPACKED_FACTOR * len(payload)
    if sizes > MAX_UNPACKED_BYTES or is_bomb:
        raise UnusableError("too large", f"{len(payload):,} bytes unpack to {sizes:,}: split it")
