"""Feeds, web archives, messages, PDF and tables: the documents of each, and the reasons of rejects."""

import gzip
import io
import random
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tasks.document.records import Document, Metadata, RawDocument, Rejected
from tasks.read.cleaning import clean_document
from tasks.read.readers import read_documents
from tests.tasks.read.sample_files import (
    ATOM_FEED,
    CSV_CELLS,
    HTML_PAGE,
    MAIL_HEADERS,
    RSS_FEED,
    SAMPLE_FILES,
    make_csv,
    make_parquet,
    make_pdf,
    make_text_operator,
    make_warc,
)
from warehouse.errors import InputError

DAILY = Metadata(publisher="The Daily")
DAY = date(2024, 3, 5)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(name: str, content: str | bytes, **columns: str) -> list[Document | Rejected]:
    """Return the cleaned documents and the rejects of a file with this name and content."""
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
    found = read_documents([name], DAILY, columns)
    return [clean_document(f) if isinstance(f, RawDocument) else f for f in found]


def texts(found: list[Document | Rejected]) -> list[tuple[str, str]]:
    """Return URI and text of the documents, URI and reason of the rejects."""
    return [(f.source_uri, f.reason if isinstance(f, Rejected) else f.text) for f in found]


def test_entries_of_a_feed_become_documents() -> None:
    found = read("news.rss", RSS_FEED)
    assert texts(found) == [
        ("news.rss#g-1", "He said “no”.\nShe denied it."),
        ("news.rss#https://a.org/2", "Only a teaser, he said."),
        ("news.rss#g-3", "no text"),
        ("news.rss#g-4", "Late."),
    ]
    assert isinstance(found[3], Document)
    assert found[3].metadata.published_problem == "not a date: some day in March"
    assert isinstance(found[0], Document)
    # The day is the one printed, although it is the next in UTC.
    assert found[0].metadata == Metadata("Example Times", "https://a.org/1", "T & U", "A. Writer", DAY)


def test_an_atom_entry_of_plain_text_is_kept_to_the_character() -> None:
    (found,) = read("notes.xml", ATOM_FEED)
    assert isinstance(found, Document)
    assert (found.source_uri, found.text) == ("notes.xml#tag:a.org,1", "5 < 6, he said.")
    assert found.metadata == Metadata("Notes", "https://a.org/1", "T", "B", DAY)


@pytest.mark.parametrize(("name", "unpack"), [("a.warc.gz", bytes), ("a.warc", gzip.decompress)])
def test_pages_of_a_web_archive(name: str, unpack: Callable[[bytes], bytes]) -> None:
    content = make_warc(
        ("response", "200 OK", "text/html; charset=utf-8", HTML_PAGE),
        ("response", "404 Not Found", "text/html", HTML_PAGE),
        ("response", "200 OK", "image/png", b"\x89PNG"),
        ("resource", "", "text/plain", b"Plain words."),
    )
    found = read(name, unpack(content))
    assert texts(found) == [
        (f"{name}#urn:uuid:0", "Café owners said so."),
        (f"{name}#urn:uuid:3", "Plain words."),
    ]
    assert isinstance(found[0], Document)
    assert (found[0].metadata.url, found[0].metadata.title) == ("https://a.org/0", "T")
    # The archive knows when the page was fetched, not when it was published.
    assert found[0].metadata.published_at is None


def test_a_cut_archive_gives_what_came_before_the_cut() -> None:
    noise = b"<!-- %s -->" % random.Random(1).randbytes(50_000).hex().encode()
    whole = make_warc(*[("response", "200 OK", "text/html", HTML_PAGE + noise)] * 3)
    found = read("a.warc.gz", whole[: len(whole) - 40])
    assert texts(found)[:2] == [(f"a.warc.gz#urn:uuid:{i}", "Café owners said so.") for i in range(2)]
    assert isinstance(found[-1], Rejected)


LONG_DENIAL = (
    b"The mayor of Zelnik denied on Monday that the city had paid the gang, that it had hidden the money and that it"
    b" had burned the books of the council."
)


@pytest.mark.parametrize(
    ("rest", "text"),
    [
        (b"Content-Type: text/plain; charset=koi8-r\r\n\r\n" + "Он сказал.".encode("koi8-r"), "Он сказал."),
        (b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n4oCcTm/igJ0=", "“No”"),
        (b"Content-Type: text/html\r\n\r\n<article><p>He said.</p><p>She did.</p></article>", "He said.\nShe did."),
        (b"Content-Type: text/plain; charset=us-ascii\r\n\r\nCaf\xc3\xa9.", "Café."),
        (
            b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>h\r\n"
            b"--b\r\nContent-Type: text/plain\r\n\r\nPlain.\r\n--b--",
            "Plain.",
        ),
        (
            "Content-Type: text/plain; charset=iso-8859-1\r\n\r\n“No,” he said.".encode(),
            "“No,” he said.",
        ),
        (
            b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
            b"The mayor of Zelnik denied on Monday...\r\n\r\nRead more: https://paper.example/a\r\n--b\r\n"
            b"Content-Type: text/html\r\n\r\n<article><p>" + LONG_DENIAL + b"</p></article>\r\n--b--",
            LONG_DENIAL.decode(),
        ),
    ],
)  # fmt: skip
def test_a_message_is_its_text(rest: bytes, text: str) -> None:
    (found,) = read("a.eml", MAIL_HEADERS.encode() + rest)
    assert isinstance(found, Document)
    assert found.text == text
    assert found.metadata == Metadata("The Daily", None, "Statement on Cafés", "Press Office", DAY)


def test_a_pdf_is_a_paragraph_a_line() -> None:
    drawn = make_pdf(
        make_text_operator("The ministry said on Monday that the exam-", 700),
        make_text_operator("ination had ended. It gave no details.", 686),
        make_text_operator("He denied it.", 640),
    )
    (found,) = read("a.pdf", drawn)
    assert isinstance(found, Document)
    assert found.text == (
        "The ministry said on Monday that the examination had ended. It gave no details.\nHe denied it."
    )
    assert found.metadata == Metadata("The Daily", None, "A Title", None, None)


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
OWN_REFERENCE = make_pdf(make_text_operator("Words.", 700)).replace(FONT, b"5 0 R".ljust(len(FONT)))
"""a file whose font is a reference to itself, which pdfminer would follow forever"""


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", make_pdf("72 72 100 100 re f"), "no text layer"),
        ("a.pdf", b"%PDF-1.4\nbroken", "unreadable PDF"),
        ("a.pdf", OWN_REFERENCE, "unreadable PDF"),
        ("a.xml", "<html><body><p>No feed.</p></body></html>", "no feed"),
        ("a.rss", "", "no feed"),
        ("a.rss", "b.rss", "no feed"),
        ("a.warc", "GET / HTTP/1.1\r\n\r\nwords", "broken WARC"),
        ("a.eml", "", "no text"),
        ("a.csv", "id,body\n1,Words.\n", "no text"),
        ("a.csv", "", "no text"),
        ("a.parquet", b"PAR1", "unreadable"),
    ],
)
def test_what_is_refused(name: str, content: str | bytes, reason: str) -> None:
    Path("b.rss").write_text(RSS_FEED)
    assert texts(read(name, content)) == [(name, reason)]


