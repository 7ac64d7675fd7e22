"""A PDF with a text layer becomes text: one paragraph a line."""

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

from tasks.document.records import Metadata
from tasks.read.byte_streams import optional_library
from tasks.read.errors import UnusableError
from tasks.read.formats.reader_process import call_confined

# What pdfminer complains of is told by the Rejected; without a handler Python would print it as well.
logging.getLogger("pdfminer").addHandler(logging.NullHandler())

MAX_PAGES = 300
MIN_SECONDS, MAX_SECONDS = 10.0, 120.0
BYTES_A_SECOND = 20_000
"""how slowly a PDF may be read: pdfminer reads ordinary ones several times as fast"""
BROKEN_WORD = re.compile(r"(?<=[a-z])-\n(?=[a-z])")
WORD = re.compile(r"\w")


def read_pdf(payload: bytes | str) -> tuple[str, Metadata]:
    """Return the text of a PDF, a line for each block of its layout, and the title and author it declares.

    Within a block, lines are joined and words that a line break parts are made whole. Spans point into this
    text, not into the file; a page is not told apart from the next.

    Raises:
        UnusableError: locked, too long, no text layer, not readable, or pdfminer.six is not installed.
    """
    if isinstance(payload, str):
        raise UnusableError("unreadable PDF", "expected bytes, found text")
    with optional_library("pdfminer.six"):
        import pdfminer.pdfdocument  # noqa: F401
    seconds = min(MAX_SECONDS, MIN_SECONDS + len(payload) / BYTES_A_SECOND)
    text, metadata = call_confined(parse_pdf, payload, seconds)
    if not WORD.search(text):
        raise UnusableError("no text layer", "the pages are images: run OCR over them first")
    return text, metadata


def parse_pdf(payload: bytes) -> tuple[str, Metadata]:
    """Return text and metadata of a PDF, in this process, or raise UnusableError."""
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    try:
        document = opened(payload)
        return "\n".join(blocks(document)), declared(document)
    except (UnusableError, MemoryError):
        raise
    except PDFPasswordIncorrect as error:
        raise UnusableError("locked PDF", "a password is needed: unlock it and try again") from error
    except Exception as error:
        # Files are hostile and pdfminer lets many kinds of error through: each is this file's fault.
        raise UnusableError("unreadable PDF", f"{error.__class__.__name__}: {error!s:.200}") from error


def opened(payload: bytes) -> Any:
    """Return the file as pdfminer's document, which refuses an object that is only a reference to another.

    No writer makes such objects, and pdfminer follows one that refers to itself for ever.
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


def blocks(document: Any) -> Iterator[str]:
    """Yield each block of text in reading order, on one line."""
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
                yield " ".join(BROKEN_WORD.sub("", block.get_text()).split())


def declared(document: Any) -> Metadata:
    """Return the title and author of the file; its day of creation is not the day of publication."""
    from pdfminer.utils import decode_text

    told: dict[str, Any] = {}
    for info in document.info:
        told |= {name: decode_text(value) for name, value in info.items() if isinstance(value, bytes)}
    return Metadata(title=told.get("Title"), author=told.get("Author"))
