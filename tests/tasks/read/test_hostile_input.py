"""Input made to exhaust what reads it: a reject within seconds and bounded memory, and its neighbours are read."""

import gzip
import json
import os
import pickle
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from tasks.document.records import Document, Metadata, RawDocument, Rejected
from tasks.read import byte_streams
from tasks.read.cleaning import clean_document
from tasks.read.errors import UnusableError
from tasks.read.formats import reader_process
from tasks.read.formats.reader_messages import from_message, to_message
from tasks.read.formats.reader_process import ReaderProcess
from tasks.read.readers import read_documents

WORDS = "Iraq accused Guam of lying, but Guam denied that it sold the missiles to anybody."
SECONDS = 60
"""what each may take on a busy machine: the limit of the reader and the start of its process"""
MEMORY_KB = 400_000
"""by how much reading may enlarge this process"""
DEEP = 100_000
PARTS = "".join(f"--b{n}\nContent-Type: multipart/mixed; boundary=b{n + 1}\n\n" for n in range(10_000))
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


def feed(body: str, doctype: str = "") -> str:
    return f'<?xml version="1.0"?>{doctype}<rss version="2.0"><channel>{body}</channel></rss>'


def item(text: str) -> str:
    return f"<item><description>{text}</description></item>"


def mail(head: str, body: str = WORDS) -> str:
    return f"MIME-Version: 1.0\n{head}\n\n{body}\n"


HOSTILE: dict[str, tuple[str, Callable[[], str], set[str]]] = {
    "nested elements": (
        "a.html",
        lambda: f"<html><body>{'<div>' * DEEP}<p>{WORDS}</p>{'</div>' * DEEP}",
        {"no main text"},
    ),
    "nested quotations": ("a.html", lambda: "<blockquote>" * 300_000 + WORDS, {"no main text"}),
    "one long line": ("a.html", lambda: f"<p>{'a word ' * 3_000_000}</p>", {"too large"}),
    "many paragraphs with a banner": (
        "a.html",
        lambda: f"<div class=cookie>x</div>{'<p>a cookie</p>' * 1_000_000}",
        {"too slow", "too large", "no main text"},
    ),
    "billion laughs": (
        "a.rss",
        lambda: feed(item(f"&l11; {WORDS}"), f'<!DOCTYPE rss [<!ENTITY l0 "lol">{LAUGHS}]>'),
        {"unsafe XML"},
    ),
    "quadratic entities": (
        "a.rss",
        lambda: feed(item("&l;" * 50_000), f'<!DOCTYPE rss [<!ENTITY l "{"x" * 100_000}">]>'),
        {"unsafe XML"},
    ),
    "an external entity": (
        "a.rss",
        lambda: feed(item(f"&l; {WORDS}"), '<!DOCTYPE rss [<!ENTITY l SYSTEM "file:///etc/passwd">]>'),
        {"unsafe XML"},
    ),
    "an external document type": (
        "a.xml",
        lambda: feed(item(WORDS), '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]>'),
        {"unsafe XML"},
    ),
    "a feed of less-than signs": ("a.rss", lambda: feed(item("<" * 5_000_000)), {"too slow", "no text"}),
    "nested parts": ("a.eml", lambda: mail("Content-Type: multipart/mixed; boundary=b0", PARTS), {"broken"}),
    "nested comments": ("a.eml", lambda: mail(f"From: {'(' * DEEP}\nSubject: x"), {"broken"}),
    "endless addresses": ("a.eml", lambda: mail(f"From: {'a <b@c>, ' * 1_000_000}"), {"too slow"}),
    "unclosed scripts": (
        "a.eml",
        lambda: mail(
            "Content-Type: multipart/alternative; boundary=b",
            f"--b\nContent-Type: text/plain\n\nshort\n--b\nContent-Type: text/html\n\n{'<script ' * 300_000}",
        ),
        {"too slow"},
    ),
}


def read(path: Path) -> list[Document | Rejected]:
    """Return what the files in a folder are read as."""
    found = read_documents([path], Metadata())
    return [clean_document(raw) if isinstance(raw, RawDocument) else raw for raw in found]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_cost_themselves(tmp_path: Path, name: str) -> None:
    file, make, reasons = HOSTILE[name]
    (tmp_path / file).write_text(make())
    neighbours = {
        "b.html": f"<html><body><article><p>{WORDS}</p><p>{WORDS}</p></article></body></html>",
        "c.rss": feed(item(WORDS)),
        "d.eml": mail("Subject: x"),
    }
    for other, content in neighbours.items():
        (tmp_path / other).write_text(content)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    reject, *documents = read(tmp_path)
    assert isinstance(reject, Rejected)
    assert reject.reason in reasons, reject
    assert all(isinstance(found, Document) and WORDS in found.text for found in documents)
    assert len(documents) == len(neighbours)
    assert time.monotonic() - began < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY_KB


