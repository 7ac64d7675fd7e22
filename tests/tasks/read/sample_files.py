"""Small files of every format, built in memory."""

import gzip
import io

import pyarrow as pa
import pyarrow.parquet as pq
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

RSS_FEED = """<?xml version="1.0" encoding="utf-8"?>
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

ATOM_FEED = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Notes</title><id>f</id>
<updated>2024-03-06T00:00:00Z</updated>
<entry><id>tag:a.org,1</id><title>T</title><published>2024-03-05T23:30:00-05:00</published>
<author><name>B</name></author><link href="https://a.org/1"/>
<content type="text">5 &lt; 6, he said.</content></entry></feed>"""

HTML_PAGE = (
    b"<html><head><title>T</title></head><body>"
    b"<article><p>Caf\xc3\xa9 owners said so.</p></article></body></html>"
)

MAIL_HEADERS = (
    "From: Press Office <press@a.org>\r\nSubject: =?utf-8?q?Statement_on_Caf=C3=A9s?=\r\n"
    "Date: Tue, 05 Mar 2024 23:30:00 -0500\r\nMIME-Version: 1.0\r\n"
)

CSV_CELLS = {
    "body": "He said “no”,\nshe said.",
    "when": "2024-03-05 10:00",
    "nr": "7",
    "headline": "T",
    "tags": "x",
}


def make_warc(*records: tuple[str, str, str, bytes]) -> bytes:
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


def make_pdf(*operators: str, title: str = "A Title") -> bytes:
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


def make_text_operator(words: str, y: int) -> str:
    return f"BT /F1 12 Tf 72 {y} Td ({words}) Tj ET"


def make_csv(cells: dict[str, str], delimiter: str) -> str:
    rows = (cells.keys(), cells.values())
    return "".join(delimiter.join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)


def make_parquet(**columns: pa.Array) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


SAMPLE_FILES = {
    "a.rss": RSS_FEED.encode(),
    "a.atom": ATOM_FEED.encode(),
    "a.warc": gzip.decompress(
        make_warc(("response", "200 OK", "text/html", HTML_PAGE), ("resource", "", "text/plain", b"x"))
    ),
    "a.warc.gz": make_warc(("response", "200 OK", "text/html", HTML_PAGE)),
    "a.eml": MAIL_HEADERS.encode()
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nPlain.\r\n--b--",
    "a.pdf": make_pdf(make_text_operator("Some words.", 700)),
    "a.csv": make_csv(CSV_CELLS, ",").encode(),
    "a.parquet": make_parquet(text=pa.array(["Some words.", None])),
}
