"""Damaged containers: every row and record is a document or a reject, and undamaged ones are intact."""

import csv
import gzip
import io
import json
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.document.records import Document, Metadata, RawDocument, Rejected
from tasks.read import byte_streams
from tasks.read.cleaning import clean_document
from tasks.read.readers import read_documents
from tests.tasks.read.sample_files import make_pdf, make_text_operator, make_warc

HOLD = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(path: Path, content: bytes) -> tuple[dict[str, str], list[Rejected]]:
    """Return text by id of the documents, and the rejects."""
    path.write_bytes(content)
    texts, rejects = {}, []
    for raw in read_documents([path], Metadata()):
        found = clean_document(raw) if isinstance(raw, RawDocument) else raw
        if isinstance(found, Document):
            texts[found.source_uri.rpartition("#")[2]] = found.text
        else:
            rejects.append(found)
    return texts, rejects


def text_of(number: int) -> str:
    return f"Row {number}: “Fiji denied it”, he said.\n\nIraq, too, accused Fiji of lying."


def csv_row(number: int) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow([f"i{number}", text_of(number), "2024-03-05"])
    return out.getvalue()


CSV_DAMAGE: list[Callable[[int], bytes]] = [
    lambda n: f'i{n},"abc"def "quoted" wrong,2024-03-05\r\n'.encode(),
    lambda n: f'i{n},"never closed,2024-03-05\r\n'.encode(),
    lambda n: f'"i{n}","said ""this"" and "that"","2024-03-05"\r\n'.encode(),
    lambda n: f"i{n},Iraq accused Guam, Tonga,2024-03-05\r\n".encode(),
    lambda n: f"i{n}\r\n".encode(),
    lambda n: f"i{n},too few\r\n".encode(),
    lambda n: f'i{n},"caf'.encode() + b'\xe9 owner denied it",2024-03-05\r\n',
    lambda n: f'i{n},"a \xff byte'.encode("latin-1") + b'",2024-03-05\r\n',
    lambda n: f'i{n},"a","b","c","d"\r\n'.encode(),
    lambda n: f"i{n},text,not a day\r\n".encode(),
    lambda n: f'"i{n}"x,text,2024-03-05\r\n'.encode(),
    lambda n: f'i{n},text,"2024-03-05\r\n'.encode(),
    lambda n: f'i{n},text,"2024"-03-05\r\n'.encode(),
    lambda n: f'"i{n}","He said no"\r\n'.encode(),
    lambda n: f'i{n},He said "no"\r\n'.encode(),
    lambda n: f'i{n},"one paragraph\r\n\r\nand another"\r\n'.encode(),
    lambda n: f'i{n},"He said "no" to it.\r\nAnd then he said more.",2024-03-05\r\n'.encode(),
    lambda n: f'i{n},"He said "no".\r\n\r\nThen "yes" too.\r\nThe end ""so"".","2024-03-05"\r\n'.encode(),
]
BROKEN_ROWS = {
    "first cell": '"i1"x,text,2024-03-05',
    "middle cell": 'i1,"abc"def,2024-03-05',
    "last cell": 'i1,text,"2024"-03-05',
    "first cell open": '"i1,text,2024-03-05',
    "middle cell open": 'i1,"abc,2024-03-05',
    "last cell open": 'i1,text,"2024-03-05',
    "open and short": 'i1,"abc',
    "words quoted": 'i1,"he said "no" to it",2024-03-05',
    "comma quoted": 'i1,"he said "no, no" to it",2024-03-05',
    "paragraphs": 'i1,"he said "no" to it\n\nand more",2024-03-05',
    "paragraph with quotes": 'i1,"he said "no" to it\nand "yes" to that\nat last",2024-03-05',
}
NEXT_ROWS = {
    "one cell": "i2",
    "two cells": "i2,too few",
    "two quoted cells": '"i2","too few"',
    "quoted words": 'i2,he said "no"',
    "an open quotation": 'i2,"abc',
    "a broken quotation": '"i2"x,too few',
    "quoted words and a paragraph": 'i2,"He said "no" to it.\nAnd then he said more.",2024-03-05',
    "paragraphs": 'i2,"one\n\ntwo"',
    "many cells": "i2,a,2024-03-05,c,d",
    "a good row": 'i2,"Fiji denied\n\nit, he said.",2024-03-05',
    "a good row without quotation": "i2,Fiji denied it.,2024-03-05",
}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "after", ["", "\n", "\ni3,Guam denied it.,2024-03-05", '\n"i3","Guam denied it.",""\n']
)
@pytest.mark.parametrize("following", NEXT_ROWS)
@pytest.mark.parametrize("broken", BROKEN_ROWS)
def test_the_row_after_a_broken_quotation_is_counted(
    tmp_path: Path, broken: str, following: str, after: str, end: str
) -> None:
    body = f"id,text,published_at\n{BROKEN_ROWS[broken]}\n{NEXT_ROWS[following]}{after}"
    texts, rejects = read(tmp_path / "a.csv", body.replace("\n", end).encode())
    good = {"i2"} if "good" in following else set()
    assert texts.keys() == (good | {"i3"} if "i3" in after else good)
    assert [reject.source_uri.rpartition("#")[2] for reject in rejects] == [
        "row=1",
        *([] if good else ["row=2"]),
    ]


