"""Whatever bytes come in, only documents and rejections come out, and every document can be stored."""

import gzip
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.corpus.near_duplicates import near_keys
from tasks.document.records import Document, Metadata, RawDocument, Rejected
from tasks.read.byte_streams import Origin
from tasks.read.cleaning import clean
from tasks.read.formats.json_lines import read_lines
from tasks.read.language import identify_language
from tasks.read.readers import read_documents

SUPPRESSED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
ANY_TEXT = st.text(st.characters(), max_size=300)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("text", "html", "id", "url", "title", "author", "publisher", "published_at")
RECORD = st.dictionaries(st.sampled_from(FIELDS), ANY_TEXT | JSON, max_size=8)
LINE = RECORD.map(lambda record: json.dumps(record).encode()) | st.binary(max_size=200)
PIECES = """
<p> </p> <div> </div> <article> </article> <script> </script> <!-- --> <table><tr><td> <br> <br/> <li> <html>
<body> <head> <title> </title> <meta name='date' content=' '> &#xD800; &#0; &#1; &amp; &lt <![CDATA[ ]]> <?
<a href=' <time pubdate datetime=" "> "datePublished":" "@type":"NewsArticle" application/ld+json
<p>Hello-world, <blockquote>
"""
TAG = st.sampled_from(PIECES.split())
HTML = st.lists(TAG | st.text(max_size=20), max_size=60).map(" ".join)
PAYLOAD = (
    st.binary(max_size=400) | ANY_TEXT | ANY_TEXT.map(lambda text: text.encode("utf-16", "surrogatepass"))
)


def check(found: Document | Rejected) -> None:
    if isinstance(found, Rejected):
        assert found.reason
        assert found.detail
        found.detail.encode()
        return
    m = found.metadata
    for value in (found.text, found.source_uri, m.publisher, m.url, m.title, m.author):
        # What Arrow, and so every table, can hold.
        assert pa.array([value], pa.string()).to_pylist() == [value]
    assert "\0" not in found.text
    assert m.published_at is None or type(m.published_at) is date
    assert len(found.published_month) == 7
    assert 0 <= identify_language(found.text)[1] <= 1
    near_keys(found.text)


def fuzz_payload(payload: bytes | str) -> None:
    found = clean(RawDocument("a", payload, "text"))
    check(found)
    if isinstance(found, Document) and isinstance(payload, bytes):
        name, _, replaced = found.encoding.partition(" (")
        assert payload.decode(name, "replace" if replaced else "strict") == found.text


def fuzz_html(payload: bytes | str) -> None:
    check(clean(RawDocument("a", payload, "html")))


def fuzz_lines(content: bytes) -> None:
    found = list(read_lines(io.BytesIO(content), Origin("a.jsonl", Metadata(), {}), 500))
    assert len(found) == sum(
        bool(line.strip()) for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    )
    for raw in found:
        check(clean(raw) if isinstance(raw, RawDocument) else raw)


CASES = [
    pytest.param(PAYLOAD, fuzz_payload, id="text"),
    pytest.param(PAYLOAD | HTML | HTML.map(str.encode), fuzz_html, id="html"),
    pytest.param(st.lists(LINE, max_size=5).map(b"\n".join), fuzz_lines, id="lines"),
]


def hold(examples: int, strategy: st.SearchStrategy[bytes], check: Callable[[bytes], None]) -> None:
    settings(deadline=None, max_examples=examples, suppress_health_check=SUPPRESSED)(given(strategy)(check))()


@pytest.mark.parametrize(("strategy", "check"), CASES)
def test_any_input(strategy: st.SearchStrategy[bytes], check: Callable[[bytes], None]) -> None:
    hold(150, strategy, check)


@pytest.mark.fuzz
@pytest.mark.parametrize(("strategy", "check"), CASES)
def test_any_input_for_long(strategy: st.SearchStrategy[bytes], check: Callable[[bytes], None]) -> None:
    hold(20_000, strategy, check)


OTHERS = ["a.csv", "a.tsv", "a.parquet", "a.xml", "a.warc", "a.warc.gz", "a.eml", "a.pdf"]


@settings(deadline=None, max_examples=150, suppress_health_check=SUPPRESSED)
@given(
    st.binary(max_size=300),
    st.sampled_from(["a.txt", "a.html", "a.jsonl", "a.jsonl.gz", "a.html.zst", *OTHERS]),
)
def test_any_file(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / name
    for written in (content, gzip.compress(content)):
        path.write_bytes(written)
        for raw in read_documents([path], Metadata()):
            check(clean(raw) if isinstance(raw, RawDocument) else raw)