@pytest.mark.parametrize("content", [b"text\ncaf\xe9\n", b'text\n"never closed'])
def test_a_bad_row_of_csv_is_refused_by_its_number(content: bytes) -> None:
    assert texts(read("a.csv", content)) == [("a.csv#row=1", "broken CSV")]


@pytest.mark.parametrize(
    ("name", "content", "module"),
    [
        ("a.rss", RSS_FEED, "feedparser"),
        ("a.warc", "x", "warcio.archiveiterator"),
        ("a.pdf", make_pdf(), "pdfminer.pdfdocument"),
    ],
)
def test_a_missing_library_is_named(
    name: str, content: str | bytes, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    (found,) = read(name, content)
    assert isinstance(found, Rejected)
    assert found.reason == "library missing"
    assert "`make setup`, or pip install " in found.detail


NAMES = {"text": "body", "published_at": "when", "id": "nr", "title": "headline"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "\ufeff" + make_csv(CSV_CELLS, ",")),
        ("a.csv", make_csv(CSV_CELLS, ";")),
        ("a.tsv", make_csv(CSV_CELLS, "\t")),
        ("a.csv.gz", gzip.compress(make_csv(CSV_CELLS, ",").encode())),
        ("a.parquet", make_parquet(**{name: pa.array([cell]) for name, cell in CSV_CELLS.items()})),
        (
            "a.parquet",
            make_parquet(
                body=pa.array([CSV_CELLS["body"]]).dictionary_encode(),
                when=pa.array([DAY]),
                nr=pa.array([7]),
                headline=pa.array(["T"], pa.large_string()),
            ),
        ),
        ("a.jsonl", '{"body": "He said “no”,\\nshe said.", "when": "2024-03-05", "nr": 7, "headline": "T"}'),
    ],
)
def test_columns_of_a_corpus_are_named(name: str, content: str | bytes) -> None:
    (found,) = read(name, content, **NAMES)
    assert isinstance(found, Document)
    assert (found.source_uri, found.text) == (f"{name}#7", CSV_CELLS["body"])
    assert found.metadata == Metadata("The Daily", None, "T", None, DAY)


def test_rows_are_refused_one_by_one() -> None:
    found = read("a.csv", "text,published_at\nOne.,2024-03-05\nTwo.,03/04/2024\n\n,\nFour.,\n")
    assert texts(found) == [
        ("a.csv#row=1", "One."),
        ("a.csv#row=2", "bad date"),
        ("a.csv#row=3", "empty text"),
        ("a.csv#row=4", "Four."),
    ]


def test_an_unknown_field_is_an_error_before_anything_is_read() -> None:
    Path("a.csv").write_text("body\nx\n")
    with pytest.raises(InputError, match="expected a name for any of text, html"):
        read_documents(["a.csv"], DAILY, {"content": "body"})


@pytest.mark.parametrize("header", ["From: <", "From: :;("])
def test_a_header_that_the_library_fails_on_is_a_reject(header: str) -> None:
    (found,) = read("a.eml", f"{header}\r\n\r\nPlain.\r\n".encode())
    assert isinstance(found, Rejected)
    assert found.reason == "broken message"


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(SAMPLE_FILES)), st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12))
@example("a.pdf", 0.0, 0, b"")
def test_damage_gives_documents_or_rejects(name: str, where: float, cut: int, put: bytes) -> None:
    whole = SAMPLE_FILES[name]
    at = int(where * len(whole))
    for found in read(name, whole[:at] + put + whole[at + cut :]):
        assert isinstance(found, Document | Rejected)


def test_lines_of_csv_that_end_with_a_carriage_return_alone_are_rows() -> None:
    found = read("a.csv", "id,text\r1,He denied it.\r2,She did not.\r")
    assert texts(found) == [("a.csv#1", "He denied it."), ("a.csv#2", "She did not.")]


def test_bytes_in_a_column_of_parquet_are_text() -> None:
    target = io.BytesIO()
    pq.write_table(pa.table({"text": pa.array([b"Caf\xc3\xa9.", b"\xff"], pa.binary())}), target)
    first, second = read("a.parquet", target.getvalue())
    assert isinstance(first, Document)
    assert first.text == "Café."
    assert isinstance(second, Rejected)