@HOLD
@given(
    st.lists(
        st.sampled_from(["i{n}", "i{n},too few", 'i{n},"open', '"i{n}"x,y', 'i{n},"a"b,c', '"']), max_size=300
    )
)
def test_lines_too_short_are_counted_one_by_one(tmp_path: Path, lines: list[str]) -> None:
    rows = [line.format(n=n) for n, line in enumerate(lines)]
    body = "\n".join(["id,text,url,published_at", *rows, "end,Fiji denied it.,,2024-03-05\n"])
    texts, rejects = read(tmp_path / "a.csv", body.encode())
    assert texts == {"end": "Fiji denied it."}
    assert len(rejects) <= len(lines)


@HOLD
@given(st.integers(1, 25), st.dictionaries(st.integers(0, 24), st.sampled_from(CSV_DAMAGE), max_size=8))
def test_each_row_of_a_damaged_csv_is_counted(
    tmp_path: Path, rows: int, damage: dict[int, Callable[[int], bytes]]
) -> None:
    bad = {number: damage[number] for number in damage if number < rows}
    body = b"".join(bad[n](n) if n in bad else csv_row(n).encode() for n in range(rows))
    texts, rejects = read(tmp_path / "a.csv", b"id,text,published_at\r\n" + body)
    assert texts == {f"i{n}": text_of(n) for n in range(rows) if n not in bad}
    assert [reject.source_uri.rpartition("#")[2] for reject in rejects] == [
        f"row={n + 1}" for n in sorted(bad)
    ]


JSON_DAMAGE = [
    b'{"text": "cut',
    b"[1, 2]",
    b"\xff\xfe\xff",
    b'{"text": 7}',
    b"{}",
    b'{"text": "a" "b"}',
    b"null",
]


@HOLD
@given(st.integers(1, 25), st.dictionaries(st.integers(0, 24), st.sampled_from(JSON_DAMAGE), max_size=8))
def test_each_line_is_counted(tmp_path: Path, rows: int, damage: dict[int, bytes]) -> None:
    lines = [damage.get(n) or json.dumps({"id": n, "text": text_of(n)}).encode() for n in range(rows)]
    texts, rejects = read(tmp_path / "a.jsonl", b"\n".join(lines))
    assert texts == {str(n): text_of(n) for n in range(rows) if n not in damage}
    assert len(texts) + len(rejects) == rows


def parquet(rows: int, bad: set[int], group: int) -> bytes:
    """Return a Parquet file whose bad rows hold bytes that are not UTF-8, in row groups of a given size."""
    cells = [b"caf\xe9 \xff" if n in bad else text_of(n).encode() for n in range(rows)]
    binary = pa.array(cells, pa.binary())
    table = pa.table({"id": [f"i{n}" for n in range(rows)], "text": binary.view(pa.string())})
    out = io.BytesIO()
    pq.write_table(table, out, row_group_size=group, compression="NONE", use_dictionary=False)
    return out.getvalue()


@HOLD
@given(st.integers(1, 150), st.sets(st.integers(0, 149), max_size=8), st.integers(1, 80))
def test_each_row_of_a_damaged_parquet_is_counted(
    tmp_path: Path, rows: int, bad: set[int], group: int
) -> None:
    texts, rejects = read(tmp_path / "a.parquet", parquet(rows, bad, group))
    assert texts == {f"i{n}": text_of(n) for n in range(rows) if n not in bad}
    assert len(texts) + len(rejects) == rows


def test_a_damaged_row_group_costs_its_own_rows(tmp_path: Path) -> None:
    content = bytearray(parquet(30, set(), 10))
    about = pq.ParquetFile(io.BytesIO(bytes(content))).metadata.row_group(1).column(1)
    at = about.data_page_offset
    content[at : at + 30] = b"\xff" * 30
    texts, rejects = read(tmp_path / "a.parquet", bytes(content))
    assert texts == {f"i{n}": text_of(n) for n in [*range(10), *range(20, 30)]}
    assert [reject.source_uri.rpartition("#")[2] for reject in rejects] == [f"row={n}" for n in range(11, 21)]


def web_page(number: int) -> bytes:
    return f"<html><body><article><p>Page {number}: he said “no” and denied it.</p></article></body></html>".encode()


def members(pages: int) -> list[bytes]:
    """Return the records of an archive, each a gzip member."""
    whole, found = make_warc(*(("response", "200 OK", "text/html", web_page(n)) for n in range(pages))), []
    while whole:
        inflater = zlib.decompressobj(31)
        inflater.decompress(whole)
        found.append(whole[: len(whole) - len(inflater.unused_data)])
        whole = inflater.unused_data
    return found


