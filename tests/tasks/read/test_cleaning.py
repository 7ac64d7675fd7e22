"""Cleaning a raw document: text, encoding, metadata, language, id, or the reason of the reject."""

import codecs
from dataclasses import replace
from datetime import date

import pytest

from tasks.document.records import Document, Metadata, RawDocument, Rejected
from tasks.read.cleaning import MAX_CHARS, MAX_LINE_CHARS, clean_document
from tasks.read.language import identify_language
from tasks.read.metadata import compute_payload_sha256, parse_date

QUOTED = "“The minister’s claim is false,” she said — and Muammar al-Gaddafi’s café bill was £40."
FRENCH = "Le ministre a nié les accusations : c'est faux, a-t-il déclaré à Genève, où l'été était brûlant."
RUSSIAN = "Президент заявил, что обвинения ложны и что никаких мин в городе не было."
POLISH = "Żołnierze zaprzeczyli, że podłożyli miny w mieście; rzecznik powiedział, że to kłamstwo."
ARABIC = "نفى المتحدث باسم الجيش الاتهامات وقال إنها كاذبة."


def document(payload: bytes | str, **metadata: object) -> Document:
    found = clean_document(RawDocument("a.txt", payload, "text", Metadata(**metadata)))  # type: ignore[arg-type]
    assert isinstance(found, Document), found
    return found


def rejection(payload: bytes | str) -> Rejected:
    found = clean_document(RawDocument("a.txt", payload, "text"))
    assert isinstance(found, Rejected), found
    assert (found.source_uri, found.stage) == ("a.txt", "clean")
    assert found.content_sha256
    return found


@pytest.mark.parametrize(
    ("text", "codec", "encoding"),
    [
        (QUOTED, "utf-8", "utf-8"),
        ("plain ASCII words", "ascii", "utf-8"),
        (QUOTED, "utf-8-sig", "utf-8-sig"),
        (QUOTED, "utf-16", "utf-16"),
        (QUOTED, "utf-32", "utf-32"),
        (QUOTED, "cp1252", "cp1252"),
        (QUOTED, "mac_roman", "mac_roman"),
        (FRENCH, "latin-1", "cp1252"),
        ("Asked about it, the São Paulo mayor said no.", "latin-1", "cp1252"),
        ("El portavoz negó las acusaciones del señor Muñoz.", "latin-1", "cp1252"),
        ("Der Minister wies die Vorwürfe zurück.", "latin-1", "cp1252"),
        ("café", "latin-1", "cp1252"),
        (RUSSIAN, "koi8-r", "koi8_r"),
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN, "iso8859-5", "iso8859_5"),
        (POLISH, "cp1250", "cp1250"),
        (ARABIC, "cp1256", "cp1256"),
        ("日本の大臣は疑惑を否定した。", "shift_jis", "cp932"),
        ("中国外交部否认了这一指控。", "gb18030", "gb18030"),
        pytest.param(POLISH, "iso8859-2", "iso8859_2", marks=pytest.mark.xfail(reason="as clean in cp1250")),
    ],
)
def test_encodings(text: str, codec: str, encoding: str) -> None:
    found = document(text.encode(codec))
    assert (found.text, found.encoding) == (text, encoding)


def test_big_endian_marks() -> None:
    assert document(codecs.BOM_UTF16_BE + QUOTED.encode("utf-16-be")).text == QUOTED


