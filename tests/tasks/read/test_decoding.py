"""Damaged text in a known encoding costs characters, not the document."""

import pytest

from tasks.document.records import Document, RawDocument, Rejected
from tasks.read.cleaning import clean_document

TEXT = (
    "The mayor of Zelnik denied on Monday that the city paid. “No money left our accounts,” he said. The council met on"
    " Friday to hear from Mira Dobrev, who owns a shop in the town."
)
BAD = "\ufffd"


def read(payload: bytes) -> Document | Rejected:
    return clean_document(RawDocument("a.txt", payload, "text"))


@pytest.mark.parametrize(
    ("payload", "encoding", "text"),
    [
        (
            TEXT.encode().replace(b"city", b"\xff\xfe\xfacity"),
            "utf-8 (3 replaced)",
            TEXT.replace("city", f"{BAD * 3}city"),
        ),
        (
            TEXT.encode().replace(b"city", b"\xed\xa0\x80city"),
            "utf-8 (3 replaced)",
            TEXT.replace("city", f"{BAD * 3}city"),
        ),
        (
            b"\xef\xbb\xbf" + TEXT.encode().replace(b"city", b"\xffcity"),
            "utf-8-sig (1 replaced)",
            TEXT.replace("city", f"{BAD}city"),
        ),
        (TEXT.encode("utf-16-le") + b"\n", "utf-16-le (1 replaced)", TEXT + BAD),
        (TEXT.encode("utf-16") + b"\n", "utf-16 (1 replaced)", TEXT + BAD),
        (TEXT.encode("cp1252"), "cp1252", TEXT),
    ],
)
def test_bad_bytes_are_replaced_and_counted(payload: bytes, encoding: str, text: str) -> None:
    found = read(payload)
    assert isinstance(found, Document)
    assert (found.encoding, found.text) == (encoding, text)


def test_much_damage_under_a_byte_order_mark_is_refused() -> None:
    found = read(b"\xef\xbb\xbf" + TEXT.encode("cp1251", "replace") + "Город".encode("cp1251") * 20)
    assert isinstance(found, Rejected)
    assert found.reason == "unknown encoding"
