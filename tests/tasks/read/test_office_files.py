"""Word and Excel files, and what is attached to mails."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from tasks.document.records import Document, Metadata, RawDocument, Rejected
from tasks.read.cleaning import clean_document
from tasks.read.readers import read_documents

Found = list[Document | Rejected]


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str, bytes], Found]:
    def read_file(name: str, content: bytes) -> Found:
        path = tmp_path / name
        path.write_bytes(content)
        raw = read_documents([path], Metadata(publisher="The Daily"))
        return [clean_document(r) if isinstance(r, RawDocument) else r for r in raw]

    return read_file


def make_docx(paragraphs: Sequence[str] = ("The mayor denied it.", "She left."), **properties: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    for name, value in properties.items():
        setattr(document.core_properties, name, value)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def make_xlsx(sheets: dict[str, list[list[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pack(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return out.getvalue()


def test_a_word_file_is_its_paragraphs(read: Callable[[str, bytes], Found]) -> None:
    (found,) = read("a.docx", make_docx(title="Mayor denies it", author="Ann Lee"))
    assert isinstance(found, Document)
    assert found.text == "The mayor denied it.\nShe left."
    assert found.metadata == Metadata("The Daily", None, "Mayor denies it", "Ann Lee", None)


def test_tables_insertions_and_line_breaks_are_read_and_deletions_are_not(
    read: Callable[[str, bytes], Found],
) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("The mayor ")
    for kind, tag, words in (("ins", "t", "denied"), ("del", "delText", "admitted")):
        run = (
            f'<w:{kind} {nsdecls("w")}><w:r><w:{tag} xml:space="preserve">{words}</w:{tag}></w:r></w:{kind}>'
        )
        paragraph._p.append(parse_xml(run))
    paragraph.add_run(" it.").add_break()
    paragraph.add_run("Twice.")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Left.", "Right."
    document.add_paragraph("End.")
    out = io.BytesIO()
    document.save(out)
    (found,) = read("a.docx", out.getvalue())
    assert isinstance(found, Document)
    assert found.text == "The mayor denied it.\nTwice.\nLeft.\nRight.\nEnd."


NEWS: list[list[Any]] = [
    ["id", "text", "published_at", "author"],
    [7, "The mayor denied it.", datetime(2024, 3, 5, 10, 0), "Ann Lee"],
    ["b", "She left.", "2024-03-06"],
    [],
    ["c", None, None, None],
]


def test_rows_of_sheets_are_documents(read: Callable[[str, bytes], Found]) -> None:
    found = read("a.xlsx", make_xlsx({"News": NEWS, "Empty": [], "Notes": [["colour"], ["red"]]}))
    first, second, third, fourth = found
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert first.source_uri.endswith("a.xlsx#7")
    assert first.metadata == Metadata("The Daily", None, None, "Ann Lee", date(2024, 3, 5))
    assert (second.text, second.metadata.published_at) == ("She left.", date(2024, 3, 6))
    assert isinstance(third, Rejected)
    assert (third.reason, third.source_uri.rpartition("#")[2]) == ("no text", "News!row=4")
    assert isinstance(fourth, Rejected)
    assert fourth.source_uri.endswith("#Notes")


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx"])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "unreadable"),
        (b"PK\x03\x04 no archive", "unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "locked"),
        (pack({"[Content_Types].xml": b"<Types/>"}), "unreadable"),
        (pack({"word/document.xml": b" " * 20_000_000}), "too large"),
        (make_docx()[:900], "unreadable"),
        (make_xlsx({"News": NEWS})[:900], "unreadable"),
    ],
)
def test_a_broken_locked_or_swollen_file_is_one_reject(
    read: Callable[[str, bytes], Found], name: str, content: bytes, reason: str
) -> None:
    (found,) = read(name, content)
    assert isinstance(found, Rejected)
    assert found.reason.startswith(reason)


def test_entities_of_a_word_file_do_not_expand(read: Callable[[str, bytes], Found]) -> None:
    levels = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 20}">' for i in range(1, 9))
    bomb = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e0 "lol">{levels}]>'
    with zipfile.ZipFile(io.BytesIO(make_docx())) as package:
        members = {name: package.read(name) for name in package.namelist()}
    body = members["word/document.xml"].decode().partition("?>")[2].replace("She left.", "&e8;")
    (found,) = read("a.docx", pack(members | {"word/document.xml": (bomb + body).encode()}))
    assert isinstance(found, Rejected) or "lol" not in found.text


def make_mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "Press <press@city.example>", "Statement"
    message["Date"] = "Tue, 05 Mar 2024 10:00:00 +0000"
    message.set_content("The mayor denied it.")
    return message


def test_attachments_that_can_be_read_are_documents(read: Callable[[str, bytes], Found]) -> None:
    message, forwarded = make_mail(), make_mail()
    forwarded.set_content("She accused him of lying.")
    message.add_attachment(make_docx(), maintype="application", subtype="octet-stream", filename="a.docx")
    message.add_attachment("He left.", filename="b.txt")
    message.add_attachment(forwarded)
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
    message.add_attachment(b"PK", maintype="application", subtype="zip", filename="c.zip")
    message.add_attachment(b"\xd0\xcf", maintype="application", subtype="msword", filename="d.doc")
    found = read("a.eml", message.as_bytes())
    texts = [(f.source_uri.partition("#")[2], f.text.strip()) for f in found if isinstance(f, Document)]
    assert texts == [
        ("", "The mayor denied it."),
        ("attachment=1", "The mayor denied it.\nShe left."),
        ("attachment=2", "He left."),
        ("attachment=3", "She accused him of lying."),
    ]
    assert {f.metadata.published_at for f in found if isinstance(f, Document)} == {date(2024, 3, 5)}
    rejected = [f.source_uri.partition("#")[2] for f in found if isinstance(f, Rejected)]
    assert rejected == ["attachment=5", "attachment=6"]


def test_a_mail_without_a_text_is_its_attachments(read: Callable[[str, bytes], Found]) -> None:
    message = EmailMessage()
    message["From"] = "press@city.example"
    message.add_attachment(make_docx(), maintype="application", subtype="octet-stream", filename="a.docx")
    (found,) = read("a.eml", message.as_bytes())
    assert isinstance(found, Document)
    assert found.text.startswith("The mayor")


def test_the_plain_part_is_the_text_and_the_html_part_no_attachment(
    read: Callable[[str, bytes], Found],
) -> None:
    message = make_mail()
    message.add_alternative("<p>The mayor denied it.</p>", subtype="html")
    message.add_attachment("He left.", filename="b.txt")
    assert [f.text.strip() for f in read("a.eml", message.as_bytes()) if isinstance(f, Document)] == [
        "The mayor denied it.",
        "He left.",
    ]


@pytest.mark.parametrize("suffix", ["doc", "odt", "rtf", "xls", "msg", "mbox", "epub"])
def test_documents_that_are_not_read_are_rejects_in_a_folder(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"a.{suffix}").write_bytes(b"x")
    (tmp_path / "b.txt").write_text("He left.")
    found = list(read_documents([tmp_path], Metadata()))
    assert [(type(f), f.source_uri.rpartition("/")[2]) for f in found] == [
        (Rejected, f"a.{suffix}"),
        (RawDocument, "b.txt"),
    ]