@pytest.mark.parametrize(
    "text",
    [
        "one\r\ntwo\rthree\nfour\n\n  ",
        "\n \t leading and trailing \u00a0\u2009\n",
        "“curly” ‘quotes’ -- and  double  blanks",
        "e\u0301 is not \u00e9, ﬁ is not fi, 𝒳 is one code point",
        "inner \ufeff mark and soft\u00adhyphen and \u200bzero width",
        "form\ffeed, vertical\vtab, next\x85line, line\u2028separator",
    ],
)
def test_the_text_is_the_decoded_source_to_the_character(text: str) -> None:
    found = document(text.encode())
    assert found.text == text
    assert found.text.encode(found.encoding) == text.encode()
    assert document(text).doc_id == found.doc_id


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "empty text"),
        (b" \n\t\r\n", "empty text"),
        (codecs.BOM_UTF8, "empty text"),
        (b"--- *** !!! ...", "empty text"),
        (b"\x7fELF\x02\x01\x01\0\0\0\xff\xfe\x80", "binary"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0", "binary"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n\x00\x01\x02\x9c", "binary"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcbH\xcd\xc9", "binary"),
        (bytes(range(1, 256)), "binary"),
        (bytes(range(128, 256)) * 40, "unknown encoding"),
        # The bytes that are lost are too large a share of so short a text.
        (b"\xff\xfea\0b", "replacement characters"),
        (b"\xef\xbb\xbfcaf\xe9", "replacement characters"),
        (b"a NUL\0 inside", "control characters"),
        ("a NUL\0 inside", "control characters"),
        ("a lone \ud800 surrogate", "control characters"),
        ("bells \x07\x07\x07\x07", "control characters"),
        ("lost \ufffd\ufffd\ufffd words", "replacement characters"),
        (b"word " * (MAX_CHARS // 5 + 1), "too large"),
        (b"word " * 10_000_000, "too large"),
        (b"x" * 10_000_000, "line too long"),
        (b"one\n" + b"x" * (MAX_LINE_CHARS + 1), "line too long"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 30 else "payload",
)
def test_rejections(payload: bytes | str, reason: str) -> None:
    found = rejection(payload)
    assert found.reason == reason
    assert found.detail


@pytest.mark.parametrize(
    "text", ["one \x07 " + "word " * 100, "one \ufffd " + "word " * 100, "word\n" * 600_000]
)
def test_a_few_strange_characters_or_many_lines_do_no_harm(text: str) -> None:
    assert document(text).text == text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The minister said on Tuesday that the accusations against his government were false.", "en"),
        (FRENCH, "fr"),
        (RUSSIAN, "ru"),
        (ARABIC, "ar"),
        ("No.", "und"),
        ("12 345 678 90", "und"),
    ],
)
def test_language(text: str, language: str) -> None:
    found, score = identify_language(text)
    assert found == language
    assert (score == 0.0) == (language == "und")
    assert 0.0 <= score <= 1.0


def test_doc_id_is_publisher_day_and_text() -> None:
    base = document("Some words.", publisher="P", published_at=date(2024, 3, 5))
    same = document(
        b"\xef\xbb\xbfSome words.", publisher=" P ", published_at=date(2024, 3, 5), title="T", url="u"
    )
    assert base.doc_id == same.doc_id
    others = [
        document("Some words. ", publisher="P", published_at=date(2024, 3, 5)),
        document("Some words.", publisher="Q", published_at=date(2024, 3, 5)),
        document("Some words.", publisher="P", published_at=date(2024, 3, 6)),
        document("Some words.", publisher="P"),
        document("Some words.", published_at=date(2024, 3, 5)),
        document("Some words.", publisher="P2024-03-05"),
    ]
    assert len({base.doc_id, *(other.doc_id for other in others)}) == 7
    assert base.published_month == "2024-03"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("AFP/Reuters", "AFP/Reuters"),
        ("published_month=2024-01", "published_month=2024-01"),
        ("Two\r\n lines\t", "Two lines"),
        ("NUL\0 and \ud800 surrogate", "NUL and surrogate"),
        ("Le Monde – é", "Le Monde – é"),
        (" \n", None),
        ("", None),
    ],
)
def test_metadata_is_kept_on_one_line(given: str, kept: str | None) -> None:
    assert document("Some words.", publisher=given).metadata.publisher == kept


def test_the_document_wins_over_the_run() -> None:
    raw = RawDocument(
        "a", "x", "text", Metadata("P", title=" "), Metadata("D", "u", "t", None, date(2024, 1, 1))
    )
    found = clean_document(raw)
    assert isinstance(found, Document)
    assert found.metadata == Metadata("P", "u", "t", None, date(2024, 1, 1))


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2024-03-05", date(2024, 3, 5)),
        (" 20240305 ", date(2024, 3, 5)),
        ("2024-03-05T23:30:00-05:00", date(2024, 3, 5)),
        ("2024-03-05T23:30:00.123456789Z", date(2024, 3, 5)),
        ("2024-03-05 10:00", date(2024, 3, 5)),
        ("2024-02-30", None),
        ("2024-13-01", None),
        ("0000-00-00", None),
        ("0999-01-01", None),
        ("2024-03", None),
        ("2024", None),
        ("03/04/2024", None),
        ("5 March 2024", None),
        ("1710000000", None),
        ("20240305123", None),
        ("٢٠٢٤-٠٣-٠٥", None),
        ("yesterday", None),
        ("Tue, 05 Mar 2024 10:00:00 GMT", None),
        ("", None),
    ],
)
def test_dates_are_read_or_not_but_never_guessed(value: str, day: date | None) -> None:
    assert parse_date(value) == day


def test_the_hash_covers_all_a_document_is_made_from() -> None:
    base = RawDocument("a.txt", b"<p>x", "text", Metadata("P"), Metadata("D"))
    changed = [
        replace(base, payload=b"<p>y"),
        replace(base, payload="<p>x"),
        replace(base, media="html"),
        replace(base, metadata=Metadata("Q")),
        replace(base, metadata=Metadata(url="P")),
        replace(base, defaults=Metadata("E")),
        replace(base, defaults=Metadata("D", published_at=date(2024, 1, 1))),
        replace(base, metadata=Metadata(), defaults=Metadata("P")),
    ]
    assert len({compute_payload_sha256(raw) for raw in [base, *changed]}) == 9
    assert compute_payload_sha256(replace(base, source_uri="b.txt")) == compute_payload_sha256(base)
    found = clean_document(base)
    assert isinstance(found, Document)
    assert found.content_sha256 == compute_payload_sha256(base)


def test_a_line_never_exceeds_what_spacy_parses() -> None:
    from spacy.lang.en import English

    assert English().max_length >= MAX_LINE_CHARS
