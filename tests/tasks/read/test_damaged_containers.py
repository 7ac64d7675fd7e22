"""A container with damage in it: every row and record is a document or a reject, and the whole ones are intact."""

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
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tasks.document.records import Document, Metadata, RawDocument, Rejected
from tasks.read import byte_streams
from tasks.read.cleaning import clean
from tasks.read.readers import read_documents
from tests.tasks.read.test_more_inputs import archive, line, pdf

HOLD = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(path: Path, content: bytes) -> tuple[dict[str, str], list[Rejected]]:
    """Return text by id of the documents, and the rejects."""
    path.write_bytes(content)
    texts, rejects = {}, []
    for raw in read_documents([path], Metadata()):
        found = clean(raw) if isinstance(raw, RawDocument) else raw
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
]


@HOLD
@given(st.integers(1, 25), st.dictionaries(st.integers(0, 24), st.sampled_from(CSV_DAMAGE), max_size=8))
def test_each_row_of_a_damaged_csv_is_counted(
    tmp_path: Path, rows: int, damage: dict[int, Callable[[int], bytes]]
) -> None:
    bad = {number: damage[number] for number in damage if number < rows}
    # One cell alone after a broken quotation may be the rest of that: no reader can tell.
    assume(not any(bad[n] in CSV_DAMAGE[4:6] and bad.get(n - 1) in CSV_DAMAGE[:3] for n in bad))
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
    """Return a file whose bad rows hold bytes that are no UTF-8, in row groups of so many rows."""
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
    whole, found = archive(*(("response", "200 OK", "text/html", web_page(n)) for n in range(pages))), []
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
    """Return a PDF of a few kilobytes whose page is compressed several times over."""
    stream = b"q " * 300_000_000
    for _ in range(levels):
        stream = zlib.compress(stream, 9)
    plain = pdf(line("Some words.", 700))
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
    assert list(read(tmp_path / "b.pdf", pdf(line("Some words.", 700)))[0].values()) == ["Some words."]


def test_a_pdf_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.read.formats.pdf_files.MAX_SECONDS", 0.0)
    _, (reject,) = read(tmp_path / "a.pdf", pdf(*(line("Some words.", 700) for _ in range(5000))))
    assert reject.reason == "too slow"
    monkeypatch.undo()
    assert read(tmp_path / "a.pdf", pdf(line("Some words.", 700)))[0]