GOOD = json.dumps({"id": "good", "text": WORDS}).encode()
BAD_LINES = {
    "nested lists": b'{"text": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "nested objects": b'{"a":' * DEEP + b"}" * DEEP,
    "empty lists": b'{"text": "x", "a": [' + b"[]," * 3_000_000 + b"1]}",
    "empty objects": b'{"text": "x", "a": [' + b"{}," * 3_000_000 + b"1]}",
    "numbers": b'{"text": "x", "a": [' + b"1," * 3_000_000 + b"1]}",
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_hostile_lines_cost_themselves(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\n".join([GOOD, BAD_LINES[name], GOOD]))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    first, reject, last = read(tmp_path)
    assert isinstance(reject, Rejected)
    assert reject.reason in {"broken JSON", "too large"}
    assert reject.source_uri.endswith("#line=2")
    assert isinstance(first, Document)
    assert isinstance(last, Document)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY_KB


@pytest.mark.parametrize(
    "name", ["a.jsonl.gz", "a.jsonl.zst", "a.csv.gz", "a.csv.zst", "a.txt.gz", "a.html.zst"]
)
def test_a_line_that_unpacks_to_gigabytes_is_given_up(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    begin = {"jsonl": GOOD, "csv": f'id,text\ngood,"{WORDS}"'.encode()}.get(name.split(".")[1], b"")
    with ExitStack() as stack:
        plain = stack.enter_context(path.open("wb"))
        packed = (
            gzip.GzipFile(fileobj=plain, compresslevel=1, mode="wb")
            if name.endswith(".gz")
            else pa.CompressedOutputStream(plain, "zstd")
        )
        file = stack.enter_context(packed)
        file.write(begin + b"\n")
        for _ in range(8 * byte_streams.MAX_BYTES // (1 << 24)):
            file.write(b"x" * (1 << 24))
    (tmp_path / "b.txt").write_text(WORDS)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    *first, reject, last = read(tmp_path)
    assert isinstance(reject, Rejected)
    assert reject.reason == "too large"
    assert len(first) == bool(begin)
    assert all(isinstance(found, Document) for found in [*first, last])
    assert time.monotonic() - began < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY_KB


@pytest.mark.parametrize("ending", ["bz2", "xz", "zip", "BZ2"])
def test_documents_packed_in_another_way_are_refused_not_passed_over(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"a.jsonl.{ending}").write_bytes(b"x")
    (tmp_path / f"photos.{ending}").write_bytes(b"x")
    (tmp_path / "b.txt").write_text(WORDS)
    reject, document = read(tmp_path)
    assert isinstance(document, Document)
    assert isinstance(reject, Rejected)
    assert reject.reason == "unknown kind"
    assert "unpack it" in reject.detail


def crash(_: bytes) -> None:
    """End this process as a recursion without end in C does."""
    os.kill(os.getpid(), signal.SIGSEGV)


def fail(_: bytes) -> None:
    """Fail as a library does that meets what its authors did not foresee."""
    raise RecursionError("too deep")


def take_memory(_: bytes) -> int:
    """Take more memory than the process may have."""
    return len(bytes(reader_process.MAX_MEMORY_BYTES))


def answer_at_length(_: bytes) -> str:
    """Return more than an answer may hold."""
    return "x" * (reader_process.MAX_ANSWER_BYTES + 1)


def wait_long(_: bytes) -> str:
    """Return after two seconds in which the processor did something else."""
    time.sleep(2)
    return "done"


def go_on_for_ever(_: bytes) -> None:
    """Take all the time there is."""
    while True:
        pass


def echo(payload: bytes) -> bytes:
    """Return the payload."""
    return payload


@pytest.fixture(scope="module")
def process() -> Iterator[ReaderProcess]:
    found = ReaderProcess()
    yield found
    found.stop()


@pytest.mark.parametrize(
    ("function", "reason"),
    [(crash, "broken"), (fail, "broken"), (take_memory, "too large"), (answer_at_length, "too large")],
)
def test_the_next_call_is_answered_after_one_that_failed(
    process: ReaderProcess, function: Callable[[bytes], object], reason: str
) -> None:
    with pytest.raises(UnusableError) as found:
        process.call(function, b"x", 60)
    assert found.value.reason == reason
    assert process.call(echo, b"\0\xff", 60) == b"\0\xff"


def test_seconds_of_the_processor_are_limited_not_those_of_the_clock(process: ReaderProcess) -> None:
    process.call(echo, b"", 60)
    assert process.call(wait_long, b"", 1) == "done"
    with pytest.raises(UnusableError, match="too slow: not read after 1 seconds"):
        process.call(go_on_for_ever, b"", 1)
    assert process.call(echo, b"", 60) == b""


def test_an_answer_that_is_no_message_is_refused(
    process: ReaderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = pickle.dumps(Forged())
    process.call(echo, b"", 60)
    monkeypatch.setattr("tasks.read.formats.reader_process._receive_value", lambda *_: forged)
    with pytest.raises(UnusableError, match="broken"):
        process.call(echo, b"", 60)
    assert "FORGED" not in os.environ


class Forged:
    """What would set a variable of the environment of whoever unpickled it."""

    def __reduce__(self) -> tuple[Callable[[str, str], None], tuple[str, str]]:
        """Return the call."""
        return os.putenv, ("FORGED", "1")


@pytest.mark.parametrize(
    "value",
    [
        None,
        "a \ud800 “text”",
        b"\0\xff",
        ["text", Metadata("a", None, "b", None, date(2024, 3, 5))],
        [RawDocument("a", b"\xff", "text"), RawDocument("b", "x", "html", Metadata(title="t"))],
        Rejected("a", "read", "reason", "detail", "00"),
    ],
)
def test_messages_give_back_what_they_were_made_from(value: object) -> None:
    assert from_message(to_message(value)) == value


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x04N.",
        b"{}",
        b'{"type": "os"}',
        b'{"type": []}',
        b'{"type": "metadata", "a": 1}',
        b"[" * DEEP,
    ],
)
def test_what_is_no_message_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_message(content)
