"""Any bytes give only documents and rejects, and every document can be stored."""

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.document.records import Document, Metadata, RawDocument
from tasks.read.byte_streams import SourceOrigin
from tasks.read.cleaning import clean_document
from tasks.read.formats.json_lines import read_json_lines
from tasks.read.readers import read_documents
from tests.tasks.read.cleaned_documents import HTML_FRAGMENTS, assert_storable

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
TAG = st.sampled_from(HTML_FRAGMENTS.split())
HTML = st.lists(TAG | st.text(max_size=20), max_size=60).map(" ".join)
PAYLOAD = (
    st.binary(max_size=400) | ANY_TEXT | ANY_TEXT.map(lambda text: text.encode("utf-16", "surrogatepass"))
)


def fuzz_payload(payload: bytes | str) -> None:
    found = clean_document(RawDocument("a", payload, "text"))
    assert_storable(found)
    if isinstance(found, Document) and isinstance(payload, bytes):
        name, _, replaced = found.encoding.partition(" (")
        assert payload.decode(name, "replace" if replaced else "strict") == found.text


def fuzz_html(payload: bytes | str) -> None:
    assert_storable(clean_document(RawDocument("a", payload, "html")))


def fuzz_lines(content: bytes) -> None:
    found = list(read_json_lines(io.BytesIO(content), SourceOrigin("a.jsonl", Metadata(), {}), 500))
    assert len(found) == sum(
        bool(line.strip()) for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    )
    for raw in found:
        assert_storable(clean_document(raw) if isinstance(raw, RawDocument) else raw)


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
            assert_storable(clean_document(raw) if isinstance(raw, RawDocument) else raw)