MEMBER_DAMAGE: list[Callable[[bytes], bytes]] = [
    lambda m: m[: len(m) // 2],
    lambda m: m[:40] + b"\xff" * 30 + m[70:],
    lambda m: m[:-8] + b"\0" * 8,
    lambda m: gzip.compress(gzip.decompress(m)[:-60]),
    lambda m: gzip.compress(gzip.decompress(m).replace(b"Content-Length", b"Content-Lemgth")),
    lambda m: gzip.compress(gzip.decompress(m).replace(b"WARC/1.", b"WIRC/1.")),
    lambda m: gzip.compress(gzip.decompress(m).replace(b"<p>", b"")),
]


def test_the_member_after_a_truncated_one_is_read_where_no_error_marks_the_damage() -> None:
    # An uncompressed block takes whatever follows for its content.
    truncated = gzip.compress(b"x" * 1000, 0)[:500]
    stream = byte_streams.GzipMemberStream(io.BytesIO(truncated + gzip.compress(b"The last record.")))
    content = io.BufferedReader(stream).read()
    assert content.endswith(byte_streams.GzipMemberStream.DAMAGE + b"The last record.")


@HOLD
@given(st.integers(2, 10), st.integers(0, 9), st.sampled_from(MEMBER_DAMAGE), st.booleans())
def test_a_damaged_record_costs_itself(
    tmp_path: Path, pages: int, at: int, damage: Callable[[bytes], bytes], packed: bool
) -> None:
    records, at = members(pages), at % pages
    records[at] = damage(records[at])
    name, content = "a.warc.gz", b"".join(records)
    if not packed and damage in MEMBER_DAMAGE[3:]:
        name, content = "a.warc", gzip.decompress(content)
    texts, rejects = read(tmp_path / name, content)
    assert texts.keys() == {f"urn:uuid:{n}" for n in range(pages) if n != at}
    assert len(rejects) == 1


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.csv.gz", "a.jsonl.zst"])
def test_what_was_whole_before_a_cut_is_kept(tmp_path: Path, name: str, share: float) -> None:
    if ".csv" in name:
        content = b"id,text,published_at\r\n" + b"".join(csv_row(n).encode() for n in range(3000))
    else:
        content = b"".join(
            json.dumps({"id": f"i{n}", "text": text_of(n)}).encode() + b"\n" for n in range(3000)
        )
    packed = gzip.compress(content) if name.endswith(".gz") else pa.compress(content, "zstd", asbytes=True)
    texts, rejects = read(tmp_path / name, packed[: int(len(packed) * share)])
    assert texts == {f"i{n}": text_of(n) for n in range(len(texts))}
    assert len(texts) > 3000 * share / 3 or share < 0.5
    assert 1 <= len(rejects) <= 2
    assert rejects[-1].reason == "unreadable"


def test_a_line_without_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.read.formats.json_lines.MAX_SKIPPED", 1 << 22)
    with gzip.open(tmp_path / "b.jsonl.gz", "wb", 1) as file:
        file.write(b'{"text": "one"}\n')
        for _ in range(byte_streams.MAX_BYTES // (1 << 20) + 20):
            file.write(b"x" * (1 << 20))
        file.write(b'\n{"text": "never reached"}\n')
    texts, rejects = read(tmp_path / "b.jsonl.gz", (tmp_path / "b.jsonl.gz").read_bytes())
    assert list(texts.values()) == ["one"]
    assert [reject.reason for reject in rejects] == ["too large"]
    assert "rest of the file" in rejects[0].detail


def bomb(levels: int) -> bytes:
    """Return a PDF of a few kilobytes whose page is compressed several times."""
    stream = b"q " * 300_000_000
    for _ in range(levels):
        stream = zlib.compress(stream, 9)
    plain = make_pdf(make_text_operator("Some words.", 700))
    start, end = plain.index(b"<< /Length"), plain.index(b"\nendstream")
    filters = b"/FlateDecode " * levels
    return (
        plain[:start]
        + b"<< /Length %d /Filter [%s] >>\nstream\n%s" % (len(stream), filters, stream)
        + plain[end:]
    )


def test_a_pdf_bomb_is_ended_and_the_next_file_is_read(tmp_path: Path) -> None:
    began = time.monotonic()
    content = bomb(2)
    assert len(content) < 20_000
    texts, rejects = read(tmp_path / "a.pdf", content)
    assert not texts
    assert rejects[0].reason in {"too large", "too slow"}
    assert time.monotonic() - began < 60
    assert list(read(tmp_path / "b.pdf", make_pdf(make_text_operator("Some words.", 700)))[0].values()) == [
        "Some words."
    ]


def test_a_pdf_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.read.formats.pdf_files.MAX_SECONDS", 0.0)
    _, (reject,) = read(
        tmp_path / "a.pdf", make_pdf(*(make_text_operator("Some words.", 700) for _ in range(5000)))
    )
    assert reject.reason == "too slow"
    monkeypatch.undo()
    assert read(tmp_path / "a.pdf", make_pdf(make_text_operator("Some words.", 700)))[0]
