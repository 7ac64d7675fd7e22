"""Read the text layer of a PDF: one line for each block of text."""

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

from tasks.document.records import Metadata
from tasks.read.byte_streams import require_optional_library
from tasks.read.errors import UnusableError
from tasks.read.formats.reader_process import run_in_reader_process

# The Rejected reports pdfminer's errors; without a handler Python would print its warnings as well.
logging.getLogger("pdfminer").addHandler(logging.NullHandler())

MAX_PAGES = 300
MIN_SECONDS, MAX_SECONDS = 10.0, 120.0
MIN_BYTES_PER_SECOND = 20_000
"""lowest speed allowed: pdfminer reads ordinary PDFs several times as fast"""
HYPHENATED_LINE_BREAK = re.compile(r"(?<=[a-z])-\n(?=[a-z])")
PDF_WORD_CHARACTER = re.compile(r"\w")


def read_pdf(payload: bytes | str) -> tuple[str, Metadata]:
    """Return the text of a PDF, a line for each block of its layout, and its declared title and author.

    Within a block, lines are joined and hyphenated words are rejoined. Spans point into this text, not into
    the file; page boundaries are not kept.

    Raises:
        UnusableError: the PDF is locked, too long or unreadable, has no text layer, or pdfminer.six is not
            installed.
    """
    if isinstance(payload, str):
        raise UnusableError("unreadable PDF", "expected bytes, found text")
    with require_optional_library("pdfminer.six"):
        import pdfminer.pdfdocument  # noqa: F401
    seconds = min(MAX_SECONDS, MIN_SECONDS + len(payload) / MIN_BYTES_PER_SECOND)
    text, metadata = run_in_reader_process(parse_pdf_bytes, payload, seconds)
    if not PDF_WORD_CHARACTER.search(text):
        raise UnusableError("no text layer", "the pages are images: run OCR over them first")
    return text, metadata


def parse_pdf_bytes(payload: bytes) -> tuple[str, Metadata]:
    """Return text and metadata of a PDF, parsed in this process, or raise UnusableError."""
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    try:
        document = _open_pdf(payload)
        return "\n".join(_find_text_blocks(document)), _read_pdf_metadata(document)
    except (UnusableError, MemoryError):
        raise
    except PDFPasswordIncorrect as error:
        raise UnusableError("locked PDF", "a password is needed: unlock it and try again") from error
    except Exception as error:
        # Input is untrusted and pdfminer raises many kinds of errors: all are faults of this file.
        raise UnusableError("unreadable PDF", f"{error.__class__.__name__}: {error!s:.200}") from error


def _open_pdf(payload: bytes) -> Any:
    """Return the file as a document of pdfminer that rejects objects which are only references to others.

    No PDF writer makes such objects, and pdfminer would follow one that refers to itself forever.
    """
    from pdfminer.pdfdocument import PDFDocument
    from pdfminer.pdfparser import PDFParser, PDFSyntaxError
    from pdfminer.pdftypes import PDFObjRef

    class Document(PDFDocument):
        def getobj(self, objid: int) -> object:
            found = super().getobj(objid)
            if isinstance(found, PDFObjRef):
                raise PDFSyntaxError(f"object {objid} is only a reference")
            return found

    return Document(PDFParser(io.BytesIO(payload)))


def _find_text_blocks(document: Any) -> Iterator[str]:
    """Yield each block of text in reading order, as one line."""
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.layout import LAParams, LTTextContainer
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
    from pdfminer.pdfpage import PDFPage

    resources = PDFResourceManager()
    device = PDFPageAggregator(resources, laparams=LAParams())
    interpreter = PDFPageInterpreter(resources, device)
    for number, page in enumerate(PDFPage.create_pages(document), 1):
        if number > MAX_PAGES:
            raise UnusableError("too large", f"over {MAX_PAGES} pages: split it into its articles")
        interpreter.process_page(page)
        for block in device.get_result():
            if isinstance(block, LTTextContainer):
                yield " ".join(HYPHENATED_LINE_BREAK.sub("", block.get_text()).split())


def _read_pdf_metadata(document: Any) -> Metadata:
    """Return the title and author of the file; its day of creation is not the day of publication."""
    from pdfminer.utils import decode_text

    declared: dict[str, Any] = {}
    for info in document.info:
        declared |= {name: decode_text(value) for name, value in info.items() if isinstance(value, bytes)}
    return Metadata(title=declared.get("Title"), author=declared.get("Author"))
