"""Feeds, web archives, messages, PDF and tables: what each becomes, and what is refused with which reason."""

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
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tasks.document.records import Document, Metadata, RawDocument, Rejected
from tasks.read.cleaning import clean
from tasks.read.readers import InputError, read_documents

DAILY = Metadata(publisher="The Daily")
DAY = date(2024, 3, 5)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(name: str, content: str | bytes, **columns: str) -> list[Document | Rejected]:
    """Return what a file of this name and content becomes, cleaned."""
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
    found = read_documents([name], DAILY, columns)
    return [clean(f) if isinstance(f, RawDocument) else f for f in found]


def texts(found: list[Document | Rejected]) -> list[tuple[str, str]]:
    """Return name and text of the documents, name and reason of what was refused."""
    return [(f.source_uri, f.reason if isinstance(f, Rejected) else f.text) for f in found]


RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Example Times</title><link>https://a.org/</link><description>d</description>
<item><title>T &amp; U</title><link>https://a.org/1</link><guid>g-1</guid><author>A. Writer</author>
<pubDate>Tue, 05 Mar 2024 23:30:00 -0500</pubDate><description>Teaser.</description>
<content:encoded><![CDATA[<p>He said “no”.</p><p>She <b>denied</b> it.</p><script>x()</script>
]]></content:encoded></item>
<item><link>https://a.org/2</link><description>Only a teaser, he said.</description></item>
<item><guid>g-3</guid><title>Nothing</title></item>
<item><guid>g-4</guid><description>Late.</description><pubDate>some day in March</pubDate></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Notes</title><id>f</id>
<updated>2024-03-06T00:00:00Z</updated>
<entry><id>tag:a.org,1</id><title>T</title><published>2024-03-05T23:30:00-05:00</published>
<author><name>B</name></author><link href="https://a.org/1"/>
<content type="text">5 &lt; 6, he said.</content></entry></feed>"""


def test_entries_of_a_feed_become_documents() -> None:
    found = read("news.rss", RSS)
    assert texts(found) == [
        ("news.rss#g-1", "He said “no”.\nShe denied it."),
        ("news.rss#https://a.org/2", "Only a teaser, he said."),
        ("news.rss#g-3", "no text"),
        ("news.rss#g-4", "bad date"),
    ]
    assert isinstance(found[0], Document)
    # The day is the one printed, although it is the next in UTC.
    assert found[0].metadata == Metadata("Example Times", "https://a.org/1", "T & U", "A. Writer", DAY)


def test_an_atom_entry_of_plain_text_is_kept_to_the_character() -> None:
    (found,) = read("notes.xml", ATOM)
    assert isinstance(found, Document)
    assert (found.source_uri, found.text) == ("notes.xml#tag:a.org,1", "5 < 6, he said.")
    assert found.metadata == Metadata("Notes", "https://a.org/1", "T", "B", DAY)


def archive(*records: tuple[str, str, str, bytes]) -> bytes:
    """Return a WARC of (type, status, content type, body), each at an address of its own."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    for number, (kind, status, media, body) in enumerate(records):
        http = StatusAndHeaders(status, [("Content-Type", media)], protocol="HTTP/1.1")
        head = {"WARC-Record-ID": f"<urn:uuid:{number}>"}
        url = f"https://a.org/{number}"
        answer = http if kind == "response" else None
        writer.write_record(
            writer.create_warc_record(
                url,
                kind,
                payload=io.BytesIO(body),
                http_headers=answer,
                warc_headers_dict=head,
                warc_content_type=media if answer is None else None,
            )
        )
    return out.getvalue()


PAGE = b"<html><head><title>T</title></head><body><article><p>Caf\xc3\xa9 owners said so.</p></article></body></html>"


@pytest.mark.parametrize(("name", "unpack"), [("a.warc.gz", bytes), ("a.warc", gzip.decompress)])
def test_pages_of_a_web_archive(name: str, unpack: Callable[[bytes], bytes]) -> None:
    content = archive(
        ("response", "200 OK", "text/html; charset=utf-8", PAGE),
        ("response", "404 Not Found", "text/html", PAGE),
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
    whole = archive(*[("response", "200 OK", "text/html", PAGE + noise)] * 3)
    found = read("a.warc.gz", whole[: len(whole) - 40])
    assert texts(found)[:2] == [(f"a.warc.gz#urn:uuid:{i}", "Café owners said so.") for i in range(2)]
    assert isinstance(found[-1], Rejected)


MAIL = (
    "From: Press Office <press@a.org>\r\nSubject: =?utf-8?q?Statement_on_Caf=C3=A9s?=\r\n"
    "Date: Tue, 05 Mar 2024 23:30:00 -0500\r\nMIME-Version: 1.0\r\n"
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
    ],
)  # fmt: skip
def test_a_message_is_its_text(rest: bytes, text: str) -> None:
    (found,) = read("a.eml", MAIL.encode() + rest)
    assert isinstance(found, Document)
    assert found.text == text
    assert found.metadata == Metadata("The Daily", None, "Statement on Cafés", "Press Office", DAY)


