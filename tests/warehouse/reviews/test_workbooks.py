"""Workbooks of verdicts: what is written, and what is read after a spreadsheet has saved it in its own way."""

import builtins
import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.warehouse.reviews.test_reviews import read_reviewed, run
from warehouse.reviews import ReviewError, read_verdicts, workbooks
from warehouse.reviews.workbooks import write_workbook

Cells = Sequence[Sequence[Any]]
HEADER = ("statement_id", "verdict", "note")


def save_book(path: Path, sheets: dict[str, Cells], change: Callable[[Any], None] | None = None) -> Path:
    """Save sheets as a spreadsheet would that knows nothing of ours."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if change:
        change(book)
    book.save(path)
    return path


def open_sheet(payload: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(payload))[workbooks.SHEET_NAME]


def test_the_sheet_is_made_to_be_read(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "sheet.xlsx"
    code, told, _ = run(capsys, "review", "--sample", 50, "--out", out, "--warehouse", root)
    assert (code, f"counterclaim review {out} --reviewer NAME" in told) == (0, True)
    sheet = open_sheet(out.read_bytes())
    names = [cell.value for cell in sheet[1]]
    place = {name: openpyxl.utils.get_column_letter(i) for i, name in enumerate(names, 1)}
    assert sheet.freeze_panes == "B2"
    assert names[0] == "verdict"
    assert sheet[f"{place['passage']}2"].alignment.wrap_text
    assert sheet.column_dimensions[place["passage"]].width > sheet.column_dimensions[place["kind"]].width
    offered = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation}
    last = sheet.max_row
    assert offered[f"A2:A{last}"] == '"accepted,rejected,corrected"'
    assert "negated_assertion" in offered[f"{place['corrected_type']}2:{place['corrected_type']}{last}"]
    # The press has a text that begins with an equals sign.
    assert any("=1+1" in str(row[names.index("passage")]) for row in sheet.iter_rows(values_only=True))
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


@pytest.mark.parametrize(
    "text", ["=1+1", "+49 30", "-x", "@sum", '=HYPERLINK("http://x")', "{=1}", "'=1", "\t=1"]
)
def test_text_is_never_a_formula(text: str) -> None:
    cell = open_sheet(write_workbook(["note"], [[text]]))["A2"]
    assert (cell.data_type, cell.value) == ("s", text)
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(write_workbook(["note"], [[text]]))).read(
        "xl/worksheets/sheet1.xml"
    )


def test_characters_that_a_workbook_cannot_hold_become_spaces() -> None:
    sheet = open_sheet(write_workbook(["a", "b", "c"], [["x\x0by\x00", "1\r\n2\r3", "long " * 10_000]]))
    assert [cell.value[:5] for cell in sheet[2]] == ["x y ", "1\n2\n3", "long "]


def test_a_workbook_goes_to_a_person_and_back_into_the_tables(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, place = tmp_path / "sheet.xlsx", ("--warehouse", root)
    run(capsys, "review", "--sample", 50, "--out", out, *place)
    book = openpyxl.load_workbook(out)
    sheet = book[workbooks.SHEET_NAME]
    column = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        corrects = sheet.cell(row, column["statement_id"]).value == "c1"
        sheet.cell(row, column["verdict"]).value = (
            "Corrected " if corrects else "REJECTED" if row % 2 else None
        )
        if corrects:
            sheet.cell(row, column["corrected_type"]).value = "statement"
            sheet.cell(row, column["note"]).value = 2026
    book.active = book[workbooks.GUIDE_NAME]
    book.save(out)
    code, told, _ = run(capsys, "review", out, "--reviewer", "Ada", *place)
    assert (code, "new verdicts, 0 changed, 0 as before" in told) == (0, True)
    kept = read_reviewed(root, "statement_id, verdict, type, notes")
    assert ("c1", "corrected", "statement", ["Ada: 2026"]) in kept
    assert {verdict for _, verdict, _, _ in kept} == {"corrected", "rejected"}


@pytest.mark.parametrize(
    "sheets",
    [
        {"rows": [HEADER, ("c1", "accepted", None), ("c2", None, "later"), ("n1", "rejected", "no")]},
        {"Notes": [("my notes",)], "Sheet2": [HEADER, ("c1", "Accepted", ""), ("n1", " rejected ", "no")]},
        {
            "rows": [
                (),
                ("Harbour, week 2",),
                (),
                HEADER,
                ("c1", "accepted"),
                (),
                (),
                ("n1", "REJECTED", "no"),
                (),
            ]
        },
        {"rows": [(" Statement_ID", "VERDICT", "Note", None), ("c1", "accepted"), ("n1", "rejected", "no")]},
        {
            "rows": [
                (*HEADER, "verdict"),
                ("c1", "accepted", None, "rejected"),
                ("n1", "rejected", "no", None),
            ]
        },
        {
            "rows": [HEADER, ("c1", "accepted"), ("n1", "rejected", "no")],
            "copy": [HEADER, ("c1", None), ("n1",)],
        },
    ],
)
def test_sheets_are_read_wherever_they_stand(sheets: dict[str, Cells], tmp_path: Path) -> None:
    found = read_verdicts(save_book(tmp_path / "sheet.xlsx", sheets), "Ada")
    assert [(v["statement_id"], v["verdict"], v["note"]) for v in found] == [
        ("c1", "accepted", None),
        ("n1", "rejected", "no"),
    ]


def test_numbers_days_and_times_become_text(tmp_path: Path) -> None:
    header = (*HEADER, "reviewed_at", "corrected_speaker")
    rows = [
        header,
        ("c1", "corrected", 7.0, datetime(2026, 11, 23, 10), 1914),
        ("c2", "accepted", 0.25, datetime(2026, 11, 23), None),
        ("c3", "accepted", datetime(2026, 11, 24), None, None),
        ("c4", "accepted", True, None, None),
    ]
    found = read_verdicts(save_book(tmp_path / "s.xlsx", {"rows": rows}), "Ada")
    assert [v["note"] for v in found] == ["7", "0.25", "2026-11-24", "True"]
    assert [v["reviewed_at"].isoformat()[:16] for v in found[:2]] == ["2026-11-23T10:00", "2026-11-23T00:00"]
    assert found[0]["corrected_speaker"] == "1914"


def test_a_sheet_with_a_cell_far_below_is_read(tmp_path: Path) -> None:
    def touch(book: Any) -> None:
        book["rows"].cell(60_000, 12).value = " "

    path = save_book(tmp_path / "s.xlsx", {"rows": [HEADER, ("c1", "accepted", None)]}, touch)
    assert [v["statement_id"] for v in read_verdicts(path, "Ada")] == ["c1"]


def make_open_document() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    return out.getvalue()


def make_zip_of_zeros() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package, package.open("xl/a.xml", "w") as member:
        for _ in range(210):
            member.write(bytes(1_000_000))
    return out.getvalue()


WHOLE = write_workbook(HEADER, [("c1", "accepted", "")])


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (WHOLE[: len(WHOLE) // 2], "is damaged"),
        (WHOLE[:40] + bytes(200) + WHOLE[240:], "is damaged"),
        (b"PK\x03\x04", "is damaged"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "locked with a password, or of an old version"),
        (make_open_document(), "OpenDocument file: save it as .xlsx or CSV"),
        (make_zip_of_zeros(), "too large: it unpacks to 210,000,000 bytes"),
        (write_workbook(["verdict"], [("accepted",)]), "no sheet has the columns statement_id and verdict"),
        (write_workbook(HEADER, [("c1", "perhaps", "")]), "sheet rows, row 2: expected a verdict accepted"),
        (write_workbook(HEADER, [("", "accepted", "")]), "row 2: the statement_id is missing"),
    ],
)  # fmt: skip
def test_a_workbook_that_cannot_be_used_is_named_with_the_reason(
    payload: bytes, told: str, tmp_path: Path
) -> None:
    (tmp_path / "sheet.xlsx").write_bytes(payload)
    with pytest.raises(ReviewError, match=r"sheet\.xlsx") as raised:
        read_verdicts(tmp_path / "sheet.xlsx", "Ada")
    assert told in str(raised.value)


def test_verdicts_on_two_sheets_are_refused(tmp_path: Path) -> None:
    rows = [HEADER, ("c1", "accepted", None)]
    with pytest.raises(ReviewError, match="the sheets rows, copy all have verdicts"):
        read_verdicts(save_book(tmp_path / "s.xlsx", {"rows": rows, "copy": rows}), "Ada")


def test_a_sheet_of_too_many_cells_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_CELLS", 100)
    rows = [HEADER, *((f"c{i}", "accepted", None) for i in range(100))]
    with pytest.raises(ReviewError, match="over 100 cells"):
        read_verdicts(save_book(tmp_path / "s.xlsx", {"rows": rows}), "Ada")


def test_without_the_library_the_message_says_what_to_install(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def refuse(name: str, *given: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "openpyxl":
            raise ModuleNotFoundError("No module named 'openpyxl'", name="openpyxl")
        return real(name, *given, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    out = tmp_path / "sheet.xlsx"
    code, _, err = run(capsys, "review", "--sample", 5, "--out", out, "--warehouse", root)
    assert (code, "pip install openpyxl" in err, out.exists()) == (2, True, False)


@pytest.mark.parametrize("suffix", [".xls", ".ods", ".XLSM"])
def test_other_workbooks_are_not_written(
    suffix: str, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"sheet{suffix}"
    code, _, err = run(capsys, "review", "--sample", 5, "--out", out, "--warehouse", root)
    assert (code, "ends in .csv or .xlsx" in err) == (2, True)
