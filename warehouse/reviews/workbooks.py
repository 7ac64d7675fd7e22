"""The sheet to read as an Excel workbook: written with drop-downs, and read back as any spreadsheet saves it."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from warehouse.reviews.verdicts import CLAIM_TYPES, DENIAL_TYPES, VERDICTS, ReviewError

REQUIRED_COLUMNS = frozenset({"statement_id", "verdict"})
ZIP_START, OLE_START = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
OPEN_DOCUMENT_TYPE = b"application/vnd.oasis.opendocument"
MAX_UNPACKED_BYTES, MAX_CELLS, MAX_HEADER_ROW = 200_000_000, 2_000_000, 20
MAX_CELL_CHARS = 32_767
"""characters that Excel takes in a cell"""
SHEET_NAME, GUIDE_NAME = "rows", "how to"
DEFAULT_WIDTH = 16
WIDTHS = {
    "verdict": 12, "content": 48, "answers": 36, "passage": 80, "note": 30, "title": 40, "source": 24, "speaker": 22,
    "targets": 24, "statement_id": 30, "confidence": 11, "kind": 9, "url": 30,
}  # fmt: skip
"""columns that are wider or narrower than others, in characters"""
CHOICES = {"verdict": VERDICTS, "corrected_type": (*CLAIM_TYPES, *DENIAL_TYPES)}
"""values that a column offers in a drop-down"""
GUIDE = (
    ("verdict", "accepted: the row is right; rejected: no claim or denial, or one of the other kind; "
     "corrected: some values are wrong"),
    ("passage", "the words of the article around the row: read them before you decide"),
    ("corrected_speaker", "name or entity_id of the right speaker, or none"),
    ("corrected_type", "the right type, of the same kind; of a rejected row, the type of the other kind that it is"),
    ("corrected_targets", "names of those who are accused or spoken about, separated by ;, or none"),
    ("corrected_claim_id", "claim_id of the claim that the denial answers, or none"),
    ("note", "anything else"),
    ("reviewer", "your name; or leave it empty and give --reviewer"),
)  # fmt: skip
READ_BACK = "counterclaim review {} --reviewer NAME"


def write_workbook(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Return a sheet as the bytes of an .xlsx file. Text is never a formula, whatever it begins with."""
    with _require_openpyxl():
        from openpyxl import Workbook
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET_NAME
    for number, values in enumerate((names, *rows), 1):
        for column, value in enumerate(values, 1):
            _fill_cell(sheet.cell(number, column), value)
    _lay_out_sheet(sheet, names, len(rows))
    _add_guide(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill_cell(cell: Any, value: Any) -> None:
    """Put a value into a cell, text as text."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment

    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub(" ", value.replace("\r\n", "\n").replace("\r", "\n"))
        cell.value = text[:MAX_CELL_CHARS] or None
        if text:
            # A text that begins with "=" is text, also after somebody has edited the cell.
            cell.data_type, cell.quotePrefix = "s", text.startswith(("=", "+", "-", "@"))
    else:
        cell.value = value


def _lay_out_sheet(sheet: Any, names: Sequence[str], n_rows: int) -> None:
    """Freeze the header and the verdict, set widths, and offer the choices of columns."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet.freeze_panes = "B2"
    for number, name in enumerate(names, 1):
        letter = get_column_letter(number)
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[letter].width = WIDTHS.get(name, DEFAULT_WIDTH)
        if name in CHOICES and n_rows:
            offered = DataValidation(
                type="list", formula1=f'"{",".join(CHOICES[name])}"', allow_blank=True, showErrorMessage=True
            )
            offered.errorTitle, offered.error = name, "Choose one of the list, or leave the cell empty."
            offered.add(f"{letter}2:{letter}{n_rows + 1}")
            sheet.add_data_validation(offered)
    if n_rows:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{n_rows + 1}"


def _add_guide(book: Any) -> None:
    """Add a sheet that says what goes into each column."""
    guide = book.create_sheet(GUIDE_NAME)
    for number, (name, meaning) in enumerate(GUIDE, 1):
        _fill_cell(guide.cell(number, 1), name)
        _fill_cell(guide.cell(number, 2), meaning)
    _fill_cell(guide.cell(len(GUIDE) + 2, 1), "then run")
    _fill_cell(guide.cell(len(GUIDE) + 2, 2), READ_BACK.format("FILE"))
    guide.column_dimensions["A"].width, guide.column_dimensions["B"].width = 22, 90


def is_workbook(payload: bytes) -> bool:
    """Return True if a file begins as workbooks do: .xlsx, .ods, or the .xls of old versions of Excel."""
    return payload.startswith((ZIP_START, OLE_START))


def read_workbook(payload: bytes, path: object) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the values of each row with a verdict, as text, with its place.

    The sheet is the one that has the columns ``statement_id`` and ``verdict``, in any of its first rows. Raises
    ReviewError if there is none, if several have verdicts, or if the file is damaged, locked or too large.
    """
    _check_package(payload, path)
    found = {name: list(rows) for name, rows in _read_sheets(payload, path)}
    if not found:
        raise ReviewError(f"{path}: no sheet has the columns {' and '.join(sorted(REQUIRED_COLUMNS))}")
    with_verdicts = {name: rows for name, rows in found.items() if rows}
    if len(with_verdicts) > 1:
        raise ReviewError(
            f"{path}: the sheets {', '.join(with_verdicts)} all have verdicts: leave those of one and delete the others"
        )
    for name, rows in with_verdicts.items():
        for number, given in rows:
            yield given, f"{path}, sheet {name}, row {number}"


def _check_package(payload: bytes, path: object) -> None:
    """Raise ReviewError if a file is a workbook of another kind, damaged, or unpacks to too much."""
    if payload.startswith(OLE_START):
        raise ReviewError(
            f"{path} is locked with a password, or of an old version of Excel: save it as .xlsx or CSV"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as package:
            names, size = package.namelist(), sum(member.file_size for member in package.infolist())
            is_open_document = "mimetype" in names and package.read("mimetype").startswith(OPEN_DOCUMENT_TYPE)
    except Exception as error:
        raise ReviewError(f"{path} is damaged: {type(error).__name__}: {error!s:.200}") from error
    if is_open_document:
        raise ReviewError(f"{path} is an OpenDocument file: save it as .xlsx or CSV")
    if size > MAX_UNPACKED_BYTES:
        raise ReviewError(
            f"{path} is too large: it unpacks to {size:,} bytes. Save only the rows that were read"
        )


def _read_sheets(payload: bytes, path: object) -> Iterator[tuple[str, Iterator[tuple[int, dict[str, str]]]]]:
    """Yield the name of each sheet of verdicts, with the number and the values of its rows that have one."""
    with _require_openpyxl():
        from openpyxl import load_workbook
    try:
        book = load_workbook(io.BytesIO(payload), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            if (rows := _read_rows(sheet, path)) is not None:
                yield sheet.title, _select_verdicts(rows)
    except (MemoryError, ReviewError):
        raise
    except Exception as error:
        # The library raises many kinds of errors: all are faults of this file.
        raise ReviewError(f"{path} is damaged: {type(error).__name__}: {error!s:.200}") from error


def _read_rows(sheet: Any, path: object) -> list[tuple[int, dict[str, str]]] | None:
    """Return the number and the values of the rows below the header; None if the sheet has no such header."""
    # Files of other programs than Excel often declare a wrong size.
    sheet.reset_dimensions()
    names: list[str] | None = None
    rows: list[tuple[int, dict[str, str]]] = []
    n_cells = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        n_cells += 1 + len(values)
        if n_cells > MAX_CELLS:
            raise ReviewError(
                f"{path}, sheet {sheet.title}: over {MAX_CELLS:,} cells. Delete the empty rows and columns after the "
                "last one, or save it as CSV"
            )
        if names is None:
            header = [_to_text(value).strip().lower() for value in values]
            names = header if set(header) >= REQUIRED_COLUMNS else None
            if names is None and number >= MAX_HEADER_ROW:
                return None
        else:
            # Of two columns of one name the first counts.
            pairs = zip(reversed(names), reversed((*values, *[None] * len(names))[: len(names)]), strict=True)
            rows.append((number, {name: text for name, value in pairs if name and (text := _to_text(value))}))
    return None if names is None else rows


def _select_verdicts(rows: list[tuple[int, dict[str, str]]]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows that have a verdict."""
    return (row for row in rows if row[1].get("verdict", "").strip())


def _to_text(value: object) -> str:
    """Return the value of a cell as the text that a person sees: a day without a time, 7.0 as 7."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


@contextmanager
def _require_openpyxl() -> Iterator[None]:
    """Raise ReviewError, with what to install, if the library of the block is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ReviewError(
            "A workbook (.xlsx) needs the library openpyxl, which is not installed: `pip install openpyxl` (it is in "
            "the extra `inputs`), or use CSV: name a file that ends in .csv"
        ) from error