def pdf(*operators: str, title: str = "A Title") -> bytes:
    """Return a PDF of one page that draws what the operators say."""
    stream = "\n".join(operators).encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Title ({title}) /CreationDate (D:20240305) >>".encode(),
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 7\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return bytes(out + b"trailer << /Size 7 /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF" % table)


def line(words: str, y: int) -> str:
    return f"BT /F1 12 Tf 72 {y} Td ({words}) Tj ET"


def test_a_pdf_is_a_paragraph_a_line() -> None:
    drawn = pdf(
        line("The ministry said on Monday that the exam-", 700),
        line("ination had ended. It gave no details.", 686),
        line("He denied it.", 640),
    )
    (found,) = read("a.pdf", drawn)
    assert isinstance(found, Document)
    assert found.text == (
        "The ministry said on Monday that the examination had ended. It gave no details.\nHe denied it."
    )
    assert found.metadata == Metadata("The Daily", None, "A Title", None, None)


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
OWN_REFERENCE = pdf(line("Words.", 700)).replace(FONT, b"5 0 R".ljust(len(FONT)))
"""a file whose font is a reference to itself, which pdfminer would follow for ever"""


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", pdf("72 72 100 100 re f"), "no text layer"),
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
    Path("b.rss").write_text(RSS)
    assert texts(read(name, content)) == [(name, reason)]


@pytest.mark.parametrize("content", [b"text\ncaf\xe9\n", b'text\n"never closed'])
def test_a_bad_row_of_csv_is_refused_by_its_number(content: bytes) -> None:
    assert texts(read("a.csv", content)) == [("a.csv#row=1", "broken CSV")]


@pytest.mark.parametrize(
    ("name", "content", "module"),
    [("a.rss", RSS, "feedparser"), ("a.warc", "x", "warcio.archiveiterator"), ("a.pdf", pdf(), "pdfminer.pdfdocument")],
)  # fmt: skip
def test_a_missing_library_is_named(
    name: str, content: str | bytes, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    (found,) = read(name, content)
    assert isinstance(found, Rejected)
    assert found.reason == "library missing"
    assert "`make setup`, or pip install " in found.detail


CELLS = {
    "body": "He said “no”,\nshe said.",
    "when": "2024-03-05 10:00",
    "nr": "7",
    "headline": "T",
    "tags": "x",
}
NAMES = {"text": "body", "published_at": "when", "id": "nr", "title": "headline"}


def quoted(cells: dict[str, str], delimiter: str) -> str:
    rows = (cells.keys(), cells.values())
    return "".join(delimiter.join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)


def parquet(**columns: pa.Array) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "\ufeff" + quoted(CELLS, ",")),
        ("a.csv", quoted(CELLS, ";")),
        ("a.tsv", quoted(CELLS, "\t")),
        ("a.csv.gz", gzip.compress(quoted(CELLS, ",").encode())),
        ("a.parquet", parquet(**{name: pa.array([cell]) for name, cell in CELLS.items()})),
        (
            "a.parquet",
            parquet(
                body=pa.array([CELLS["body"]]).dictionary_encode(),
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
    assert (found.source_uri, found.text) == (f"{name}#7", CELLS["body"])
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


SAMPLES = {
    "a.rss": RSS.encode(),
    "a.atom": ATOM.encode(),
    "a.warc": gzip.decompress(
        archive(("response", "200 OK", "text/html", PAGE), ("resource", "", "text/plain", b"x"))
    ),
    "a.warc.gz": archive(("response", "200 OK", "text/html", PAGE)),
    "a.eml": MAIL.encode() + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nPlain.\r\n--b--",
    "a.pdf": pdf(line("Some words.", 700)),
    "a.csv": quoted(CELLS, ",").encode(),
    "a.parquet": parquet(text=pa.array(["Some words.", None])),
}


@pytest.mark.parametrize("header", ["From: <", "From: :;("])
def test_a_header_that_the_library_fails_on_is_a_reject(header: str) -> None:
    (found,) = read("a.eml", f"{header}\r\n\r\nPlain.\r\n".encode())
    assert isinstance(found, Rejected)
    assert found.reason == "broken message"


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(SAMPLES)), st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12))
@example("a.pdf", 0.0, 0, b"")
def test_damage_gives_documents_or_rejects(name: str, where: float, cut: int, put: bytes) -> None:
    whole = SAMPLES[name]
    at = int(where * len(whole))
    for found in read(name, whole[:at] + put + whole[at + cut :]):
        assert isinstance(found, Document | Rejected)
