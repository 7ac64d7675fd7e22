"""Clean a raw document: a Document that can be parsed, or a Rejected with the reason."""

import re
from dataclasses import replace

from tasks.document.records import Document, Metadata, RawDocument, Rejected, make_content_id
from tasks.read.decoding import check_characters, decode_payload
from tasks.read.errors import BROKEN_REASON, UnusableError, describe_library_error
from tasks.read.formats.html import read_html_page
from tasks.read.formats.office_files import read_docx
from tasks.read.formats.pdf_files import read_pdf
from tasks.read.headlines import find_headline
from tasks.read.metadata import compute_payload_sha256, merge_metadata

MAX_CHARS = 20_000_000
MAX_LINE_CHARS = 1_000_000
"""limit of spaCy for one text; paragraphs of articles are far shorter"""
WORD_CHARACTER = re.compile(r"\w")


def clean_document(raw: RawDocument) -> Document | Rejected:
    """Return the document of a raw document, or a Rejected with the reason.

    The text of a text file is its decoded source, unchanged; that of a page is its main text, that of a PDF
    its text layer, that of a Word file its paragraphs. The same text from the same publisher and day has the same
    ``doc_id`` in every source.
    """
    digest = compute_payload_sha256(raw)
    try:
        text, encoding, page = _extract_text(raw)
        _check_text(text)
    except UnusableError as problem:
        return Rejected(raw.source_uri, "clean", problem.reason, problem.detail, digest)
    except Exception as error:
        return Rejected(raw.source_uri, "clean", BROKEN_REASON, describe_library_error(error), digest)
    if raw.media in ("text", "docx"):
        page = replace(page, title=page.title or find_headline(text))
    metadata = merge_metadata(raw.metadata, page, raw.defaults)
    return Document(
        doc_id=make_content_id("doc", metadata.publisher or "", metadata.published_at or "", text),
        source_uri=raw.source_uri,
        text=text,
        content_sha256=digest,
        encoding=encoding,
        metadata=metadata,
    )


def _extract_text(raw: RawDocument) -> tuple[str, str, Metadata]:
    """Return the text of a document, its encoding, and the metadata that its page or PDF declares."""
    if raw.media == "pdf":
        text, metadata = read_pdf(raw.payload)
        return text, "utf-8", metadata
    if raw.media == "docx":
        text, metadata = read_docx(raw.payload)
        return text, "utf-8", metadata
    source, encoding = decode_payload(raw.payload)
    if len(source) > MAX_CHARS:
        raise UnusableError("too large", f"{len(source):,} characters, at most {MAX_CHARS:,}: split it")
    if raw.media == "text":
        return source, encoding, Metadata()
    text, metadata = read_html_page(source)
    return text, encoding, metadata


def _check_text(text: str) -> None:
    """Raise UnusableError if a text is empty, too long in one line, or holds invalid characters."""
    check_characters(text)
    if not WORD_CHARACTER.search(text):
        raise UnusableError("empty text", f"no word in {len(text):,} characters")
    if len(text) > MAX_LINE_CHARS and (longest := max(map(len, text.split("\n")))) > MAX_LINE_CHARS:
        raise UnusableError(
            "line too long", f"a line of {longest:,} characters, over {MAX_LINE_CHARS:,}: break it"
        )
