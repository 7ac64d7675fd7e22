"""A raw document becomes a Document, or a Rejected with the reason."""

import re

from tasks.document.records import Document, Metadata, RawDocument, Rejected, content_id
from tasks.read.decoding import check_characters, decode
from tasks.read.errors import BROKEN, UnusableError, library_failed
from tasks.read.formats.html_pages import read_page
from tasks.read.formats.pdf_files import read_pdf
from tasks.read.metadata import first_known, payload_sha256

MAX_CHARS = 20_000_000
MAX_LINE = 1_000_000
"""the longest text that spaCy parses in one piece; no paragraph of an article comes near it"""
WORD = re.compile(r"\w")


def clean(raw: RawDocument) -> Document | Rejected:
    """Return the document that spans can point into, or why there is none.

    A text is its decoded source, not a character changed; a page is its main text, a PDF its text layer.
    The same text from the same publisher on the same day has the same ``doc_id`` wherever it was found.
    """
    digest = payload_sha256(raw)
    try:
        text, encoding, page = to_text(raw)
        check_text(text)
    except UnusableError as problem:
        return Rejected(raw.source_uri, "clean", problem.reason, problem.detail, digest)
    except Exception as error:
        return Rejected(raw.source_uri, "clean", BROKEN, library_failed(error), digest)
    metadata = first_known(raw.metadata, page, raw.defaults)
    return Document(
        doc_id=content_id("doc", metadata.publisher or "", metadata.published_at or "", text),
        source_uri=raw.source_uri,
        text=text,
        content_sha256=digest,
        encoding=encoding,
        metadata=metadata,
    )


def to_text(raw: RawDocument) -> tuple[str, str, Metadata]:
    """Return the text of a document, its encoding and what its page declares."""
    if raw.media == "pdf":
        text, metadata = read_pdf(raw.payload)
        return text, "utf-8", metadata
    source, encoding = decode(raw.payload)
    if len(source) > MAX_CHARS:
        raise UnusableError("too large", f"{len(source):,} characters, at most {MAX_CHARS:,}: split it")
    if raw.media == "text":
        return source, encoding, Metadata()
    text, metadata = read_page(source)
    return text, encoding, metadata


def check_text(text: str) -> None:
    """Raise UnusableError for a text that is no article."""
    check_characters(text)
    if not WORD.search(text):
        raise UnusableError("empty text", f"no word in {len(text):,} characters")
    if len(text) > MAX_LINE and (longest := max(map(len, text.split("\n")))) > MAX_LINE:
        raise UnusableError("line too long", f"a line of {longest:,} characters, over {MAX_LINE:,}: break it")
