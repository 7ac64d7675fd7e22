"""JSON Lines: documents and rejects by line."""

import io
from datetime import date

import pytest

from tasks.document.records import Metadata, RawDocument, Rejected
from tasks.read.byte_streams import SourceOrigin
from tasks.read.formats.json_lines import read_json_lines

DEFAULTS = Metadata(publisher="The Daily")


def read(content: str | bytes, max_bytes: int = 1000) -> list[RawDocument | Rejected]:
    stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return list(read_json_lines(stream, SourceOrigin("c.jsonl", DEFAULTS, {}), max_bytes))


def test_every_field_is_kept_and_unknown_ones_are_ignored() -> None:
    (found,) = read(
        '{"text": "One.", "id": "7", "url": "https://a.org/x", "title": "T", "author": "A B",'
        ' "publisher": "P", "published_at": "2024-03-05", "tags": [1], "source": {"x": null}}'
    )
    metadata = Metadata("P", "https://a.org/x", "T", "A B", date(2024, 3, 5))
    assert found == RawDocument("c.jsonl#7", "One.", "text", metadata, DEFAULTS)


@pytest.mark.parametrize(
    ("line", "payload", "media"),
    [
        ('{"text": "One.", "html": "<p>Two."}', "One.", "text"),
        ('{"text": " ", "html": "<p>Two."}', "<p>Two.", "html"),
        ('{"text": null, "html": "<p>Two."}', "<p>Two.", "html"),
        ('{"html": "<p>Two."}', "<p>Two.", "html"),
        ('{"text": ""}', "", "text"),
        ('{"text": "a\\r\\nb\\u0000"}', "a\r\nb\0", "text"),
        ('{"text": "one", "text": "two"}', "two", "text"),
    ],
)
def test_text_wins_over_html_unless_blank(line: str, payload: str, media: str) -> None:
    (found,) = read(line)
    assert isinstance(found, RawDocument)
    assert (found.payload, found.media) == (payload, media)


@pytest.mark.parametrize(
    ("value", "uri"),
    [
        ('"a/b"', "c.jsonl#a/b"),
        ('"../../etc/passwd"', "c.jsonl#../../etc/passwd"),
        ('"two\\nlines\\u0000"', "c.jsonl#two lines"),
        ("12", "c.jsonl#12"),
        ('""', "c.jsonl#line=1"),
        ("null", "c.jsonl#line=1"),
    ],
)
def test_uri(value: str, uri: str) -> None:
    (found,) = read(f'{{"text": "x", "id": {value}}}')
    assert (type(found), found.source_uri) == (RawDocument, uri)


@pytest.mark.parametrize(
    ("line", "reason", "detail"),
    [
        ('{"text": "cut', "broken JSON", "one JSON object a line"),
        ("plain words", "broken JSON", "one JSON object a line"),
        ('["text"]', "broken JSON", "found a list"),
        ("null", "broken JSON", "found null"),
        ("17", "broken JSON", "found int: 17"),
        ('{"text": "\\ud800"}', "broken JSON", "surrogate"),
        ('{"text": NaN}', "broken JSON", "one JSON object a line"),
        ("[" * 100_000, "broken JSON", "depth"),
        (b'{"text": "caf\xe9"}', "broken JSON", "UTF-8"),
        ('{"body": "x"}', "no text", "found body"),
        ("{}", "no text", "found none"),
        ('{"text": null}', "no text", "found text"),
        ('{"text": 3}', "bad field", "'text' must be text, found int: 3"),
        ('{"text": "x", "html": []}', "bad field", "'html' must be text, found a list"),
        ('{"text": "x", "author": ["A", "B"]}', "bad field", "'author' must be text"),
        ('{"text": "x", "publisher": {"name": "P"}}', "bad field", "found an object"),
        ('{"text": "x", "id": true}', "bad field", "found a boolean"),
        ('{"text": "x", "id": 1.5}', "bad field", "'id' must be text"),
        ('{"text": "x", "published_at": 1710000000}', "bad field", "'published_at' must be text"),
        ('{"text": "x", "published_at": "03/04/2024"}', "bad date", "found '03/04/2024'"),
    ],
)
def test_a_bad_line_is_one_rejection_that_names_it(line: str | bytes, reason: str, detail: str) -> None:
    line = line.encode() if isinstance(line, str) else line
    good = b'{"text": "good"}\n'
    found = read(good * 6 + line + b"\n" + good, max_bytes=200_000)
    assert [type(f) for f in found] == [RawDocument] * 6 + [Rejected, RawDocument]
    bad = found[6]
    assert isinstance(bad, Rejected)
    assert (bad.source_uri, bad.stage, bad.reason) == ("c.jsonl#line=7", "read", reason)
    assert bad.detail.startswith("line 7: ")
    assert detail in bad.detail
    assert bad.content_sha256


def test_blank_lines_are_no_documents_but_are_counted() -> None:
    found = read('\n  \r\n{"text": "x"}\r\n\n{"text": "y"}')
    assert [f.source_uri for f in found] == ["c.jsonl#line=3", "c.jsonl#line=5"]


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    (found,) = read(b'\xef\xbb\xbf{"text": "x"}')
    assert isinstance(found, RawDocument)


def test_a_line_too_long_is_rejected_and_the_next_is_read() -> None:
    found = read('{"text": "' + "x" * 5000 + '"}\n{"text": "y"}\n', max_bytes=100)
    assert [(f.source_uri, getattr(f, "reason", None)) for f in found] == [
        ("c.jsonl#line=1", "too large"),
        ("c.jsonl#line=2", None),
    ]


def test_a_line_of_just_the_allowed_length_is_read() -> None:
    line = '{"text": "x"}'
    found = read(f"{line}\n{line}\n{line}", max_bytes=len(line) + 1)
    assert [type(f) for f in found] == [RawDocument] * 3
